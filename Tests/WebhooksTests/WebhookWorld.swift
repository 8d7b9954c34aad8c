import Cryptography
import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPServer
import HTTPServing
import HTTPTransfer
import LLMProxy
import Logging
import Observability
import Operations
import Postgres
import Queueing
import Redis
import Schema
import Stores
import Tenancy
import TestSupport
import Testing
import WireAPI
import Webhooks

@testable import Jobs

/// A database, a Redis and a proxy that sends webhooks, of one test alone.
struct WebhookWorld: Sendable {
    let loops: LoopGroup
    let database: PostgresClient
    let redis: RedisClient
    let server: PrivateRedis
    let queue: JobQueue
    let keys: SealedBox.KeyPair
    let product: WebhookProduct
    let client: LLMProxyClient
    let notices: Notices
    let identifiers: IdentifierSource
    let principal: Principal
    private let http: HTTPClient
    private let proxy: HTTPListener

    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    var organization: OrganizationID { principal.organizationID }
    var project: ProjectID { principal.defaultProjectID }
    var actor: AuditActor { AuditActor(principal, from: "192.0.2.1", requestID: "r1") }

    /// Runs a test on a loop of its own world. Only `trusted` hosts may be of this machine; without any, all are.
    static func run(
        trusting trusted: [String] = ["127.0.0.1"], _ body: @escaping @Sendable (WebhookWorld) async throws -> Void
    ) async throws {
        let loops = LoopGroup(count: 2, name: "webhook-test")
        let connection = try await PrivatePostgres.shared().freshDatabase(copying: try await template.value)
        let server = try await PrivateRedis.start()
        let result = await loops.next().run { () -> Result<Void, any Error> in
            do {
                let world = try await WebhookWorld(loops, connection, server, trusted)
                let result: Result<Void, any Error>
                do {
                    result = .success(try await body(world))
                } catch {
                    result = .failure(error)
                }
                await world.close()
                return result
            } catch {
                return .failure(error)
            }
        }
        await loops.shutdown()
        try result.get()
    }

    /// A migrated database that the others are copies of.
    private static let template = Task {
        let connection = try await PrivatePostgres.shared().freshDatabase()
        let loops = LoopGroup(count: 1, name: "webhook-template")
        try await loops.next().run {
            let database = PostgresClient(loops: loops, settings: PostgresSettings(connection: connection))
            try await SchemaMigrator(client: database, logger: logger).migrate()
            await database.close()
        }
        await loops.shutdown()
        return connection
    }

    private init(
        _ loops: LoopGroup, _ connection: String, _ server: PrivateRedis, _ trusted: [String]
    ) async throws {
        self.loops = loops
        self.server = server
        database = PostgresClient(loops: loops, settings: PostgresSettings(connection: connection))
        redis = RedisClient(loops: loops, settings: try RedisSettings(url: server.url))
        identifiers = IdentifierSource { Date() }
        keys = try SealedBox.KeyPair.generate()
        try await InstallationStore(database: database).setProxyPublicKey(keys.publicKey.bytes)
        let dispatcher = JobDispatcher(redis: redis, patience: .milliseconds(100))
        try await dispatcher.start()
        queue = JobQueue(
            database: database, dispatcher: dispatcher, metrics: DispatchMetrics(Metrics()), logger: Self.logger)
        var settings = HTTPClientSettings()
        settings.egress = settings.egress.trustingOnly(trusted)
        let outside = HTTPClient(loops: loops, settings: settings)
        let keys = keys
        let deliveries = Deliveries(client: outside, now: { Date() }) { box, endpoint in
            let secret = try SealedBox.open(
                box, with: keys, purpose: WebhookEndpoint.secretPurpose, context: Array(endpoint.lowercaseText.utf8))
            return String(decoding: secret, as: UTF8.self)
        }
        let pipeline = RequestPipeline(
            deliveries.router, RequestPipeline.Options(listener: "internal"),
            in: RequestPipeline.Surroundings(
                logger: Self.logger, metrics: Metrics(), identifiers: identifiers,
                traceIdentifiers: TraceIdentifiers(seed: 1)))
        proxy = HTTPListener(
            settings: HTTPListenerSettings(), loops: loops, refusal: { pipeline.refuse($0) },
            handler: { await pipeline.handle($0) })
        try await proxy.start()
        http = HTTPClient(loops: loops)
        client = LLMProxyClient(client: http, addresses: ["http://127.0.0.1:\(proxy.port)"], serviceToken: "token")
        product = WebhookProduct(
            database: database, queue: queue, client: client, identifiers: identifiers, logger: Self.logger)
        notices = Notices(
            store: NoticeStore(database: database), events: EventPublisher(redis: redis, loops: loops),
            identifiers: identifiers)
        principal = try await Self.tenant(in: database, identifiers)
        try #require(try await dispatching.seedIfEmpty())
    }

    private func close() async {
        await http.close()
        await redis.close()
        await database.close()
    }

