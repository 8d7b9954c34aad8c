/// Bytes that a connection has still to send, in the pieces in which they came.
struct Outbox {
    private var pieces: [[UInt8]] = []
    /// The piece that is being sent, and how much of it has been.
    private var current = 0
    private var offset = 0
    /// How many bytes wait.
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// One more piece, of which the first `sent` bytes are gone already.
    mutating func append(_ piece: [UInt8], sent: Int = 0) {
        guard piece.count > sent else { return }
        if isEmpty { offset = sent }
        pieces.append(piece)
        count += piece.count - sent
    }

    /// Hands out what is to be sent next, and notes how much of it was. Nothing happens when there is nothing.
    mutating func sendNext(_ send: (ArraySlice<UInt8>) -> Int) {
        guard current < pieces.count else { return }
        let sent = send(pieces[current][offset...])
        offset += sent
        count -= sent
        guard offset == pieces[current].count else { return }
        offset = 0
        pieces[current] = []
        current += 1
        guard isEmpty || current > 64 else { return }
        pieces.removeFirst(current)
        current = 0
    }

    mutating func removeAll() { self = Outbox() }
}
