package import Access
internal import EventLoop
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
internal import JSON
package import Operations
internal import Synchronization
internal import Tenancy
package import WireAPI

/// The event stream of the internal API.
package struct EventRoutes: Sendable {
    private let feed: EventFeed
    private let authenticator: Authenticator
    private let storage: @Sendable () -> OperatorStorageNews?

    /// How often the server tells its time.
    private static let clockInterval = Duration.seconds(5)
    /// How often it asks whether the viewer may still watch.
    private static let step = Duration.seconds(1)

    /// `storage` is what is to be told of the room on the disks at the moment.
    package init(
        feed: EventFeed, authenticator: Authenticator,
        storage: @escaping @Sendable () -> OperatorStorageNews? = { nil }
    ) {
        self.feed = feed
        self.authenticator = authenticator
        self.storage = storage
    }

    func add(to routes: inout ProtectedRoutes) {
        routes.on(.get, OperatorEvent.path, needs: .eventRead, in: .any) { context, principal in
            let last = context.header("last-event-id") ?? context.query["last_event_id"]
            let position = try last.map { text in
                guard let position = StreamPosition(text) else {
                    throw APIProblem.invalid("Last-Event-ID", "Not the id of an event of this stream.")
                }
                return position
            }
            let subscription = try await feed.subscribe(to: principal.organizationID, after: position)
            let credentials = Credentials(authorization: context.header("authorization"))
            let viewer = Viewer(principal)
            return .events { stream in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await send(subscription, after: position, to: stream, for: viewer) }
                    group.addTask { try await tellTime(to: stream, for: viewer) }
                    group.addTask { try await watch(viewer, credentials) }
                    defer { group.cancelAll() }
                    try await group.next()
                }
            }
        }
    }

    /// Who watches, with the rights of this moment.
    private final class Viewer: Sendable {
        private let current: Mutex<Principal>

        init(_ principal: Principal) { current = Mutex(principal) }

        var principal: Principal {
            get { current.withLock { $0 } }
            set { current.withLock { $0 = newValue } }
        }
    }

    private func send(
        _ subscription: EventSubscription, after position: StreamPosition?, to stream: ServerSentEventStream,
        for viewer: Viewer
    ) async throws {
        var batches = EventBatches(after: position ?? .beginning)
        while true {
            let events = await subscription.next()
            try Task.checkCancellation()
            let bytes = batches.bytes(of: events) { viewer.principal.may($0.permission, at: $0.place) }
            // Waits while the reader is slow; meanwhile events gather, or are lost, without anybody else noticing.
            if !bytes.isEmpty { try await stream.send(bytes) }
        }
    }

    /// Sends the time now and then.
    private func tellTime(to stream: ServerSentEventStream, for viewer: Viewer) async throws {
        guard let loop = Loop.current else { preconditionFailure("streams are served on loops") }
        while true {
            try await sendTime(to: stream, for: viewer)
            try await loop.sleep(for: Self.clockInterval)
        }
    }

    /// Ends the stream when the caller's session, key or right has ended: within moments of the news, and soon also without.
    /// It never writes, so that a reader who takes nothing any more cannot put it off.
    private func watch(_ viewer: Viewer, _ credentials: Credentials) async throws {
        guard let loop = Loop.current else { preconditionFailure("streams are served on loops") }
        var access = ContinuedAccess(of: credentials, authenticator)
        while true {
            try await loop.sleep(for: Self.step)
            guard let principal = try await access.lookAgain() else { continue }
            try principal.requireAnywhere(.eventRead)
            viewer.principal = principal
        }
    }

    private func sendTime(to stream: ServerSentEventStream, for viewer: Viewer) async throws {
        let data = JSONCodec.encode(
            OperatorEvent.ServerTime(serverTime: Date(), storage: news(for: viewer.principal)))
        try await stream.send(
            OutgoingEvent(
                name: OperatorEvent.Name.serverTime.rawValue, data: String(decoding: data, as: UTF8.self)))
    }

    /// That nothing new is taken concerns everybody; that it may come to that, those who can do something about it.
    private func news(for principal: Principal) -> OperatorStorageNews? {
        guard let storage = storage() else { return nil }
        if principal.may(.retentionRead) { return storage }
        return storage.level == "full" ? OperatorStorageNews(level: storage.level, daysLeft: nil) : nil
    }
}