    /// A new organisation's owner.
    static func tenant(in database: PostgresClient, _ identifiers: IdentifierSource) async throws -> Principal {
        let organization: OrganizationID = identifiers.next()
        let (owner, project): (UserID, ProjectID) = (identifiers.next(), identifiers.next())
        try await database.execute(
            "INSERT INTO organizations (id, name, created_at) VALUES (\(organization), 'Tenant', now())")
        try await database.execute(
            """
            INSERT INTO users (id, organization_id, email, full_name, role, created_at)
            VALUES (\(owner), \(organization), \("o-\(owner)@example.com"), 'Olive van Owner', 'owner', now())
            """)
        try await database.execute(
            """
            INSERT INTO projects (id, organization_id, name, description, is_default, owner_id, created_at)
            VALUES (\(project), \(organization), 'Default', '', true, \(owner), now())
            """)
        return Principal(
            organizationID: organization,
            user: UserReference(id: owner, email: "o-\(owner)@example.com", fullName: "Olive van Owner"),
            credential: .absent, role: .owner, scopes: .everything, defaultProjectID: project)
    }

    // MARK: Endpoints and events

    /// An endpoint at a receiver, with its secret.
    func endpoint(
        _ url: String, types: [String]? = nil, project: ProjectID? = nil
    ) async throws -> (id: WebhookEndpointID, secret: String) {
        let added = try await product.endpoints.add(
            OperatorWebhookDraft(url: url, description: "hook", projectID: project?.uuid, eventTypes: types),
            to: organization, by: actor)
        return (WebhookEndpointID(uuid: added.webhook.id), added.secret)
    }

    /// Something to tell.
    @discardableResult
    func announce(_ count: Int = 1) async throws -> [UUID] {
        let ids = (0..<count).map { _ in identifiers.uuid() }
        for id in ids {
            try await database.transaction { connection in
                try await WebhookEventStore.announce(
                    .exportFinished(
                        ExportNews(id: id, source: "execution_logs", format: "jsonl", rows: 3, bytes: 99)),
                    of: organization, project: project, on: connection)
            }
        }
        return ids
    }

    /// The types of the events that there are, sorted.
    func events() async throws -> [String] {
        try await database.query("SELECT type FROM webhook_events ORDER BY type").map { try $0.decode("type") }
    }

    func states(of id: WebhookEndpointID) async throws -> [WebhookDelivery.State: Int] {
        try await WebhookDeliveryStore(database: database).counts(of: [id])[id] ?? [:]
    }

    /// Waits until an endpoint has so many deliveries in each state; what waits for its time need not when it is hastened.
    func reaches(
        _ wanted: [WebhookDelivery.State: Int], of id: WebhookEndpointID, hastening: Bool = false,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        var seen: [WebhookDelivery.State: Int] = [:]
        let isReached = try await eventually {
            if hastening { try await hasten() }
            seen = try await states(of: id)
            return seen == wanted
        }
        #expect(isReached, "\(seen) instead of \(wanted)", sourceLocation: sourceLocation)
    }

    func deliveries(to id: WebhookEndpointID) async throws -> [WebhookDelivery] {
        try await product.deliveries.page(of: id, in: nil, PageRequest(limit: 200), for: actor).items
    }

    func count(_ state: WebhookDelivery.State, of id: WebhookEndpointID) async throws -> Int {
        try await states(of: id)[state] ?? 0
    }

    /// How many deliveries to an endpoint were sent at least once.
    func attempted(_ id: WebhookEndpointID) async throws -> Int {
        try await deliveries(to: id).count { $0.attempts > 0 }
    }

    /// Lets whatever waits for its time run now.
    func hasten() async throws {
        var filter = JobFilter()
        filter.queues = [.webhooks]
        _ = try await queue.perform(.runNow, on: filter)
    }

    // MARK: Work

    var dispatching: Dispatching {
        var settings = DispatchingSettings()
        settings.interval = .milliseconds(20)
        settings.epochInterval = .milliseconds(20)
        settings.sweepAge = .zero
        settings.reconcileCycle = .milliseconds(100)
        return Dispatching(
            queue: queue, schedules: ScheduleLedger(database: database, identifiers: identifiers), settings: settings,
            logger: Self.logger)
    }

    /// What the worker does of webhooks, by a clock of the test's.
    func works(_ client: LLMProxyClient? = nil, now: @escaping @Sendable () -> Date = { Date() }) -> [any JobWork] {
        [
            FanOutEvent(events: WebhookEventStore(database: database), identifiers: identifiers),
            DeliverWebhook(database: database, client: client ?? self.client, notices: notices, now: now),
        ]
    }

    /// Runs `body` while a worker works.
    func whileWorking(
        _ works: [any JobWork]? = nil, _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let worker = Worker(
            options: WorkerOptions(name: "w", release: "test", slots: 16, lease: .seconds(1)),
            dispatcher: queue.dispatcher, ledger: queue.ledger, works: works ?? self.works(), loops: loops,
            redis: try RedisSettings(url: server.url), metrics: WorkerMetrics(Metrics()), logger: Self.logger,
            now: Date())
        let dispatching = dispatching
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (drained, drain) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            group.addTask { try await dispatching.run() }
            group.addTask { await worker.run { for await _ in drained {} } }
            let result: Result<Void, any Error>
            do {
                result = .success(try await body())
            } catch {
                result = .failure(error)
            }
            drain.finish()
            group.cancelAll()
            while let ended = await group.nextResult() {
                if case .failure(let error) = ended, !(error is CancellationError) { throw error }
            }
            try result.get()
        }
    }
}

/// Polls until `condition` holds; false when it never does within the limit.
func eventually(within limit: Duration = .seconds(90), _ condition: () async throws -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if try await condition() { return true }
        try await Loop.current?.sleep(for: .milliseconds(10))
    }
    return false
}
