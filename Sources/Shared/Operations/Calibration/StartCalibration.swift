internal import FoundationEssentials
internal import JSON
internal import Jobs
internal import Postgres
internal import Queueing
package import Records
internal import Scoring
internal import Stores
package import Tenancy

extension Calibrations {
    /// Accepts a run: when this returns, it will be done, whatever fails meanwhile. The labels that count now are the ones
    /// that it is compared with.
    /// - Throws: `InvalidDefinition` naming what is missing or not there, and for a source without labels;
    ///   `PermissionDenied`.
    package func start(
        _ draft: CalibrationDraft, for principal: Principal, traceParent: String? = nil
    ) async throws -> CalibrationRun {
        try principal.requireAnywhere(.evaluatorExecute)
        try Self.check(draft)
        if let definition = draft.definition { try await check(definition, for: principal) }
        var evaluator: Evaluator?
        if let id = draft.evaluator {
            evaluator = try await known(
                id, draft.version, to: .evaluatorExecute, field: "evaluator_external_id", principal)
        }
        if let id = draft.scoreConfig {
            _ = try await configs.meant(id, field: "score_config_id", for: principal)
        }
        let dataset = try await source(draft.source, for: principal)
        let project = try await executions.projects.target(
            nil, of: evaluator?.organizationID ?? principal.organizationID, evaluator?.projectID ?? dataset?.projectID,
            needing: .calibrationCreate, for: principal)
        let (id, moment) = executions.identifiers.nextDated(Batch.self)
        let run = NewCalibrationRun(
            id: id, organizationID: principal.organizationID, evaluatorID: evaluator?.id,
            evaluatorVersionID: draft.definition == nil ? evaluator?.version.id : nil, definition: draft.definition,
            comparisonGroup: draft.comparisonGroup, scoreConfigID: draft.scoreConfig, source: draft.source,
            threshold: draft.threshold ?? 0.5, createdAt: moment)
        let name = draft.definition == nil ? evaluator?.name ?? "" : "Draft"
        let definition = BatchDefinition(
            judge: nil,
            evaluators: evaluator.map {
                [BatchDefinition.Item($0)]
            } ?? [], dataset: dataset.map { .init(id: $0.id.uuid, name: $0.name ?? "", range: nil) })
        try await accept(
            run, of: project, "Calibration of \(name)", JSONCodec.encode(definition), principal, traceParent)
        return try await find(id, for: principal)
    }

    private func accept(
        _ run: NewCalibrationRun, of project: ProjectID, _ name: String, _ definition: [UInt8],
        _ principal: Principal, _ traceParent: String?
    ) async throws {
        let (queue, identifiers) = (queue, executions.identifiers)
        let tickets = try await database.transaction { connection in
            try await CalibrationStore.create(run, on: connection)
            let count = try await CalibrationStore.gather(run, on: connection).examples
            guard (1...Self.mostExamples).contains(count) else { throw Self.refusal(of: count, run.source) }
            _ = try await BatchLedger.create(
                NewBatch(
                    id: run.id, organizationID: run.organizationID, projectID: project, ownerID: principal.user.id,
                    kind: Self.kind, name: name, definition: definition, total: count, createdAt: run.createdAt),
                on: connection)
            return try await queue.add(
                [
                    ExpandCalibration.job(
                        identifiers.next(), for: run, in: project, traceParent: traceParent)
                ], on: connection)
        }
        await queue.dispatch(tickets)
    }

    private static func refusal(of count: Int, _ source: CalibrationSource) -> InvalidDefinition {
        let message =
            switch (count, source) {
            case (0, .dataset):
                "No item of this dataset has a published label on this scale. Without score_config_id, labels on "
                    + "continuous scales count."
            case (0, .logs):
                "No execution of this evaluator has a published label on this scale. Without score_config_id, labels on "
                    + "continuous scales count."
            default: "There are \(count) labelled examples; a run has at most \(mostExamples)."
            }
        return InvalidDefinition(problems: [.init(field: "source", message: message)])
    }

    private static func check(_ draft: CalibrationDraft) throws(InvalidDefinition) {
        try InvalidDefinition.check { findings in
            if draft.evaluator == nil, draft.definition == nil {
                findings.add("evaluator_external_id", "Give an evaluator or a definition.")
            }
            if draft.evaluator == nil, draft.source == .logs {
                findings.add("source", "Executions are those of an evaluator: give evaluator_external_id.")
            }
            if let group = draft.comparisonGroup {
                findings.length(of: group, in: 1...255, field: "comparison_group")
            }
            if let threshold = draft.threshold, !(0...1).contains(threshold) {
                findings.add("threshold", "The threshold must be from 0 to 1.")
            }
            if let definition = draft.definition {
                findings.length(
                    of: definition.scoringCriteria, in: 1...CriteriaTemplate.longest,
                    field: "definition.scoring_criteria")
                if let behavior = definition.behavior, EvaluatorBehavior(rawValue: behavior) == nil {
                    findings.add("definition.behavior", "“\(behavior)” is not one of thorough, fast, balanced.")
                }
            }
        }
    }

    private func check(_ definition: CalibrationDefinition, for principal: Principal) async throws {
        try await models.requireKnown([definition.model], for: principal)
        guard let dataset = definition.demonstrationDatasetID else { return }
        _ = try await datasets.known(
            DatasetID(uuid: dataset), field: "definition.demonstration_dataset_id", for: principal)
    }

    private func source(_ source: CalibrationSource, for principal: Principal) async throws -> Dataset? {
        switch source {
        case .logs:
            // Those of an evaluator lie in whichever projects it was executed for.
            try principal.require(.executionLogRead)
            return nil
        case .dataset(let id):
            try principal.requireAnywhere(.datasetRead)
            return try await datasets.known(id, field: "source", for: principal)
        }
    }
}
