package import Access
package import Blobs
internal import Cryptography
package import EventLoop
internal import FoundationEssentials
package import HTTPServer
package import HTTPServing
package import HTTPTransfer
internal import Jobs
package import Logging
internal import Observability
package import Operations
package import Postgres
package import Redis
internal import Replicas
internal import Schema
internal import Stores
package import Tenancy
internal import TestSupport

/// A database, a Redis and what a product needs beside them, for all tests of the process. Each test makes organisations of
/// its own, so that tests run side by side without seeing each other.
package struct ProductWorld: Sendable {
    package let loops: LoopGroup
    package let database: PostgresClient
    package let redis: RedisClient
    package let redisURL: String
    package let identifiers = IdentifierSource { Date() }
    package let events: EventPublisher
    package let blobs: LocalBlobs
    package let authenticator: Authenticator
    /// Held, so that it goes on serving.
    private let server: PrivateRedis

    /// What keys and tokens are hashed with.
    package static let hash = CredentialHash(secret: Array(repeating: 7, count: 32))
    /// Writes nothing.
    package static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// With an empty schema but for the presets; its loops bear that name.
    package init(named name: String) async throws {
        let loops = LoopGroup(count: 2, name: name)
        let connection = try await PrivatePostgres.shared().freshDatabase()
        let database = PostgresClient(loops: loops, settings: PostgresSettings(connection: connection))
        server = try await PrivateRedis.start()
        redisURL = server.url
        redis = RedisClient(loops: loops, settings: try RedisSettings(url: redisURL))
        events = EventPublisher(redis: redis, loops: loops)
        blobs = LocalBlobs(
            directory: FileManager.default.temporaryDirectory.path() + "/blobs-\(UUID().uuidString)",
            threads: WorkerThreads(name: "blobs", count: 1, queueLimit: 100))
        authenticator = Authenticator(
            keys: APIKeyStore(database: database), sessions: SessionStore(database: database),
            objects: ObjectProjectStore(database: database), hash: Self.hash)
        (self.loops, self.database) = (loops, database)
        try await loops.next().run {
            try await SchemaMigrator(client: database, logger: Self.logger).migrate()
            try await PresetStore(database: database).seed(at: Date())
        }
    }

    /// The product, which asks for scores at the one address and models at the others.
    package func product(
        _ http: HTTPClient, scoresFrom evaluations: String, modelsFrom proxies: [String], probes: ServerProbes? = nil
    ) -> Product {
        Product(
            database: database, redis: redis, identifiers: identifiers,
            service: EvaldClient(client: http, url: evaluations, serviceToken: "token"),
            recorder: ExecutionRecorder(database: database, loops: loops, events: events), events: events,
            queue: JobQueue(
                database: database, dispatcher: JobDispatcher(redis: redis), metrics: DispatchMetrics(Metrics()),
                logger: Self.logger),
            gateway: ModelGateway(client: http, addresses: proxies, serviceToken: "token"), blobs: blobs,
            reads: ReadReplicas(primary: database), probes: probes,
            audit: Audit(database: database, identifiers: identifiers, logger: Self.logger),
            forgetAccess: { [authenticator] in authenticator.forgetAll() })
    }

    /// Serves these routes, as a daemon does.
    package func serve(
        _ router: Router, _ options: RequestPipeline.Options, mapping: @escaping ProblemMapping,
        within limits: HTTPListenerSettings = HTTPListenerSettings()
    ) async throws -> HTTPListener {
        let pipeline = RequestPipeline(
            router, options,
            in: RequestPipeline.Surroundings(
                logger: Self.logger, metrics: Metrics(), identifiers: identifiers,
                traceIdentifiers: TraceIdentifiers(seed: 1)), mapping: mapping)
        let listener = HTTPListener(
            settings: limits, loops: loops, refusal: { pipeline.refuse($0) },
            handler: { await pipeline.handle($0) })
        try await listener.start()
        return listener
    }

    /// A new organisation: its owner, who has no password, and its default project.
    package func organization() async throws -> (owner: User, project: Project) {
        let (id, date) = identifiers.nextDated(Organization.self)
        let owner = User(
            id: identifiers.next(), organizationID: id, email: "owner-\(id)@example.com", fullName: "Olive Owner",
            role: .owner, createdAt: date)
        let project = Project(
            id: identifiers.next(), organizationID: id, name: "Default", description: "", isDefault: true,
            ownerID: owner.id, createdAt: date)
        // Hashing a password would hold the loop up.
        try await OrganizationStore(database: database).create(
            Organization(id: id, name: "Tenant", createdAt: date), owner: owner, passwordHash: "none",
            defaultProject: project)
        return (owner, project)
    }
}
