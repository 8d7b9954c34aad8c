internal import FoundationEssentials
internal import JSON
internal import Redis

/// The plans, in Redis: what is lost with it are plans that nobody can execute any more.
struct PlanStore: Sendable {
    private let redis: RedisClient

    /// How long a plan can be executed.
    static let lifetime: TimeInterval = 900
    /// How long one can look at what a plan did, and undo it.
    static let memory: TimeInterval = 86_400

    private enum Field {
        static let plan: RedisArgument = "plan"
        static let run: RedisArgument = "run"
        static let claim: RedisArgument = "claim"
        static let cancel: RedisArgument = "cancel"
        static let undone: RedisArgument = "undone"
    }

    init(redis: RedisClient) { self.redis = redis }

    /// Keeps a new plan for its lifetime.
    func add(_ record: PlanRecord) async throws {
        let key = Self.key(record.id)
        try await redis.pipeline([
            ["HSET", key, Field.plan, .init(JSONCodec.encode(record))],
            ["EXPIRE", key, .init(Int(Self.lifetime))],
        ])
    }

    /// The plan with its run; `nil` when there is none, or it has expired.
    func find(_ id: UUID) async throws -> (record: PlanRecord, run: PlanRun?)? {
        let reply = try await redis.command(["HMGET", Self.key(id), Field.plan, Field.run])
        guard let fields = reply.array, fields.count == 2, let plan = fields[0].bytes else { return nil }
        let run = try fields[1].bytes.map { try JSONCodec.decode(PlanRun.self, from: $0) }
        return (try JSONCodec.decode(PlanRecord.self, from: plan), run)
    }

    /// Takes the plan for execution; `false` when somebody has. From now on it is remembered for longer.
    func claim(_ id: UUID) async throws -> Bool { try await take(Field.claim, of: id) }

    /// Takes the plan for undoing; `false` when somebody has.
    func claimUndo(_ id: UUID) async throws -> Bool { try await take(Field.undone, of: id) }

    /// Says how far the run has come.
    /// - Returns: whether somebody wants it stopped.
    func write(_ run: PlanRun, of id: UUID) async throws -> Bool {
        let replies = try await redis.pipeline([
            ["HSET", Self.key(id), Field.run, .init(JSONCodec.encode(run))],
            ["HEXISTS", Self.key(id), Field.cancel],
        ])
        return replies.last?.integer == 1
    }

    /// Asks the server that executes the plan to stop.
    func cancel(_ id: UUID) async throws { _ = try await redis.command(["HSET", Self.key(id), Field.cancel, "1"]) }

    /// Notes where something was done that can be undone.
    func note(_ traces: [PlanTrace], of id: UUID) async throws {
        guard !traces.isEmpty else { return }
        let key = Self.traceKey(id)
        try await redis.pipeline([
            ["RPUSH", key] + traces.map { .init(JSONCodec.encode($0)) },
            ["EXPIRE", key, .init(Int(Self.memory))],
        ])
    }

    /// Where something was done that can be undone.
    func traces(of id: UUID) async throws -> [PlanTrace] {
        let reply = try await redis.command(["LRANGE", Self.traceKey(id), "0", "-1"])
        return try (reply.array ?? []).compactMap(\.bytes).map { try JSONCodec.decode(PlanTrace.self, from: $0) }
    }

    private func take(_ field: RedisArgument, of id: UUID) async throws -> Bool {
        let key = Self.key(id)
        let replies = try await redis.pipeline([
            ["HSETNX", key, field, "1"], ["EXPIRE", key, .init(Int(Self.memory))],
        ])
        return replies.first?.integer == 1
    }

    private static func key(_ id: UUID) -> RedisArgument { .init("scorable:plan:{\(id.uuidString.lowercased())}") }
    private static func traceKey(_ id: UUID) -> RedisArgument {
        .init("scorable:plan:{\(id.uuidString.lowercased())}:traces")
    }
}
