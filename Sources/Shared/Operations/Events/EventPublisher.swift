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

    private let lanes: LoopLocal<Lane>

    package init(redis: RedisClient, loops: LoopGroup) {
        lanes = LoopLocal(loops) { Lane(redis: redis, loop: $0) }
    }

    /// Hands an event over. Returns at once.
    package func publish(_ event: OperatorEvent, to organization: OrganizationID) {
        lanes.current.publish(StreamedEvent(event, organization: organization))
    }

    /// What waits to be sent from one loop.
    ///
    /// `@unchecked Sendable`: confined to its loop, which `publish` is called on.
    private final class Lane: @unchecked Sendable {
        private let redis: RedisClient
        private let loop: Loop
        private var waiting: [StreamedEvent] = []
        private var isSending = false
        private var hasDropped = false

        private static let limit = 5000

        init(redis: RedisClient, loop: Loop) {
            self.redis = redis
            self.loop = loop
        }

        func publish(_ event: StreamedEvent) {
            loop.preconditionCurrent()
            guard waiting.count < Self.limit else {
                hasDropped = true
                return
            }
            waiting.append(event)
            guard !isSending else { return }
            isSending = true
            // Unstructured: it serves many publishers, and ends by itself when nothing waits.
            loop.spawn { [self] in await send() }
        }

        /// Sends what waits, all of it in one pipeline, until nothing does.
        private func send() async {
            while !waiting.isEmpty {
                let batch = waiting
                waiting = []
                var commands = batch.map(\.command)
                if hasDropped {
                    hasDropped = false
                    commands.append(StreamedEvent.gap.command)
                }
                do {
                    try await redis.pipeline(commands)
                } catch {
                    hasDropped = true
                }
            }
            isSending = false
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

    /// The entry with those fields; `nil` when they are not an event's.
    init?(fields: [(String, [UInt8])]) {
        let values = Dictionary(fields, uniquingKeysWith: { $1 })
        guard let name = values["event"], let data = values["data"] else { return nil }
        organization = values["organization"].flatMap { OrganizationID(String(decoding: $0, as: UTF8.self)) }
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
