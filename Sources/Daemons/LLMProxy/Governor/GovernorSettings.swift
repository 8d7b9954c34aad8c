/// How the limits of providers are shared between proxies.
package struct GovernorSettings: Sendable, Hashable {
    /// How many calls of each lane may wait at each place.
    package var waitingPerPlace = 1024
    /// How long a share is held without being renewed: what a proxy that died had is free again after this time.
    package var leaseLifetime: Duration = .seconds(5)
    /// How long Redis may take; the proxy uses its own share meanwhile.
    package var patience: Duration = .milliseconds(250)
    /// Which part of its fair share a proxy uses while it cannot agree with the others.
    package var cautiousShare = 0.8
    /// How many proxies there are at least, for the time when they cannot be counted.
    package var expectedProxies = 1

    package init() {}
}

/// When proxies talk to each other about a place.
enum TurnPace {
    /// While calls wait here, for each proxy that is at the place.
    static let waiting: Duration = .milliseconds(5)
    /// While others wait.
    static let contended: Duration = .milliseconds(20)
    /// While calls come and go.
    static let active: Duration = .milliseconds(100)
    /// While calls run or shares are held, and at places without limits.
    static let steady: Duration = .seconds(1)
    /// Between any two.
    static let least: Duration = .milliseconds(2)
    /// After Redis did not answer.
    static let away: Duration = .seconds(1)
    /// While Redis is away, shares are dealt out from our own account.
    static let alone: Duration = .milliseconds(20)
}
