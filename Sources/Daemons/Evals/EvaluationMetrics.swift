package import Observability
internal import Scoring
internal import WireAPI

/// What evald counts.
package struct EvaluationMetrics: Sendable {
    private let requested: Counter
    private let scored: Counter
    private let failed: [EvaluationFailure.Code: Counter]
    private let unreadable: CounterSet<AnswerError.Reason>
    private let calls: Counter
    private let duration: Histogram
    private let waiting: Histogram
    /// Evaluators that run, and that wait for others of their judge.
    let running: Gauge
    let queued: Gauge

    package init(_ metrics: Metrics) {
        func funnel(_ state: String, _ reason: String) -> Counter {
            metrics.counter(
                "scorable_score_funnel_total",
                "Scores that were requested, and what became of them: scored, or failed for a reason.",
                labels: ["state": state, "reason": reason])
        }
        requested = funnel("requested", "")
        scored = funnel("scored", "")
        failed = Dictionary(
            uniqueKeysWithValues: EvaluationFailure.Code.allCases.map { ($0, funnel("failed", $0.rawValue)) })
        unreadable = metrics.counters(
            "scorable_parse_failures_total",
            "Answers of models that could not be used as they were, also those that were right when asked again.",
            by: "reason", of: AnswerError.Reason.self)
        calls = metrics.counter("scorable_evaluation_calls_total", "Calls of models that evaluations made.")
        duration = metrics.histogram(
            "scorable_evaluation_duration_seconds", "Time from the arrival of a call to an evaluator's result.")
        waiting = metrics.histogram(
            "scorable_evaluation_model_seconds", "Time that an evaluation waited for models.")
        let inProgress = "Evaluators that run, and that wait for others of their judge."
        running = metrics.gauge("scorable_evaluations_in_progress", inProgress, labels: ["state": "running"])
        queued = metrics.gauge("scorable_evaluations_in_progress", inProgress, labels: ["state": "waiting"])
    }

    /// So many evaluators are to give a score.
    func begin(_ count: Int) { requested.increment(by: UInt64(count)) }

    /// The answer of a model cannot be used.
    func count(_ fault: AnswerError.Reason) { unreadable[fault].increment() }

    func count(_ result: EvaluationReply.Result) {
        if let failure = result.failure {
            failed[EvaluationFailure.Code(rawValue: failure.code) ?? .internal]?.increment()
        } else {
            scored.increment()
        }
        calls.increment(by: UInt64(max(0, result.attempts)))
        duration.observe(.microseconds(result.totalMicroseconds))
        waiting.observe(.microseconds(result.callMicroseconds))
    }
}
