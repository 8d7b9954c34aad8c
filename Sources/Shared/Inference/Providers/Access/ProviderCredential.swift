package import Cryptography

/// What a provider knows us by. It never prints.
package enum ProviderCredential: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    case none
    /// A key that is valid until it is revoked.
    case key(ProviderKey)
    /// A token that was got in exchange for something else, and expires.
    case accessToken(ProviderKey)
    /// A pair of keys that signs requests.
    case aws(SigV4.Credentials)

    /// What of it travels with a request; to be taken out of a provider's words. Of a pair that signs only the name does.
    var secret: ProviderKey? {
        switch self {
        case .none: nil
        case .aws(let pair): ProviderKey(pair.accessKeyID)
        case .key(let key), .accessToken(let key): key
        }
    }

    package var description: String { "‹redacted›" }
    package var debugDescription: String { "‹redacted›" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
