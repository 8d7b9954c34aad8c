import COpenSSL
internal import Synchronization

/// SHA-256 (FIPS 180-4).
package enum SHA256 {
    private static let method = Method()
    private static let context = Mutex(Context(of: method))

    /// The algorithm, looked up once: looking it up takes several times as long as a short message.
    ///
    /// `@unchecked Sendable`: OpenSSL's methods are never changed.
    @safe private final class Method: @unchecked Sendable {
        let raw: OpaquePointer

        init() {
            guard let raw = unsafe EVP_MD_fetch(nil, "SHA256", nil) else {
                preconditionFailure("OpenSSL has no SHA-256")
            }
            unsafe self.raw = raw
        }

        deinit { unsafe EVP_MD_free(raw) }
    }

    /// Where short messages are hashed, one after the other: making a context takes longer than such a message.
    @safe private struct Context: ~Copyable {
        private let raw: OpaquePointer

        init(of method: Method) {
            guard let raw = unsafe EVP_MD_CTX_new(), unsafe EVP_DigestInit_ex(raw, method.raw, nil) == 1 else {
                preconditionFailure("OpenSSL has no SHA-256")
            }
            unsafe self.raw = raw
        }

        deinit { unsafe EVP_MD_CTX_free(raw) }

        func hash(_ message: Span<UInt8>, into digest: UnsafeMutableRawBufferPointer) -> Bool {
            // Without a method the context begins anew with the one that it has.
            unsafe message.withUnsafeBytes { bytes in
                unsafe EVP_DigestInit_ex(raw, nil, nil) == 1
                    && EVP_DigestUpdate(raw, bytes.baseAddress, bytes.count) == 1
                    && EVP_DigestFinal_ex(raw, digest.baseAddress?.assumingMemoryBound(to: UInt8.self), nil) == 1
            }
        }
    }

    /// The 32 bytes of the digest.
    package static func hash(_ message: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        let done = unsafe EVP_Digest(message, message.count, &digest, nil, method.raw, nil)
        precondition(done == 1, "OpenSSL has no SHA-256")
        return digest
    }

    /// The digest of a short message as four words, the first bytes in the first one: for who looks up by it, many times a
    /// second. Such callers wait for each other.
    package static func words(of message: Span<UInt8>) -> (UInt64, UInt64, UInt64, UInt64) {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        let isDone = context.withLock { context in
            unsafe withUnsafeMutableBytes(of: &words) { unsafe context.hash(message, into: $0) }
        }
        precondition(isDone, "OpenSSL has no SHA-256")
        return (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian)
    }

    /// The digest of the text's UTF-8.
    package static func hash(_ message: String) -> [UInt8] { hash(Array(message.utf8)) }
}

/// MD5 (RFC 1321): no protection against anybody, only what object stores compare to see that bytes arrived.
package enum MD5 {
    /// The 16 bytes of the digest; `nil` where the library does not offer it any more.
    package static func hash(_ message: [UInt8]) -> [UInt8]? {
        var digest = [UInt8](repeating: 0, count: 16)
        return unsafe EVP_Digest(message, message.count, &digest, nil, EVP_md5(), nil) == 1 ? digest : nil
    }
}

/// HMAC with SHA-256 (RFC 2104, RFC 4231).
package enum HMACSHA256 {
    /// The 32 bytes of the code.
    package static func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 0
        let done = unsafe HMAC(
            EVP_sha256(), key, Int32(key.count), message, message.count, &code, &length)
        precondition(unsafe done != nil && length == 32, "OpenSSL has no HMAC-SHA-256")
        return code
    }

    /// The same with a key that is kept out of ordinary memory.
    package static func authenticate(_ message: [UInt8], key: SecretBytes) -> [UInt8] {
        unsafe key.withPointer { pointer, count in
            var code = [UInt8](repeating: 0, count: 32)
            var length: UInt32 = 0
            let done = unsafe HMAC(EVP_sha256(), pointer, Int32(count), message, message.count, &code, &length)
            precondition(unsafe done != nil && length == 32, "OpenSSL has no HMAC-SHA-256")
            return code
        }
    }

    /// Whether `code` is the one of `message`; takes the same time wherever they differ.
    package static func isValid(_ code: [UInt8], for message: [UInt8], key: SecretBytes) -> Bool {
        constantTimeEqual(code, authenticate(message, key: key))
    }
}

/// HMAC with SHA-1 (RFC 2202), for one-time passwords: the apps that make them know nothing else.
enum HMACSHA1 {
    /// The 20 bytes of the code.
    static func authenticate(_ message: [UInt8], key: SecretBytes) -> [UInt8] {
        unsafe key.withPointer { pointer, count in
            var code = [UInt8](repeating: 0, count: 20)
            var length: UInt32 = 0
            let done = unsafe HMAC(EVP_sha1(), pointer, Int32(count), message, message.count, &code, &length)
            precondition(unsafe done != nil && length == 20, "OpenSSL has no HMAC-SHA-1")
            return code
        }
    }
}

/// HKDF with SHA-256 (RFC 5869) in its two steps.
enum HKDF {
    static func extract(salt: [UInt8], secret: [UInt8]) -> [UInt8] {
        HMACSHA256.authenticate(secret, key: salt)
    }

    /// At most 255 × 32 bytes.
    static func expand(_ key: [UInt8], info: [UInt8], count: Int) -> [UInt8] {
        var output: [UInt8] = []
        var block: [UInt8] = []
        var counter: UInt8 = 1
        while output.count < count {
            block = HMACSHA256.authenticate(block + info + [counter], key: key)
            output += block
            counter += 1
        }
        return Array(output[..<count])
    }
}
