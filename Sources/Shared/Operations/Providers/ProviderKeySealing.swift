internal import Cryptography
internal import Scoring
package import Stores
internal import Tenancy

/// Puts keys of providers into boxes that only the LLM proxy opens.
package struct ProviderKeySealing: Sendable {
    private let installation: InstallationStore

    /// The longest key: whole service accounts are given as keys.
    private static let longest = 20_000

    package init(installation: InstallationStore) { self.installation = installation }

    /// The key as it is stored; `nil` for none.
    /// - Throws: `InvalidDefinition`, under the name of its field; `KeyCannotBeSealed`.
    func sealed(_ key: String?, field: String) async throws -> [UInt8]? {
        guard let key else { return nil }
        try InvalidDefinition.check { findings in
            findings.length(of: key, in: 1...Self.longest, field: field)
            if key.first?.isWhitespace == true || key.last?.isWhitespace == true {
                findings.add(field, "A key does not begin or end with a space. Was too much of it copied?")
            }
        }
        guard let publicKey = try await installation.proxyPublicKey() else { throw KeyCannotBeSealed() }
        return try SealedBox.seal(
            Array(key.utf8), to: SealedBox.PublicKey(publicKey), purpose: Provider.keyPurpose)
    }
}

/// A provider's key was given, and no proxy has published the key to seal it with.
package struct KeyCannotBeSealed: Error, CustomStringConvertible {
    package init() {}
    package var description: String {
        "The key cannot be stored: no LLM proxy has started yet. Start scorable-llmproxyd and try again."
    }
}
