import COpenSSL

/// AES-256-GCM with 96-bit nonces and 128-bit tags.
package enum AESGCM {
    static let nonceLength = 12
    static let tagLength = 16

    /// A random nonce, the ciphertext and the tag in one. With one key, seal at most 2^32 times.
    ///
    /// `key` has 32 bytes; `context` is authenticated but not contained.
    package static func seal(_ plaintext: [UInt8], key: SecretBytes, context: [UInt8] = []) throws(CryptographyError)
        -> [UInt8]
    {
        let nonce = randomBytes(nonceLength)
        return nonce + (try seal(plaintext, key: key, nonce: nonce, context: context))
    }

    /// The plaintext of what `seal` has given; throws `.authenticationFailed` when anything was changed.
    package static func open(_ sealed: [UInt8], key: SecretBytes, context: [UInt8] = []) throws(CryptographyError)
        -> [UInt8]
    {
        guard sealed.count >= nonceLength + tagLength else {
            throw CryptographyError(.malformed, "sealed data is shorter than a nonce and a tag")
        }
        return try open(
            Array(sealed[nonceLength...]), key: key, nonce: Array(sealed[..<nonceLength]), context: context)
    }

    /// Ciphertext and tag under a nonce that the caller never uses twice with this key.
    static func seal(_ plaintext: [UInt8], key: SecretBytes, nonce: [UInt8], context: [UInt8])
        throws(CryptographyError) -> [UInt8]
    {
        let cipher = try Cipher()
        try cipher.start(key: key, nonce: nonce, context: context, sealing: true)
        var output = [UInt8](repeating: 0, count: plaintext.count + tagLength)
        try cipher.process(plaintext[...], into: &output)
        guard cipher.finish() else { throw .library("sealing") }
        output.replaceSubrange(plaintext.count..., with: try cipher.tag())
        return output
    }

    /// The plaintext of ciphertext and tag.
    static func open(_ sealed: [UInt8], key: SecretBytes, nonce: [UInt8], context: [UInt8])
        throws(CryptographyError) -> [UInt8]
    {
        guard sealed.count >= tagLength else {
            throw CryptographyError(.malformed, "sealed data is shorter than a tag")
        }
        let cipher = try Cipher()
        try cipher.start(key: key, nonce: nonce, context: context, sealing: false)
        let length = sealed.count - tagLength
        var output = [UInt8](repeating: 0, count: length)
        try cipher.process(sealed[..<length], into: &output)
        try cipher.expect(tag: Array(sealed[length...]))
        guard cipher.finish() else {
            zeroise(&output)
            throw CryptographyError(.authenticationFailed, "sealed data was changed or is for another key or context")
        }
        return output
    }

    /// Owns one `EVP_CIPHER_CTX`; frees (and so clears) it exactly once.
    @safe private struct Cipher: ~Copyable {
        private let raw: OpaquePointer

        init() throws(CryptographyError) {
            guard let raw = unsafe EVP_CIPHER_CTX_new() else { throw .library("making a cipher") }
            unsafe self.raw = raw
        }

        func start(key: SecretBytes, nonce: [UInt8], context: [UInt8], sealing: Bool) throws(CryptographyError) {
            precondition(key.count == 32 && nonce.count == nonceLength, "AES-256-GCM wants 32 and 12 bytes")
            var length: Int32 = 0
            let started = unsafe key.withPointer { pointer, _ in
                unsafe EVP_CipherInit_ex(raw, EVP_aes_256_gcm(), nil, pointer, nonce, sealing ? 1 : 0)
            }
            guard started == 1 else { throw .library("starting AES-256-GCM") }
            guard
                unsafe context.isEmpty || EVP_CipherUpdate(raw, nil, &length, context, Int32(context.count)) == 1
            else { throw .library("authenticating the context") }
        }

        deinit { unsafe EVP_CIPHER_CTX_free(raw) }

        func process(_ input: ArraySlice<UInt8>, into output: inout [UInt8]) throws(CryptographyError) {
            guard !input.isEmpty else { return }
            guard input.count <= Int(Int32.max) else {
                throw CryptographyError(.malformed, "more than 2 GB cannot be sealed at once")
            }
            var length: Int32 = 0
            let done = unsafe input.withUnsafeBufferPointer {
                unsafe EVP_CipherUpdate(raw, &output, &length, $0.baseAddress, Int32($0.count))
            }
            guard done == 1, Int(length) == input.count else { throw .library("AES-256-GCM") }
        }

        func expect(tag: [UInt8]) throws(CryptographyError) {
            guard unsafe co_gcm_set_tag(raw, tag, Int32(tagLength)) == 1 else { throw .library("setting the tag") }
        }

        func finish() -> Bool {
            var length: Int32 = 0
            var rest = [UInt8](repeating: 0, count: 16)
            let done = unsafe EVP_CipherFinal_ex(raw, &rest, &length) == 1
            if !done { ERR_clear_error() }
            return done
        }

        func tag() throws(CryptographyError) -> [UInt8] {
            var tag = [UInt8](repeating: 0, count: tagLength)
            guard unsafe co_gcm_get_tag(raw, &tag, Int32(tagLength)) == 1 else { throw .library("reading the tag") }
            return tag
        }
    }
}
