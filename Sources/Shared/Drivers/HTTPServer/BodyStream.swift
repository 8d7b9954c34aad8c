internal import EventLoop

/// A request's body between the connection that fills it and the handler that reads it.
///
/// `@unchecked Sendable`: confined to `loop`, which the reading side checks; a body without a loop was complete when
/// it was made, and is read by one task.
final class BodyStream: @unchecked Sendable {
    /// Above this many unread bytes the connection is not read.
    static let highWaterMark = 64 * 1024

    /// The length the client announced, `nil` for chunks.
    let announcedLength: Int?
    private let loop: Loop?
    /// Told when the reader wants more than there is; let go of when the request is over.
    var source: Exchange?

    /// What has come first of all that was not taken; empty when nothing is there. Most bodies come in one piece.
    private var first: [UInt8] = []
    /// What has come behind it.
    private var chunks: [[UInt8]] = []
    private var nextChunk = 0
    private var isComplete = false
    private var failure: HTTPBodyError?
    private var reader: Waiter?

    /// Bytes that the reader has not taken.
    private(set) var buffered = 0
    /// Bytes that have come in.
    private(set) var received = 0

    init(on loop: Loop, announcedLength: Int?) {
        self.loop = loop
        self.announcedLength = announcedLength
    }

    init(of bytes: [UInt8]) {
        announcedLength = bytes.count
        loop = nil
        first = bytes
        buffered = bytes.count
        received = bytes.count
        isComplete = true
    }

    // MARK: The connection's side

    /// Adds bytes; not none.
    func append(_ bytes: consuming [UInt8]) {
        buffered += bytes.count
        received += bytes.count
        if first.isEmpty { first = bytes } else { chunks.append(bytes) }
        wakeReader()
    }

    func complete() {
        isComplete = true
        wakeReader()
    }

    /// Nothing more will come. What has come completely stays readable.
    func fail(_ error: HTTPBodyError) {
        guard !isComplete, failure == nil else { return }
        failure = error
        wakeReader()
    }

    /// Nobody is to read any more: the request was answered, or is over. Lets go of the exchange.
    func close() {
        source = nil
        guard !isComplete || buffered > 0 else { return }
        failure = failure ?? .clientGone
        first = []
        chunks = []
        nextChunk = 0
        wakeReader()
    }

    private func wakeReader() {
        reader?.resume()
        reader = nil
    }

    // MARK: The reader's side

    func next() async throws(HTTPBodyError) -> [UInt8]? {
        loop?.preconditionCurrent()
        while true {
            if let failure { throw failure }
            if let chunk = takeChunk() { return chunk }
            if isComplete { return nil }
            guard let loop else { return nil }
            precondition(reader == nil, "two tasks read the same request body")
            let waiter = Waiter(on: loop)
            reader = waiter
            source?.bodyIsWanted()
            defer { if reader === waiter { reader = nil } }
            do {
                try await waiter.wait(until: .never)
            } catch {
                // A client that left has failed the body before it cancelled the task, and then the failure says so.
                throw failure ?? .timedOut
            }
        }
    }

    private func takeChunk() -> [UInt8]? {
        guard !first.isEmpty else { return nil }
        var chunk: [UInt8] = []
        swap(&chunk, &first)
        if nextChunk < chunks.count {
            swap(&first, &chunks[nextChunk])
            nextChunk += 1
            if nextChunk == chunks.count {
                chunks.removeAll(keepingCapacity: true)
                nextChunk = 0
            }
        }
        buffered -= chunk.count
        if !isComplete, buffered <= BodyStream.highWaterMark / 2 { source?.bodyIsWanted() }
        return chunk
    }
}
