import EventLoop
import FoundationEssentials
import Logging
import Observability
import Postgres
import Queueing
import Redis
import Schema
import Tenancy
import TestSupport
import Testing

@testable import Jobs

/// A database and a Redis of one test alone, and the database's half of the queue over them. No worker runs: tests claim
/// and end leases themselves.
struct LedgerWorld: Sendable {
    let loops: LoopGroup
    let database: PostgresClient
    let server: PrivateRedis
    /// How clients reach Redis: the server, or sentinels that know where it is.
    let redisURL: String
    let redis: RedisClient
    let dispatcher: JobDispatcher
    let queue: JobQueue
    let identifiers: IdentifierSource
    let organization: OrganizationID
    let project: ProjectID

    /// How a world differs from the usual one.
    struct Terms: Sendable {
        /// A cluster that the test may kill.
        var postgres: PrivatePostgres?
        /// A Redis of another configuration, and how it is reached.
        var redis: PrivateRedis?
        var redisURL: String?
        /// How far the clock of the machine is from those of the servers.
        var clockError = Duration.zero
        /// Whether Redis is ready for jobs from the start.
        var isSeeded = true
    }

    /// Runs a test on a loop of its own world.
    static func run(
        postgres: PrivatePostgres? = nil, isSeeded: Bool = true,
        _ body: @escaping @Sendable (LedgerWorld) async throws -> Void
    ) async throws {
        try await run(Terms(postgres: postgres, isSeeded: isSeeded), body)
    }

    /// Runs a test on a loop of its own world, on these terms.
    static func run(
        _ terms: Terms, _ body: @escaping @Sendable (LedgerWorld) async throws -> Void
    ) async throws {
        await turnstile.enter()
        let result: Result<Void, any Error>
        do {
            result = .success(try await runAtOnce(terms, body))
        } catch {
            result = .failure(error)
        }
        await turnstile.leave()
        try result.get()
    }

    /// Each world has servers and threads of its own: a hundred at once would measure nothing but their crowd.
    private static let turnstile = Turnstile(places: 10)

    private static func runAtOnce(
        _ terms: Terms, _ body: @escaping @Sendable (LedgerWorld) async throws -> Void
    ) async throws {
        let loops = LoopGroup(count: 2, name: "jobs-test")
        let connection =
            if let postgres = terms.postgres {
                try await postgres.freshDatabase()
            } else {
                try await PrivatePostgres.shared().freshDatabase(copying: try await template.value)
            }
        let server = if let redis = terms.redis { redis } else { try await PrivateRedis.start() }
        let result = await loops.next().run { () -> Result<Void, any Error> in
            do {
                let world = try await LedgerWorld(loops: loops, connection: connection, server: server, terms)
                let result = await world.outcome(isSeeded: terms.isSeeded, body)
                await world.redis.close()
                await world.database.close()
                return result
            } catch {
                return .failure(error)
            }
        }
        await loops.shutdown()
        try result.get()
    }

    private func outcome(
        isSeeded: Bool, _ body: @Sendable (LedgerWorld) async throws -> Void
    ) async -> Result<Void, any Error> {
        do {
            if isSeeded { #expect(try await dispatching().seedIfEmpty()) }
            return .success(try await body(self))
        } catch {
            return .failure(error)
        }
    }

    /// A migrated database that the others are copies of: migrating each anew would be most of a test's work.
    private static let template = Task {
        let connection = try await PrivatePostgres.shared().freshDatabase()
        let loops = LoopGroup(count: 1, name: "jobs-template")
        try await loops.next().run {
            let database = PostgresClient(loops: loops, settings: PostgresSettings(connection: connection))
            try await migrate(database)
            await database.close()
        }
        await loops.shutdown()
        return connection
    }

    private static func migrate(_ database: PostgresClient) async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        try await SchemaMigrator(client: database, logger: logger).migrate()
    }

    private init(loops: LoopGroup, connection: String, server: PrivateRedis, _ terms: Terms) async throws {
        self.loops = loops
        self.server = server
        redisURL = terms.redisURL ?? server.url
        let clockError = terms.clockError / .seconds(1)
        identifiers = IdentifierSource { Date().addingTimeInterval(clockError) }
        database = PostgresClient(loops: loops, settings: PostgresSettings(connection: connection))
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        // For a cluster of its own; a copy is migrated already.
        try await Self.migrate(database)
        redis = RedisClient(loops: loops, settings: try RedisSettings(url: redisURL))
        dispatcher = JobDispatcher(redis: redis, patience: .milliseconds(100))
        try await dispatcher.start()
        queue = JobQueue(
            database: database, dispatcher: dispatcher, metrics: DispatchMetrics(Metrics()), logger: logger)
        organization = identifiers.next()
        project = identifiers.next()
        try await database.execute(
            "INSERT INTO organizations (id, name, created_at) VALUES (\(organization.uuid), 'Tenant', now())")
        let owner = identifiers.uuid()
        try await database.execute(
            """
            INSERT INTO users (id, organization_id, email, full_name, role, created_at)
            VALUES (\(owner), \(organization.uuid), 'owner@example.com', 'Olive van Owner', 'owner', now())
            """)
        try await database.execute(
            """
            INSERT INTO projects (id, organization_id, name, description, is_default, owner_id, created_at)
            VALUES (\(project.uuid), \(organization.uuid), 'Default', '', true, \(owner), now())
            """)
    }

