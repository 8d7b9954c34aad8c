import Access
import APIClient
import Blobs
import Cryptography
import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPServer
import HTTPServing
import HTTPTransfer
import IngestGate
import Jobs
import JSON
import Observability
import Operations
import OperatorAPI
import Postgres
import ProductSupport
import PublicAPI
import Redis
import Stores
import Synchronization
import Tenancy
import Testing
import WireAPI

/// The internal API over a database, a Redis and an evaluation service that does what a test wants, for all tests of the
/// process. Each test makes organisations of its own, so that tests run side by side without seeing each other.
struct OperatorServer: Sendable {
    let product: Product
    let health: HealthWatch
    let exports: Exports
    let feed: Operations.EventFeed
    let evaluations: Evaluations
    let proxies: [ProxyStandIn]
    /// What the keys of providers are sealed with.
    let proxyKeys: SealedBox.KeyPair
    let providers: ProviderOperations
    let people: PeopleProduct
    let signIns: SignInProduct
    let metrics = Metrics()
    /// What it serves, and who may call it.
    let operations: [ProtectedOperation]
    let http: HTTPClient
    /// Held, so that they go on serving.
    private let listeners: [HTTPListener]
    let world: ProductWorld

    var loops: LoopGroup { world.loops }
    var database: PostgresClient { world.database }
    var redis: RedisClient { world.redis }
    var identifiers: IdentifierSource { world.identifiers }
    var events: EventPublisher { world.events }
    var blobs: LocalBlobs { world.blobs }
    var port: Int { listeners[0].port }

    static let hash = ProductWorld.hash
    static let logger = ProductWorld.logger
    private static let shared = Task { try await start() }

    /// Runs a test on one of the loops.
    static func run(_ body: @escaping @Sendable (OperatorServer) async throws -> Void) async throws {
        let server = try await shared.value
        try await server.loops.next().run { try await body(server) }
    }

    private static func start() async throws -> OperatorServer {
        let world = try await ProductWorld(named: "operator-test")
        return try await world.loops.next().run {
            // As if the worker had begun long ago and stopped a while ago.
            _ = try await ExecutionSumStore(database: world.database).sumUp(
                now: Date().addingTimeInterval(-600), atMost: 3600)
            return try await OperatorServer(world)
        }
    }

    private init(_ world: ProductWorld) async throws {
        self.world = world
        let (loops, database, redis, identifiers) = (world.loops, world.database, world.redis, world.identifiers)
        let evaluations = Evaluations()
        self.evaluations = evaluations
        let service = HTTPListener(settings: HTTPListenerSettings(), loops: loops) { await evaluations.answer($0) }
        try await service.start()
        let http = HTTPClient(loops: loops)
        self.http = http
        let url = "http://127.0.0.1:\(service.port)"
        proxies = [try await ProxyStandIn(on: loops), try await ProxyStandIn(on: loops)]
        proxyKeys = try SealedBox.KeyPair.generate()
        try await InstallationStore(database: database).setProxyPublicKey(proxyKeys.publicKey.bytes)
        let client = LLMProxyClient(client: http, addresses: proxies.map(\.url), serviceToken: "token")
        let probes = ServerProbes(client: client, database: database, redis: redis, identifiers: identifiers)
        let product = world.product(http, scoresFrom: url, modelsFrom: proxies.map(\.url), probes: probes)
        self.product = product
        providers = ProviderOperations(
            database: database, redis: redis, client: client, probes: probes, identifiers: identifiers,
            changes: product.changes, settingsPrices: [], logger: Self.logger, showingReadingsFor: .zero)
        let health = HealthWatch(
            [
                .daemon("evald", at: url, through: http), .daemon("workerd", at: "http://127.0.0.1:9", through: http),
                .postgresql(database), .redis(redis),
            ], notices: product.notices, redis: redis, logger: Self.logger)
        self.health = health
        exports = Exports(
            database: database, blobs: world.blobs, queue: product.queue,
            audit: Audit(database: database, identifiers: identifiers, logger: Self.logger), identifiers: identifiers)
        let feed = Operations.EventFeed(redis: redis, logger: Self.logger)
        self.feed = feed
        Self.keepRunning(on: loops) { try await feed.run() }
        Self.keepRunning(on: loops) { try await product.changes.follow() }
        Self.keepRunning(on: loops) { try await health.run() }
        try await product.queue.dispatcher.start()
        try await product.queue.dispatcher.begin(epoch: 1)
        let address = try #require(PublicAddress("https://scorable.example.com"))
        let people = PeopleProduct(
            database: database, address: address, passwords: PasswordChecks(),
            identifiers: identifiers, changes: product.changes, logger: Self.logger)
        self.people = people
        signIns = Self.signIns(world, product)
        let trail = AuditTrail(
            database: database, loops: loops, identifiers: identifiers, metrics: Metrics(), logger: Self.logger)
        Self.keepRunning(on: loops) { try await trail.run() }
        let routes = Self.routes(world, product, exports, providers, client, feed, health, people, signIns)
            .routes(trail: AccessTrail(mapping: ClientProblems.mapping) { await trail.tell($0) })
        operations = routes.operations
        listeners = [
            try await world.serve(
                routes.router, RequestPipeline.Options(listener: "internal"), mapping: ClientProblems.mapping),
            service,
        ]
    }

