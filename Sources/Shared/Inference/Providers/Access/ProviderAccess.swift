internal import Cryptography

/// What a key that is stored is good for, by the kind of its provider.
package enum ProviderAccess: Sendable {
    /// It is shown, or signs, as it is.
    case credential(ProviderCredential)
    /// It is exchanged for tokens, which are shown.
    case tokens(TokenIssuer)
}

extension ProviderKind {
    /// What `key` is good for: the JSON of a service account or of an application where these get tokens, the pair
    /// `ID:SECRET` or `ID:SECRET:SESSION` at AWS, else the key itself. `nil` when it cannot be a key of this kind.
    package func access(by key: ProviderKey?) -> ProviderAccess? {
        guard let key else { return .credential(.none) }
        switch descriptor.authentication {
        case .awsSignature: return Self.awsCredential(key.text).map { .credential($0) } ?? .credential(.key(key))
        case .serviceAccount, .keyField:
            guard key.text.drop(while: \.isWhitespace).first == "{" else { return .credential(.key(key)) }
            return TokenIssuer(key, of: self).map { .tokens($0) }
        case .bearer, .optionalBearer: return .credential(.key(key))
        }
    }

    private static func awsCredential(_ text: String) -> ProviderCredential? {
        // A bearer's key has no colon in it.
        let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 2, !parts.contains(where: \.isEmpty) else { return nil }
        return .aws(
            SigV4.Credentials(
                accessKeyID: parts[0], secretAccessKey: SecretBytes(Array(parts[1].utf8)),
                sessionToken: parts.count == 3 ? parts[2] : nil))
    }
}
