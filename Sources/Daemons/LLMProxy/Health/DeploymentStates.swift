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

    /// Deployments beyond this number are served but not remembered: their names are made by users and have no end.
    private static let limit = 1000

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
        let (state, isNew) = known.withLock { known in
            if let state = known.states[name] { return (state, false) }
            let state = DeploymentState(name, policy: policy)
            state.isDrained = known.drained.contains { $0.covers(name) }
            let isKept = known.states.count < Self.limit
            if isKept { known.states[name] = state }
            return (state, isKept)
        }
        if isNew { state.expose(in: metrics) }
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
struct DrainedPlace: Sendable, Hashable {
    let provider: String
    /// `nil` for all models of the provider.
    let model: String?

    func covers(_ name: DeploymentState.Name) -> Bool {
        provider == name.provider && (model == nil || model == name.model)
    }
}
