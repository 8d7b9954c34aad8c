/// What a provider says of its limits in the fields of an answer.
package struct RateLimits: Sendable, Hashable {
    /// One of the limits.
    package struct Quota: Sendable, Hashable {
        package var limit: Int?
        package var remaining: Int?
        /// How long until it is full again.
        package var reset: Duration?

        package init(limit: Int? = nil, remaining: Int? = nil, reset: Duration? = nil) {
            self.limit = limit
            self.remaining = remaining
            self.reset = reset
        }

        /// Whether nothing is said.
        package var isEmpty: Bool { limit == nil && remaining == nil && reset == nil }
    }

    /// Calls, whatever their size.
    package var requests: Quota?
    /// Of input and output together.
    package var tokens: Quota?
    /// Of input alone, where it is counted apart.
    package var inputTokens: Quota?
    /// Of output alone, where it is counted apart.
    package var outputTokens: Quota?
    /// Whether the limit of requests is that of a day; else it is that of a minute.
    package var requestsAreDaily = false

    package init() {}

    /// How long until everything is there again that is used up; `nil` when that is not said.
    package var renewal: Duration? {
        [requests, tokens, inputTokens, outputTokens].compactMap { $0?.remaining == 0 ? $0?.reset : nil }.max()
    }

    /// Whether nothing is said.
    package var isEmpty: Bool { requests == nil && tokens == nil && inputTokens == nil && outputTokens == nil }
}
