import COpenSSL

/// Key material: overwritten when the last owner lets go, and never printed.
///
/// `@unchecked Sendable`: the memory is written once, before anyone else can see it.
@safe package final class SecretBytes: @unchecked Sendable, CustomStringConvertible {
    private let base: UnsafeMutablePointer<UInt8>
    /// Length in bytes.
    package let count: Int

    /// Copies `bytes`; the caller's copy is the caller's business.
    package init(_ bytes: [UInt8]) {
        count = bytes.count
        unsafe base = .allocate(capacity: max(count, 1))
        for (index, byte) in bytes.enumerated() { unsafe base[index] = byte }
    }

    /// A new random key.
    package convenience init(randomCount: Int) {
        var bytes = randomBytes(randomCount)
        self.init(bytes)
        zeroise(&bytes)
    }

    deinit {
        unsafe OPENSSL_cleanse(base, count)
        unsafe base.deallocate()
    }

    /// A copy in ordinary memory, to be stored or sent.
    package var exposed: [UInt8] {
        unsafe Array(UnsafeBufferPointer(start: base, count: count))
    }

    package var description: String { "‹redacted›" }

    func withPointer<Result>(_ body: (UnsafePointer<UInt8>, Int) throws -> Result) rethrows -> Result {
        try unsafe body(base, count)
    }
}

extension SecretBytes: Equatable {
    package static func == (left: SecretBytes, right: SecretBytes) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe CRYPTO_memcmp(left.base, right.base, left.count) == 0
    }
}
