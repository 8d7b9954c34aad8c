internal import EventLoop
package import Postgres
package import Redis
internal import WireAPI

/// How long the stores take for the smallest answer.
package struct LatencyExaminations: Sendable {
    private let database: PostgresClient
    private let redis: RedisClient

    /// From when on everything that waits for a store is slow.
    private static let slow = Duration.milliseconds(100)

    package init(database: PostgresClient, redis: RedisClient) {
        self.database = database
        self.redis = redis
    }

    /// What is looked at.
    package var all: [Examination] {
        [
            Examination(
                .database, "latency", remedy: "See that PostgreSQL runs and that database.url names it."
            ) {
                let time = try await Self.time { try await database.execute("SELECT 1") }
                return [Self.finding(.database, "PostgreSQL", time)]
            },
            Examination(.redis, "latency", remedy: "See that Redis runs and that redis.url names it.") {
                let time = try await Self.time { _ = try await redis.command(["PING"]) }
                return [Self.finding(.redis, "Redis", time)]
            },
        ]
    }

    private static func time(_ body: () async throws -> Void) async throws -> Duration {
        let began = ContinuousClock.now
        try await body()
        return began.duration(to: .now)
    }

    private static func finding(
        _ group: OperatorDiagnosis.Group, _ store: String, _ time: Duration
    ) -> Examination.Finding {
        let tenths = Int((time / .milliseconds(1) * 10).rounded())
        let detail = "\(store) answers in \(tenths / 10).\(tenths % 10) ms."
        guard time > slow else { return Examination.Finding(group, "latency", .ok, detail) }
        return Examination.Finding(
            group, "latency", .warn, detail,
            remedy: "Everything waits for it: see its load, its disk, and the network between it and this server.")
    }
}
