package import EventLoop
package import Redis
package import Tenancy
package import WireAPI

/// Puts what happens on the stream that every API server passes on to those who watch.
///
/// Watching is a comfort and never holds up work: when Redis is away or too slow, events are dropped, and watchers are
/// told that some are missing.
package struct EventPublisher: Sendable {
    /// The Redis stream.
    package static let stream = "scorable:events"

    private let redis: RedisClient
    private let lanes: LoopLocal<LoopConfined<Lane>>

    package init(redis: RedisClient, loops: LoopGroup) {
        self.redis = redis
        lanes = LoopLocal(loops) { LoopConfined(Lane(), on: $0) }
    }

    /// Hands an event over for those of an organisation, or of all, who may do what is given, else what an event of its
    /// kind needs, where it happened. Returns at once.
    package func publish(
        _ event: OperatorEvent, to organization: OrganizationID?, needs permission: Permission? = nil,
        in place: EventPlace? = nil
    ) {
        let lane = lanes.current
        let entry = StreamedEvent(event, organization: organization, needs: permission, in: place)
        guard lane.withState({ $0.add(entry) }) else { return }
        // Unstructured: it serves many publishers, and ends by itself when nothing waits.
        lane.loop.spawn { [redis] in await Self.send(lane, over: redis) }
    }

    /// Sends what waits on one loop, all of it in one pipeline, until nothing does.
    private static func send(_ lane: LoopConfined<Lane>, over redis: RedisClient) async {
        while let batch = lane.withState({ $0.take() }) {
            do {
                try await redis.pipeline(batch.map(\.command))
            } catch {
                lane.withState { $0.hasDropped = true }
            }
        }
    }

    /// What waits to be sent from one loop.
    private struct Lane {
        var waiting: [StreamedEvent] = []
        var isSending = false
        var hasDropped = false

        private static let limit = 5000

        /// Queues an event; whether somebody has to begin sending.
        mutating func add(_ event: StreamedEvent) -> Bool {
            guard waiting.count < Self.limit else {
                hasDropped = true
                return false
            }
            waiting.append(event)
            defer { isSending = true }
            return !isSending
        }

        /// What is to be sent now, with the news of what was dropped; `nil` ends the sending.
        mutating func take() -> [StreamedEvent]? {
            guard !waiting.isEmpty else {
                isSending = false
                return nil
            }
            defer {
                waiting = []
                hasDropped = false
            }
            return hasDropped ? waiting + [.gap] : waiting
        }
    }
}
