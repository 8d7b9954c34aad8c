import COpenSSL

/// Opens what others have encrypted for an RSA key of ours: a key of a cipher by RSA-OAEP, and all else by that key.
package struct HybridDecryption: Sendable, CustomStringConvertible, CustomReflectable {
    private let key: PrivateKey

    /// The hashes that RSA-OAEP is used with. That SHA-1 has collisions does not matter to it.
    package enum Digest: Sendable, CaseIterable {
        case sha1, sha256, sha384, sha512
    }

    /// The cipher and how it is used: with a random vector in front, and a tag of 16 bytes behind (GCM) or padding whose last
    /// byte is its length (CBC, which does not notice changes: what it gives must be verified in another way).
    package enum Mode: Sendable {
        /// AES, its key of 16, 24 or 32 bytes.
        case cbc, gcm
        /// DES three times, its key of 24 bytes. Old, and still what some encrypt with.
        case tripleDES
    }

    /// The private key in an unencrypted PEM of any usual form.
    package init(privateKeyPEM: String) throws(CryptographyError) {
        key = try PrivateKey(pem: privateKeyPEM)
        guard key.isRSA else { throw CryptographyError(.malformed, "not an RSA key") }
    }

    /// The key of the cipher, of 16, 24 or 32 bytes.
    package func openKey(_ sealed: [UInt8], digest: Digest, mask: Digest) throws(CryptographyError) -> SecretBytes {
        var opened = try key.openOAEP(sealed, digest: digest, mask: mask)
        defer { zeroise(&opened) }
        guard [16, 24, 32].contains(opened.count) else {
            throw CryptographyError(.malformed, "a key of a cipher has 16, 24 or 32 bytes")
        }
        return SecretBytes(opened)
    }

    /// What was encrypted with such a key.
    package static func open(_ sealed: [UInt8], mode: Mode, key: SecretBytes) throws(CryptographyError) -> [UInt8] {
        switch mode {
        case .cbc:
            try unsafe openCBC(
                sealed, key,
                key.count == 16 ? EVP_aes_128_cbc() : key.count == 24 ? EVP_aes_192_cbc() : EVP_aes_256_cbc(), block: 16
            )
        case .gcm: try openGCM(sealed, key)
        case .tripleDES:
            if key.count == 24 {
                try unsafe openCBC(sealed, key, EVP_des_ede3_cbc(), block: 8)
            } else {
                throw CryptographyError(.malformed, "a key of triple DES has 24 bytes")
            }
        }
    }

    package var description: String { "‹redacted›" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    private static func openGCM(_ sealed: [UInt8], _ key: SecretBytes) throws(CryptographyError) -> [UInt8] {
        guard sealed.count >= AESGCM.nonceLength + AESGCM.tagLength else { throw changed }
        let end = sealed.count - AESGCM.tagLength
        let cipher = try DecryptingCipher()
        try unsafe cipher.start(
            key.count == 16 ? EVP_aes_128_gcm() : key.count == 24 ? EVP_aes_192_gcm() : EVP_aes_256_gcm(), key,
            vector: Array(sealed[..<AESGCM.nonceLength]))
        try cipher.expect(tag: Array(sealed[end...]))
        guard let opened = cipher.open(sealed[AESGCM.nonceLength..<end]) else { throw changed }
        return opened
    }

    private static func openCBC(
        _ sealed: [UInt8], _ key: SecretBytes, _ kind: OpaquePointer?, block: Int
    ) throws(CryptographyError) -> [UInt8] {
        guard sealed.count >= 2 * block, sealed.count.isMultiple(of: block) else { throw changed }
        let cipher = try DecryptingCipher()
        try unsafe cipher.start(kind, key, vector: Array(sealed[..<block]))
        guard let opened = cipher.open(sealed[block...]), let padding = opened.last.map(Int.init),
            (1...block).contains(padding)
        else { throw changed }
        return Array(opened.dropLast(padding))
    }

    private static var changed: CryptographyError {
        CryptographyError(.authenticationFailed, "encrypted data was changed or is for another key")
    }
}

/// Owns one `EVP_CIPHER_CTX` that decrypts; frees (and so clears) it exactly once.
@safe private struct DecryptingCipher: ~Copyable {
    private let raw: OpaquePointer

    init() throws(CryptographyError) {
        guard let raw = unsafe EVP_CIPHER_CTX_new() else { throw .library("making a cipher") }
        unsafe self.raw = raw
    }

    func start(_ cipher: OpaquePointer?, _ key: SecretBytes, vector: [UInt8]) throws(CryptographyError) {
        let started = unsafe key.withPointer { pointer, _ in
            unsafe EVP_DecryptInit_ex(raw, cipher, nil, pointer, vector)
        }
        guard started == 1, unsafe EVP_CIPHER_CTX_set_padding(raw, 0) == 1 else { throw .library("starting a cipher") }
    }

    deinit { unsafe EVP_CIPHER_CTX_free(raw) }

    func expect(tag: [UInt8]) throws(CryptographyError) {
        guard unsafe co_gcm_set_tag(raw, tag, Int32(tag.count)) == 1 else { throw .library("setting the tag") }
    }

    /// Nil when the tag does not fit.
    func open(_ sealed: ArraySlice<UInt8>) -> [UInt8]? {
        var output = [UInt8](repeating: 0, count: sealed.count + 16)
        var (length, rest): (Int32, Int32) = (0, 0)
        let done = unsafe sealed.withUnsafeBufferPointer {
            unsafe EVP_DecryptUpdate(raw, &output, &length, $0.baseAddress, Int32(clamping: $0.count))
        }
        var last = [UInt8](repeating: 0, count: 16)
        guard done == 1, unsafe EVP_DecryptFinal_ex(raw, &last, &rest) == 1 else {
            ERR_clear_error()
            zeroise(&output)
            return nil
        }
        return Array(output[..<Int(length)]) + last[..<Int(rest)]
    }
}

extension PrivateKey {
    fileprivate func openOAEP(_ sealed: [UInt8], digest: HybridDecryption.Digest, mask: HybridDecryption.Digest)
        throws(CryptographyError) -> [UInt8]
    {
        guard let context = unsafe use({ unsafe EVP_PKEY_CTX_new($0, nil) }) else { throw .library("RSA-OAEP") }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        guard unsafe EVP_PKEY_decrypt_init(context) == 1,
            unsafe EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1,
            unsafe EVP_PKEY_CTX_set_rsa_oaep_md(context, Self.hash(digest)) == 1,
            unsafe EVP_PKEY_CTX_set_rsa_mgf1_md(context, Self.hash(mask)) == 1
        else { throw .library("RSA-OAEP") }
        var length = 0
        guard unsafe EVP_PKEY_decrypt(context, nil, &length, sealed, sealed.count) == 1 else {
            throw .library("RSA-OAEP")
        }
        var opened = [UInt8](repeating: 0, count: length)
        guard unsafe EVP_PKEY_decrypt(context, &opened, &length, sealed, sealed.count) == 1 else {
            ERR_clear_error()
            throw CryptographyError(.authenticationFailed, "a key was changed or is encrypted for another one")
        }
        return Array(opened[..<length])
    }

    private static func hash(_ digest: HybridDecryption.Digest) -> OpaquePointer? {
        switch digest {
        case .sha1: unsafe EVP_sha1()
        case .sha256: unsafe EVP_sha256()
        case .sha384: unsafe EVP_sha384()
        case .sha512: unsafe EVP_sha512()
        }
    }
}
