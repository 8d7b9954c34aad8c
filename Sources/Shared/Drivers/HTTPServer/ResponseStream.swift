internal import EventLoop

/// A streamed response between the handler that writes it and the connection that sends it.
///
/// `@unchecked Sendable`: confined to `loop`, which the writing side checks.
final class ResponseStream: @unchecked Sendable {
    /// Above this many unsent bytes writers wait.
    static let highWaterMark = 64 * 1024

    let framing: ResponseHead.Framing
    /// `nil` once nothing more is sent.
    private var exchange: Exchange?
    /// What is still to come of a body whose length was announced.
    private var announced: Int
    private var writers: [Waiter] = []

    init(of exchange: Exchange, _ framing: ResponseHead.Framing) {
        self.exchange = exchange
        self.framing = framing
        announced = if case .length(let length) = framing { length } else { .max }
    }

    // MARK: The writer's side

    func write(_ bytes: [UInt8]) async throws {
        guard let loop = Loop.current else { preconditionFailure("streams are written on their loop") }
        guard let exchange else { throw HTTPClientGone() }
        try Task.checkCancellation()
        guard !bytes.isEmpty else { return }
        exchange.send(framed(bytes))
        while let exchange = self.exchange, exchange.unsent > Self.highWaterMark {
            let waiter = Waiter(on: loop)
            writers.append(waiter)
            do {
                try await waiter.wait(until: .never)
            } catch {
                writers.removeAll { $0 === waiter }
                throw self.exchange == nil ? HTTPClientGone() : CancellationError()
            }
        }
        guard self.exchange != nil else { throw HTTPClientGone() }
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

    private func framed(_ bytes: [UInt8]) -> [UInt8] {
        switch framing {
        case .chunks: return chunk(bytes)
        case .length:
            // More than was announced would be taken for another answer.
            let count = min(bytes.count, announced)
            announced -= count
            return count == bytes.count ? bytes : Array(bytes[..<count])
        case .untilClose, .none: return bytes
        }
    }

    private func chunk(_ bytes: [UInt8]) -> [UInt8] {
        var chunk: [UInt8] = []
        chunk.reserveCapacity(bytes.count + 20)
        var shift = max(0, (bytes.count.bitWidth - bytes.count.leadingZeroBitCount - 1) / 4 * 4)
        while shift >= 0 {
            let digit = UInt8(bytes.count >> shift & 15)
            chunk.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit)
            shift -= 4
        }
        chunk.append(13)
        chunk.append(10)
        chunk += bytes
        chunk.append(13)
        chunk.append(10)
        return chunk
    }

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
