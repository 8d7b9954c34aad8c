import FoundationEssentials
import Postgres
import Queueing
import Records
import Scoring
import Spending
import Tenancy
import Testing

@testable import Stores

/// People who try the product without an account, and what becomes of their judges.
@Suite struct TemporaryUserStoreTests {
    /// A temporary user that is to be stored, as a tenant of its own.
    private func newcomer(_ world: World, lastingFor seconds: TimeInterval = 3600) -> (NewTemporaryUser, Tenant) {
        let (id, date) = world.identifiers.nextDated(Organization.self)
        let user = User(
            id: world.identifiers.next(), organizationID: id, email: "\(id)@temporary.invalid",
            fullName: "Temporary user", role: .engineer, isDisabled: false, createdAt: date)
        let project = Project(
            id: world.identifiers.next(), organizationID: id, name: "Default", description: "", isDefault: true,
            ownerID: user.id, createdAt: date)
        let key = APIKey(
            id: world.identifiers.next(), organizationID: id, projectID: nil, ownerID: user.id, name: "Temporary",
            prefix: "sk_abcdefg", scopes: .temporaryUser, createdAt: date,
            expiresAt: date.addingTimeInterval(seconds), lastUsedAt: nil, revokedAt: nil)
        let budget = Budget(
            id: world.identifiers.next(), organizationID: id, scope: .organization, period: .total,
            limit: Money(nanoDollars: 1_000_000_000), createdAt: date)
        return (
            NewTemporaryUser(
                organization: Organization(id: id, name: "Temporary user", createdAt: date), user: user,
                project: project, key: key, budget: budget),
            Tenant(world: world, organization: id, project: project.id, owner: user)
        )
    }

    private func visitor(_ world: World, lastingFor seconds: TimeInterval = 3600) async throws -> Tenant {
        let (user, tenant) = newcomer(world, lastingFor: seconds)
        let isCreated = try await TemporaryUserStore(database: world.database).create(
            user, keyHash: Array("\(tenant.organization)".utf8), atMost: 1000, inLastHour: 1000)
        #expect(isCreated)
        return tenant
    }

