internal import EventLoop
package import Spending

/// How limits stand, for people who operate the system.
package struct GovernorStatus: Sendable {
    /// One provider, key or model.
    package struct Place: Sendable {
        package let name: String
        package let limits: CallLimits
        /// What has been learned from the provider and holds beside them.
        package let learned: CallLimits
        /// What may begin of it here before this proxy asks the others again.
        package let remaining: CallLimits
        /// Calls of this proxy that run.
        package let running: Int
        /// Calls of this proxy that wait.
        package let waiting: Int
        /// How long nothing is let through.
        package let blockedFor: Duration?
        /// Whether calls wait here, in this proxy or another.
        package let isContended: Bool
        /// How many proxies have a share.
        package let proxies: Int
    }

    /// Whether shares are agreed upon with the other proxies; for a proxy without Redis there are no others.
    package let isSharing: Bool
    /// Since when not.
    package let awayFor: Duration?
    package let waiting: Int
    package let places: [Place]
}

extension Governor {
    /// How limits stand now.
    package var status: GovernorStatus {
        let now = Moment.now
        let away = connection.awaySince
        return withState { state in
            GovernorStatus(
                isSharing: away == nil, awayFor: away.map { $0.duration(to: now) }, waiting: state.waitingCount,
                places: state.accounts.indices.map { index in
                    let account = state.accounts[index]
                    let left = account.blockedUntil.map { now.duration(to: $0) } ?? .zero
                    return GovernorStatus.Place(
                        name: account.place.name, limits: account.limits, learned: CallLimits(account.learned),
                        remaining: account.remaining, running: account.inUse, waiting: state.waiting(at: index),
                        blockedFor: left > .zero ? left : nil, isContended: account.isContended,
                        proxies: account.proxies)
                })
        }
    }
}

extension CallLimits {
    fileprivate init(_ numbers: CallLimitNumbers) {
        func limit(_ number: Int) -> Int? { number > 0 ? number : nil }
        self.init(
            requestsPerMinute: limit(numbers.requests), tokensPerMinute: limit(numbers.tokens),
            concurrency: limit(numbers.places))
    }
}
