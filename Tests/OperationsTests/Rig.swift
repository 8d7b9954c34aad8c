import EventLoop
import FoundationEssentials
import HTTPTransfer
import Operations
import Postgres
import ProductSupport
import Redis
import Scoring
import Stores
import Tenancy

/// The operations over one database and one Redis for all tests of the process. Each test makes an organisation of its
/// own, so that tests run side by side without seeing each other. Nothing is executed: there is no evaluation service, but for
/// tests that have a rig of their own.
struct Rig: Sendable {
    let product: Product
    private let world: ProductWorld

    var loops: LoopGroup { world.loops }
    var database: PostgresClient { world.database }
    var redis: RedisClient { world.redis }
    var redisURL: String { world.redisURL }
    var identifiers: IdentifierSource { world.identifiers }

    private static let shared = Task { try await Rig() }

    /// A rig whose executions ask the evaluation service at `service`; nobody listens there by default.
    init(service: String = "http://127.0.0.1:9") async throws {
        world = try await ProductWorld(named: "operations-test")
        product = world.product(HTTPClient(loops: world.loops), scoresFrom: service, modelsFrom: [])
    }

    /// Runs a test on one of the loops.
    static func run(_ body: @escaping @Sendable (Rig) async throws -> Void) async throws {
        let rig = try await shared.value
        try await rig.loops.next().run { try await body(rig) }
    }

    /// A new organisation with its owner and default project, as its owner sees it.
    func tenant() async throws -> Tenant {
        let (owner, project) = try await world.organization()
        return Tenant(rig: self, organization: owner.organizationID, project: project, owner: owner)
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
