internal import Access
internal import EventLoop
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
internal import JSON
internal import Operations
internal import Tenancy
internal import WireAPI

extension OperatorRoutes {
    /// How often the server tells its time.
    private static let clockInterval = Duration.seconds(5)

    func addEvents(to routes: inout ProtectedRoutes) {
        routes.on(.get, OperatorEvent.path, needs: .eventRead) { context, principal in
            let last = context.header("last-event-id") ?? context.query["last_event_id"]
            let position = try last.map { text in
                guard let position = StreamPosition(text) else {
                    throw APIProblem.invalid("Last-Event-ID", "Not the id of an event of this stream.")
                }
                return position
            }
            let subscription = try await feed.subscribe(to: principal.organizationID, after: position)
            let token = context.header("authorization")
            return .events { stream in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await send(subscription, after: position, to: stream) }
                    group.addTask { try await tellTime(to: stream, while: token) }
                    defer { group.cancelAll() }
                    try await group.next()
                }
            }
        }
    }

    private func send(
        _ subscription: EventSubscription, after position: StreamPosition?, to stream: ServerSentEventStream
    ) async throws {
        var sent = position ?? .beginning
        for event in subscription.past {
            try await stream.send(OutgoingEvent(event))
            if let position = event.position { sent = position }
        }
        for await event in subscription.live {
            // What happened while the past was read is in both.
            if let position = event.position {
                guard position > sent else { continue }
                sent = position
            }
            try await stream.send(OutgoingEvent(event))
        }
    }

    /// Sends the time now and then, and ends the stream when the caller's session, key or right has ended.
    private func tellTime(to stream: ServerSentEventStream, while token: String?) async throws {
        guard let loop = Loop.current else { preconditionFailure("streams are served on loops") }
        while true {
            let data = JSONCodec.encode(OperatorEvent.ServerTime(serverTime: Date()))
            try await stream.send(
                OutgoingEvent(
                    name: OperatorEvent.Name.serverTime.rawValue, data: String(decoding: data, as: UTF8.self)))
            try await loop.sleep(for: Self.clockInterval)
            try await authenticator.watcher(Credentials(authorization: token)).require(.eventRead)
        }
    }
}

extension OutgoingEvent {
    fileprivate init(_ event: FedEvent) {
        self.init(
            name: event.name, id: event.position?.description, data: String(decoding: event.data, as: UTF8.self))
    }
}
