import EventLoop
import FoundationEssentials
import Logging
import Postgres
import Records
import Schema
import Scoring
import Stores
import Tenancy
import TestSupport

/// One migrated and seeded database for all tests of the process. Each test makes organisations of its own in it, so
/// that tests run side by side without seeing each other.
struct World: Sendable {
    let loops: LoopGroup
    let database: PostgresClient
    let identifiers = IdentifierSource { Date() }

    private static let shared = Task { try await World() }

    private init() async throws {
        let loops = LoopGroup(count: 2, name: "stores-test")
        let connection = try await PrivatePostgres.shared().freshDatabase()
        var settings = PostgresSettings(connection: connection)
        // Tests that run beside each other wait for locks of their own while they hold connections.
        settings.poolSize = 16
        settings.acquireTimeout = .seconds(15)
        let database = PostgresClient(loops: loops, settings: settings)
        try await loops.next().run {
            try await SchemaMigrator(client: database, logger: Logger(label: "test")).migrate()
            try await PresetStore(database: database).seed(at: Date())
        }
        self.loops = loops
        self.database = database
    }

    /// Runs a test on one of the loops.
    @discardableResult
    static func run<R: Sendable>(_ body: @escaping @Sendable (World) async throws -> R) async throws -> R {
        let world = try await shared.value
        return try await world.loops.next().run { try await body(world) }
    }

    /// Runs a test with a database that no other test sees: for what concerns a whole installation.
    static func runAlone(_ body: @escaping @Sendable (World) async throws -> Void) async throws {
        let world = try await World()
        try await world.loops.next().run {
            try await body(world)
            await world.database.close()
        }
    }

    /// A new organisation with its owner and default project.
    func tenant(_ name: String = "Tenant") async throws -> Tenant {
        let (id, date) = identifiers.nextDated(Organization.self)
        let owner = User(
            id: identifiers.next(), organizationID: id, email: "owner-\(id)@example.com", fullName: "Olive van Owner",
            role: .owner, createdAt: date)
        let project = Project(
            id: identifiers.next(), organizationID: id, name: "Default", description: "", isDefault: true,
            ownerID: owner.id, createdAt: date)
        try await OrganizationStore(database: database).create(
            Organization(id: id, name: name, createdAt: date), owner: owner, passwordHash: "hash",
            defaultProject: project)
        return Tenant(world: self, organization: id, project: project.id, owner: owner)
    }
}

/// An organisation of a test, and how it makes things.
struct Tenant: Sendable {
    let world: World
    let organization: OrganizationID
    let project: ProjectID
    let owner: User

    func objective(_ intent: String = "To measure something.", project: ProjectID? = nil) async throws -> ObjectiveID {
        let (id, date) = world.identifiers.nextDated(Objective.self)
        try await ObjectiveStore(database: world.database).create(
            NewObjective(
                id: id, versionID: world.identifiers.next(), organizationID: organization,
                projectID: project ?? self.project, ownerID: owner.id,
                definition: ObjectiveDefinition(intent: intent), createdAt: date))
        return id
    }

    /// A new evaluator, its objective included.
    @discardableResult
    func evaluator(
        _ name: String, intent: String = "To measure something.", visibility: Visibility = .private,
        project: ProjectID? = nil
    ) async throws -> Evaluator {
        let objectiveID = try await objective(intent, project: project)
        let (id, date) = world.identifiers.nextDated(Evaluator.self)
        let store = EvaluatorStore(database: world.database)
        try await store.create(
            NewEvaluator(
                id: id, versionID: world.identifiers.next(), organizationID: organization,
                projectID: project ?? self.project, ownerID: owner.id, visibility: visibility,
                definition: EvaluatorDefinition(
                    name: name, criteria: CriteriaTemplate("Judge {{response}} of {{topic}}"), models: ["root"],
                    objectiveID: objectiveID, inputVariables: [InputVariable(name: "topic")]),
                createdAt: date))
        guard let evaluator = try await store.find(id, readableBy: organization) else { throw Missing() }
        return evaluator
    }

    /// A change of the evaluator to another definition.
    func change(
        of evaluator: Evaluator, replacing: EvaluatorVersionID? = nil, project: ProjectID? = nil,
        _ edit: (inout EvaluatorDefinition) -> Void
    ) -> EvaluatorChange {
        var definition = evaluator.version.definition
        edit(&definition)
        let (id, date) = world.identifiers.nextDated(EvaluatorVersion.self)
        return EvaluatorChange(
            id: evaluator.id, organizationID: organization, replacing: replacing ?? evaluator.version.id,
            versionID: id, definition: definition, projectID: project, by: owner.id, at: date)
    }

    @discardableResult
    func judge(
        _ name: String, _ evaluators: [EvaluatorReference], intent: String = "To judge.",
        visibility: Visibility = .private
    ) async throws -> JudgeID {
        let (id, date) = world.identifiers.nextDated(Judge.self)
        try await JudgeStore(database: world.database).create(
            NewJudge(
                id: id, versionID: world.identifiers.next(), organizationID: organization, projectID: project,
                ownerID: owner.id, visibility: visibility,
                definition: JudgeDefinition(name: name, intent: intent, stage: "answer", evaluators: evaluators),
                createdAt: date))
        return id
    }

    /// A log that was just made, changed as the test wants.
    func log(
        type: ExecutionType = .evaluator, item: ExecutedItem = ExecutedItem(id: nil, versionID: nil, name: "Item"),
        project: ProjectID? = nil, owner: UserID? = nil, parent: ExecutionLogID? = nil, judge: JudgeID? = nil,
        input: EvaluationInput = EvaluationInput(request: "question", response: "answer"),
        labels: ExecutionLabels = ExecutionLabels(), outcome: ExecutionOutcome = ExecutionOutcome()
    ) -> ExecutionLog {
        let (id, date) = world.identifiers.nextDated(ExecutionLog.self)
        return ExecutionLog(
            id: id, organizationID: organization, projectID: project ?? self.project, type: type, item: item,
            ownerID: owner ?? self.owner.id, parentID: parent, judgeID: judge, input: input, labels: labels,
            outcome: outcome, requestID: "req-1", createdAt: date)
    }

    func write(_ logs: ExecutionLog...) async throws {
        try await ExecutionLogWriter(database: world.database, loops: world.loops).write(logs)
    }
}

struct Missing: Error {}

extension PageRequest {
    static let firstHundred = PageRequest(limit: 100)
}
