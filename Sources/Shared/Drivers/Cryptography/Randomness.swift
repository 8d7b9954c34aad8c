import COpenSSL

/// `count` bytes fit for keys, nonces and tokens.
package func randomBytes(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    // Without randomness nothing here is safe, so there is no error to hand on.
    precondition(unsafe RAND_bytes(&bytes, Int32(count)) == 1, "the system has no randomness")
    return bytes
}

/// Whether two byte strings are the same; the time taken depends only on their lengths.
package func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return unsafe CRYPTO_memcmp(left, right, left.count) == 0
}

/// Whether two texts have the same UTF-8; the time taken depends only on their lengths.
package func constantTimeEqual(_ left: String, _ right: String) -> Bool {
    constantTimeEqual(Array(left.utf8), Array(right.utf8))
}

/// Overwrites bytes in a way that the compiler does not remove.
func zeroise(_ bytes: inout [UInt8]) {
    unsafe bytes.withUnsafeMutableBytes { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
}
