package import DaemonRuntime
internal import EventLoop
internal import Logging
internal import Observability
package import Postgres
package import Redis

extension Composition {
    /// Shows whether the stores answer this process, and how full its pool of connections is.
    package mutating func showStores(_ database: PostgresClient, _ redis: RedisClient) {
        let figures = StoreFigures(database: database, redis: redis, metrics: metrics, logger: logger)
        work("store figures") { drain in try await drain.cancelling { try await figures.run() } }
    }
}

/// Asks the stores now and then, on behalf of scrapes, which wait for nobody.
private struct StoreFigures: Sendable {
    private let database: PostgresClient
    private let redis: RedisClient
    private let up: (postgresql: Gauge, redis: Gauge)
    private let failures: (postgresql: Counter, redis: Counter)
    private let inUse: Gauge
    private let idle: Gauge
    private let waiting: Gauge
    private let wait: Histogram
    private let logger: Logger

    private static let interval = Duration.seconds(5)
    private static let patience = Duration.seconds(3)

    init(database: PostgresClient, redis: RedisClient, metrics: Metrics, logger: Logger) {
        self.database = database
        self.redis = redis
        self.logger = logger
        func up(_ store: String) -> Gauge {
            metrics.gauge(
                "scorable_store_up", "1 while a store answers this process, else 0.", labels: ["store": store])
        }
        func failures(_ store: String) -> Counter {
            metrics.counter(
                "scorable_store_failures_total", "Times that a store did not answer when it was asked whether it does.",
                labels: ["store": store])
        }
        self.up = (up("postgresql"), up("redis"))
        self.failures = (failures("postgresql"), failures("redis"))
        inUse = metrics.gauge("scorable_db_pool_in_use", "Connections to the database of this process that are used.")
        idle = metrics.gauge("scorable_db_pool_idle", "Connections to the database of this process that nobody uses.")
        waiting = metrics.gauge("scorable_db_pool_waiting", "Callers in this process that wait for a connection.")
        wait = metrics.histogram(
            "scorable_db_pool_wait_seconds",
            "How long it takes to get a connection and the shortest answer over it, tried every five seconds.")
    }

    func run() async throws {
        guard let loop = Loop.current else { preconditionFailure("stores are asked on a loop") }
        while true {
            let pool = await database.statistics()
            inUse.set(Int64(pool.open - pool.idle))
            idle.set(Int64(pool.idle))
            waiting.set(Int64(pool.waiting))
            let began = ContinuousClock.now
            let answered = try await answers("PostgreSQL", up.postgresql, failures.postgresql) {
                try await database.execute("SELECT 1", until: .after(Self.patience))
            }
            if answered { wait.observe(began.duration(to: .now)) }
            _ = try await answers("Redis", up.redis, failures.redis) {
                _ = try await redis.command(["PING"], deadline: .after(Self.patience))
            }
            try await loop.sleep(for: Self.interval)
        }
    }

    private func answers(
        _ store: String, _ up: Gauge, _ failures: Counter, _ ask: () async throws -> Void
    ) async throws -> Bool {
        do {
            try await ask()
            up.set(1)
            return true
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            try Task.checkCancellation()
            up.set(0)
            failures.increment()
            logger.debug("a store does not answer", metadata: ["store": .string(store), "reason": "\(error)"])
            return false
        }
    }
}
