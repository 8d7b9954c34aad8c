package import EventLoop
internal import JSON
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

    /// Hands an event over. Returns at once.
    package func publish(_ event: OperatorEvent, to organization: OrganizationID) {
        let lane = lanes.current
        guard lane.withState({ $0.add(StreamedEvent(event, organization: organization)) }) else { return }
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

/// An event as an entry of the stream.
package struct StreamedEvent: Sendable {
    /// Whose event it is; `nil` concerns everybody.
    package let organization: OrganizationID?
    /// The name of the event, as clients see it.
    package let name: String
    /// Its data as JSON.
    package let data: [UInt8]

    /// Events were dropped.
    static let gap = StreamedEvent(organization: nil, name: OperatorEvent.Name.gap.rawValue, data: Array("{}".utf8))

    init(_ event: OperatorEvent, organization: OrganizationID) {
        self.organization = organization
        name = event.name.rawValue
        data =
            switch event {
            case .executionFinished(let row): JSONCodec.encode(row)
            case .serverTime(let time): JSONCodec.encode(OperatorEvent.ServerTime(serverTime: time))
            case .gap: Array("{}".utf8)
            }
    }

    private init(organization: OrganizationID?, name: String, data: [UInt8]) {
        self.organization = organization
        self.name = name
        self.data = data
    }

    /// The entry with those fields; `nil` when they are not an event's, also when whose event it is cannot be read:
    /// only what says that it concerns everybody goes to everybody.
    init?(fields: [(String, [UInt8])]) {
        let values = Dictionary(fields, uniquingKeysWith: { $1 })
        guard let name = values["event"], let data = values["data"], let owner = values["organization"] else {
            return nil
        }
        organization = OrganizationID(String(decoding: owner, as: UTF8.self))
        guard organization != nil || owner.isEmpty else { return nil }
        self.name = String(decoding: name, as: UTF8.self)
        self.data = data
    }

    fileprivate var command: [RedisArgument] {
        [
            "XADD", .init(EventPublisher.stream), "MAXLEN", "~", "20000", "*",
            "organization", .init(organization?.description ?? ""), "event", .init(name), "data", .init(data),
        ]
    }
}
