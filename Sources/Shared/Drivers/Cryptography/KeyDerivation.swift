extension SecretBytes {
    /// A key for one purpose, made of a secret that has others (HKDF with SHA-256, RFC 5869): whoever has the key does not
    /// have the secret. 32 bytes.
    package static func derived(from secret: [UInt8], for purpose: String) -> SecretBytes {
        SecretBytes(HKDF.expand(HKDF.extract(salt: [], secret: secret), info: Array(purpose.utf8), count: 32))
    }
}
