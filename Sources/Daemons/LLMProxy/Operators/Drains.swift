package import Logging

/// What operators have taken out of service: what a source says, the same for all proxies; or, where there is none, what is
/// said to this proxy by hand, for as long as it runs.
package struct Drains: Sendable {
    private let states: DeploymentStates
    private let kept: Refreshed<Void>?

    /// Drains that are said by hand.
    package init(states: DeploymentStates) {
        self.states = states
        kept = nil
    }

    /// Drains out of `source`, where they are changed.
    package init(
        states: DeploymentStates, logger: Logger,
        source: @escaping @Sendable () async throws -> Set<DrainedPlace>
    ) {
        self.states = states
        kept = Refreshed("what is out of service", every: .seconds(5), logger: logger) {
            states.replaceDrained(try await source())
        }
    }

    /// Whether they are said to this proxy, so that nothing has to run.
    package var areByHand: Bool { kept == nil }

    /// Takes a place out of service or puts it back, by hand. Putting a provider back puts its models back.
    func set(_ place: DrainedPlace, to isDrained: Bool) {
        var drained = states.drained
        if isDrained {
            drained.insert(place)
        } else {
            drained = drained.filter { $0 != place && !(place.model == nil && $0.holder == place.holder) }
        }
        states.replaceDrained(drained)
    }

    /// Keeps them as the source says until the task is cancelled. Call it on a loop.
    package func run() async { await kept?.run() }

    /// Asks the source again before long, because somebody has changed them.
    package func invalidate() { kept?.invalidate() }
}
