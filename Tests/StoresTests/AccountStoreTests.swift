import FoundationEssentials
import Postgres
import Scoring
import Stores
import Tenancy
import Testing

@Suite struct AccountStoreTests {
    private func open(
        _ tenant: Tenant, usedAt moment: Date, lasting: TimeInterval = 3600, from address: String? = nil
    ) async throws -> Session {
        let session = Session(
            id: tenant.world.identifiers.next(), organizationID: tenant.organization, userID: tenant.owner.id,
            createdAt: moment, idleExpiresAt: moment.addingTimeInterval(lasting),
            expiresAt: moment.addingTimeInterval(2 * lasting), address: address, lastUsedAt: moment)
        try await SessionStore(database: tenant.world.database).create(
            session, tokenHash: Array("token of \(session.id)".utf8))
        return session
    }

    @Test func openSessionsAreListedByTheirUse() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let sessions = SessionStore(database: world.database)
            let now = Date(timeIntervalSince1970: 1_800_000_000)
            let older = try await open(tenant, usedAt: now.addingTimeInterval(-60), from: "192.0.2.1")
            let newer = try await open(tenant, usedAt: now)
            _ = try await open(tenant, usedAt: now.addingTimeInterval(-9000))
            _ = try await open(other, usedAt: now)
            func listed() async throws -> [Session] {
                try await sessions.list(of: tenant.owner.id, in: tenant.organization, validAt: now)
            }
            #expect(try await listed() == [newer, older])
            #expect(try await sessions.find(older.id, in: tenant.organization)?.address == "192.0.2.1")
            let later = now.addingTimeInterval(30)
            try await sessions.extend(
                older.id, in: tenant.organization, usedAt: later, idleExpiresAt: later.addingTimeInterval(600))
            #expect(try await listed().map(\.id) == [older.id, newer.id])
            #expect(try await listed().first?.lastUsedAt == later)
            #expect(try await sessions.find(older.id, in: other.organization) == nil)
        }
    }

    @Test func aPersonIsRenamedInTheirOrganisationOnly() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let users = UserStore(database: world.database)
            #expect(try await users.setFullName("Nobody", of: tenant.owner.id, in: other.organization) == false)
            #expect(try await users.setFullName("Olive Other", of: tenant.owner.id, in: tenant.organization))
            #expect(try await users.find(tenant.owner.id, in: tenant.organization)?.fullName == "Olive Other")
        }
    }

    @Test func projectsAreListedWithWhatIsInThem() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let projects = ProjectStore(database: world.database)
            let (id, date) = world.identifiers.nextDated(Project.self)
            let second = Project(
                id: id, organizationID: tenant.organization, name: "Support answers", description: "For support.",
                isDefault: false, ownerID: tenant.owner.id, createdAt: date)
            try await projects.create(second)
            try await tenant.evaluator("A", project: second.id)
            let deleted = try await tenant.evaluator("B", project: second.id)
            _ = try await EvaluatorStore(database: world.database).delete(
                deleted.id, in: tenant.organization, at: Date())
            try await tenant.judge("J", [])
            func list(_ text: String? = nil) async throws -> [ProjectContents] {
                try await projects.listContents(in: tenant.organization, containing: text, page: .firstHundred).items
            }
            let all = try await list()
            #expect(all.map(\.project.name) == ["Support answers", "Default"])
            #expect(all.map(\.evaluatorCount) == [1, 0] && all.map(\.judgeCount) == [0, 1])
            #expect(all.allSatisfy { $0.owner == tenant.owner.reference })
            #expect(try await list("SUPPORT").map(\.project) == [second])
            #expect(try await projects.findContents(id, in: tenant.organization)?.evaluatorCount == 1)
            #expect(try await projects.findContents(id, in: other.organization) == nil)
            #expect(try await projects.find(named: "Support answers", in: tenant.organization) == second)
            #expect(try await projects.find(named: "support answers", in: tenant.organization) == nil)
            #expect(try await projects.find(named: "Support answers", in: other.organization) == nil)
        }
    }
}
