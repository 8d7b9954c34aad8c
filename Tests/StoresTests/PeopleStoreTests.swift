import FoundationEssentials
import Postgres
import Scoring
import Stores
import Tenancy
import Testing

/// People as those see them who look after them, and what happens to what is theirs.
@Suite struct PeopleStoreTests {
    private func colleague(
        _ name: String, of tenant: Tenant, role: Role = .engineer, kind: User.Kind = .person, disabledAt: Date? = nil
    ) async throws -> User {
        let (id, date) = tenant.world.identifiers.nextDated(User.self)
        let user = User(
            id: id, organizationID: tenant.organization, email: "\(name)-\(id)@example.com", fullName: name, role: role,
            createdAt: date, kind: kind, disabledAt: disabledAt)
        try await UserStore(database: tenant.world.database).create(user, passwordHash: nil)
        return user
    }

    @Test func peopleAreFoundByWhatIsKnownOfThem() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let gone = Date(timeIntervalSince1970: 1_800_000_000)
            let ada = try await colleague("Ada 100%", of: tenant)
            let robot = try await colleague("Robot", of: tenant, role: .viewer, kind: .serviceAccount)
            let bob = try await colleague("Bob", of: tenant, role: .admin, disabledAt: gone)
            _ = try await colleague("Ada 100%", of: other)
            func found(_ filter: PersonFilter) async throws -> [UserID] {
                try await UserStore(database: world.database).overviews(
                    in: tenant.organization, matching: filter, at: Date(), page: .firstHundred
                ).items.map(\.user.id)
            }
            #expect(try await found(PersonFilter()) == [bob.id, robot.id, ada.id, tenant.owner.id])
            #expect(try await found(PersonFilter(text: "aDA 100%")) == [ada.id])
            #expect(try await found(PersonFilter(text: "%")) == [ada.id])
            #expect(try await found(PersonFilter(text: bob.email)) == [bob.id])
            #expect(try await found(PersonFilter(role: .viewer)) == [robot.id])
            #expect(try await found(PersonFilter(kind: .serviceAccount)) == [robot.id])
            #expect(try await found(PersonFilter(isDisabled: true)) == [bob.id])
            #expect(try await found(PersonFilter(text: "o", role: .admin, isDisabled: false)) == [])
            let stored = try await UserStore(database: world.database).find(bob.id, in: tenant.organization)
            #expect(stored?.disabledAt == gone && stored?.isDisabled == true && stored?.revision == 1)
        }
    }

    @Test func whatSomebodyHasIsCounted() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let users = UserStore(database: world.database)
            let now = Date(timeIntervalSince1970: 1_800_000_000)
            for (number, end) in [now.addingTimeInterval(60), now.addingTimeInterval(-60)].enumerated() {
                try await SessionStore(database: world.database).create(
                    Session(
                        id: world.identifiers.next(), organizationID: tenant.organization, userID: tenant.owner.id,
                        createdAt: now, idleExpiresAt: end, expiresAt: now.addingTimeInterval(600)),
                    tokenHash: Array("\(number) of \(tenant.owner.id)".utf8))
            }
            let overview = try #require(
                try await users.overview(of: tenant.owner.id, in: tenant.organization, at: now))
            #expect(overview.openSessions == 1 && overview.usableKeys == 0 && overview.projectGrants == 0)
            #expect(overview.hasPassword && !overview.hasSecondFactor && overview.createdBy == nil)
            #expect(
                try await users.overview(of: tenant.owner.id, in: (try await world.tenant()).organization, at: now)
                    == nil)
        }
    }

    @Test func whatIsHandedOverChangesItsOwnerAndNotItsAuthor() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let heir = try await colleague("Heir", of: tenant)
            let evaluator = try await tenant.evaluator("Mine")
            try await tenant.judge("Mine", [EvaluatorReference(id: evaluator.id, pinned: nil)])
            let users = UserStore(database: world.database)
            let before = try await users.belongings(of: tenant.owner.id, in: tenant.organization)
            #expect(before.projects == 1 && before.evaluators == 1 && before.judges == 1)
            let moved = try await world.database.transaction { connection in
                try await UserStore.handOver(
                    from: tenant.owner.id, to: heir.id, in: tenant.organization, on: connection)
            }
            #expect(moved == before)
            #expect(try await users.belongings(of: heir.id, in: tenant.organization) == before)
            let left = try await users.belongings(of: tenant.owner.id, in: tenant.organization)
            #expect(left.projects == 0 && left.evaluators == 0 && left.judges == 0)
            let rows = try await world.database.query(
                """
                SELECT e.owner_id, v.created_by FROM evaluators e JOIN evaluator_versions v ON v.evaluator_id = e.id
                WHERE e.id = \(evaluator.id)
                """)
            #expect(try rows.first?.decode("owner_id") == heir.id)
            #expect(try rows.first?.decode("created_by") == tenant.owner.id)
            #expect(try await users.belongings(of: other.owner.id, in: other.organization).projects == 1)
        }
    }

    @Test func aChangeCountsItselfAndTheFirstPersonBringsTheDefaultProject() async throws {
        try await World.run { world in
            let (id, date) = world.identifiers.nextDated(Organization.self)
            let user = User(
                id: world.identifiers.next(), organizationID: id, email: "first-\(id)@example.com", fullName: "First",
                role: .owner, createdAt: date)
            let moment = Date(timeIntervalSince1970: 1_800_000_000)
            let changed = try await world.database.transaction { connection in
                try await OrganizationStore.add(
                    Organization(id: id, name: "New", createdAt: date), on: connection)
                try await UserStore.add(
                    user, passwordHash: nil, createdBy: nil, defaultProject: world.identifiers.next(),
                    on: connection)
                let locked = try #require(try await UserStore.lock(user.id, in: id, on: connection))
                #expect(locked.user == user && locked.owners == EnabledOwners([user.id]))
                return try await UserStore.setRole(.admin, of: locked.user, at: moment, on: connection)
            }
            #expect(changed.role == .admin && changed.revision == 2 && changed.updatedAt == moment)
            let projects = ProjectStore(database: world.database)
            let project = try #require(try await projects.defaultProject(of: id))
            #expect(project.ownerID == user.id)
            let second = User(
                id: world.identifiers.next(), organizationID: id, email: "second-\(id)@example.com", fullName: "Second",
                role: .viewer, createdAt: date)
            try await world.database.transaction { connection in
                try await UserStore.add(
                    second, passwordHash: nil, createdBy: user.id, defaultProject: world.identifiers.next(),
                    on: connection)
            }
            #expect(try await projects.defaultProject(of: id)?.id == project.id)
            let overview = try await UserStore(database: world.database).overview(of: second.id, in: id, at: date)
            #expect(overview?.createdBy?.id == user.id)
        }
    }
}
