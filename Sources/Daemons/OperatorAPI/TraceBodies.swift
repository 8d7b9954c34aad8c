internal import FoundationEssentials
internal import JSON
internal import Operations
internal import Records
internal import Scoring
internal import Tenancy
internal import WireAPI

extension OperatorTraceRow {
    init(_ trace: TraceSummary) {
        self.init(
            id: trace.id.description, name: trace.rootSpanName ?? "", service: trace.serviceName ?? "",
            startedAt: trace.firstSpanAt,
            durationMicroseconds: Int64(trace.endedAt.timeIntervalSince(trace.firstSpanAt) * 1_000_000),
            spanCount: trace.spanCount, errorCount: trace.errorCount, inputPreview: trace.inputPreview,
            outputPreview: trace.outputPreview, projectID: trace.projectID.uuid, createdAt: trace.createdAt)
    }
}

extension OperatorTraceDetail {
    init(_ details: Traces.Details) {
        let start = details.spans.map(\.span.start).min() ?? UnixNanoseconds(details.summary.firstSpanAt)
        self.init(
            trace: OperatorTraceRow(details.summary),
            spans: details.spans.map { OperatorSpan($0.span, since: start) },
            isCut: details.spans.count < details.summary.spanCount,
            outcomes: details.outcomes.map {
                OperatorTraceOutcome(
                    filter: $0.filterName, state: $0.candidate.state.rawValue, reason: $0.candidate.reason,
                    executionID: $0.candidate.executionLogID?.uuid)
            })
    }
}

extension OperatorSpan {
    init(_ span: TraceSpan, since start: UnixNanoseconds) {
        func attributes(_ attributes: [TraceAttribute]) -> [Attribute] {
            attributes.map { Attribute(key: $0.key, value: $0.value.shown) }
        }
        self.init(
            id: span.spanID.description, parentID: span.parentID?.description, name: span.name,
            kind: "\(span.kind)", service: span.origin.serviceName ?? "", scope: span.origin.scopeName,
            startMicroseconds: (span.start.value - start.value) / 1000,
            durationMicroseconds: (span.end.value - span.start.value) / 1000, status: span.status.word,
            statusMessage: span.statusMessage, attributes: attributes(span.attributes),
            resource: attributes(span.origin.resource),
            events: span.events.map {
                Event(
                    name: $0.name, atMicroseconds: ($0.at.value - start.value) / 1000,
                    attributes: attributes($0.attributes))
            }, evaluation: Evaluation(span))
    }
}

extension OperatorSpan.Evaluation {
    /// `nil` for a span that no evaluation wrote.
    fileprivate init?(_ span: TraceSpan) {
        guard span.isEvaluation, let name = span.attributes[SpanConventions.Evaluation.name]?.text,
            case .double(let score) = span.attributes[SpanConventions.Evaluation.score]
        else { return nil }
        self.init(
            evaluator: name, score: score,
            explanation: span.attributes[SpanConventions.Evaluation.explanation]?.text ?? "",
            executionID: span.attributes[SpanConventions.Evaluation.executionLog]?.text.flatMap {
                UUID(uuidString: $0)
            })
    }
}

extension AttributeValue {
    /// As people read it.
    fileprivate var shown: String {
        switch self {
        case .string(let text): text
        case .bool(let flag): "\(flag)"
        case .integer(let number): "\(number)"
        case .double(let number): "\(number)"
        case .bytes(let bytes): "\(bytes.count) bytes"
        case .array(let values): "[" + values.map(\.shown).joined(separator: ", ") + "]"
        case .map(let members): "{" + members.map { "\($0.key): \($0.value.shown)" }.joined(separator: ", ") + "}"
        case .empty: ""
        }
    }
}

extension OperatorTraceFilter {
    init(_ filter: EvaluationFilter, _ targetName: String, _ counts: [CandidateState: Int]) {
        let kind =
            switch filter.content.target {
            case .evaluator: "evaluator"
            case .judge: "judge"
            }
        self.init(
            id: filter.id.uuid, name: filter.content.name, targetKind: kind, targetName: targetName,
            samplingRate: filter.content.samplingRate, delaySeconds: filter.content.delaySeconds,
            isActive: filter.content.isActive,
            counts: Dictionary(counts.map { ($0.key.rawValue, $0.value) }, uniquingKeysWith: +),
            createdAt: filter.createdAt)
    }
}
