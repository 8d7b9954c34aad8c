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

extension LabelRoutes {
    /// The most points of a plot: more of them are not seen in a terminal.
    private static let mostPoints = 2000

    func addCalibrations(to routes: inout ProtectedRoutes) {
        let path = OperatorCalibration.path
        routes.on(.get, path, needs: .calibrationRead, in: .any) { context, principal in
            var filter = CalibrationStore.Filter()
            filter.comparisonGroups = context.query["group"].map { [$0] } ?? []
            let found = try await calibrations.list(
                filter, try context.pageRequest(defaultSize: 100), for: principal)
            return .json(
                OperatorCalibrationPage(
                    results: try found.items.map { try OperatorCalibration($0) },
                    next: found.nextCursor { Keyset(createdAt: $0.createdAt, id: $0.id.uuid) }))
        }
        routes.on(.get, OperatorCalibrationComparison.path, needs: .calibrationRead, in: .any) { context, principal in
            guard let group = context.query["group"] else { throw APIProblem.invalid("group", "Say which group.") }
            let baseline = try context.query["baseline"].map { text in
                guard let id = BatchID(text) else { throw APIProblem.invalid("baseline", "Must be a valid UUID.") }
                return id
            }
            return .json(
                OperatorCalibrationComparison(try await calibrations.compare(group, with: baseline, for: principal)))
        }
        routes.on(.post, path, needs: .calibrationCreate, in: .any) { context, principal in
            let body = try await context.decode(OperatorCalibrationDraft.self)
            var draft = CalibrationDraft(source: .dataset(DatasetID(uuid: body.datasetID)))
            draft.evaluator = try await evaluators.named(body.evaluator, for: principal)
            draft.scoreConfig = body.scaleID.map(ScoreConfigID.init(uuid:))
            draft.comparisonGroup = body.comparisonGroup
            draft.threshold = body.threshold
            let run = try await calibrations.start(
                draft, for: principal, traceParent: context.propagation["traceparent"])
            return .json(try OperatorCalibration(run), status: 201)
        }
        routes.on(.get, path + "/{id}", needs: .calibrationRead, in: .any) { context, principal in
            .json(try OperatorCalibration(try await calibrations.find(context.parameter("id"), for: principal)))
        }
        routes.on(.post, path + "/{id}/cancel", needs: .calibrationCreate, in: .any) { context, principal in
            .json(try OperatorCalibration(try await calibrations.cancel(context.parameter("id"), for: principal)))
        }
        routes.on(.get, path + "/{id}/items", needs: .calibrationRead, in: .any, leaving: .content) {
            context, principal in
            let found = try await calibrations.items(
                of: context.parameter("id"), try context.pageRequest(defaultSize: 100), for: principal)
            return .json(
                OperatorCalibrationItemPage(
                    results: found.items.map(OperatorCalibrationItem.init), next: found.nextCursor(\.keyset)))
        }
        routes.on(.get, path + "/{id}/points", needs: .calibrationRead, in: .any) { context, principal in
            let run = try await calibrations.find(context.parameter("id"), for: principal)
            let points = try await calibrations.points(of: run, limit: Self.mostPoints)
            return .json(
                OperatorCalibrationPoints(people: points.map(\.human), scores: points.map(\.evaluator)))
        }
    }
}

extension OperatorCalibrationItem {
    fileprivate init(_ item: CalibrationItem) {
        self.init(
            id: item.id.uuid, executionID: item.executionLogID?.uuid, humanValue: item.humanValue,
            score: item.evaluatorScore, disagreement: item.disagreement, status: item.status.rawValue,
            justification: item.justification, request: item.request, response: item.response)
    }
}

extension OperatorCalibration {
    /// The figures in the order in which they are read.
    private static let order = [
        "bias", "mae", "rmse", "pearson", "spearman", "kendall", "concordance", "kappa", "linear_kappa",
        "quadratic_kappa", "krippendorff_alpha", "krippendorff_alpha_ordinal", "krippendorff_alpha_nominal",
        "annotator_alpha", "accuracy", "precision", "recall", "specificity", "f1", "balanced_accuracy",
        "matthews_correlation",
    ]

    fileprivate init(_ run: CalibrationRun) throws {
        let metrics = try run.metrics.map { try JSONParser.parse($0.text) }
        let status: Status =
            switch run.status {
            case .pending: .pending
            case .running: .running
            case .completed: .completed
            case .failed: .failed
            }
        let counts = run.progress.counts
        self.init(
            id: run.id.uuid, subject: run.subject, evaluatorID: run.evaluatorID?.uuid, isDraft: run.definition != nil,
            datasetID: run.source.datasetID?.uuid, source: run.sourceName ?? run.source.kind.rawValue,
            comparisonGroup: run.comparisonGroup,
            status: status, examples: run.exampleCount, skipped: run.skippedCount, completed: counts.finished,
            failed: counts.dead + counts.cancelled, threshold: run.threshold,
            annotators: metrics?["annotators"]?.integerValue.map { Int($0) },
            figures: metrics.map { metrics in Self.order.map { Figure($0, of: metrics) } } ?? [],
            confusion: metrics?["confusion"].map(Confusion.init), error: run.error, createdAt: run.createdAt)
    }
}

extension OperatorCalibration.Figure {
    fileprivate init(_ name: String, of metrics: JSONValue) {
        let interval = metrics["intervals"]?[name]
        self.init(
            name: name, value: metrics[name]?.doubleValue,
            reason: metrics["undefined"]?[name]?["message"]?.stringValue, lower: interval?["lower"]?.doubleValue,
            upper: interval?["upper"]?.doubleValue)
    }
}

extension OperatorCalibration.Confusion {
    fileprivate init(_ value: JSONValue) {
        func count(_ name: String) -> Int { value[name]?.integerValue.map { Int($0) } ?? 0 }
        self.init(
            truePositives: count("true_positives"), falsePositives: count("false_positives"),
            falseNegatives: count("false_negatives"), trueNegatives: count("true_negatives"))
    }
}

extension OperatorCalibrationComparison {
    fileprivate init(_ comparison: CalibrationComparison) {
        self.init(
            group: comparison.group, baseline: comparison.baseline?.uuid,
            rows: comparison.rows.map { row in
                Row(
                    run: row.run.uuid, common: row.common, onlyBaseline: row.onlyBaseline, onlyRun: row.onlyRun,
                    differences: row.differences.map { Difference($0, adjusted: row.adjusted[$0.subject]) })
            })
    }
}

extension OperatorCalibrationComparison.Difference {
    fileprivate init(_ difference: AgreementDifference, adjusted: Double?) {
        self.init(
            name: difference.subject.rawValue, baseline: difference.first.value, value: difference.second.value,
            difference: difference.difference.value, reason: difference.difference.reason?.description,
            lower: difference.range.value?.lower, upper: difference.range.value?.upper,
            rangeReason: difference.range.reason?.description, probability: difference.probability.value,
            adjustedProbability: adjusted, probabilityReason: difference.probability.reason?.description,
            test: difference.test.rawValue)
    }
}
