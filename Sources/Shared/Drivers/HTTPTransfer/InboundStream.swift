internal import EventLoop
package import HTTPMessages

/// A response whose body arrives piece by piece. At most `HTTPClientSettings.streamBufferBytes` wait here;
/// while they do, the connection is not read and the sender is held back.
///
/// Letting go of it before the end cancels the transfer.
///
/// `@unchecked Sendable`: the head never changes, the transfer is confined to its loop, which it checks.
package final class InboundStream: @unchecked Sendable {
    /// The status code.
    package let status: Int
    /// The header fields.
    package let headers: HTTPHeaders
    private let transfer: Transfer

    init(_ transfer: Transfer) {
        self.transfer = transfer
        status = transfer.status
        headers = transfer.headers
    }

    deinit {
        let loop = transfer.engine.loop
        if loop.isCurrent, transfer.outcome != nil || transfer.isLetGo { return }
        // The last reference may go on any thread, and amid the engine's work: cancel in a turn of the loop.
        loop.submit { [transfer] in transfer.cancel() }
    }

    /// What has arrived since the last call, waiting when there is nothing; `nil` at the end of a complete body.
    ///
    /// Call it on the loop that opened the stream, from one task at a time. Cancelling that task ends the transfer.
    package func next() async throws(TransferError) -> [UInt8]? {
        try await transfer.nextPiece()
    }

    /// Why ``relay(_:)`` has returned.
    package enum Pause: Sendable, Hashable {
        /// The taker has to wait before it can be given more.
        case taken
        /// The body is complete.
        case over
    }

    /// Gives `take` what arrives, each piece in the turn of the loop in which it does and with no task in between, until
    /// that returns false. The bytes are only lent.
    ///
    /// Call it as ``next()``, and instead of it. What arrives while nobody takes waits here.
    package func relay(_ take: @escaping (Span<UInt8>) -> Bool) async throws(TransferError) -> Pause {
        try await transfer.relay(to: take)
    }

    /// What is left of the body as a whole; `.tooLarge`, and the transfer ended, when that is more than `limit` bytes.
    package func collect(upTo limit: Int) async throws(TransferError) -> [UInt8] {
        var body: [UInt8] = []
        while let piece = try await next() {
            body += piece
            guard body.count <= limit else {
                throw transfer.refused(.tooLarge, "the response body is larger than \(limit) bytes")
            }
        }
        return body
    }

    /// Whether the server says where the body ends. Else that and its death look the same.
    package var isEndTold: Bool { transfer.isEndTold }

    /// Nobody reads the rest, of which a little may come for so long, because a connection whose response was complete can
    /// be used again. On the loop, and the last that is asked of the stream.
    package func letEnd(within patience: Duration) { transfer.letEnd(within: patience) }

    /// How long the transfer took so far, or in all when it has ended.
    package var timing: TransferTiming { transfer.timing }

    /// Ends the transfer; `next` throws `.cancelled` from then on. Idempotent; from any thread.
    package func cancel() {
        transfer.engine.loop.submit { [transfer] in transfer.cancel() }
    }
}
