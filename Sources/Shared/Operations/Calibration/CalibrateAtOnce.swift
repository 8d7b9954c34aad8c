internal import EventLoop
package import Records
package import Scoring
internal import Stores
package import Tenancy

/// A definition that a caller waits to see beside the labels of a dataset.
package struct ImmediateCalibration: Sendable {
    package var name: String?
    package var intent: String?
    package var criteria: String
    package var models: [String]
    package var behavior: EvaluatorBehavior
    package var inputVariables: [String]
    package var dataset: DatasetID
    /// Which of the labelled items, counted from 0; all of them without.
    package var range: ClosedRange<Int>?
    package var projectID: ProjectID?

    package init(
        name: String?, intent: String?, criteria: String, models: [String], behavior: EvaluatorBehavior,
        inputVariables: [String], dataset: DatasetID, range: ClosedRange<Int>?, projectID: ProjectID?
    ) {
        self.name = name
        self.intent = intent
        self.criteria = criteria
        self.models = models
        self.behavior = behavior
        self.inputVariables = inputVariables
        self.dataset = dataset
        self.range = range
        self.projectID = projectID
    }
}

/// One example of an ``ImmediateCalibration`` with what came of it.
package struct ImmediateResult: Sendable {
    package let row: Int
    package let input: EvaluationInput
    /// What people found last.
    package let expectedScore: Double
    package let execution: ExecutionLog
}

/// One input with what people found of it, while the caller waits.
package struct ImmediateExample: Sendable {
    package let input: EvaluationInput
    /// What people found last.
    package let expectedScore: Double

    package init(input: EvaluationInput, expectedScore: Double) {
        self.input = input
        self.expectedScore = expectedScore
    }
}

extension Calibrations {
    /// The most examples that a caller can wait for; more of them are for a run.
    private static let mostAtOnce = 200
    /// How many are evaluated at a time.
    private static let width = 8

    /// Evaluates a definition on the labelled items of a dataset, while the caller waits; each execution has a log of type
    /// `test`.
    /// - Throws: `InvalidDefinition` for what is not there, and for more examples than a caller can wait for.
    package func calibrate(
        _ order: ImmediateCalibration, as principal: Principal, _ context: CallContext
    ) async throws -> [ImmediateResult] {
        try principal.requireAnywhere(.evaluatorExecute)
        try await models.requireKnown(order.models, for: principal)
        let (dataset, examples) = try await examples(of: order.dataset, order.range, for: principal)
        let project = try await executions.projects.target(
            order.projectID ?? dataset.projectID, needing: .evaluatorExecute, for: principal)
        let draft = DraftEvaluator(
            name: order.name ?? "Draft", intent: order.intent ?? "", criteria: order.criteria, models: order.models,
            behavior: order.behavior, inputVariables: order.inputVariables)
        let subject = CalibrationSubject(
            evaluator: draft.evaluator(
                executions.identifiers, of: principal, in: project, at: dataset.createdAt), isStored: false)
        return try await evaluate(
            examples, from: order.range?.lowerBound ?? 0, subject, in: project, as: principal, context)
    }

    /// Evaluates the latest version of an evaluator on the labelled items of a dataset, or of those at these places, while
    /// the caller waits.
    /// - Throws: `NotFound`; `InvalidDefinition` for what is not there, and for more examples than a caller can wait for.
    package func calibrate(
        _ id: EvaluatorID, on dataset: DatasetID, _ range: ClosedRange<Int>?, in project: ProjectID?,
        as principal: Principal, _ context: CallContext
    ) async throws -> [ImmediateResult] {
        let examples = try await examples(of: dataset, range, for: principal).examples
        return try await calibrate(
            id, on: examples, from: range?.lowerBound ?? 0, in: project, as: principal, context)
    }

    /// Evaluates the latest version of an evaluator on examples that came with the call.
    /// - Throws: `NotFound`; `InvalidDefinition` for more examples than a caller can wait for, or none.
    package func calibrate(
        _ id: EvaluatorID, on examples: [ImmediateExample], from first: Int = 0, in project: ProjectID?,
        as principal: Principal, _ context: CallContext
    ) async throws -> [ImmediateResult] {
        try principal.requireAnywhere(.evaluatorExecute)
        let evaluator = try await executions.catalogue.evaluator(.id(id, nil), for: principal)
        let target = try await executions.projects.target(
            project, of: evaluator.organizationID, evaluator.projectID, needing: .evaluatorExecute, for: principal)
        guard (1...Self.mostAtOnce).contains(examples.count) else {
            throw InvalidDefinition("test_data", "Give 1 to \(Self.mostAtOnce) rows; more of them go into a dataset.")
        }
        return try await evaluate(
            examples, from: first, CalibrationSubject(evaluator: evaluator, isStored: true), in: target,
            as: principal, context)
    }

    private func examples(
        of id: DatasetID, _ range: ClosedRange<Int>?, for principal: Principal
    ) async throws -> (dataset: Dataset, examples: [ImmediateExample]) {
        let dataset = try await datasets.known(id, field: "test_dataset_id", for: principal)
        let found = try await store.examples(
            of: id, in: principal.organizationID, range: range, limit: Self.mostAtOnce + 1)
        guard (1...Self.mostAtOnce).contains(found.count) else {
            throw InvalidDefinition(
                "test_dataset_id",
                found.isEmpty
                    ? "No item of this dataset has a published label on a continuous scale."
                    : "There are more than \(Self.mostAtOnce) labelled items: name a dataset_range, or start a "
                        + "calibration run.")
        }
        return (
            dataset, found.map { ImmediateExample(input: $0.item.content.input, expectedScore: $0.newestValue) }
        )
    }

    private func evaluate(
        _ examples: [ImmediateExample], from first: Int, _ subject: CalibrationSubject, in project: ProjectID,
        as principal: Principal, _ context: CallContext
    ) async throws -> [ImmediateResult] {
        try await withThrowingTaskGroup(of: ImmediateResult.self) { group in
            var results: [ImmediateResult] = []
            for (index, example) in examples.enumerated() {
                if index >= Self.width, let result = try await group.next() { results.append(result) }
                group.addTask {
                    let execution = try await executions.test(
                        subject, on: example.input, in: project, as: principal, context)
                    try await executions.recorder.record(execution)
                    return ImmediateResult(
                        row: first + index, input: example.input, expectedScore: example.expectedScore,
                        execution: execution.log)
                }
            }
            while let result = try await group.next() { results.append(result) }
            return results.sorted { $0.row < $1.row }
        }
    }
}
