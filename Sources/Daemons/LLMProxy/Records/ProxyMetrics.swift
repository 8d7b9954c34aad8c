internal import ChatModel
package import Observability

/// What the proxy counts of all calls together.
///
/// A class, because every call has it in hand, and it has many parts.
package final class ProxyMetrics: Sendable {
    private let calls: CounterSet<UsageRecord.Ending>
    /// The one of `calls` that nearly all count, which is not looked for each time.
    private let answered: Counter
    private let failures: CounterSet<ChatFailure.Code>
    private let retries: Counter
    private let promptTokens: Counter
    private let completionTokens: Counter
    private let cost: Counter
    private let duration: Histogram
    private let firstByte: Histogram
    private let waiting: Histogram

    package init(_ metrics: Metrics) {
        calls = metrics.counters(
            "scorable_llm_calls_total", "Calls of models by how they ended.", by: "ending", of: UsageRecord.Ending.self)
        answered = calls[.answered]
        failures = metrics.counters(
            "scorable_llm_failures_total", "Calls of models that failed, by reason.", by: "code",
            of: ChatFailure.Code.self)
        retries = metrics.counter("scorable_llm_retries_total", "Attempts of calls beyond the first.")
        promptTokens = metrics.counter("scorable_llm_prompt_tokens_total", "Tokens that were sent to models.")
        completionTokens = metrics.counter("scorable_llm_completion_tokens_total", "Tokens that models answered.")
        cost = metrics.counter(
            "scorable_llm_cost_nanodollars_total", "What calls cost, in billionths of a US dollar.")
        duration = metrics.histogram(
            "scorable_llm_call_duration_seconds", "Time from a call's arrival to the end of its answer.",
            bounds: Histogram.modelCallBounds)
        firstByte = metrics.histogram(
            "scorable_llm_first_byte_seconds", "Time from a call's arrival to the first byte of its answer.",
            bounds: Histogram.modelCallBounds)
        waiting = metrics.histogram(
            "scorable_llm_queue_seconds", "Time that calls waited for a place at their provider.")
    }

    /// Counts the first byte of an answer, and how long the call had waited for its turn.
    func began(after duration: Duration, waited: Duration) {
        firstByte.observe(duration)
        waiting.observe(waited)
    }

    /// Counts a call that is over, however it ended.
    func ended(
        _ ending: UsageRecord.Ending, _ usage: ChatUsage?, cost amount: Int64?, failure: ChatFailure.Code?,
        attempts: Int, after time: Duration
    ) {
        if ending == .answered { answered.increment() } else { calls[ending].increment() }
        if let failure { failures[failure].increment() }
        if attempts > 1 { retries.increment(by: UInt64(attempts - 1)) }
        if let usage {
            promptTokens.increment(by: UInt64(max(0, usage.promptTokens)))
            completionTokens.increment(by: UInt64(max(0, usage.completionTokens)))
        }
        if let amount, amount > 0 { cost.increment(by: UInt64(amount)) }
        duration.observe(time)
    }
}
