internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
internal import JSON
internal import Operations
internal import Queueing
internal import Records
internal import Scoring
internal import Statistics
internal import Stores
internal import Tenancy
internal import WireAPI

extension PublicRoutes {
    func addCalibrations(to routes: inout ProtectedRoutes) {
        let runs = "/v1/calibration-runs/"
        routes.on(.get, runs, needs: .calibrationRead, in: .any) { context, principal in
            var filter = CalibrationStore.Filter()
            filter.evaluator = try context.query.id("evaluator_external_id", of: Evaluator.self)
            filter.comparisonGroups = context.query.list("comparison_group")
            let found = try await calibrations.list(filter, try context.pageRequest(), for: principal)
            return try context.page(found, at: \.keyset) { try CalibrationRunBody($0) }
        }
        routes.on(.post, runs, needs: .calibrationCreate, in: .any) { context, principal in
            let draft = try CalibrationDraft(try await context.decode(CalibrationRunRequest.self))
            let run = try await calibrations.start(
                draft, for: principal, traceParent: context.propagation["traceparent"])
            return .json(try CalibrationRunBody(run), status: 201)
        }
        routes.on(.post, runs + "attach/", needs: .calibrationCreate, in: .any) { context, principal in
            let body = try await context.decode(CalibrationAttachRequest.self)
            let attached = try await calibrations.attach(
                body.comparisonGroups, to: EvaluatorID(uuid: body.evaluatorExternalId), for: principal)
            return .json(CalibrationAttachReceipt(attached: attached))
        }
        routes.on(.get, runs + "comparison/", needs: .calibrationRead, in: .any) { context, principal in
            guard let group = context.query["comparison_group"], !group.isEmpty else {
                throw APIProblem.invalid("comparison_group", "Say which group.")
            }
            let baseline = try context.query.id("baseline", of: Batch.self)
            return .json(
                CalibrationComparisonBody(try await calibrations.compare(group, with: baseline, for: principal)))
        }
        routes.on(.get, runs + "{id}/", needs: .calibrationRead, in: .any) { context, principal in
            .json(try CalibrationRunBody(try await calibrations.find(context.parameter("id"), for: principal)))
        }
        let items = runs + "{id}/items/"
        routes.on(.get, items, needs: .calibrationRead, in: .any, leaving: .content) { context, principal in
            let found = try await calibrations.items(
                of: context.parameter("id"), try context.pageRequest(), for: principal)
            return context.page(found, at: \.keyset, as: CalibrationRunItemBody.init)
        }
        // The older way, of which clients have a call that waits for the answer.
        routes.on(.post, "/v1/evaluators/calibrate/", needs: .evaluatorExecute, in: .any, leaving: .nothing) {
            context, principal in
            let order = try ImmediateCalibration(try await context.decode(ImmediateCalibrationRequest.self))
            let results = try await calibrations.calibrate(
                order, as: principal, CallContext(context, timeout: executionTimeout))
            return .json(results.map(ImmediateCalibrationBody.init))
        }
        // The still older one, of an evaluator that is stored.
        routes.on(.post, "/v1/evaluators/calibrate/{id}", needs: .evaluatorExecute, in: .any, leaving: .nothing) {
            context, principal in
            try await calibrate(
                context.parameter("id"), try await context.decode(EvaluatorCalibrationRequest.self), context, principal)
        }
    }

    private func calibrate(
        _ evaluator: EvaluatorID, _ body: EvaluatorCalibrationRequest, _ context: RequestContext,
        _ principal: Principal
    ) async throws -> Reply {
        let call = CallContext(context, timeout: executionTimeout)
        let project = body.projectId.map(ProjectID.init(uuid:))
        let results: [ImmediateResult]
        switch (body.testData, body.testDatasetId) {
        case (let rows?, nil):
            results = try await calibrations.calibrate(
                evaluator, on: try rows.enumerated().map { try ImmediateExample($1, at: $0) }, in: project,
                as: principal, call)
        case (nil, let dataset?):
            results = try await calibrations.calibrate(
                evaluator, on: DatasetID(uuid: dataset), try body.datasetRange?.places("dataset_range"), in: project,
                as: principal, call)
        case (nil, nil), (.some, .some):
            throw APIProblem.invalid("test_dataset_id", "Give either test_dataset_id or test_data.")
        }
        return .json(results.map(ImmediateCalibrationBody.init))
    }
}

