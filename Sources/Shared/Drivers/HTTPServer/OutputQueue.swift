internal import CLinux
internal import Glibc
internal import HTTPMessages

/// Bytes on their way to a socket, which may take fewer than it is given.
struct OutputQueue {
    /// What became of sending.
    enum Outcome {
        /// Everything is with the system.
        case sent
        /// The rest waits until the socket has room; it may have taken some.
        case blocked(tookSome: Bool)
        /// The peer is gone.
        case failed
    }

    private var pieces: [[UInt8]] = []
    private var firstPiece = 0
    /// Bytes of the first piece that are sent.
    private var offset = 0
    /// Bytes that wait.
    private(set) var count = 0
    /// Small pieces that wait are put together, and go out by one call.
    private static let mergeLimit = 16 * 1024

    /// Puts bytes behind what waits, without sending.
    mutating func append(_ bytes: [UInt8]) {
        count += bytes.count
        if pieces.count > firstPiece, pieces[pieces.count - 1].count + bytes.count <= Self.mergeLimit {
            pieces[pieces.count - 1] += bytes
        } else {
            pieces.append(bytes)
        }
    }

    /// Sends bytes behind what waits.
    mutating func send(_ bytes: [UInt8], to fd: Int32) -> Outcome {
        guard count == 0 else {
            append(bytes)
            return flush(to: fd)
        }
        // The usual case: nothing waits, and the socket takes it all.
        let taken = Self.send(bytes.span, to: fd)
        guard taken != bytes.count else { return .sent }
        guard taken >= 0 else { return .failed }
        pieces.append(bytes)
        offset = taken
        count = bytes.count - taken
        return .blocked(tookSome: true)
    }

    /// Sends bytes that are only lent. Nothing may wait.
    mutating func send(copying bytes: Span<UInt8>, to fd: Int32) -> Outcome {
        let taken = Self.send(bytes, to: fd)
        guard taken != bytes.count else { return .sent }
        guard taken >= 0 else { return .failed }
        append(Array(copying: bytes.extracting(taken...)))
        return .blocked(tookSome: true)
    }

    /// Sends what waits.
    mutating func flush(to fd: Int32) -> Outcome {
        let before = count
        while firstPiece < pieces.count {
            let piece = pieces[firstPiece]
            let taken = Self.send(piece.span.extracting(offset...), to: fd)
            guard taken >= 0 else { return .failed }
            count -= taken
            offset += taken
            guard offset == piece.count else { return .blocked(tookSome: count < before) }
            offset = 0
            pieces[firstPiece] = []
            firstPiece += 1
        }
        pieces = []
        firstPiece = 0
        return .sent
    }

    /// How many bytes the system took; -1 when the peer is gone.
    private static func send(_ bytes: Span<UInt8>, to fd: Int32) -> Int {
        let count = unsafe bytes.withUnsafeBytes { unsafe cl_send(fd, $0.baseAddress, $0.count) }
        guard count < 0 else { return count }
        return errno == EAGAIN || errno == EINTR ? 0 : -1
    }
}
