/// The names of attributes that mean something to us: OpenTelemetry's conventions, and those of the instrumentations
/// that came before them.
package enum SpanConventions {
    package static let inputMessages = "gen_ai.input.messages"
    package static let outputMessages = "gen_ai.output.messages"

    /// Where instrumentations put what a span was given, the most specific first.
    static let inputs = [inputMessages, "input.value", "traceloop.entity.input", "gen_ai.prompt", "input"]
    /// Where they put what it gave back.
    static let outputs = [outputMessages, "output.value", "traceloop.entity.output", "gen_ai.completion", "output"]

    /// Says which project a trace belongs to, on the resource.
    package static let project = "scorable.project_id"
    package static let serviceName = "service.name"

    /// On the spans that evaluations write back.
    package enum Evaluation {
        /// The service that makes them; its spans begin no evaluation.
        package static let service = "scorable.evaluation"
        package static let marker = "scorable.evaluation"
        package static let name = "gen_ai.evaluation.name"
        package static let score = "gen_ai.evaluation.score.value"
        package static let explanation = "gen_ai.evaluation.explanation"
        package static let executionLog = "scorable.execution_log_id"
        package static let filter = "scorable.evaluation_filter_id"
    }
}

extension TraceSpan {
    /// Whether an evaluation wrote it: it begins no other one.
    package var isEvaluation: Bool {
        origin.serviceName == SpanConventions.Evaluation.service
            || attributes[SpanConventions.Evaluation.marker] == .bool(true)
    }

    /// What it was given, where an instrumentation says so.
    package var input: String? { text(of: SpanConventions.inputs) }
    /// What it gave back.
    package var output: String? { text(of: SpanConventions.outputs) }

    private func text(of names: [String]) -> String? {
        guard attributes.contains(where: { names.contains($0.key) }) else { return nil }
        for name in names {
            if let text = attributes[name]?.text, !text.isEmpty { return text }
        }
        return nil
    }
}
