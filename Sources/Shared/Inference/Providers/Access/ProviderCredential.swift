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

    /// The secret that travels with a request; to be taken out of a provider's words.
    var secret: ProviderKey? {
        switch self {
        case .none, .aws: nil
        case .key(let key), .accessToken(let key): key
        }
    }

    package var description: String { "‹redacted›" }
    package var debugDescription: String { "‹redacted›" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
