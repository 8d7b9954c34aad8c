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
    package let name: String
    package let data: [UInt8]

    /// Events are missing before the next one.
    package static let gap = FedEvent(position: nil, name: OperatorEvent.Name.gap.rawValue, data: Array("{}".utf8))
}

/// What one watcher gets: first what was missed, then what happens, some of which may be in both.
package struct EventSubscription: Sendable {
    package let past: [FedEvent]
    package let live: AsyncStream<FedEvent>
}

/// Reads the event stream once for all watchers of this process and passes each what is theirs.
///
/// A watcher that cannot keep up loses events and is told so; it never slows down the others.
package final class EventFeed: Sendable {
    private let history: EventHistory
    private let logger: Logger
    private let state = Mutex(State())

    /// How many events a watcher may lag behind.
    private static let backlog = 1000

    private struct State {
        var watchers: [Int: Watcher] = [:]
        var nextNumber = 0
        /// The last entry that was passed on.
        var position: StreamPosition?
    }

    private struct Watcher {
        let organization: OrganizationID
        let continuation: AsyncStream<FedEvent>.Continuation
        var hasMissed = false

        /// Passes `event` on, before it the news that others were lost, as far as there is room.
        mutating func pass(_ event: FedEvent) {
            if hasMissed, case .enqueued = continuation.yield(.gap) { hasMissed = false }
            if case .dropped = continuation.yield(event) { hasMissed = true }
        }
    }

    package init(redis: RedisClient, logger: Logger) {
        history = EventHistory(redis: redis)
        self.logger = logger
    }

    /// The last entry known to this process: what is read after asking contains everything up to it. `nil` before the
    /// stream could be read.
    package var position: StreamPosition? { state.withLock { $0.position } }

    /// Reads the stream until its task is cancelled.
    package func run() async throws {
        guard let loop = Loop.current else { preconditionFailure("the event feed runs on a loop") }
        var isAway = false
        while true {
            do {
                try await follow()
            } catch let error as RedisError {
                try Task.checkCancellation()
                if !isAway { logger.warning("the event stream is away", metadata: ["reason": "\(error)"]) }
                isAway = true
                try await loop.sleep(for: .milliseconds(500))
                continue
            }
        }
    }

    /// The events of an organisation: those after `position`, or without one those from now on.
    /// - Throws: `RedisError` when the past cannot be read.
    package func subscribe(
        to organization: OrganizationID, after position: StreamPosition?
    ) async throws -> EventSubscription {
        // Watching begins before the past is read, so that nothing falls between the two.
        let live = watch(organization)
        guard let position else { return EventSubscription(past: [], live: live) }
        let past = try await history.events(of: organization, after: position)
        return EventSubscription(past: past, live: live)
    }

    private func watch(_ organization: OrganizationID) -> AsyncStream<FedEvent> {
        let (live, continuation) = AsyncStream.makeStream(
            of: FedEvent.self, bufferingPolicy: .bufferingOldest(Self.backlog))
        let number = state.withLock { state in
            defer { state.nextNumber += 1 }
            state.watchers[state.nextNumber] = Watcher(organization: organization, continuation: continuation)
            return state.nextNumber
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.watchers.removeValue(forKey: number) }
        }
        return live
    }

    private func tellGap() {
        state.withLock { state in
            for number in state.watchers.keys { state.watchers[number]?.pass(.gap) }
        }
    }

    private func follow() async throws {
        if let position {
            // Back after an interruption, in which others may have published more than the stream holds.
            if try await !history.reachesBack(to: position) { tellGap() }
        } else {
            let newest = try await history.newestPosition()
            state.withLock { $0.position = newest }
        }
        while true {
            let entries = try await history.next(after: position ?? .beginning)
            state.withLock { state in
                for (position, event) in entries {
                    state.position = position
                    guard let event else { continue }
                    let fed = FedEvent(position: position, name: event.name, data: event.data)
                    for number in state.watchers.keys
                    where event.organization == nil || event.organization == state.watchers[number]?.organization {
                        state.watchers[number]?.pass(fed)
                    }
                }
            }
        }
    }
}
