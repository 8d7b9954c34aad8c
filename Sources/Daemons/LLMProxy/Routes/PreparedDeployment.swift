internal import ChatModel
internal import Providers
internal import Spending
internal import Tenancy

/// A deployment with what is known of it and what limits it.
///
/// `@unchecked Sendable`: confined to the loop whose cache made it.
final class PreparedDeployment: @unchecked Sendable {  // ok: confined to its loop
    let deployment: Deployment
    let providerName: String
    /// The model by the name it has at its provider.
    let modelName: String
    let state: DeploymentState
    /// What it costs; `nil` when nobody has said.
    let tariff: Tariff?
    let places: [GovernedPlace]
    let pool: KeyPool?
    /// How it is reached with the keys that were used so far.
    private var accesses: [(key: PooledKey?, access: Access)] = []
    /// Its place among the calls of its provider on this loop, once it is known.
    private var line: ProviderGate.Line?

    /// How a deployment is reached.
    enum Access: Sendable {
        case demonstration
        case endpoint(ModelEndpoint)
        /// With a token that has to be got first.
        case tokens(TokenIssuer, Providers.Provider, model: String)
        /// The key is none of this kind of provider.
        case invalid
    }

    init(
        _ deployment: Deployment, state: DeploymentState, tariff: Tariff?, places: [GovernedPlace], pool: KeyPool?
    ) {
        self.deployment = deployment
        providerName = deployment.providerName
        modelName = deployment.modelName
        self.state = state
        self.tariff = tariff
        self.places = places
        self.pool = pool
    }

    /// How it is reached with `key`, or with its only one.
    func access(_ key: PooledKey?) -> Access {
        if let known = accesses.first(where: { $0.key === key }) { return known.access }
        let access = makeAccess(key)
        // Keys that are renewed are other ones.
        if accesses.count > 16 { accesses.removeAll() }
        accesses.append((key, access))
        return access
    }

    /// Where its calls wait for a place at their provider.
    func line(at gate: ProviderGate) -> ProviderGate.Line {
        if let line { return line }
        let line = gate.line(of: deployment.place)
        self.line = line
        return line
    }

    private func makeAccess(_ key: PooledKey?) -> Access {
        guard case .provider(var provider, let model) = deployment.server else { return .demonstration }
        let secret: ProviderKey?
        switch deployment.keys {
        case .fixed(let only): secret = only
        case .pool: secret = key?.key
        }
        switch provider.kind.access(by: secret) {
        case .credential(let credential):
            provider.credential = credential
            return .endpoint(ModelEndpoint(provider: provider, model: model))
        case .tokens(let issuer): return .tokens(issuer, provider, model: model)
        case nil: return .invalid
        }
    }
}
