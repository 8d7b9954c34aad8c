internal import ChatModel
package import Observability
internal import Synchronization

/// What this process knows of every deployment that it has met.
package final class DeploymentStates: Sendable {
    private let policy: CircuitBreaker.Policy
    private let metrics: Metrics
    private let known: Mutex<Known>

    private struct Known {
        var states: [DeploymentState.Name: DeploymentState] = [:]
        /// What operators have drained, also when nobody has asked there yet; a `nil` model is all of a provider.
        var drained: Set<DrainedPlace> = []
    }

    /// Deployments beyond these numbers have no series of their own, and are served but not remembered: their names are
    /// made by users and have no end.
    private static let limits = (shown: 1000, kept: 10_000)

    package init(policy: CircuitBreaker.Policy, metrics: Metrics) {
        self.policy = policy
        self.metrics = metrics
        known = Mutex(Known())
    }

    /// All of them, by name.
    var all: [DeploymentState] {
        known.withLock { $0.states.values.map { $0 } }.sorted {
            ($0.name.provider, $0.name.model) < ($1.name.provider, $1.name.model)
        }
    }

    /// What is known of a deployment; nothing yet when it is new.
    func state(of name: DeploymentState.Name) -> DeploymentState {
        let (state, isShown, hasNamesake) = known.withLock { known in
            if let state = known.states[name] { return (state, false, false) }
            let state = DeploymentState(name, policy: policy)
            state.isDrained = known.drained.contains { $0.covers(name) }
            let hasNamesake = known.states.keys.contains { $0.provider == name.provider && $0.model == name.model }
            let isShown = known.states.count < Self.limits.shown
            if known.states.count < Self.limits.kept { known.states[name] = state }
            return (state, isShown, hasNamesake)
        }
        if isShown { state.expose(in: metrics, naming: hasNamesake ? .place : .names) }
        return state
    }

    /// What operators have drained.
    var drained: Set<DrainedPlace> { known.withLock { $0.drained } }

    /// From now on these are drained and no others.
    func replaceDrained(_ places: Set<DrainedPlace>) {
        let states = known.withLock { known in
            known.drained = places
            return known.states.values.map { $0 }
        }
        for state in states { state.isDrained = places.contains { $0.covers(state.name) } }
    }
}

/// What an operator has taken out of service.
package struct DrainedPlace: Sendable, Hashable {
    /// A provider, or a model with an address of its own.
    package enum Holder: Sendable, Hashable {
        /// By its name, which may be that of several.
        case named(String)
        /// By what identifies it.
        case identified(String)
    }

    package let holder: Holder
    /// `nil` for all models of the provider.
    package let model: String?

    package init(_ holder: Holder, model: String? = nil) {
        self.holder = holder
        self.model = model
    }

    func covers(_ name: DeploymentState.Name) -> Bool {
        let isThere =
            switch holder {
            case .named(let provider): provider == name.provider
            case .identified(let place): place == name.place
            }
        return isThere && (model == nil || model == name.model)
    }
}