    /// Unstructured: it runs as long as the process.
    private static func keepRunning(on loops: LoopGroup, _ body: @escaping @Sendable () async throws -> Void) {
        _ = loops.next().spawn {
            do { try await body() } catch { Issue.record(error) }
        }
    }

    private static func routes(
        _ world: ProductWorld, _ product: Product, _ exports: Exports, _ providers: ProviderOperations,
        _ client: LLMProxyClient, _ feed: Operations.EventFeed, _ health: HealthWatch, _ people: PeopleProduct,
        _ signIns: SignInProduct
    ) -> OperatorRoutes {
        let (database, identifiers, authenticator) = (world.database, world.identifiers, world.authenticator)
        let timeout = Duration.seconds(20)
        let rights = InstallationRights(organizations: OrganizationStore(database: database))
        let background = QueueProduct(
            database: database, queue: product.queue, identifiers: identifiers, logger: logger)
        let executions = ExecutionPlans(logs: product.logs, tags: product.tags, reruns: product.reruns)
        let plans = Plans(
            executions.actions + background.plans.plannedActions + [
                ExportPlans(exports: exports, searches: ExecutionSearchStore(database: database)).action
            ], redis: world.redis, identifiers: identifiers, timeout: timeout, logger: logger)
        let account = account(world, product, signIns)
        let identityProviders = IdentityProviderProduct(
            database: database, hash: hash, address: .localhost, proxy: client,
            workers: WorkerThreads(name: "saml", count: 1, queueLimit: 100), identifiers: identifiers,
            changes: product.changes, logger: logger)
        let singleSignOn = SingleSignOn(
            identityProviders, database: database, signIn: signIns.signIn, hash: hash, identifiers: identifiers,
            changes: product.changes, metrics: Metrics(), logger: logger)
        return OperatorRoutes(
            authenticator: authenticator,
            account: account,
            catalogue: product.catalogueRoutes(executionTimeout: timeout),
            executions: product.executionRoutes(feed: feed, executionTimeout: timeout),
            exports: ExportRoutes(exports: exports, authenticator: authenticator),
            dashboard: DashboardRoutes(
                dashboards: product.dashboards, projects: product.projects, notices: product.notices, health: health,
                rights: rights),
            plans: PlanRoutes(plans: plans, authenticator: authenticator),
            events: EventRoutes(feed: feed, authenticator: authenticator),
            installation: InstallationRoutes(installation(world)), providers: ProviderRoutes(providers),
            queues: QueueRoutes(product: background, feed: feed),
            webhooks: WebhookRoutes(
                WebhookProduct(
                    database: database, queue: product.queue, client: client, identifiers: identifiers,
                    logger: logger)),
            traces: TraceRoutes(
                product: TraceProduct(
                    database: database, loops: world.loops, projects: product.projects, evaluators: product.evaluators,
                    judges: product.judges, identifiers: identifiers, metrics: Metrics(), audit: product.audit),
                evaluators: product.evaluators,
                judges: product.judges),
            labels: LabelRoutes(product), batchStarts: BatchStartRoutes(product),
            keys: KeyRoutes(
                keys: APIKeys(
                    database: database, hash: hash, changes: product.changes, identifiers: identifiers,
                    logger: logger)), people: PeopleRoutes(people),
            identityProviders: IdentityProviderRoutes(identityProviders),
            deviceLogins: DeviceLoginRoutes(singleSignOn, account: account, address: .localhost),
            audit: AuditRoutes(
                entries: AuditEntries(
                    store: AuditStore(database: database), chains: AuditChainStore(database: database),
                    organizations: OrganizationStore(database: database)),
                targets: AuditTargets(
                    store: AuditTargetStore(database: database),
                    installation: InstallationStore(database: database),
                    organizations: OrganizationStore(database: database),
                    audit: Audit(database: database, identifiers: identifiers, logger: logger),
                    identifiers: identifiers)),
            retention: RetentionRoutes(
                product: RetentionProduct(
                    database: database, standard: [:], identifiers: identifiers, logger: logger),
                forecasts: StorageForecasts(
                    sizes: StorageSizeStore(database: database), board: StorageBoard(redis: world.redis)),
                rights: rights))
    }

