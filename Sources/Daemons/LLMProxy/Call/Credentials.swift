internal import ChatModel
internal import EventLoop
internal import FoundationEssentials
internal import Providers

/// Makes endpoints that show the right credential: the key that was chosen, or a token that is got with it and still good.
struct Credentials: Sendable {
    let tokens: AccessTokens

    /// The endpoint of a visit; `nil` for the demonstration.
    /// - Throws: ``AttemptFailure`` when the key is none, or there is no token to be had.
    func endpoint(for visit: Visit) async throws -> ModelEndpoint? {
        let endpoint = try await endpoint(visit.deployment.access(visit.key), of: visit.deployment.providerName)
        if case .accessToken(let token)? = endpoint?.provider.credential { visit.show(token) }
        return endpoint
    }

    /// The endpoint of a deployment with any of its keys; `nil` for the demonstration, or when it has none to use now.
    func endpoint(for reach: DeploymentReach) async throws -> ModelEndpoint? {
        let key = reach.pool?.usable(for: reach.deployment.modelName).keys.first
        if reach.pool != nil, key == nil { return nil }
        return try await endpoint(reach.access(key), of: reach.deployment.providerName)
    }

    /// Drops the token that a visit has shown, when that may be why it was refused.
    /// - Returns: Whether the next visit shows another one.
    func dropsToken(of visit: Visit) -> Bool {
        guard let token = visit.token, case .tokens(let issuer, _, _) = visit.deployment.access(visit.key) else {
            return false
        }
        return tokens.refused(token, of: issuer)
    }

    private func endpoint(_ access: DeploymentReach.Access, of name: String) async throws -> ModelEndpoint? {
        switch access {
        case .demonstration: return nil
        case .endpoint(let endpoint): return endpoint
        case .tokens(let issuer, let provider, let model):
            var provider = provider
            provider.credential = .accessToken(try await tokens.token(of: issuer, for: provider.name))
            return ModelEndpoint(provider: provider, model: model)
        case .invalid:
            throw AttemptFailure(
                unable: ChatFailure(.authentication, "the key of provider \(name) is none of its kind", provider: name))
        }
    }
}