    var ledger: JobLedger { queue.ledger }
    var readings: JobReadings { queue.readings }

    /// What a worker does beside working, at test speed.
    func dispatching(_ change: (inout DispatchingSettings) -> Void = { _ in }) -> Dispatching {
        var settings = DispatchingSettings()
        settings.interval = .milliseconds(20)
        settings.epochInterval = .milliseconds(20)
        settings.sweepAge = .zero
        settings.reconcileCycle = .milliseconds(100)
        change(&settings)
        return Dispatching(
            queue: queue, schedules: ScheduleLedger(database: database, identifiers: identifiers), settings: settings,
            logger: queue.logger)
    }

    func job(
        _ kind: String = "work", queue: QueueName = .background, uniqueKey: String? = nil, runAt: Date? = nil,
        maxAttempts: Int = 3, batch: BatchPlace? = nil
    ) -> NewJob {
        NewJob(
            id: identifiers.next(), kind: JobKind(kind), queue: queue, organizationID: organization, projectID: project,
            payload: Array(#"{"n": 1}"#.utf8), limits: [.provider("acme")], runAt: runAt, maxAttempts: maxAttempts,
            uniqueKey: uniqueKey, batch: batch)
    }

    /// Accepts jobs without telling Redis, as a process does that dies between the two.
    @discardableResult
    func accept(_ jobs: [NewJob]) async throws -> [JobTicket] {
        try await database.transaction { try await JobLedger.add(jobs, on: $0) }
    }

    /// Accepts and claims jobs.
    func claimed(_ jobs: [NewJob], epoch: Int64 = 1) async throws -> [Job] {
        try await accept(jobs)
        let claimed = try await claim(jobs.map(\.id), LeaseMark(epoch: epoch, attempt: 1))
        return jobs.compactMap { job in claimed.first { $0.id == job.id } }
    }

    func claim(_ ids: [JobID], _ lease: LeaseMark, worker: String = "w1") async throws -> [Job] {
        try await ledger.claim(ids.map { ($0, lease) }, worker: worker).jobs
    }

    func state(_ id: JobID) async throws -> JobState? { try await readings.find(id)?.job.state }

    /// A table for what effects write.
    func makeEffects() async throws {
        try await database.execute("CREATE TABLE effects (job uuid PRIMARY KEY)")
    }

    func effects() async throws -> [JobID] {
        try await database.query("SELECT job FROM effects ORDER BY job").map { JobID(uuid: try $0.decode(0)) }
    }

    /// A batch with so many jobs, all of them made.
    func batch(of total: Int, key: String? = nil) async throws -> Batch {
        let new = newBatch(of: total, key: key)
        try await database.transaction { connection in
            _ = try await BatchLedger.create(new, on: connection)
            _ = try await BatchLedger.expand(new.id, from: 0, with: self.jobs(of: new.id, 0..<total), on: connection)
        }
        return try #require(try await queue.batches.find(new.id))
    }

    func newBatch(of total: Int, key: String? = nil) -> NewBatch {
        NewBatch(
            id: identifiers.next(), organizationID: organization, projectID: project, kind: JobKind("judge"),
            definition: Array("{}".utf8), total: total, idempotencyKey: key, createdAt: Date())
    }

    func jobs(of batch: BatchID, _ range: Range<Int>) -> [NewJob] {
        range.map { job(queue: .evaluations, batch: BatchPlace(batchID: batch, index: $0)) }
    }

    func ids(of batch: BatchID) async throws -> [JobID] {
        try await database.query("SELECT id FROM jobs WHERE batch_id = \(batch.uuid) ORDER BY batch_index")
            .map { JobID(uuid: try $0.decode(0)) }
    }

    /// Whether Redis answers and knows all the jobs.
    func hasAll(_ ids: [JobID]) async -> Bool {
        do {
            return try await dispatcher.missing(of: ids).isEmpty
        } catch {
            return false
        }
    }

    /// Polls until `condition` holds.
    func eventually(
        within limit: Duration = .seconds(20), _ condition: () async throws -> Bool
    ) async throws -> Bool {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if try await condition() { return true }
            try await Loop.current?.sleep(for: .milliseconds(10))
        }
        return false
    }

    /// Runs `body` while the dispatching of `count` workers goes on.
    func whileDispatching(
        _ count: Int = 1, _ change: (inout DispatchingSettings) -> Void = { _ in },
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let parts = (0..<count).map { _ in dispatching(change) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for part in parts { group.addTask { try await part.run() } }
            try await body()
            group.cancelAll()
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) { throw error }
            }
        }
    }
}

/// Lets so many in at once and the others wait.
private actor Turnstile {
    private var places: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(places: Int) { self.places = places }

    func enter() async {
        guard places == 0 else {
            places -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func leave() {
        guard waiting.isEmpty else { return waiting.removeFirst().resume() }
        places += 1
    }
}
