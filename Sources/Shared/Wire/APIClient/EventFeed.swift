internal import HTTPMessages
internal import HTTPTransfer
internal import Synchronization
internal import JSON
package import WireAPI

/// An event stream that is open. Read by one task, on the loop that opened it; letting go of it closes it.
package final class EventFeed: Sendable {
    /// An event with its position in the stream, `nil` for one that has none.
    package struct Element: Sendable, Hashable {
        package let id: String?
        package let event: OperatorEvent
    }

    private let stream: InboundStream
    private let server: String
    private let parser = Mutex(ServerSentEvents())

    init(_ stream: InboundStream, server: String) {
        self.stream = stream
        self.server = server
    }

    /// The events that have arrived since the last call, waiting when there are none. The stream has no end of its own:
    /// when the server closes it, that is a failure.
    package func next() async throws(APIFailure) -> [Element] {
        while true {
            let piece: [UInt8]?
            do { piece = try await stream.next() } catch { throw APIFailure(error, server: server) }
            guard let piece else { throw APIFailure(.unreachable, "\(server) closed the event stream") }
            let events: [ServerSentEvent]
            do {
                events = try parser.withLock { parser throws(ServerSentEvents.TooLarge) in try parser.feed(piece) }
            } catch { throw APIFailure(.notUnderstood, "\(server): \(error)") }
            var elements: [Element] = []
            for event in events {
                if let element = try element(event) { elements.append(element) }
            }
            if !elements.isEmpty { return elements }
        }
    }

    /// Events of a newer server that this client does not know are left out.
    private func element(_ event: ServerSentEvent) throws(APIFailure) -> Element? {
        guard let name = event.event.flatMap(OperatorEvent.Name.init(rawValue:)) else { return nil }
        do {
            switch name {
            case .executionFinished:
                let row = try JSONCodec.decode(OperatorExecutionRow.self, from: event.data)
                return Element(id: event.id, event: .executionFinished(row))
            case .serverTime:
                let time = try JSONCodec.decode(OperatorEvent.ServerTime.self, from: event.data)
                return Element(id: event.id, event: .serverTime(time.serverTime))
            case .gap: return Element(id: event.id, event: .gap)
            }
        } catch {
            throw APIFailure(.notUnderstood, "\(server) sent an event that is not understood: \(error)")
        }
    }
}
