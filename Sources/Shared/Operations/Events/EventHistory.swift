internal import Redis
internal import Tenancy

/// The event stream as it is kept in Redis.
struct EventHistory: Sendable {
    private let redis: RedisClient

    /// How many events a returning watcher is given; with more to catch up on, lists are better read anew.
    private static let catchUp = 5000
    /// How many entries are read at once.
    private static let batch = 500

    init(redis: RedisClient) { self.redis = redis }

    /// Where the stream ends now.
    func newestPosition() async throws -> StreamPosition {
        let newest = try await redis.range(
            of: EventPublisher.stream, from: "+", to: "-", count: 1, newestFirst: true)
        return newest.first.flatMap { StreamPosition($0.id) } ?? .beginning
    }

    /// The entries after `position`; waits a few seconds for one. All entries come, so that positions go on; one that
    /// is no event has `nil`.
    func next(after position: StreamPosition) async throws -> [(StreamPosition, StreamedEvent?)] {
        let entries = try await redis.readStream(
            EventPublisher.stream, after: position.description, block: .seconds(5), count: Self.batch)
        return entries.compactMap(Self.event)
    }

    /// What an organisation missed since `position`, with a gap first when the stream does not reach back so far.
    func events(of organization: OrganizationID, after position: StreamPosition) async throws -> [FedEvent] {
        var found: [FedEvent] = []
        var last = position
        if try await !reachesBack(to: position) { found.append(.gap) }
        var read = 0
        while read < Self.catchUp {
            let entries = try await redis.range(
                of: EventPublisher.stream, from: "(\(last)", to: "+", count: Self.batch)
            for (place, event) in entries.compactMap(Self.event) {
                last = place
                guard let event, event.organization == nil || event.organization == organization else { continue }
                found.append(
                    FedEvent(
                        position: place, name: event.name, data: event.data, permission: event.permission,
                        place: event.place))
            }
            read += entries.count
            guard entries.count == Self.batch else { return found }
        }
        return [.gap]
    }

    /// Whether nothing after `position` has been cut off. A stream that has lost everything, as when Redis came back
    /// without its data, does not tell what there was after a place in it.
    func reachesBack(to position: StreamPosition) async throws -> Bool {
        guard position > .beginning else { return true }
        let oldest = try await redis.range(of: EventPublisher.stream, from: "-", to: "+", count: 1)
        guard let first = oldest.first.flatMap({ StreamPosition($0.id) }) else { return false }
        return first <= position
    }

    private static func event(_ entry: RedisStreamEntry) -> (StreamPosition, StreamedEvent?)? {
        StreamPosition(entry.id).map { ($0, StreamedEvent(fields: entry.fields)) }
    }
}
