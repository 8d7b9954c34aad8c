internal import EventLoop
internal import FoundationEssentials
internal import Logging
internal import Operations
internal import Postgres
internal import Providers
internal import Redis
internal import Schema
internal import Stores
internal import Tenancy

/// The stores of a private installation, while it is prepared.
struct PrivateStores: Sendable {
    private let state: StateDirectory
    private let redis: RedisClient
    private let loops: LoopGroup
    private let logger: Logger

    /// How long PostgreSQL may take to recover after a crash.
    private static let patience = Duration.seconds(120)

    init(state: StateDirectory, loops: LoopGroup, logger: Logger) throws {
        self.state = state
        self.loops = loops
        self.logger = logger
        redis = RedisClient(loops: loops, settings: try RedisSettings(url: "unix://\(state.sockets)/redis.sock"))
    }

    /// A client of one of the cluster's databases.
    static func client(_ database: String, _ state: StateDirectory, _ loops: LoopGroup) -> PostgresClient {
        var settings = PostgresSettings(connection: "host=\(state.sockets) user=scorable dbname=\(database)")
        settings.poolSize = 2
        settings.applicationName = "scorable"
        return PostgresClient(loops: loops, settings: settings)
    }

    /// Returns when both servers answer.
    func untilReady() async throws {
        let maintenance = Self.client("postgres", state, loops)
        try await poll("PostgreSQL") { try await maintenance.execute("SELECT 1") }
        if try await maintenance.query("SELECT FROM pg_database WHERE datname = 'scorable'").isEmpty {
            try await maintenance.execute("CREATE DATABASE scorable")
        }
        await maintenance.close()
        try await poll("Redis") { _ = try await redis.command(["PING"]) }
    }

    /// Brings the schema and the built-in evaluators up to this release.
    func prepare() async throws {
        let database = Self.client("scorable", state, loops)
        try await SchemaMigrator(client: database, logger: logger).migrate()
        try await PresetStore(database: database).seed(at: Date())
        if try InstallationSettings.isDemonstrationOn(state) {
            let providers = ModelProviders(database: database, identifiers: IdentifierSource(now: { Date() }))
            try await providers.addDemonstration(model: DemoModel.name, standIns: DemoModel.aliases)
        }
        await database.close()
    }

    func close() async throws { await redis.close() }

    private func poll(_ name: String, _ attempt: @Sendable () async throws -> Void) async throws {
        let deadline = Deadline.after(Self.patience)
        while true {
            do {
                return try await attempt()
            } catch {
                guard !deadline.hasPassed else {
                    let log = state.log(of: name == "Redis" ? "redis" : "postgres")
                    throw LauncherFailure("\(name) did not start within two minutes; see \(log). (\(error))")
                }
                try await Loop.current?.sleep(for: .milliseconds(100))
            }
        }
    }
}
