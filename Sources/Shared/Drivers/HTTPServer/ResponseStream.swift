internal import EventLoop

/// A streamed response between the handler that writes it and the connection that sends it.
///
/// `@unchecked Sendable`: confined to `loop`, which the writing side checks.
final class ResponseStream: @unchecked Sendable {
    /// Above this many unsent bytes writers wait.
    static let highWaterMark = 64 * 1024

    /// What the connection gets when it has room.
    enum Portion {
        /// So many bytes were copied.
        case bytes(Int)
        /// There is nothing yet; the connection pauses until `onData`.
        case nothingYet
        case end
        case broken
    }

    /// Whether the body goes out in chunks.
    var isChunked = false
    private let loop: Loop
    private var pieces: [[UInt8]] = []
    private var firstPiece = 0
    /// Bytes of the first piece that are sent.
    private var offset = 0
    private var unsent = 0
    private var isFinished = false
    private var isBroken = false
    private var isClosed = false
    private var writers: [Waiter] = []
    /// Wakes a connection that was told `nothingYet`.
    private var onData: (() -> Void)?

    init(on loop: Loop, onData: @escaping () -> Void) {
        self.loop = loop
        self.onData = onData
    }

    // MARK: The writer's side

    func write(_ bytes: [UInt8]) async throws {
        loop.preconditionCurrent()
        guard !isClosed else { throw HTTPClientGone() }
        try Task.checkCancellation()
        guard !bytes.isEmpty else { return }
        pieces.append(bytes)
        unsent += bytes.count
        onData?()
        while unsent > Self.highWaterMark, !isClosed {
            let waiter = Waiter(on: loop)
            writers.append(waiter)
            do {
                try await waiter.wait(until: .never)
            } catch {
                writers.removeAll { $0 === waiter }
                throw isClosed ? HTTPClientGone() : CancellationError()
            }
        }
        guard !isClosed else { throw HTTPClientGone() }
    }

    /// The body ends after what was written.
    func finish() {
        isFinished = true
        onData?()
    }

    /// The body cannot be completed: the connection is broken off, so that the client notices.
    func breakOff() {
        isBroken = true
        onData?()
    }

    // MARK: The connection's side

    /// Copies at most `room.count` bytes.
    func take(into room: UnsafeMutableRawBufferPointer) -> Portion {
        guard !isBroken, !isClosed else { return .broken }
        guard unsent > 0 else { return isFinished ? .end : .nothingYet }
        var filled = 0
        while filled < room.count, firstPiece < pieces.count {
            let piece = pieces[firstPiece]
            let count = min(room.count - filled, piece.count - offset)
            unsafe piece.withUnsafeBytes { source in
                unsafe UnsafeMutableRawBufferPointer(rebasing: room[filled...])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[offset..<offset + count]))
            }
            filled += count
            offset += count
            if offset == piece.count { dropFirst() }
        }
        unsent -= filled
        if unsent <= Self.highWaterMark / 2 { wakeWriters() }
        return .bytes(filled)
    }

    /// The connection sends no more.
    func close() {
        isClosed = true
        onData = nil
        pieces = []
        unsent = 0
        wakeWriters()
    }

    private func dropFirst() {
        pieces[firstPiece] = []
        firstPiece += 1
        offset = 0
        guard firstPiece == pieces.count else { return }
        pieces.removeAll(keepingCapacity: true)
        firstPiece = 0
    }

    private func wakeWriters() {
        guard !writers.isEmpty else { return }
        let waiting = writers
        writers = []
        for writer in waiting { writer.resume() }
    }
}
