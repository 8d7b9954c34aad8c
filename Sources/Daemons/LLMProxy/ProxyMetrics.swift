internal import ChatModel
package import Observability

/// What the proxy counts. Providers and models are no labels: their names are made by users and have no end.
package struct ProxyMetrics: Sendable {
    /// How calls end, beside their failures.
    enum Ending: String, CaseIterable, Sendable {
        case answered
        case failed
        /// The caller left before the end.
        case abandoned
    }

    private let calls: CounterSet<Ending>
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
            "scorable_llm_calls_total", "Calls of models by how they ended.", by: "ending", of: Ending.self)
        failures = metrics.counters(
            "scorable_llm_failures_total", "Calls of models that failed, by reason.", by: "code",
            of: ChatFailure.Code.self)
        retries = metrics.counter("scorable_llm_retries_total", "Attempts of calls beyond the first.")
        promptTokens = metrics.counter("scorable_llm_prompt_tokens_total", "Tokens that were sent to models.")
        completionTokens = metrics.counter("scorable_llm_completion_tokens_total", "Tokens that models answered.")
        cost = metrics.counter(
            "scorable_llm_cost_nanodollars_total", "What calls cost, in billionths of a US dollar.")
        duration = metrics.histogram(
            "scorable_llm_call_duration_seconds", "Time from a call's arrival to the end of its answer.")
        firstByte = metrics.histogram(
            "scorable_llm_first_byte_seconds", "Time from a call's arrival to the first byte of its answer.")
        waiting = metrics.histogram(
            "scorable_llm_queue_seconds", "Time that calls waited for a place at their provider.")
    }

    /// Counts how long a call waited for its turn.
    func waited(_ duration: Duration) { waiting.observe(duration) }

    /// Counts the first byte of an answer.
    func began(after duration: Duration, attempts: Int) {
        firstByte.observe(duration)
        retries.increment(by: UInt64(max(0, attempts - 1)))
    }

    /// Counts a call that was answered to its end.
    func answered(_ usage: ChatUsage?, cost amount: Int64?, after time: Duration) {
        calls[.answered].increment()
        count(usage, amount)
        duration.observe(time)
    }

    /// Counts a call that failed.
    func failed(_ code: ChatFailure.Code, attempts: Int, after time: Duration) {
        calls[.failed].increment()
        failures[code].increment()
        retries.increment(by: UInt64(max(0, attempts - 1)))
        duration.observe(time)
    }

    /// Counts a call whose caller has left.
    func abandoned(_ usage: ChatUsage?, cost amount: Int64?, after time: Duration) {
        calls[.abandoned].increment()
        count(usage, amount)
        duration.observe(time)
    }

    private func count(_ usage: ChatUsage?, _ amount: Int64?) {
        promptTokens.increment(by: UInt64(usage?.promptTokens ?? 0))
        completionTokens.increment(by: UInt64(usage?.completionTokens ?? 0))
        cost.increment(by: UInt64(max(0, amount ?? 0)))
    }
}
