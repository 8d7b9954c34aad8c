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

    /// The entries after `position`; waits a few seconds for one. Others' entries come too, so that positions go on.
    func next(after position: StreamPosition) async throws -> [(StreamPosition, StreamedEvent)] {
        let entries = try await redis.readStream(
            EventPublisher.stream, after: position.description, block: .seconds(5), count: Self.batch)
        return entries.compactMap(Self.event)
    }

    /// What an organisation missed since `position`, with a gap first when the stream does not reach back so far.
    func events(of organization: OrganizationID, after position: StreamPosition) async throws -> [FedEvent] {
        var found: [FedEvent] = []
        var last = position
        let oldest = try await redis.range(of: EventPublisher.stream, from: "-", to: "+", count: 1)
        if let first = oldest.first.flatMap({ StreamPosition($0.id) }), first > position { found.append(.gap) }
        var read = 0
        while read < Self.catchUp {
            let entries = try await redis.range(
                of: EventPublisher.stream, from: "(\(last)", to: "+", count: Self.batch)
            for (place, event) in entries.compactMap(Self.event) {
                last = place
                guard event.organization == nil || event.organization == organization else { continue }
                found.append(FedEvent(position: place, name: event.name, data: event.data))
            }
            read += entries.count
            guard entries.count == Self.batch else { return found }
        }
        return [.gap]
    }

    private static func event(_ entry: RedisStreamEntry) -> (StreamPosition, StreamedEvent)? {
        guard let position = StreamPosition(entry.id), let event = StreamedEvent(fields: entry.fields) else {
            return nil
        }
        return (position, event)
    }
}
