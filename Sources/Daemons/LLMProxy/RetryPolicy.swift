package import ChatModel

/// When a call that failed before the first byte of its answer is made again.
package struct RetryPolicy: Sendable, Hashable {
    /// How often a call is made at most.
    package var attempts = 3
    /// The pause after the first failure; it doubles with every further one.
    package var firstPause: Duration = .milliseconds(250)
    /// The longest pause of our own choice; a provider may ask for a longer one.
    package var longestPause: Duration = .seconds(8)
    /// What has to remain for the call itself after a pause.
    package var leastTime: Duration = .milliseconds(100)

    package init() {}

    /// How long to wait before the next attempt, when `attempt` were made and `remaining` is left until the deadline;
    /// `nil` when there is none. The jitter, 0 to 1, spreads callers that failed together.
    package func pause(
        after failure: AttemptFailure, attempt: Int, remaining: Duration, jitter: Double
    ) -> Duration? {
        guard failure.isSafeToRepeat, failure.failure.isTransient, attempt < attempts else { return nil }
        let own = min(longestPause, firstPause * (1 << (attempt - 1)))
        // Never before the moment that a provider names; callers that were told the same come spread out after it.
        let pause = (failure.failure.retryAfter ?? own / 2) + own / 2 * jitter
        return pause + leastTime <= remaining ? pause : nil
    }
}

/// A failed attempt, and whether making the call again can do harm.
package struct AttemptFailure: Error, Sendable, Hashable {
    package var failure: ChatFailure
    /// Whether the provider has done nothing for this call, or says itself that it failed.
    package let isSafeToRepeat: Bool

    package init(_ failure: ChatFailure, isSafeToRepeat: Bool) {
        self.failure = failure
        self.isSafeToRepeat = isSafeToRepeat
    }
}
