import Blobs
import EventLoop
import FoundationEssentials
import HTTPTransfer
import Jobs
import Logging
import Observability
import Operations
import Postgres
import Redis
import Schema
import Scoring
import Stores
import Tenancy
import TestSupport

/// The operations over one database and one Redis for all tests of the process. Each test makes an organisation of its
/// own, so that tests run side by side without seeing each other. Nothing is executed: there is no evaluation service.
struct Rig: Sendable {
    let loops: LoopGroup
    let database: PostgresClient
    let redis: RedisClient
    let product: Product
    let identifiers = IdentifierSource { Date() }

    private static let shared = Task { try await Rig() }

    private init() async throws {
        let loops = LoopGroup(count: 2, name: "operations-test")
        let connection = try await PrivatePostgres.shared().freshDatabase()
        let database = PostgresClient(loops: loops, settings: PostgresSettings(connection: connection))
        let server = try await PrivateRedis.start()
        let redis = RedisClient(loops: loops, settings: try RedisSettings(url: "unix://\(server.directory)/redis.sock"))
        try await loops.next().run {
            try await SchemaMigrator(client: database, logger: Logger(label: "test")).migrate()
            try await PresetStore(database: database).seed(at: Date())
        }
        let identifiers = identifiers
        product = await loops.next().run {
            let events = EventPublisher(redis: redis, loops: loops)
            return Product(
                database: database, redis: redis, identifiers: identifiers,
                service: EvaldClient(
                    client: HTTPClient(loops: loops, settings: HTTPClientSettings()), url: "http://127.0.0.1:9",
                    serviceToken: ""),
                recorder: ExecutionRecorder(database: database, loops: loops, events: events), events: events,
                queue: JobQueue(
                    database: database, dispatcher: JobDispatcher(redis: redis), metrics: DispatchMetrics(Metrics()),
                    logger: Logger(label: "test")),
                gateway: ModelGateway(client: HTTPClient(loops: loops), addresses: [], serviceToken: ""),
                blobs: LocalBlobs(
                    directory: FileManager.default.temporaryDirectory.path() + "/blobs-\(UUID().uuidString)",
                    threads: WorkerThreads(name: "blobs", count: 1, queueLimit: 100)),
                forgetAccess: {})
        }
        self.loops = loops
        self.database = database
        self.redis = redis
    }

    /// Runs a test on one of the loops.
    static func run(_ body: @escaping @Sendable (Rig) async throws -> Void) async throws {
        let rig = try await shared.value
        try await rig.loops.next().run { try await body(rig) }
    }

    /// A new organisation with its owner and default project, as its owner sees it.
    func tenant() async throws -> Tenant {
        let (id, date) = identifiers.nextDated(Organization.self)
        let owner = User(
            id: identifiers.next(), organizationID: id, email: "owner-\(id)@example.com", fullName: "Olive Owner",
            role: .owner, isDisabled: false, createdAt: date)
        let project = Project(
            id: identifiers.next(), organizationID: id, name: "Default", description: "", isDefault: true,
            ownerID: owner.id, createdAt: date)
        try await OrganizationStore(database: database).create(
            Organization(id: id, name: "Tenant", createdAt: date), owner: owner, passwordHash: "hash",
            defaultProject: project)
        return Tenant(rig: self, organization: id, project: project, owner: owner)
    }
}

/// An organisation of a test.
struct Tenant: Sendable {
    let rig: Rig
    let organization: OrganizationID
    let project: Project
    let owner: User

    var documents: Documents { rig.product.documents }

    /// Its owner, or another person of it with another role.
    func principal(_ role: Role = .owner) -> Principal {
        Principal(
            organizationID: organization, user: owner.reference, credential: .session(rig.identifiers.next()),
            role: role, scopes: .everything, defaultProjectID: project.id)
    }

    /// A new evaluator, its objective included.
    func evaluator(
        _ name: String, criteria: String = "Judge {{response}}", intent: String = "To measure something."
    ) async throws -> Evaluator {
        var draft = EvaluatorDraft()
        draft.name = name
        draft.criteria = criteria
        draft.objective = .new(intent: intent)
        return try await rig.product.evaluators.create(draft, overwrite: false, for: principal())
    }

    /// A new judge.
    func judge(_ name: String, _ evaluators: [EvaluatorReference]) async throws -> Judge {
        var draft = JudgeDraft()
        draft.name = name
        draft.intent = "To judge."
        draft.evaluators = evaluators
        return try await rig.product.judges.create(draft, for: principal())
    }

    /// Hands a document in.
    func submit(
        _ kind: ItemKind, _ text: String, id: UUID? = nil, expecting version: UUID? = nil, note: String? = nil,
        dryRun: Bool = false, role: Role = .owner
    ) async throws -> DocumentReceipt {
        try await documents.submit(
            DocumentSubmission(
                kind: kind, text: text, id: id, expectedVersionID: version, changeNote: note, isDryRun: dryRun),
            for: principal(role))
    }
}

extension DocumentProblem: CustomStringConvertible {
    /// `3:7 models[1]`
    public var description: String { "\(line):\(column) \(field)" }
}
