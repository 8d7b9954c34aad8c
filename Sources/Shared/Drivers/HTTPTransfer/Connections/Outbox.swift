/// Bytes that a connection has still to send, in the pieces in which they came.
struct Outbox {
    /// The piece that is being sent, and how much of it has been. Mostly there is no other.
    private var current: [UInt8] = []
    private var offset = 0
    /// Those behind it, from `next` on.
    private var later: [[UInt8]] = []
    private var next = 0
    /// How many bytes wait.
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// One more piece, of which the first `sent` bytes are gone already.
    mutating func append(_ piece: [UInt8], sent: Int = 0) {
        guard piece.count > sent else { return }
        if isEmpty {
            current = piece
            offset = sent
        } else {
            later.append(piece)
        }
        count += piece.count - sent
    }

    /// A head and what follows it as one more piece.
    mutating func append(joining head: UnsafeBufferPointer<UInt8>, _ body: [UInt8]) {
        var piece: [UInt8] = []
        piece.reserveCapacity(head.count + body.count)
        unsafe piece.append(contentsOf: head)
        piece.append(contentsOf: body)
        append(piece)
    }

    /// Hands out what is to be sent next, and notes how much of it was. Nothing happens when there is nothing.
    mutating func sendNext(_ send: (Span<UInt8>) -> Int) {
        guard !isEmpty else { return }
        let sent = send(current.span.extracting(offset...))
        offset += sent
        count -= sent
        if offset == current.count { advance() }
    }

    /// Goes on with the next piece.
    private mutating func advance() {
        offset = 0
        guard next < later.count else {
            current = []
            return
        }
        current = later[next]
        later[next] = []
        next += 1
        guard next > 64 || next == later.count else { return }
        later.removeFirst(next)
        next = 0
    }
}
