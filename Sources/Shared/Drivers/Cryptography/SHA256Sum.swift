internal import COpenSSL
internal import Synchronization

/// The SHA-256 of what comes piece by piece.
///
/// `@unchecked Sendable`: the context is touched only under the lock.
@safe package final class SHA256Sum: @unchecked Sendable {
    private let context: OpaquePointer
    private let lock = Mutex(())

    /// Of nothing yet.
    package init() {
        guard let context = unsafe EVP_MD_CTX_new(), unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            preconditionFailure("OpenSSL has no SHA-256")
        }
        unsafe self.context = context
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    /// Takes more.
    package func update(_ bytes: [UInt8]) {
        let done = lock.withLock { _ in unsafe EVP_DigestUpdate(context, bytes, bytes.count) }
        precondition(done == 1, "OpenSSL has no SHA-256")
    }

    /// The 32 bytes of the digest; nothing can be added afterwards.
    package func finish() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        let done = lock.withLock { _ in unsafe EVP_DigestFinal_ex(context, &digest, nil) }
        precondition(done == 1, "OpenSSL has no SHA-256")
        return digest
    }
}
