internal import FoundationEssentials
internal import Logging
internal import Records
internal import Redis
internal import Synchronization

/// Notes when a part of the installation stops or begins to be well. Of several API servers that see it, one does.
final class HealthNews: Sendable {
    private let notices: Notices
    private let redis: RedisClient
    private let logger: Logger
    private let known = Mutex<[String: Seen]>([:])

    /// How often in a row a state is seen before it is told: a restart is none of anybody's business.
    private static let patience = 2

    private struct Seen {
        var state: PartHealth.State
        var rounds = 0
        var isTold = false
    }

    init(notices: Notices, redis: RedisClient, logger: Logger) {
        self.notices = notices
        self.redis = redis
        self.logger = logger
    }

    /// Tells what is different from the last times.
    func tell(_ parts: [PartHealth]) async {
        for part in parts where part.state != .unknown {
            guard isDue(part) else { continue }
            do {
                if try await isFirst(part) { try await post(part) }
                known.withLock { $0[Self.key(part)]?.isTold = true }
            } catch {
                // Redis or the database is away, which may be the news itself: it is told when they are back.
                logger.debug("a notice could not be stored", metadata: ["reason": "\(error)"])
            }
        }
    }

    private func isDue(_ part: PartHealth) -> Bool {
        known.withLock { known in
            var seen = known[Self.key(part)] ?? Seen(state: part.state)
            if seen.state != part.state { seen = Seen(state: part.state) }
            seen.rounds += 1
            known[Self.key(part)] = seen
            return !seen.isTold && seen.rounds >= Self.patience
        }
    }

    /// Whether no other server has told of this state. What nobody has ever told of is well to begin with.
    private func isFirst(_ part: PartHealth) async throws -> Bool {
        let reply = try await redis.command([
            "SET", .init("scorable:health:\(Self.key(part))"), .init(part.state.rawValue), "GET",
        ])
        return (reply.text ?? PartHealth.State.up.rawValue) != part.state.rawValue
    }

    private func post(_ part: PartHealth) async throws {
        let place = part.instance.map { " at \($0)" } ?? ""
        let (severity, what): (Notice.Severity, String) =
            switch part.state {
            case .up, .unknown: (.info, "is well again")
            case .degraded: (.warning, "is not well")
            case .down: (.critical, "does not answer")
            }
        try await notices.post(
            severity, "\(part.name)\(place) \(what).",
            about: Notice.Subject(kind: .daemon, id: Self.key(part), name: part.name), to: nil)
    }

    private static func key(_ part: PartHealth) -> String {
        part.instance.map { "\(part.name)@\($0)" } ?? part.name
    }
}
