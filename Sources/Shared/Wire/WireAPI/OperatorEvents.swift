package import FoundationEssentials

/// What the internal API tells as it happens, `GET /internal/events`: Server-Sent Events whose `id` is the position in
/// the stream. A request with `Last-Event-ID` goes on after that position; one without starts now.
package enum OperatorEvent: Sendable, Hashable {
    /// Where the stream is.
    package static let path = "/internal/events"

    /// An execution was recorded. The row is complete, so that a list needs no second request.
    case executionFinished(OperatorExecutionRow)
    /// The server's clock, every few seconds: it keeps a quiet stream alive and shows that it is.
    case serverTime(Date)
    /// Events were lost, since the stream does not reach back to where the client was: lists must be read anew.
    case gap

    /// The value of the `event` field.
    package enum Name: String, Sendable, Hashable, CaseIterable {
        case executionFinished = "execution.finished"
        case serverTime = "server.time"
        case gap
    }

    /// The data of `server.time`.
    package struct ServerTime: Codable, Sendable, Hashable {
        package let serverTime: Date

        package init(serverTime: Date) { self.serverTime = serverTime }
    }

    /// The name of the event.
    package var name: Name {
        switch self {
        case .executionFinished: .executionFinished
        case .serverTime: .serverTime
        case .gap: .gap
        }
    }
}
