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

    /// What is sent next; empty when nothing waits. What waits is mostly one piece.
    private var first: [UInt8] = []
    /// Bytes of it that are sent.
    private var offset = 0
    /// What is behind it.
    private var pieces: [[UInt8]] = []
    private var nextPiece = 0
    /// Bytes that wait.
    private(set) var count = 0
    /// Small pieces that wait are put together, and go out by one call.
    private static let mergeLimit = 16 * 1024

    /// Puts bytes behind what waits, without sending.
    mutating func append(_ bytes: consuming [UInt8]) {
        let size = bytes.count
        if count == 0 {
            first = bytes
        } else if nextPiece < pieces.count {
            if pieces[pieces.count - 1].count + size <= Self.mergeLimit {
                pieces[pieces.count - 1] += bytes
            } else {
                pieces.append(bytes)
            }
        } else if first.count + size <= Self.mergeLimit {
            first += bytes
        } else {
            pieces.append(bytes)
        }
        count += size
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
        first = bytes
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
        while count > 0 {
            let taken = Self.send(first.span.extracting(offset...), to: fd)
            guard taken >= 0 else { return .failed }
            count -= taken
            offset += taken
            guard offset == first.count else { return .blocked(tookSome: count < before) }
            offset = 0
            first = takePiece()
        }
        return .sent
    }

    /// The piece behind the first one, an empty one when there is none.
    private mutating func takePiece() -> [UInt8] {
        var piece: [UInt8] = []
        guard nextPiece < pieces.count else { return piece }
        swap(&piece, &pieces[nextPiece])
        nextPiece += 1
        if nextPiece == pieces.count {
            pieces = []
            nextPiece = 0
        }
        return piece
    }

    /// How many bytes the system took; -1 when the peer is gone.
    private static func send(_ bytes: Span<UInt8>, to fd: Int32) -> Int {
        let count = unsafe bytes.withUnsafeBytes { unsafe cl_send(fd, $0.baseAddress, $0.count) }
        guard count < 0 else { return count }
        return errno == EAGAIN || errno == EINTR ? 0 : -1
    }
}
