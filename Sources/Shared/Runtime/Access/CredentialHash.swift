internal import Cryptography

/// The keyed hash under which API keys and session tokens are stored: a stolen table alone opens nothing.
package struct CredentialHash: Sendable {
    private let secret: [UInt8]

    /// - Parameter secret: known to the API servers and the administration tool only; at least 32 bytes.
    package init(secret: [UInt8]) {
        precondition(secret.count >= 32, "the secret of credential hashes has at least 32 bytes")
        self.secret = secret
    }

    /// HMAC-SHA-256 of the token.
    package func of(_ token: String) -> [UInt8] {
        HMACSHA256.authenticate(Array(token.utf8), key: secret)
    }

    /// What seals secrets with a key that comes out of the same secret.
    package func sealing(for purpose: String) -> SecretSealing { SecretSealing(secret: secret, purpose: purpose) }
}
