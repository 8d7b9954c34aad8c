internal import Cryptography

/// Seals what the API servers keep secret in the database, with a key that the secret of credentials gives: a stolen table
/// alone tells nothing, and another secret opens none of it.
package struct SecretSealing: Sendable {
    private let key: SecretBytes

    /// `secret` is that of credentials. What is sealed for one purpose cannot be opened for another.
    package init(secret: [UInt8], purpose: String) {
        precondition(secret.count >= 32, "the secret of credentials has at least 32 bytes")
        key = SecretBytes(HMACSHA256.authenticate(Array("sealing: \(purpose)".utf8), key: secret))
    }

    /// Seals something that belongs to `owner`, for whom alone it can be opened.
    package func seal(_ plaintext: [UInt8], for owner: String) throws -> [UInt8] {
        try AESGCM.seal(plaintext, key: key, context: Array(owner.utf8))
    }

    /// - Throws: `CryptographyError` when it was sealed for somebody else or with another secret, or was changed.
    package func open(_ sealed: [UInt8], for owner: String) throws -> [UInt8] {
        try AESGCM.open(sealed, key: key, context: Array(owner.utf8))
    }
}
