internal import EventLoop
internal import HTTPMessages

/// A streamed response between the handler that writes it and the connection that sends it.
///
/// `@unchecked Sendable`: confined to `loop`, which the writing side checks.
final class ResponseStream: @unchecked Sendable {
    /// Above this many unsent bytes writers wait.
    static let highWaterMark = 64 * 1024

    let framing: ResponseHead.Framing
    private let loop: Loop
    /// `nil` once nothing more is sent.
    private var exchange: Exchange?
    /// What is still to come of a body whose length was announced.
    private var announced: Int
    private var writers: [Waiter] = []

    init(of exchange: Exchange, _ framing: ResponseHead.Framing) {
        guard let loop = Loop.current else { preconditionFailure("a response is streamed on its loop") }
        self.loop = loop
        self.exchange = exchange
        self.framing = framing
        announced = if case .length(let length) = framing { length } else { .max }
    }

    // MARK: The writer's side

    func write(_ bytes: Span<UInt8>, isLast: Bool = false) -> Bool {
        loop.preconditionCurrent()
        guard let exchange else { return false }
        guard !bytes.isEmpty else { return true }
        switch framing {
        case .chunks: isLast ? exchange.hold(chunk: bytes) : exchange.send(chunk: bytes)
        case .length:
            // More than was announced would be taken for another answer.
            let count = min(bytes.count, announced)
            announced -= count
            exchange.send(Array(copying: bytes.extracting(..<count)))
        case .untilClose, .none: exchange.send(Array(copying: bytes))
        }
        return exchange.unsent <= Self.highWaterMark && self.exchange != nil
    }

    /// Whether anything can still be sent.
    var isOpen: Bool { exchange != nil }

    /// Throws when nothing is to be written any more.
    func check() throws {
        guard exchange != nil else { throw HTTPClientGone() }
        try Task.checkCancellation()
    }

    func room() async throws {
        loop.preconditionCurrent()
        try check()
        while let exchange, exchange.unsent > Self.highWaterMark {
            let waiter = Waiter(on: loop)
            writers.append(waiter)
            do {
                try await waiter.wait(until: .never)
            } catch {
                writers.removeAll { $0 === waiter }
                throw self.exchange == nil ? HTTPClientGone() : CancellationError()
            }
        }
        guard exchange != nil else { throw HTTPClientGone() }
    }

    /// The body ends after what was written.
    func finish() {
        switch framing {
        case .chunks: exchange?.finish([UInt8]("0\r\n\r\n".utf8))
        case .length where announced > 0: breakOff()
        case .length, .untilClose, .none: exchange?.finish([])
        }
    }

    /// The body cannot be completed: the connection is broken off, so that the client notices.
    func breakOff() { exchange?.abort() }

    // MARK: The connection's side

    /// So many bytes are unsent now.
    func roomChanged(_ unsent: Int) {
        if unsent <= Self.highWaterMark / 2 { wakeWriters() }
    }

    /// The connection sends no more.
    func close() {
        exchange = nil
        wakeWriters()
    }

    private func wakeWriters() {
        guard !writers.isEmpty else { return }
        let waiting = writers
        writers = []
        for writer in waiting { writer.resume() }
    }
}