    /// One process that has told of itself, and a database that is looked at.
    private static func installation(_ world: ProductWorld) -> InstallationView {
        let setting = OperatorInstance.Setting(
            key: "service_token", value: "‹redacted›", source: "file /etc/scorable/scorable.yaml:1", digest: "d1",
            isSecret: true, isCommon: true)
        let instance = OperatorInstance(
            id: UUID(), daemon: "workerd", host: "w1", pid: 7, version: "0", startedAt: Date(), address: ":8083",
            settings: [setting],
            condition: OperatorInstance.Condition(.ready, complaint: nil, memoryBytes: 1 << 20, loopLagSeconds: 0.001))
        return InstallationView(
            rights: InstallationRights(organizations: OrganizationStore(database: world.database)),
            LatencyExaminations(database: world.database, redis: world.redis).all
                + BackupExaminations(database: world.database).all,
            InstanceReadings(
                announced: { [OperatorInstances.Instance(instance: instance, seenSeconds: 2)] }, asking: [],
                through: HTTPClient(loops: world.loops), serviceToken: nil), version: "0")
    }

    private static func signIns(_ world: ProductWorld, _ product: Product) -> SignInProduct {
        SignInProduct(
            database: world.database, hash: hash, passwords: PasswordChecks(),
            attempts: SignInAttempts(redis: world.redis, hash: hash, logger: logger), issuer: "test",
            identifiers: world.identifiers, changes: product.changes, logger: logger,
            whenSlowedDown: { user, address in
                do {
                    try await product.notices.signInsAreSlowedDown(of: user, from: address)
                } catch {
                    Issue.record(error)
                }
            })
    }

    private static func account(
        _ world: ProductWorld, _ product: Product, _ signIns: SignInProduct
    ) -> AccountRoutes {
        let users = UserStore(database: world.database)
        let sessions = SessionStore(database: world.database)
        return AccountRoutes(
            authenticator: world.authenticator,
            product: signIns,
            profiles: Profiles(users: users, sessions: sessions, changes: product.changes),
            organizations: Organizations(store: OrganizationStore(database: world.database)),
            deployment: OperatorSession.Deployment(name: "test", isProduction: false, version: "0"))
    }

    /// A new organisation with its owner and default project.
    func tenant() async throws -> Tenant {
        let (owner, project) = try await world.organization()
        return Tenant(server: self, organization: owner.organizationID, project: project, owner: owner)
    }
}

/// The evaluation service, as a test wants it to answer.
final class Evaluations: Sendable {
    typealias Script = @Sendable (EvaluationCall) async throws -> EvaluationReply

    private let scripts = Mutex<[UUID: Script]>([:])

    /// How the calls of an organisation are answered from now on.
    func answer(_ organization: OrganizationID, by script: @escaping Script) {
        scripts.withLock { $0[organization.uuid] = script }
    }

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        switch request.path {
        case "/readyz": return .json(["status": "running"])
        case "/metrics": return .text(Self.metrics)
        default: break
        }
        do {
            let call = try JSONCodec.decode(
                EvaluationCall.self, from: try await request.body.collect(upTo: 1 << 24))
            let script = scripts.withLock { $0[call.organizationID] }
            return .json(try await script?(call) ?? Self.reply(to: call))
        } catch {
            return .text("\(error)", status: 500)
        }
    }

    /// Every evaluator scores 0.75.
    static func reply(to call: EvaluationCall, score: Double = 0.75) -> EvaluationReply {
        EvaluationReply(
            results: call.evaluators.enumerated().map { place, _ in
                var result = EvaluationReply.Result()
                result.score = score
                result.justification = "Because."
                result.renderedPrompt = "prompt"
                result.llmOutput = "{}"
                result.model = "gpt"
                result.provider = "acme"
                result.usage = EvaluationReply.Usage(promptTokens: 10, completionTokens: 2)
                result.costNanodollars = 1000
                result.queueMicroseconds = 1000
                result.callMicroseconds = 50_000
                result.proxyTiming = EvaluationReply.ProxyTime(
                    queueMicroseconds: 2000, ownMicroseconds: 3000, providerMicroseconds: 40_000)
                result.totalMicroseconds = 60_000 + Int64(place) * 10_000
                result.attempts = 1
                return result
            })
    }

    private static let metrics = """
        # HELP scorable_build_info 1, with the version that runs as a label.
        scorable_build_info{version="9.9.9"} 1
        process_resident_memory_bytes 12345678
        process_start_time_seconds 1.7e9
        scorable_evaluations_in_progress{state="waiting"} 3
        scorable_evaluations_in_progress{state="running"} 8

        """
}