    @Test func aVisitorHasAKeyThatExpiresAndABudget() async throws {
        try await World.run { world in
            let tenant = try await visitor(world)
            let holder = try #require(
                try await APIKeyStore(database: world.database).find(keyHash: Array("\(tenant.organization)".utf8)))
            #expect(holder.defaultProjectID == tenant.project && holder.key.expiresAt != nil)
            #expect(!holder.key.scopes.contain(.modelCreate) && holder.key.scopes.contain(.judgeExecute))
            let budgets = try await BudgetStore(database: world.database).standings(
                of: tenant.organization, at: Date())
            #expect(budgets.map(\.budget.limit.nanoDollars) == [1_000_000_000])
            let runs = try await OrganizationStore(database: world.database).runsInstallation(tenant.organization)
            #expect(!runs)
        }
    }

    @Test func thereAreNeverMoreThanAllowed() async throws {
        try await World.runAlone { world in
            let store = TemporaryUserStore(database: world.database)
            for (number, limits) in [(2, 10), (2, 10), (2, 10), (10, 2)].enumerated() {
                let isCreated = try await store.create(
                    newcomer(world).0, keyHash: [UInt8(number)], atMost: limits.0, inLastHour: limits.1)
                #expect(isCreated == (number < 2), "\(number)")
            }
        }
    }

    @Test func aClaimedJudgeMovesWithItsEvaluatorsAndKeepsItsIdentifiers() async throws {
        try await World.run { world in
            let (visitor, owner) = (try await visitor(world), try await world.tenant())
            let evaluator = try await visitor.evaluator("A visitor's")
            let judge = try await visitor.judge("A visitor's", [EvaluatorReference(id: evaluator.id, pinned: nil)])
            let claims = JudgeClaimStore(database: world.database)
            let isIssued = try await claims.issue([1, 2], for: judge, of: visitor.organization, at: Date())
            #expect(isIssued)
            let claimed = try await claims.claim(
                [1, 2], for: owner.owner.id, of: owner.organization, in: owner.project)
            #expect(claimed == judge)

            let moved = try #require(
                try await JudgeStore(database: world.database).find(judge, readableBy: owner.organization))
            #expect(moved.owner.id == owner.owner.id && moved.projectID == owner.project)
            #expect(moved.evaluators.map(\.id) == [evaluator.id])
            #expect(moved.evaluators.map(\.organizationID) == [owner.organization])
            #expect(moved.evaluators.map(\.version.id) == [evaluator.version.id])
            #expect(moved.evaluators.map(\.objective.organizationID) == [owner.organization])
            let left = try await JudgeStore(database: world.database).find(judge, readableBy: visitor.organization)
            #expect(left == nil)
            let again = try await claims.claim(
                [1, 2], for: owner.owner.id, of: owner.organization, in: owner.project)
            #expect(again == nil)
        }
    }

    @Test func whoeverHasAnAccountGetsNoClaimToken() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let judge = try await tenant.judge("An owner's", [])
            let isIssued = try await JudgeClaimStore(database: world.database).issue(
                [3, 4], for: judge, of: tenant.organization, at: Date())
            #expect(!isIssued)
        }
    }

    @Test func aVersionStillSaysWhatItSaid() async throws {
        try await World.run { world in
            let evaluator = try await world.tenant().evaluator("Final")
            let error = await #expect(throws: PostgresError.self) {
                try await world.database.execute(
                    "UPDATE evaluator_versions SET scoring_criteria = 'other' WHERE id = \(evaluator.version.id)")
            }
            #expect(error?.sqlState == "23001")
        }
    }

    @Test func aVisitorGoesWithEverythingAndLeavesWhatWasClaimed() async throws {
        try await World.run { world in
            let (visitor, owner) = (try await visitor(world, lastingFor: -7200), try await world.tenant())
            let store = TemporaryUserStore(database: world.database)
            let (kept, gone) = (try await visitor.evaluator("Kept"), try await visitor.evaluator("Gone"))
            let claimed = try await visitor.judge("Claimed", [EvaluatorReference(id: kept.id, pinned: nil)])
            try await visitor.judge("Gone", [EvaluatorReference(id: gone.id, pinned: nil)])
            let foreign = try await owner.judge("Goes on", [EvaluatorReference(id: gone.id, pinned: nil)])
            try await visitor.write(visitor.log(judge: claimed), visitor.log())
            try await leaveTraces(of: visitor)
            let claims = JudgeClaimStore(database: world.database)
            _ = try await claims.issue([5, 6], for: claimed, of: visitor.organization, at: Date())
            _ = try await claims.claim([5, 6], for: owner.owner.id, of: owner.organization, in: owner.project)

            let expired = try await store.expired(at: Date(), limit: 1000)
            #expect(expired.contains(visitor.organization))
            try await store.delete(visitor.organization)
            for table in [
                "users", "projects", "evaluators", "judges", "execution_logs", "datasets", "jobs", "api_keys",
            ] {
                let rows = try await world.database.query(
                    "SELECT FROM \(identifier: table) WHERE organization_id = \(visitor.organization)")
                #expect(rows.isEmpty, "\(table)")
            }
            let judges = JudgeStore(database: world.database)
            #expect(
                try await judges.find(claimed, readableBy: owner.organization)?.evaluators.map(\.id) == [kept.id])
            #expect(try await judges.find(foreign, readableBy: owner.organization)?.evaluators.isEmpty == true)
        }
    }

    /// A dataset with a label, a model, and a batch with a job.
    private func leaveTraces(of visitor: Tenant) async throws {
        let (dataset, item, batch) = (UUID(), UUID(), UUID())
        let (organization, owner) = (visitor.organization, visitor.owner.id)
        try await visitor.world.database.transaction { connection in
            try await connection.execute(
                """
                INSERT INTO datasets (id, organization_id, project_id, owner_id, name, created_at)
                VALUES (\(dataset), \(organization), \(visitor.project), \(owner), 'Data', now())
                """)
            try await connection.execute(
                """
                INSERT INTO annotations (id, organization_id, execution_log_id, execution_log_at, score_config_id, \
                value, status, author_id, created_at, updated_at)
                VALUES (\(item), \(organization), \(item), now(), '00000000-0000-7000-8000-000000000001', 1, \
                'published', \(owner), now(), now())
                """)
            try await connection.execute(
                """
                INSERT INTO batches (id, organization_id, project_id, owner_id, kind, queue, name, definition, state, \
                total, created_at)
                VALUES (\(batch), \(organization), \(visitor.project), \(owner), 'prompt_test', 'evaluations', 'Test', \
                '{}', 'open', 1, now())
                """)
            try await connection.execute(
                """
                INSERT INTO jobs (id, organization_id, project_id, kind, queue, priority, payload, run_at, \
                max_attempts, timeout_seconds, batch_id, batch_index, created_at)
                VALUES (\(UUID()), \(organization), \(visitor.project), 'prompt_test_task', 'evaluations', 0, '{}', \
                now(), 5, 60, \(batch), 0, now())
                """)
        }
    }

    @Test func anInvitationShowsItsJudgeUntilItExpires() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let judge = try await tenant.judge("Shown", [])
            let store = JudgeInvitationStore(database: world.database)
            let (id, date) = world.identifiers.nextDated(JudgeInvitation.self)
            let invitation = JudgeInvitation(
                id: id, email: "ada@example.com", createdAt: date, expiresAt: date.addingTimeInterval(60))
            try await store.add(
                [invitation], tokenHashes: [[7, 8]], to: judge, of: tenant.organization, by: tenant.owner.id)
            let shown = try await store.judge(shownBy: [7, 8], at: date)
            #expect(shown?.judge == judge && shown?.organization == tenant.organization)
            #expect(try await store.judge(shownBy: [7, 8], at: date.addingTimeInterval(61)) == nil)
            #expect(try await store.judge(shownBy: [9], at: date) == nil)
            #expect(try await store.deleteExpired(at: date.addingTimeInterval(61)) >= 1)
        }
    }
}
