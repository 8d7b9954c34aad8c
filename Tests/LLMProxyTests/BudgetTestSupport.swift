import EventLoop
import FoundationEssentials
import Logging
import Observability
import Postgres
import Schema
import Scoring
import Spending
import Stores
import Tenancy
import TestSupport
import Testing

@testable import LLMProxy

/// A migrated database of its own, whose server a test may kill.
struct BudgetWorld: Sendable {
    let server: PrivatePostgres
    let connection: String
    let database: PostgresClient
    let identifiers = IdentifierSource { Date() }

    private static let common = Task {
        try await BudgetWorld(PrivatePostgres.shared())
    }

    /// The one that tests share that kill nothing.
    static func shared() async throws -> BudgetWorld { try await common.value }

    init(_ server: PrivatePostgres) async throws {
        self.server = server
        let connection = try await server.freshDatabase()
        let database = PostgresClient(loops: RoomLoops.group, settings: PostgresSettings(connection: connection))
        try await RoomLoops.group.next().run {
            _ = try await SchemaMigrator(client: database, logger: silentLogger).migrate()
        }
        self.connection = connection
        self.database = database
    }

    /// An organisation with a project and an API key.
    func payer() async throws -> Payer {
        let date = Date()
        let organization: OrganizationID = identifiers.next()
        let owner = User(
            id: identifiers.next(), organizationID: organization, email: "owner-\(organization)@example.com",
            fullName: "Owner", role: .owner, createdAt: date)
        let project = Project(
            id: identifiers.next(), organizationID: organization, name: "Default", description: "", isDefault: true,
            ownerID: owner.id, createdAt: date)
        try await OrganizationStore(database: database).create(
            Organization(id: organization, name: "Tenant", createdAt: date), owner: owner, passwordHash: "hash",
            defaultProject: project)
        let key: APIKeyID = identifiers.next()
        try await database.execute(
            """
            INSERT INTO api_keys (id, organization_id, owner_id, name, key_hash, prefix, scopes, created_at)
            VALUES (\(key), \(organization), \(owner.id), 'key', \(Array(key.description.utf8)), 'sk_', \
            \(["*"]), \(date))
            """)
        return Payer(organization: organization, project: project.id, apiKey: key)
    }

    /// Stores a budget.
    @discardableResult
    func budget(
        _ limit: Int64, for payer: Payer, _ scope: BudgetScope = .organization, _ period: BudgetPeriod = .month,
        warnAt: Int64? = nil, _ enforcement: BudgetEnforcement = .hard
    ) async throws -> Budget {
        let budget = Budget(
            id: identifiers.next(), organizationID: payer.organization, scope: scope, period: period,
            limit: Money(nanoDollars: limit), warnAt: warnAt.map(Money.init(nanoDollars:)), enforcement: enforcement,
            createdAt: Date())
        try await BudgetStore(database: database).put(budget)
        return budget
    }

    /// What the ledger says was spent by an organisation, a project or a key.
    func spent(_ id: UUID) async throws -> Int64 {
        let rows = try await database.query(
            "SELECT coalesce(sum(cost_nano_dollars), 0)::bigint AS cost FROM spending WHERE scope_id = \(id)")
        return try rows.first?.decode("cost") ?? 0
    }

    /// What proxies hold of budgets of an organisation.
    func leased(_ organization: OrganizationID) async throws -> Int64 {
        let rows = try await database.query(
            """
            SELECT coalesce(sum(amount), 0)::bigint AS amount FROM budget_leases
            WHERE organization_id = \(organization)
            """)
        return try rows.first?.decode("amount") ?? 0
    }
}

/// One proxy among several that share budgets.
struct PayingProxy: Sendable {
    let budgets: Budgets
    let database: PostgresClient
    let metrics = Metrics()

    init(
        _ world: BudgetWorld, _ settings: BudgetSettings = BudgetSettings(),
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        database = PostgresClient(loops: RoomLoops.group, settings: PostgresSettings(connection: world.connection))
        budgets = Budgets(
            source: .stored(BudgetStore(database: database), SpendingLedger(database: database), holder: UUID()),
            loop: RoomLoops.group.next(), settings: settings, metrics: metrics, logger: silentLogger, now: now)
        budgets.start()
    }

    /// Ends as a daemon does.
    func stop() async {
        await budgets.stop(within: .seconds(5))
        await database.close()
    }

    /// A call that may cost `worst` and costs `cost` after a while; whether it was let through.
    @discardableResult
    func call(_ payer: Payer, worst: Int64, cost: Int64, lasting: Duration = .zero) async throws -> Bool {
        let reservation: Reservation
        do {
            reservation = try await budgets.reserve(
                payer, Money(nanoDollars: worst), until: .after(.seconds(20)))
        } catch {
            guard error.kind == .exhausted else { throw error }
            return false
        }
        if lasting > .zero { try await Loop.current?.sleep(for: lasting) }
        reservation.settle(Money(nanoDollars: cost), promptTokens: 3, completionTokens: 4)
        return true
    }
}
