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
            fullName: "Temporary user", role: .engineer, createdAt: date)
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

    /// Gives a judge of a visitor to somebody, and says what it is then.
    private func claim(_ judge: JudgeID, of visitor: Tenant, for owner: Tenant) async throws -> Judge {
        let claims = JudgeClaimStore(database: owner.world.database)
        let token = Array("\(judge) for \(owner.organization)".utf8)
        _ = try await claims.issue(token, for: judge, of: visitor.organization, at: Date())
        let claimed = try await claims.claim(token, for: owner.owner.id, of: owner.organization, in: owner.project)
        #expect(claimed == judge)
        return try await seen(judge, by: owner)
    }

    private func seen(_ judge: JudgeID, by owner: Tenant) async throws -> Judge {
        try #require(
            try await JudgeStore(database: owner.world.database).find(judge, readableBy: owner.organization))
    }

    /// Changes an evaluator in secret.
    private func edit(_ evaluator: Evaluator, by owner: Tenant) async throws {
        let isChanged = try await EvaluatorStore(database: owner.world.database).addVersion(
            owner.change(of: evaluator) { $0.criteria = CriteriaTemplate("The secret of {{response}}") })
        #expect(isChanged)
        let added = try await ObjectiveStore(database: owner.world.database).addVersion(
            owner.world.identifiers.next(), of: evaluator.objective.id, in: owner.organization,
            definition: ObjectiveDefinition(intent: "To keep a secret."), movedTo: nil, by: owner.owner.id, at: Date())
        #expect(added != nil)
    }

    private func isSecret(_ evaluator: Evaluator) -> Bool {
        evaluator.version.definition.criteria.text.contains("secret")
            || evaluator.objective.version.intent.contains("secret")
    }

    @Test func nobodySeesWhatAnotherClaimantMakesOfASharedEvaluator() async throws {
        try await World.run { world in
            let visitor = try await visitor(world)
            let (ada, grace) = (try await world.tenant(), try await world.tenant())
            let (shared, own) = (try await visitor.evaluator("Shared"), try await visitor.evaluator("Own"))
            let first = try await visitor.judge(
                "First",
                [
                    EvaluatorReference(id: own.id, pinned: nil),
                    EvaluatorReference(id: shared.id, pinned: shared.version.id),
                    EvaluatorReference(id: shared.id, pinned: nil),
                ])
            let second = try await visitor.judge("Second", [EvaluatorReference(id: shared.id, pinned: nil)])

            let adas = try await claim(first, of: visitor, for: ada)
            #expect(adas.evaluators.map(\.name) == ["Own", "Shared", "Shared"])
            #expect(adas.evaluators.allSatisfy { $0.organizationID == ada.organization })
            #expect(adas.evaluators.allSatisfy { $0.objective.organizationID == ada.organization })
            #expect(adas.evaluators.allSatisfy { $0.owner.id == ada.owner.id && $0.projectID == ada.project })
            #expect(adas.evaluators[0].id == own.id && adas.evaluators[1].id != shared.id)
            let references = adas.version.definition.evaluators
            #expect(references.map(\.pinned) == [nil, adas.evaluators[1].version.id, nil])
            #expect(adas.evaluators[1].version.definition.criteria == shared.version.definition.criteria)
            try await edit(adas.evaluators[2], by: ada)
            #expect(isSecret(try await seen(first, by: ada).evaluators[2]))

            // What is left is the visitor's, until somebody else claims it.
            let left = try await seen(second, by: visitor)
            #expect(left.evaluators.map(\.id) == [shared.id] && !isSecret(left.evaluators[0]))
            let graces = try await claim(second, of: visitor, for: grace)
            #expect(graces.evaluators.map(\.id) == [shared.id])
            #expect(graces.evaluators.map(\.organizationID) == [grace.organization])
            #expect(!graces.evaluators.contains(where: isSecret))
            try await edit(graces.evaluators[0], by: grace)
            let pinned = try await seen(first, by: ada).evaluators[1].version.definition
            #expect(pinned.criteria == shared.version.definition.criteria)
            let evaluators = EvaluatorStore(database: world.database)
            #expect(try await evaluators.find(shared.id, readableBy: ada.organization) == nil)
            #expect(try await evaluators.find(adas.evaluators[2].id, readableBy: grace.organization) == nil)
        }
    }

    /// The evaluator goes; what it measures is measured by another one too, which stays.
    @Test func nobodySeesWhatAnotherClaimantMakesOfASharedObjective() async throws {
        try await World.run { world in
            let (visitor, ada) = (try await visitor(world), try await world.tenant())
            let (one, other) = (try await visitor.evaluator("One"), try await visitor.evaluator("Other"))
            let isChanged = try await EvaluatorStore(database: world.database).addVersion(
                visitor.change(of: other) { $0.objectiveID = one.objective.id })
            #expect(isChanged)
            let judge = try await visitor.judge("Claimed", [EvaluatorReference(id: one.id, pinned: nil)])
            let staying = try await visitor.judge("Staying", [EvaluatorReference(id: other.id, pinned: nil)])
            let claimed = try await claim(judge, of: visitor, for: ada)
            #expect(claimed.evaluators.map(\.objective.organizationID) == [ada.organization])
            try await edit(try #require(claimed.evaluators.first), by: ada)
            let left = try await seen(staying, by: visitor)
            #expect(left.evaluators.map(\.objective.organizationID) == [visitor.organization])
            #expect(left.evaluators.count == 1 && !left.evaluators.contains(where: isSecret))
        }
    }

    @Test func whoeverClaimsBothJudgesHasBothWhole() async throws {
        try await World.run { world in
            let (visitor, ada) = (try await visitor(world), try await world.tenant())
            let shared = try await visitor.evaluator("Shared")
            let judges = [
                try await visitor.judge("First", [EvaluatorReference(id: shared.id, pinned: nil)]),
                try await visitor.judge("Second", [EvaluatorReference(id: shared.id, pinned: nil)]),
            ]
            for judge in judges { _ = try await claim(judge, of: visitor, for: ada) }
            for judge in judges {
                let evaluators = try await seen(judge, by: ada).evaluators
                #expect(evaluators.map(\.name) == ["Shared"])
                #expect(evaluators.map(\.organizationID) == [ada.organization])
                #expect(evaluators.map(\.objective.organizationID) == [ada.organization])
            }
        }
    }

    @Test func ofThoseWhoClaimAJudgeAtTheSameTimeOneHasIt() async throws {
        try await World.run { world in
            let visitor = try await visitor(world)
            let judge = try await visitor.judge("Wanted", [])
            let claims = JudgeClaimStore(database: world.database)
            var claimants: [(token: [UInt8], tenant: Tenant)] = []
            for _ in 0..<4 {
                let tenant = try await world.tenant()
                let token = Array("\(judge) for \(tenant.organization)".utf8)
                _ = try await claims.issue(token, for: judge, of: visitor.organization, at: Date())
                claimants.append((token, tenant))
            }
            let given = try await withThrowingTaskGroup { group in
                for (token, tenant) in claimants {
                    group.addTask {
                        try await claims.claim(
                            token, for: tenant.owner.id, of: tenant.organization, in: tenant.project)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(given.count == 4 && given.compactMap(\.self) == [judge])
        }
    }

    /// An evaluator that is changed to measure what another one measures, while its judge is claimed.
    @Test func anEvaluatorThatChangesMeanwhileLeavesNothingInBothOrganisations() async throws {
        try await World.run { world in
            let (visitor, ada) = (try await visitor(world), try await world.tenant())
            let (one, other) = (try await visitor.evaluator("One"), try await visitor.evaluator("Other"))
            let judge = try await visitor.judge("Claimed", [EvaluatorReference(id: one.id, pinned: nil)])
            let change = visitor.change(of: one) { $0.objectiveID = other.objective.id }
            try await world.database.transaction { connection in
                let isChanged = try await EvaluatorStore(database: world.database.within(connection))
                    .addVersion(change)
                #expect(isChanged)
                async let claimed = claim(judge, of: visitor, for: ada)
                try await waitForOneWhoWaits(for: connection)
                try await connection.run(script: "COMMIT; BEGIN")
                let objective = try #require(try await claimed.evaluators.first?.objective)
                #expect(objective.organizationID == ada.organization && objective.id != other.objective.id)
            }
            try await TemporaryUserStore(database: world.database).delete(visitor.organization)
            #expect(try await seen(judge, by: ada).evaluators.count == 1)
        }
    }

    /// Until somebody needs a lock that the transaction of the connection has. (`pg_stat_activity` would not do: a transaction
    /// sees it as it first was, and a connection made since is not in it.)
    private func waitForOneWhoWaits(for connection: PostgresConnection) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while try await connection.query(
            "SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
        ).isEmpty {
            try #require(ContinuousClock.now < deadline)
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test func aJudgeThatIsClaimedWhileItsVisitorIsDeletedIsWholeOrGone() async throws {
        try await World.run { world in
            let ada = try await world.tenant()
            for number in 0..<8 {
                let visitor = try await visitor(world)
                let evaluator = try await visitor.evaluator("A visitor's \(number)")
                let judge = try await visitor.judge("Wanted", [EvaluatorReference(id: evaluator.id, pinned: nil)])
                let claims = JudgeClaimStore(database: world.database)
                let token = Array("\(judge)".utf8)
                _ = try await claims.issue(token, for: judge, of: visitor.organization, at: Date())
                async let deleted: Void = TemporaryUserStore(database: world.database).delete(visitor.organization)
                let claimed = try await claims.claim(
                    token, for: ada.owner.id, of: ada.organization, in: ada.project)
                try await deleted
                let left = try await JudgeStore(database: world.database).find(judge, readableBy: ada.organization)
                #expect(left?.evaluators.map(\.id) == (claimed == nil ? nil : [evaluator.id]))
            }
        }
    }

    /// A picture of a visitor, always of the same bytes.
    private func file(of visitor: Tenant) async throws -> FileID {
        let file: FileID = visitor.world.identifiers.next()
        try await visitor.world.database.execute(
            """
            INSERT INTO files (id, organization_id, project_id, owner_id, name, media_type, size, sha256, \
            created_at, used_at)
            VALUES (\(file), \(visitor.organization), \(visitor.project), \(visitor.owner.id), 'terms.svg', \
            'image/svg+xml', 1, \(Array(repeating: UInt8(1), count: 32)), now(), now())
            """)
        return file
    }

    private func judge(_ name: String, with file: FileID, of visitor: Tenant) async throws -> JudgeID {
        let id: JudgeID = visitor.world.identifiers.next()
        try await JudgeStore(database: visitor.world.database).create(
            NewJudge(
                id: id, versionID: visitor.world.identifiers.next(), organizationID: visitor.organization,
                projectID: visitor.project, ownerID: visitor.owner.id,
                definition: JudgeDefinition(name: name, intent: "To judge.", stage: "", fileID: file),
                createdAt: Date()))
        return id
    }

    @Test func aJudgeGoesOnWithoutTheFileThatWentWithAnother() async throws {
        try await World.run { world in
            let (visitor, ada, grace) = (try await visitor(world), try await world.tenant(), try await world.tenant())
            let file = try await file(of: visitor)
            let first = try await judge("First", with: file, of: visitor)
            let second = try await judge("Second", with: file, of: visitor)
            #expect(try await seen(second, by: visitor).file?.id == file)
            #expect(try await claim(first, of: visitor, for: ada).file?.id == file)
            #expect(try await seen(second, by: visitor).file == nil)
            #expect(try await claim(second, of: visitor, for: grace).file == nil)
        }
    }

    @Test func judgesWithTheSameBytesMayBeClaimedOneAfterTheOther() async throws {
        try await World.run { world in
            let (visitor, ada) = (try await visitor(world), try await world.tenant())
            for name in ["First", "Second", "Third"] {
                let file = try await file(of: visitor)
                let judge = try await judge(name, with: file, of: visitor)
                #expect(try await claim(judge, of: visitor, for: ada).file?.id == file)
            }
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
            try await visitor.write(
                visitor.log(judge: claimed), visitor.log(labels: ExecutionLabels(tags: ["visit"])))
            try await leaveTraces(of: visitor)
            let claims = JudgeClaimStore(database: world.database)
            _ = try await claims.issue([5, 6], for: claimed, of: visitor.organization, at: Date())
            _ = try await claims.claim([5, 6], for: owner.owner.id, of: owner.organization, in: owner.project)

            let expired = try await store.expired(at: Date(), limit: 1000)
            #expect(expired.contains(visitor.organization))
            try await store.delete(visitor.organization)
            for table in [
                "users", "projects", "evaluators", "judges", "execution_logs", "datasets", "jobs", "api_keys",
                "executed_items", "tagged_hours",
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
