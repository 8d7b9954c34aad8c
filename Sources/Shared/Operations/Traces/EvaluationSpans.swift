internal import FoundationEssentials
internal import Records
internal import Scoring
internal import Tenancy

/// What came of evaluating a trace.
struct EvaluatedTrace: Sendable {
    let execution: FinishedExecution
    /// A score for each evaluator that gave one.
    let scores: [EvaluatedScore]
    /// Why no evaluator gave a score.
    let failure: EvaluationFailure?

    init(_ evaluated: (receipt: EvaluatorReceipt, execution: FinishedExecution)) {
        execution = evaluated.execution
        failure = evaluated.receipt.outcome.failure
        scores = [EvaluatedScore(evaluated.execution.log)].compactMap { $0 }
    }

    init(_ evaluated: (receipt: JudgeReceipt, execution: FinishedExecution)) {
        execution = evaluated.execution
        failure = evaluated.receipt.failure
        scores = evaluated.execution.parts.compactMap(EvaluatedScore.init)
    }

    var cost: Money { execution.log.outcome.cost ?? .zero }
}

/// A score that an evaluator gave a trace.
struct EvaluatedScore: Sendable {
    let name: String
    let score: Score
    let log: ExecutionLog

    /// `nil` for an execution without a score.
    init?(_ log: ExecutionLog) {
        guard let score = log.outcome.score else { return nil }
        name = log.item.name
        self.score = score
        self.log = log
    }
}

extension TraceSpan {
    /// A score as a span of the trace that it is about.
    init(evaluation: EvaluatedScore, of trace: TraceID, under parent: SpanID?, by filter: EvaluationFilterID) {
        let log = evaluation.log
        let start = UnixNanoseconds(log.createdAt)
        let (seconds, attoseconds) = (log.outcome.callDuration ?? .zero).components
        var attributes = [
            TraceAttribute(SpanConventions.Evaluation.marker, .bool(true)),
            TraceAttribute(SpanConventions.Evaluation.name, .string(evaluation.name)),
            TraceAttribute(SpanConventions.Evaluation.score, .double(evaluation.score.value)),
            TraceAttribute(SpanConventions.Evaluation.executionLog, .string(log.id.description)),
            TraceAttribute(SpanConventions.Evaluation.filter, .string(filter.description)),
        ]
        if let text = log.outcome.justification {
            attributes.append(TraceAttribute(SpanConventions.Evaluation.explanation, .string(text)))
        }
        let identity = ContentHash(of: filter.description, trace.description, "\(log.item.id?.uuidString ?? "")")
        self.init(
            traceID: trace, spanID: SpanID(bytes: TraceID(uuid: identity.uuid).bytes.suffix(8)) ?? SpanID(1),
            parentID: parent, name: "evaluate \(evaluation.name)", kind: .internal, start: start,
            end: UnixNanoseconds(start.value + seconds * 1_000_000_000 + attoseconds / 1_000_000_000),
            status: .ok, attributes: attributes,
            origin: SpanOrigin(
                resource: [TraceAttribute(SpanConventions.serviceName, .string(SpanConventions.Evaluation.service))],
                scopeName: SpanConventions.Evaluation.service))
    }
}

extension [TraceSpan] {
    /// The earliest span without a parent; the earliest at all where every span has one.
    var root: SpanID? { (first { $0.parentID == nil && !$0.isEvaluation } ?? first)?.spanID }
}
