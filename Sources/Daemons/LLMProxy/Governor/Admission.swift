package import ChatModel
internal import Synchronization

/// A call that was let through. Its place is free again when it is ended or dropped, wherever and however the call ends.
package final class Admission: Sendable {
    /// The position of the key that it is made with, among those that would have done.
    package let key: Int?
    /// How long the call waited.
    package let waited: Duration
    private let governor: Governor
    private let demand: CallDemand
    private let ending = Mutex(Ending.running(used: nil))

    private enum Ending {
        /// What prompt and answer came to, as far as is known.
        case running(used: Int?)
        case ended
    }

    init(governor: Governor, demand: CallDemand, key: Int?, waited: Duration) {
        self.governor = governor
        self.demand = demand
        self.key = key
        self.waited = waited
    }

    deinit { end() }

    /// Notes what prompt and answer really came to; what was taken for more is given back with the place.
    package func settle(tokens: Int) {
        ending.withLock { ending in
            if case .running = ending { ending = .running(used: max(0, tokens)) }
        }
    }

    /// Gives the place back, having used so many tokens, where that is known by now or was noted before. Further calls are
    /// without effect.
    package func end(having tokens: Int? = nil) {
        let correction = ending.withLock { ending -> Int? in
            guard case .running(let noted) = ending else { return nil }
            ending = .ended
            return (tokens.map { max(0, $0) } ?? noted).map { $0 - demand.tokens } ?? 0
        }
        if let correction { governor.end(demand, key: key, correction: correction) }
    }

    /// Notes what the provider says of its limits in the fields of an answer.
    package func learn(_ limits: RateLimits) {
        guard !limits.isEmpty, let report = LimitReport(limits) else { return }
        governor.learn(report, at: meteredPlace)
    }

    /// Notes that the provider refused the call because there were too many.
    package func throttled(retryAfter: Duration?) {
        governor.learn(LimitReport(throttledFor: retryAfter), at: meteredPlace)
    }

    /// Providers count by key; where there is none, by model, which is named last.
    private var meteredPlace: GovernedPlace? { key.map { demand.keys[$0] } ?? demand.places.last }
}
