internal import Cryptography
internal import Stores
internal import Tenancy
internal import Webhooks

/// Makes the secrets of endpoints, and puts them into boxes that only the LLM proxy opens.
struct WebhookSecrets: Sendable {
    private let installation: InstallationStore

    private static let length = 32

    init(installation: InstallationStore) { self.installation = installation }

    /// A new secret as its receiver is given it, and as it is stored. The box can be opened for this endpoint only.
    /// - Throws: `KeyCannotBeSealed`.
    func make(for id: WebhookEndpointID) async throws -> (secret: String, sealed: [UInt8]) {
        guard let publicKey = try await installation.proxyPublicKey() else { throw KeyCannotBeSealed() }
        let secret = WebhookEndpoint.secretPrefix + Base64.encode(randomBytes(Self.length))
        let sealed = try SealedBox.seal(
            Array(secret.utf8), to: SealedBox.PublicKey(publicKey), purpose: WebhookEndpoint.secretPurpose,
            context: Array(id.description.utf8))
        return (secret, sealed)
    }
}
