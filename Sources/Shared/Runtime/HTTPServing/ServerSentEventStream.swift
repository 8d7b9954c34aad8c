internal import EventLoop
package import HTTPMessages
package import HTTPServer
internal import Synchronization

/// An event that a stream sends.
package typealias OutgoingEvent = ServerSentEvent

extension ServerSentEvent {
    /// An event whose data is text.
    package init(name: String?, id: String? = nil, data: String) { self.init(event: name, text: data, id: id) }
}

/// Sends events to one client. A heartbeat keeps proxies from closing a quiet stream and finds clients that are gone.
package final class ServerSentEventStream: Sendable {
    private let writer: HTTPResponseWriter
    private let activity = Mutex(Activity())

    private struct Activity {
        /// Whether anything was sent since the last beat.
        var wasQuiet = true
        /// How many calls wait until the client has read more.
        var pending = 0
    }

    fileprivate init(_ writer: HTTPResponseWriter) { self.writer = writer }

    /// Sends an event; returns when the connection has room for more.
    /// - Throws: when the client has left.
    package func send(_ event: ServerSentEvent) async throws { try await send(event.encoded()) }

    /// Sends bytes that are whole events already.
    package func send(_ bytes: [UInt8]) async throws {
        activity.withLock { activity in
            activity.wasQuiet = false
            activity.pending += 1
        }
        defer { activity.withLock { $0.pending -= 1 } }
        try await writer.write(bytes)
    }

    /// Sends a comment whenever nothing was sent for `interval`, but not to a client that has not read the last yet.
    fileprivate func beat(every interval: Duration) async throws {
        guard let loop = Loop.current else { preconditionFailure("streams are served on loops") }
        while true {
            try await loop.sleep(for: interval)
            let isIdle = activity.withLock { activity in
                defer { activity.wasQuiet = true }
                return activity.wasQuiet && activity.pending == 0
            }
            if isIdle { try await writer.write(ServerSentEvent.comment("keep-alive")) }
        }
    }
}

extension HTTPResponse {
    /// A stream of events that `body` sends; it ends when `body` returns or the client leaves.
    package static func events(
        heartbeat: Duration = .seconds(15), _ body: @escaping @Sendable (ServerSentEventStream) async throws -> Void
    ) -> HTTPResponse {
        let headers: HTTPHeaders = [
            "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache",
            // nginx buffers answers unless it is told not to.
            "x-accel-buffering": "no",
        ]
        return HTTPResponse(
            status: 200, headers: headers,
            body: .stream { writer in
                let stream = ServerSentEventStream(writer)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await body(stream) }
                    group.addTask { try await stream.beat(every: heartbeat) }
                    defer { group.cancelAll() }
                    // The first to end decides: the body is done, or a heartbeat found that the client is gone.
                    try await group.next()
                }
            })
    }
}
