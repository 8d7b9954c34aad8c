package import Observability
internal import Scoring
internal import WireAPI

/// What evald counts.
package struct EvaluationMetrics: Sendable {
    private let scored: Counter
    private let failed: CounterSet<EvaluationFailure.Code>
    private let calls: Counter
    private let duration: Histogram
    private let waiting: Histogram
    /// Evaluators that run, and that wait for others of their judge.
    let running: Gauge
    let queued: Gauge

    package init(_ metrics: Metrics) {
        scored = metrics.counter("scorable_evaluations_scored_total", "Evaluations that gave a score.")
        failed = metrics.counters(
            "scorable_evaluations_failed_total", "Evaluations that gave no score, by reason.", by: "code",
            of: EvaluationFailure.Code.self)
        calls = metrics.counter("scorable_evaluation_calls_total", "Calls of models that evaluations made.")
        duration = metrics.histogram(
            "scorable_evaluation_duration_seconds", "Time from the arrival of a call to an evaluator's result.")
        waiting = metrics.histogram(
            "scorable_evaluation_model_seconds", "Time that an evaluation waited for models.")
        running = metrics.gauge(
            "scorable_queue_running", "How many have their turn.", labels: ["queue": "evaluations"])
        queued = metrics.gauge(
            "scorable_queue_waiting", "How many wait for their turn.", labels: ["queue": "evaluations"])
    }

    func count(_ result: EvaluationReply.Result) {
        if let failure = result.failure {
            failed[EvaluationFailure.Code(rawValue: failure.code) ?? .internal].increment()
        } else {
            scored.increment()
        }
        calls.increment(by: UInt64(max(0, result.attempts)))
        duration.observe(.microseconds(result.totalMicroseconds))
        waiting.observe(.microseconds(result.callMicroseconds))
    }
}
