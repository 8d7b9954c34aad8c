internal import ChatModel
internal import Providers

/// How a deployment is reached: its server, with a key of its own or one of a pool's.
struct DeploymentReach: Sendable {
    let deployment: Deployment
    let pool: KeyPool?

    /// What a deployment is reached with. In one piece, because every call takes it in hand.
    indirect enum Access: Sendable {
        case demonstration
        case endpoint(ModelEndpoint)
        /// With a token that has to be got first.
        case tokens(TokenIssuer, Providers.Provider, model: String)
        /// The key is none of this kind of provider.
        case invalid
    }

    /// Reaches it with `key`, or with its only one.
    func access(_ key: PooledKey?) -> Access {
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
