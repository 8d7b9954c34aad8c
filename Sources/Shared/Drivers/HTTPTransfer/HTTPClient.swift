package import EventLoop
internal import HTTPMessages

/// Sends HTTP requests from the loop that the caller runs on; every loop has connections of its own.
///
/// Nothing is followed or remembered on the caller's behalf: no redirects, no cookies, no content coding, no proxy from
/// the environment. TLS is always verified.
package final class HTTPClient: Sendable {
    private let engines: LoopLocal<TransferEngine>

    /// A client for the loops of `loops`. It connects when it is used.
    package init(loops: LoopGroup, settings: HTTPClientSettings = HTTPClientSettings()) {
        engines = LoopLocal(loops) { TransferEngine(loop: $0, settings: settings) }
    }

    deinit {
        for engine in engines.all { engine.loop.submit { engine.close() } }
    }

    /// Sends a request and waits for the whole response, whose body has at most `bodyLimit` bytes.
    ///
    /// Any status is a response. Cancelling the task ends the transfer at once. Call it on a loop.
    package func send(_ request: consuming OutboundRequest, bodyLimit: Int) async throws(TransferError)
        -> InboundResponse
    {
        try await engines.current.begin(request, .collected(limit: bodyLimit)).response()
    }

    /// Sends a request and waits for the head of the response; its body is then read from the stream.
    ///
    /// Cancelling the task meanwhile ends the transfer at once. Call it on a loop.
    package func open(_ request: consuming OutboundRequest) async throws(TransferError) -> InboundStream {
        let transfer = try engines.current.begin(request, .streamed)
        try await transfer.headArrived()
        return InboundStream(transfer)
    }

    /// Ends what runs as cancelled and closes all connections. The client cannot be used afterwards.
    package func close() async {
        for engine in engines.all {
            await withCheckedContinuation { continuation in
                engine.loop.submit {
                    engine.close()
                    continuation.resume()
                }
            }
        }
    }
}
