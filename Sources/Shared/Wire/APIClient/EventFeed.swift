internal import HTTPMessages
internal import HTTPTransfer
internal import Synchronization
internal import JSON
package import WireAPI

/// An event stream that is open. Read by one task, on the loop that opened it; letting go of it closes it.
package final class EventFeed: Sendable {
    /// An event with its position in the stream; `nil` for one that has none, or is not the last of its batch.
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
            for event in events { elements += try self.elements(of: event) }
            if !elements.isEmpty { return elements }
        }
    }

    /// What an event of the wire holds. Events of a newer server that this client does not know are left out.
    private func elements(of event: ServerSentEvent) throws(APIFailure) -> [Element] {
        guard let name = event.event.flatMap(OperatorEvent.Name.init(rawValue:)) else { return [] }
        func read<Value: Decodable>(_: Value.Type) throws -> Value {
            try JSONCodec.decode(Value.self, from: event.data)
        }
        do {
            switch name {
            case .executionsFinished:
                let rows = try read(OperatorEvent.ExecutionBatch.self).executions
                // Only the last of a batch has its position: whoever goes on from there has had them all.
                return rows.indices.map { index in
                    Element(
                        id: index == rows.indices.last ? event.id : nil, event: .executionFinished(rows[index]))
                }
            case .executionsTagged:
                return [Element(id: event.id, event: .executionsTagged(try read(OperatorTagging.self)))]
            case .catalogueChanged:
                return [Element(id: event.id, event: .catalogueChanged(try read(OperatorCatalogueChange.self)))]
            case .queuesChanged:
                return [Element(id: event.id, event: .queuesChanged(try read(OperatorQueueNews.self)))]
            case .noticed: return [Element(id: event.id, event: .noticed(try read(OperatorNotice.self)))]
            case .serverTime:
                let time = try read(OperatorEvent.ServerTime.self)
                return [Element(id: event.id, event: .serverTime(time.serverTime, storage: time.storage))]
            case .gap: return [Element(id: event.id, event: .gap)]
            }
        } catch {
            throw APIFailure(.notUnderstood, "\(server) sent an event that is not understood: \(error)")
        }
    }
}
