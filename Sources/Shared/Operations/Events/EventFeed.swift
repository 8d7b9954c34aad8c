internal import EventLoop
package import Logging
package import Redis
internal import Synchronization
package import Tenancy
internal import WireAPI

/// An event with its place in the stream.
package struct FedEvent: Sendable {
    /// `nil` for a gap that this process noticed.
    package let position: StreamPosition?
    /// The name of the event, as clients see it.
    package let name: String
    /// Its data as JSON; of an execution, its row.
    package let data: [UInt8]
    /// What one must be allowed to do to be told.
    package let permission: Permission
    /// Where it happened.
    package let place: EventPlace

    /// An event read from the stream.
    package init(
        position: StreamPosition?, name: String, data: [UInt8], permission: Permission,
        place: EventPlace = .organization
    ) {
        self.place = place
        self.position = position
        self.name = name
        self.data = data
        self.permission = permission
    }

    /// Events are missing before the next one.
    package static let gap = FedEvent(
        position: nil, name: OperatorEvent.Name.gap.rawValue, data: Array("{}".utf8), permission: .eventRead,
        place: .shared)
}

/// What one watcher gets: first what was missed, then what happens, some of which may be in both. Letting go of it ends it.
package final class EventSubscription: Sendable {
    private let past: Mutex<[FedEvent]>
    private let live: EventInbox
    private let feed: EventFeed
    private let number: Int

    fileprivate init(past: [FedEvent], live: EventInbox, number: Int, feed: EventFeed) {
        self.past = Mutex(past)
        self.live = live
        self.number = number
        self.feed = feed
    }

    deinit { feed.forget(number) }

    /// Everything that has come since the last call, in order; waits for something. Empty when the task was cancelled.
    package func next() async -> [FedEvent] {
        let missed = past.withLock { past in
            defer { past = [] }
            return past
        }
        return missed.isEmpty ? await live.next() : missed
    }
}

/// Reads the event stream once for all watchers of this process and passes each what is theirs.
///
/// A watcher that cannot keep up loses events and is told so; it never slows down the others.
package final class EventFeed: Sendable {
    private let redis: RedisClient
    private let history: EventHistory
    private let logger: Logger
    private let state = Mutex(State())

    /// The shortest time from one reading of the stream to the next: a flood is read, and passed on, by the handful.
    private static let pace = Duration.milliseconds(20)
    /// Nothing is ever published here: a subscription tells when the connection was lost.
    private static let channel = "scorable:events:connection"

    private struct State {
        var watchers: [Int: Watcher] = [:]
        var nextNumber = 0
        /// The last entry that was passed on.
        var position: StreamPosition?
    }

    private struct Watcher {
        let organization: OrganizationID
        let inbox: EventInbox
    }

    package init(redis: RedisClient, logger: Logger) {
        self.redis = redis
        history = EventHistory(redis: redis)
        self.logger = logger
    }

    /// The last entry known to this process: what is read after asking contains everything up to it. `nil` before the
    /// stream could be read.
    package var position: StreamPosition? { state.withLock { $0.position } }

    /// Reads the stream until its task is cancelled.
    package func run() async throws {
        guard let loop = Loop.current else { preconditionFailure("the event feed runs on a loop") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.read(on: loop) }
            group.addTask { try await self.watchForInterruptions() }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Tells of a gap when Redis has come back without what it had. Reading does not notice that where no call was under
    /// way: it goes on with what is new.
    private func watchForInterruptions() async throws {
        for try await message in redis.subscribe(to: [Self.channel]) {
            guard case .resumed = message, let position else { continue }
            do {
                if try await !history.reachesBack(to: position) { tellGap() }
            } catch {
                // It is away again, and will be back.
                tellGap()
            }
        }
        try Task.checkCancellation()
    }

    private func read(on loop: Loop) async throws {
        var isAway = false
        while true {
            do {
                try await follow(on: loop) { isAway = false }
            } catch let error as RedisError {
                try Task.checkCancellation()
                if !isAway { logger.warning("the event stream is away", metadata: ["reason": "\(error)"]) }
                isAway = true
                try await loop.sleep(for: .milliseconds(500))
            }
        }
    }

    /// The events of an organisation: those after `position`, or without one those from now on.
    /// - Throws: `RedisError` when the past cannot be read.
    package func subscribe(
        to organization: OrganizationID, after position: StreamPosition?
    ) async throws -> EventSubscription {
        // Watching begins before the past is read, so that nothing falls between the two.
        let (number, inbox) = watch(organization)
        guard let position else { return EventSubscription(past: [], live: inbox, number: number, feed: self) }
        do {
            let past = try await history.events(of: organization, after: position)
            return EventSubscription(past: past, live: inbox, number: number, feed: self)
        } catch {
            forget(number)
            throw error
        }
    }

    /// How many watch at the moment.
    package var watcherCount: Int { state.withLock { $0.watchers.count } }

    private func watch(_ organization: OrganizationID) -> (Int, EventInbox) {
        let inbox = EventInbox()
        let number = state.withLock { state in
            defer { state.nextNumber += 1 }
            state.watchers[state.nextNumber] = Watcher(organization: organization, inbox: inbox)
            return state.nextNumber
        }
        return (number, inbox)
    }

    fileprivate func forget(_ number: Int) { state.withLock { _ = $0.watchers.removeValue(forKey: number) } }

    private func tellGap() {
        for watcher in state.withLock({ $0.watchers.values.map(\.inbox) }) { watcher.put(.gap) }
    }

    private func follow(on loop: Loop, whenRead: () -> Void) async throws {
        if let position {
            // Back after an interruption, in which others may have published more than the stream holds.
            if try await !history.reachesBack(to: position) { tellGap() }
        } else {
            let newest = try await history.newestPosition()
            state.withLock { $0.position = newest }
        }
        whenRead()
        while true {
            let began = ContinuousClock.now
            pass(try await history.next(after: position ?? .beginning))
            let rest = Self.pace - began.duration(to: .now)
            if rest > .zero { try await loop.sleep(for: rest) }
        }
    }

    private func pass(_ entries: [(StreamPosition, StreamedEvent?)]) {
        state.withLock { state in
            for (position, event) in entries {
                state.position = position
                guard let event else { continue }
                let fed = FedEvent(
                    position: position, name: event.name, data: event.data, permission: event.permission,
                    place: event.place)
                for watcher in state.watchers.values
                where event.organization == nil || event.organization == watcher.organization {
                    watcher.inbox.put(fed)
                }
            }
        }
    }
}
