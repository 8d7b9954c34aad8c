/// How long a job waits after a failure: longer each time, up to a bound, and never quite the same.
package struct RetryRule: Sendable, Hashable {
    /// What becomes of a job whose attempt failed.
    package enum Verdict: Sendable, Hashable {
        /// It is done again after this time.
        case retry(after: Duration)
        /// It is done again after this time, and the attempt does not count.
        case deferral(of: Duration)
        /// It is given up.
        case dead
    }

    /// The wait after the first failure.
    package let first: Duration
    /// The longest wait.
    package let longest: Duration
    /// How many times as long as the one before a wait is.
    package let growth: Int
    /// The longest wait for a limit that does not say how long it lasts.
    private static let longestDeferral = Duration.seconds(60)

    /// More leases than this that ended because their worker did: the job is poison.
    package static let mostCrashes = 3

    package init(first: Duration = .seconds(2), longest: Duration = .seconds(600), growth: Int = 2) {
        precondition(growth > 1, "a wait is longer than the one before")
        self.first = first
        self.longest = longest
        self.growth = growth
    }

    /// What becomes of a job with `failures` failures, the one at hand among them.
    package func verdict(
        on failure: JobFailure, failures: Int, maxAttempts: Int, using random: inout some RandomNumberGenerator
    ) -> Verdict {
        guard failure.errorClass.isRetryable else { return .dead }
        guard failure.errorClass.costsAttempt else {
            let wait = failure.retryAfter ?? min(backoff(after: max(1, failures), using: &random), Self.longestDeferral)
            // A little later for each, so that not all come back at the moment the limit ends.
            return .deferral(of: wait * (1 + 0.1 * Self.share(using: &random)))
        }
        guard failures < maxAttempts else { return .dead }
        let wait = backoff(after: failures, using: &random)
        return .retry(after: max(wait, failure.retryAfter ?? .zero))
    }

    /// The wait after the given number of failures: between half and the whole of what growing gives.
    package func backoff(after failures: Int, using random: inout some RandomNumberGenerator) -> Duration {
        var wait = first
        for _ in 1..<max(failures, 1) where wait < longest { wait = wait * growth }
        return min(wait, longest) * (0.5 + 0.5 * Self.share(using: &random))
    }

    /// A number from 0 up to 1, any as likely as the others.
    private static func share(using random: inout some RandomNumberGenerator) -> Double {
        Double(random.next() >> 11) / Double(1 << 53 as UInt64)
    }
}
