import COpenSSL

/// An RSA key that signs (RSASSA-PKCS1-v1_5 with SHA-256), which JSON Web Tokens call RS256.
package struct SigningKey: Sendable, CustomStringConvertible, CustomReflectable {
    private let key: PrivateKey

    /// The key in an unencrypted PEM of any usual form.
    package init(pem: String) throws(CryptographyError) {
        key = try PrivateKey(pem: pem)
        guard key.isRSA else { throw CryptographyError(.malformed, "not an RSA key") }
    }

    /// The signature of `message`.
    package func signature(of message: [UInt8]) throws(CryptographyError) -> [UInt8] {
        try key.rsaSignature(of: message)
    }

    package var description: String { "‹redacted›" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension PrivateKey {
    var isRSA: Bool { unsafe use { unsafe EVP_PKEY_get_base_id($0) } == EVP_PKEY_RSA }

    func rsaSignature(of message: [UInt8]) throws(CryptographyError) -> [UInt8] {
        guard let context = unsafe EVP_MD_CTX_new() else { throw .library("RS256") }
        defer { unsafe EVP_MD_CTX_free(context) }
        let began = unsafe use { unsafe EVP_DigestSignInit(context, nil, EVP_sha256(), nil, $0) }
        var length = 0
        guard began == 1, unsafe EVP_DigestSign(context, nil, &length, message, message.count) == 1 else {
            throw .library("RS256")
        }
        var signature = [UInt8](repeating: 0, count: length)
        guard unsafe EVP_DigestSign(context, &signature, &length, message, message.count) == 1 else {
            throw .library("RS256")
        }
        return Array(signature[..<length])
    }
}
