import COpenSSL

/// Owns one `EVP_PKEY`; frees (and so clears) it exactly once.
///
/// `@unchecked Sendable`: OpenSSL allows any number of threads to use a key that nobody changes, and nobody does.
@safe final class PrivateKey: @unchecked Sendable {
    private let raw: OpaquePointer

    private init(owning raw: OpaquePointer) { unsafe self.raw = raw }

    deinit { unsafe EVP_PKEY_free(raw) }

    static func generateP256() throws(CryptographyError) -> PrivateKey {
        guard let raw = unsafe co_generate_p256() else { throw .library("generating a P-256 key") }
        return unsafe PrivateKey(owning: raw)
    }

    static func generateRSA(bits: Int) throws(CryptographyError) -> PrivateKey {
        guard let raw = unsafe co_generate_rsa(bits) else { throw .library("generating an RSA key") }
        return unsafe PrivateKey(owning: raw)
    }

    static func generateX25519() throws(CryptographyError) -> PrivateKey {
        guard let raw = unsafe co_generate_x25519() else { throw .library("generating an X25519 key") }
        return unsafe PrivateKey(owning: raw)
    }

    /// An unencrypted PEM of any usual form.
    convenience init(pem: String) throws(CryptographyError) {
        let source = try MemoryBIO()
        try source.fill(pem)
        guard let raw = unsafe source.use({ unsafe co_read_private_key($0) }) else {
            throw CryptographyError(.malformed, "not a private key in PEM: \(CryptographyError.takeReasons())")
        }
        unsafe self.init(owning: raw)
    }

    /// PKCS #8 in PEM, unencrypted.
    func pem() throws(CryptographyError) -> String {
        let target = try MemoryBIO()
        guard unsafe target.use({ unsafe PEM_write_bio_PKCS8PrivateKey($0, raw, nil, nil, 0, nil, nil) }) == 1 else {
            throw .library("writing a private key")
        }
        return String(decoding: target.contents, as: UTF8.self)
    }

    var isX25519: Bool { unsafe EVP_PKEY_get_id(raw) == co_pkey_x25519 }

    /// The 32 bytes of an X25519 public key.
    func rawPublicKey() throws(CryptographyError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 32)
        var length = bytes.count
        guard unsafe EVP_PKEY_get_raw_public_key(raw, &bytes, &length) == 1, length == 32 else {
            throw .library("reading a public key")
        }
        return bytes
    }

    /// The X25519 secret shared with the owner of `publicKey`. A point of low order is refused by the library.
    func agree(with publicKey: [UInt8]) throws(CryptographyError) -> [UInt8] {
        guard
            let peer = unsafe EVP_PKEY_new_raw_public_key(co_pkey_x25519, nil, publicKey, publicKey.count)
        else { throw CryptographyError(.malformed, "not an X25519 public key: \(CryptographyError.takeReasons())") }
        defer { unsafe EVP_PKEY_free(peer) }
        guard let context = unsafe EVP_PKEY_CTX_new(raw, nil) else { throw .library("X25519") }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        var secret = [UInt8](repeating: 0, count: 32)
        var length = secret.count
        guard unsafe EVP_PKEY_derive_init(context) == 1, unsafe EVP_PKEY_derive_set_peer(context, peer) == 1,
            unsafe EVP_PKEY_derive(context, &secret, &length) == 1, length == 32
        else { throw .library("X25519") }
        return secret
    }

    /// Calls `body` with the library's handle, which stays ours.
    func use<Result>(_ body: (OpaquePointer) -> Result) -> Result { unsafe body(raw) }
}

/// Owns one memory `BIO`: how OpenSSL reads and writes text.
@safe struct MemoryBIO: ~Copyable {
    private let raw: OpaquePointer

    init() throws(CryptographyError) {
        guard let raw = unsafe BIO_new(BIO_s_mem()) else { throw .library("allocating memory") }
        unsafe self.raw = raw
    }

    /// Puts text in for the library to read.
    func fill(_ text: String) throws(CryptographyError) {
        let bytes = Array(text.utf8)
        guard unsafe bytes.isEmpty || BIO_write(raw, bytes, Int32(bytes.count)) == bytes.count else {
            throw .library("allocating memory")
        }
    }

    deinit { unsafe BIO_free(raw) }

    /// What was written and not read yet, copied.
    var contents: [UInt8] {
        var start: UnsafeMutablePointer<CChar>?
        let count = unsafe co_memory_contents(raw, &start)
        return unsafe UnsafeRawBufferPointer(start: start, count: count).map { $0 }
    }

    func use<Result>(_ body: (OpaquePointer) -> Result) -> Result { unsafe body(raw) }
}
