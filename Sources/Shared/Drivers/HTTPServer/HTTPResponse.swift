package import HTTPMessages

/// An answer: its head, and its body as bytes or as something that will write it.
package struct HTTPResponse: Sendable {
    /// What follows the head.
    package enum Body: Sendable {
        /// The whole body; its length is announced.
        case bytes([UInt8])
        /// Writes the body, after the head has left. It runs in the request's task, is not run when no body may follow
        /// (HEAD, 204, 304), ends the body by returning, and breaks the connection off by throwing, so that the client
        /// cannot take a part for the whole. The length is announced when there is a `content-length` field.
        case stream(@Sendable (HTTPResponseWriter) async throws -> Void)
    }

    /// The status code, 200 to 599.
    package var status: Int
    /// The fields. Date and framing (`content-length`, `transfer-encoding`) are the server's; `connection: close` is
    /// honoured. Characters that would break a field out of its line are replaced by spaces.
    package var headers: HTTPHeaders
    /// The body.
    package var body: Body

    package init(status: Int, headers: HTTPHeaders = [:], body: Body = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// The client does not want what is being written: it has left, or was cut off.
package struct HTTPClientGone: Error, Sendable, Hashable, CustomStringConvertible {
    package init() {}
    package var description: String { "the client has left before the response was complete" }
}

/// Where a streamed response is written, on the loop that serves the request.
package final class HTTPResponseWriter: Sendable {
    private let stream: ResponseStream

    init(_ stream: ResponseStream) { self.stream = stream }

    /// Sends `bytes` at once as one piece if the client keeps up; returns when there is room for more.
    /// - Throws: `HTTPClientGone` when the client has left, `CancellationError` when the task was cancelled.
    package func write(_ bytes: [UInt8]) async throws {
        try stream.check()
        _ = send(bytes.span)
        try await room()
    }

    /// Sends `bytes` at once as one piece, without waiting. When this says false, the client does not keep up or has left,
    /// and the caller waits for ``room()`` before it sends more. On the loop.
    package func send(_ bytes: Span<UInt8>) -> Bool { stream.write(bytes) }

    /// The same for what is the end of the body: it leaves with the mark of the end, at the latest when this turn of the loop
    /// is over.
    package func send(last bytes: Span<UInt8>) -> Bool { stream.write(bytes, isLast: true) }

    /// Whether the client is still there. Who is cancelled while it is has a moment to say that the answer ends here: the
    /// server stops.
    package var isOpen: Bool { stream.isOpen }

    /// Returns when there is room for more.
    /// - Throws: As ``write(_:)``.
    package func room() async throws { try await stream.room() }
}