extension ImmediateCalibrationBody {
    fileprivate init(_ result: ImmediateResult) {
        self.init(
            row: result.row, input: result.input, expectedScore: result.expectedScore, execution: result.execution)
    }
}

extension ImmediateExample {
    /// A row of an expected score, a response and, where there is one, a request.
    fileprivate init(_ row: [JSONValue], at index: Int) throws {
        let score = row.first.flatMap { $0.doubleValue ?? $0.stringValue.flatMap(Double.init) }
        guard (2...3).contains(row.count), let score, (0...1).contains(score), let response = row[1].stringValue else {
            throw APIProblem.invalid(
                "test_data", "Row \(index) is not an expected score from 0 to 1, a response and a request.")
        }
        self.init(
            input: EvaluationInput(request: row.count == 3 ? row[2].stringValue : nil, response: response),
            expectedScore: score)
    }
}

extension CalibrationDraft {
    fileprivate init(_ body: CalibrationRunRequest) throws {
        switch try body.source.type.choice(of: CalibrationSource.Kind.self, field: "source") {
        case .logs: self.init(source: .logs)
        case .dataset:
            guard let dataset = body.source.datasetId else {
                throw APIProblem.invalid("source", "Give the dataset_id of a dataset.")
            }
            self.init(source: .dataset(DatasetID(uuid: dataset)))
        }
        evaluator = body.evaluatorExternalId.map(EvaluatorID.init(uuid:))
        version = body.evaluatorVersionId.map(EvaluatorVersionID.init(uuid:))
        scoreConfig = body.scoreConfigId.map(ScoreConfigID.init(uuid:))
        definition = body.definition.map {
            CalibrationDefinition(
                scoringCriteria: $0.scoringCriteria, model: $0.model, behavior: $0.behavior,
                demonstrationDatasetID: $0.demonstrationDatasetId)
        }
        comparisonGroup = body.comparisonGroup
        threshold = body.threshold
    }
}

extension ImmediateCalibration {
    fileprivate init(_ body: ImmediateCalibrationRequest) throws {
        try InvalidDefinition.check { findings in
            findings.length(of: body.prompt, in: 1...CriteriaTemplate.longest, field: "prompt")
        }
        self.init(
            name: body.name, intent: body.objective?.intent, criteria: body.prompt, models: body.models ?? [],
            behavior: try body.behavior?.choice(of: EvaluatorBehavior.self, field: "behavior") ?? .balanced,
            inputVariables: body.inputVariables?.map(\.name) ?? [], dataset: DatasetID(uuid: body.testDatasetId),
            range: try body.datasetRange?.places("dataset_range"), projectID: body.projectId.map(ProjectID.init(uuid:)))
    }
}

extension CalibrationRun {
    /// Its place in a list of runs.
    fileprivate var keyset: Keyset { Keyset(createdAt: createdAt, id: id.uuid) }
}

extension CalibrationComparisonBody {
    fileprivate init(_ comparison: CalibrationComparison) {
        self.init(
            comparisonGroup: comparison.group, baseline: comparison.baseline?.uuid,
            runs: comparison.rows.map { row in
                Row(
                    id: row.run.uuid, nCommon: row.common, nOnlyBaseline: row.onlyBaseline, nOnlyRun: row.onlyRun,
                    differences: row.differences.map { Difference($0, adjusted: row.adjusted[$0.subject]) })
            })
    }
}

extension CalibrationComparisonBody.Difference {
    fileprivate init(_ difference: AgreementDifference, adjusted: Double?) {
        let reasons = [
            ("baseline", difference.first.reason), ("value", difference.second.reason),
            ("difference", difference.difference.reason), ("interval", difference.range.reason),
            ("p_value", difference.probability.reason),
        ]
        self.init(
            metric: difference.subject.rawValue, baseline: difference.first.value, value: difference.second.value,
            difference: difference.difference.value,
            interval: difference.range.value.map { .init(lower: $0.lower, upper: $0.upper) },
            pValue: difference.probability.value, adjustedPValue: adjusted, test: difference.test.rawValue,
            undefined: reasons.compactMap { part, reason in
                reason.map { .init(part: part, code: $0.code, message: $0.description) }
            })
    }
}
