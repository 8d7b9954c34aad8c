/// Seals the pieces of one long stream, in order, under a key that no other stream has (the STREAM construction): a piece
/// that was changed, moved, left out or added, and a stream that was cut off, are noticed when it is opened.
package struct StreamSealing: Sendable {
    private var counter = PieceCounter()
    private let key: SecretBytes
    private let context: [UInt8]

    /// `key` has 32 bytes, drawn for this stream; `context` is authenticated with every piece but not contained.
    package init(key: SecretBytes, context: [UInt8]) {
        self.key = key
        self.context = context
    }

    /// The next piece, sealed; exactly one is the last.
    package mutating func seal(_ piece: [UInt8], isLast: Bool) throws(CryptographyError) -> [UInt8] {
        try AESGCM.seal(piece, key: key, nonce: counter.next(isLast: isLast), context: context)
    }
}

/// Opens the pieces of a stream in the order in which they were sealed.
package struct StreamOpening: Sendable {
    private var counter = PieceCounter()
    private let key: SecretBytes
    private let context: [UInt8]

    /// The same as it was sealed with.
    package init(key: SecretBytes, context: [UInt8]) {
        self.key = key
        self.context = context
    }

    /// The next piece; throws `.authenticationFailed` when it is not that piece, or is the last and should not be.
    package mutating func open(_ sealed: [UInt8], isLast: Bool) throws(CryptographyError) -> [UInt8] {
        try AESGCM.open(sealed, key: key, nonce: counter.next(isLast: isLast), context: context)
    }
}

/// Which piece it is, as a nonce: eleven bytes that count, and one that says whether it is the last.
private struct PieceCounter: Sendable {
    private var count: UInt64 = 0

    mutating func next(isLast: Bool) -> [UInt8] {
        defer { count += 1 }
        var nonce: [UInt8] = [0, 0, 0]
        for shift in stride(from: 56, through: 0, by: -8) { nonce.append(UInt8(truncatingIfNeeded: count >> shift)) }
        return nonce + [isLast ? 1 : 0]
    }
}
