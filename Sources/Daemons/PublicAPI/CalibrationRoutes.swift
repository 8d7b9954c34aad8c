internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Queueing
internal import Records
internal import Scoring
internal import Stores
internal import Tenancy
internal import WireAPI

extension PublicRoutes {
    func addCalibrations(to routes: inout ProtectedRoutes) {
        let runs = "/v1/calibration-runs/"
        routes.on(.get, runs, needs: .calibrationRead) { context, principal in
            var filter = CalibrationStore.Filter()
            filter.evaluator = try context.query.id("evaluator_external_id", of: Evaluator.self)
            filter.comparisonGroups = context.query.list("comparison_group")
            let found = try await calibrations.list(filter, try context.pageRequest(), for: principal)
            return try context.page(found, at: \.keyset) { try CalibrationRunBody($0) }
        }
        routes.on(.post, runs, needs: .calibrationCreate) { context, principal in
            let draft = try CalibrationDraft(try await context.decode(CalibrationRunRequest.self))
            let run = try await calibrations.start(
                draft, for: principal, traceParent: context.propagation["traceparent"])
            return .json(try CalibrationRunBody(run), status: 201)
        }
        routes.on(.post, runs + "attach/", needs: .calibrationCreate) { context, principal in
            let body = try await context.decode(CalibrationAttachRequest.self)
            let attached = try await calibrations.attach(
                body.comparisonGroups, to: EvaluatorID(uuid: body.evaluatorExternalId), for: principal)
            return .json(CalibrationAttachReceipt(attached: attached))
        }
        routes.on(.get, runs + "{id}/", needs: .calibrationRead) { context, principal in
            .json(try CalibrationRunBody(try await calibrations.find(context.parameter("id"), for: principal)))
        }
        routes.on(.get, runs + "{id}/items/", needs: .calibrationRead) { context, principal in
            let found = try await calibrations.items(
                of: context.parameter("id"), try context.pageRequest(), for: principal)
            return context.page(found, at: \.keyset, as: CalibrationRunItemBody.init)
        }
        // The older way, of which clients have a call that waits for the answer.
        routes.on(.post, "/v1/evaluators/calibrate/", needs: .evaluatorExecute) { context, principal in
            let order = try ImmediateCalibration(try await context.decode(ImmediateCalibrationRequest.self))
            let results = try await calibrations.calibrate(
                order, as: principal, CallContext(context, timeout: executionTimeout))
            return .json(
                results.map {
                    ImmediateCalibrationBody(
                        row: $0.row, input: $0.input, expectedScore: $0.expectedScore, execution: $0.execution)
                })
        }
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
        if let range = body.datasetRange, range.start < 0 || range.end < range.start {
            throw APIProblem.invalid("dataset_range", "Give a start of at least 0, and an end not before it.")
        }
        try InvalidDefinition.check { findings in
            findings.length(of: body.prompt, in: 1...CriteriaTemplate.longest, field: "prompt")
        }
        self.init(
            name: body.name, intent: body.objective?.intent, criteria: body.prompt, models: body.models ?? [],
            behavior: try body.behavior?.choice(of: EvaluatorBehavior.self, field: "behavior") ?? .balanced,
            inputVariables: body.inputVariables?.map(\.name) ?? [], dataset: DatasetID(uuid: body.testDatasetId),
            range: body.datasetRange.map { $0.start...$0.end }, projectID: body.projectId.map(ProjectID.init(uuid:)))
    }
}

extension CalibrationRun {
    /// Its place in a list of runs.
    fileprivate var keyset: Keyset { Keyset(createdAt: createdAt, id: id.uuid) }
}
