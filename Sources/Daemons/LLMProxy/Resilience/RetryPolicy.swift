package import ChatModel

/// When a call that failed before the first byte of its answer is made again.
package struct RetryPolicy: Sendable, Hashable {
    /// How often a call is made at most, further deployments not counted.
    package var attempts = 3
    /// The pause after the first failure; it doubles with every further one.
    package var firstPause: Duration = .milliseconds(250)
    /// The longest pause of our own choice; a provider may ask for a longer one.
    package var longestPause: Duration = .seconds(8)
    /// The longest pause that is waited for when there is a fallback to go to.
    package var patience: Duration = .seconds(2)
    /// What has to remain for the call itself after a pause.
    package var leastTime: Duration = .milliseconds(100)

    package init() {}

    /// How long to wait before the retry of that number, from 1. The jitter, 0 to 1, spreads callers that failed together.
    package func pause(after failure: ChatFailure, retry: Int, jitter: Double) -> Duration {
        let own = min(longestPause, firstPause * (1 << min(retry - 1, 16)))
        // Never before the moment that a provider names; callers that were told the same come spread out after it.
        return (failure.retryAfter ?? own / 2) + own / 2 * jitter
    }
}
