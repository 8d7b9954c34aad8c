internal import Redis
internal import Synchronization

/// Says which changes of states are news. A state is told when it has been seen twice in a row, since a restart is none of
/// anybody's business; and of several servers that see it, one tells it.
final class StateNews: Sendable {
    private let redis: RedisClient
    /// Before the names of things, in Redis.
    private let prefix: String
    /// What nobody has ever told of is in this state.
    private let usual: String
    private let known = Mutex<[String: Seen]>([:])

    private static let patience = 2

    private struct Seen {
        var state: String
        var rounds = 0
        var isTold = false
    }

    init(redis: RedisClient, prefix: String, usual: String) {
        self.redis = redis
        self.prefix = prefix
        self.usual = usual
    }

    /// Sees a thing in a state, and tells of it when that is news to everybody. What could not be told is told the next time.
    func see(_ name: String, _ state: String, tell: () async throws -> Void) async throws {
        guard isDue(name, state) else { return }
        if try await isFirst(name, state) { try await tell() }
        known.withLock { $0[name]?.isTold = true }
    }

    private func isDue(_ name: String, _ state: String) -> Bool {
        known.withLock { known in
            var seen = known[name] ?? Seen(state: state)
            if seen.state != state { seen = Seen(state: state) }
            seen.rounds += 1
            known[name] = seen
            return !seen.isTold && seen.rounds >= Self.patience
        }
    }

    /// Whether no other server has told of this state.
    private func isFirst(_ name: String, _ state: String) async throws -> Bool {
        let reply = try await redis.command(["SET", .init("\(prefix):\(name)"), .init(state), "GET"])
        return (reply.text ?? usual) != state
    }
}
