import FoundationEssentials
import Postgres
import Stores
import Tenancy
import Testing

@Suite struct TenancyStoreTests {
    @Test func anOrganisationStartsWithItsOwnerAndDefaultProject() async throws {
        try await World.run { world in
            let tenant = try await world.tenant("Acme")
            let organizations = OrganizationStore(database: world.database)
            #expect(try await organizations.find(tenant.organization)?.name == "Acme")
            #expect(try await organizations.all().contains { $0.id == tenant.organization })
            let project = try await ProjectStore(database: world.database).defaultProject(of: tenant.organization)
            #expect(project?.id == tenant.project)
            let user = try await UserStore(database: world.database).find(tenant.owner.id, in: tenant.organization)
            #expect(user == tenant.owner)
        }
    }

    @Test func promotingAProjectDemotesTheFormerDefault() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let projects = ProjectStore(database: world.database)
            let second = try await makeProject(tenant, "Second")
            let promoted = try await projects.update(
                second, in: tenant.organization, to: ProjectDefinition(name: "Renamed", description: "d"),
                makeDefault: true)
            #expect(promoted?.isDefault == true && promoted?.name == "Renamed")
            let all = try await projects.list(in: tenant.organization, page: .firstHundred).items
            #expect(all.filter(\.isDefault).map(\.id) == [second])
            let third = try await makeProject(tenant, "Third", isDefault: true)
            #expect(try await projects.defaultProject(of: tenant.organization)?.id == third)
        }
    }

    @Test func promotingAnotherOrganisationsProjectChangesNothing() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let projects = ProjectStore(database: world.database)
            let result = try await projects.update(
                other.project, in: tenant.organization, to: ProjectDefinition(name: "Mine"), makeDefault: true)
            #expect(result == nil)
            #expect(try await projects.defaultProject(of: tenant.organization)?.id == tenant.project)
            #expect(try await projects.find(other.project, in: tenant.organization) == nil)
            #expect(try await projects.delete(other.project, in: tenant.organization) == false)
        }
    }

    @Test func aProjectsNameIsItsOwnWithinTheOrganisation() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            await #expect(throws: Conflict(.nameTaken)) { try await makeProject(tenant, "Default") }
            try await makeProject(try await world.tenant(), "Other")
            try await makeProject(tenant, "Other")
        }
    }

    @Test func onlyAnEmptyProjectThatIsNotTheDefaultIsDeleted() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let projects = ProjectStore(database: world.database)
            await #expect(throws: Conflict(.isDefault)) {
                try await projects.delete(tenant.project, in: tenant.organization)
            }
            let full = try await makeProject(tenant, "Full")
            try await tenant.evaluator("In it", project: full)
            await #expect(throws: Conflict(.inUse)) { try await projects.delete(full, in: tenant.organization) }
            let logged = try await makeProject(tenant, "Logged")
            try await tenant.write(tenant.log(project: logged))
            await #expect(throws: Conflict(.inUse)) { try await projects.delete(logged, in: tenant.organization) }
            let empty = try await makeProject(tenant, "Empty")
            #expect(try await projects.delete(empty, in: tenant.organization))
            #expect(try await projects.find(empty, in: tenant.organization) == nil)
        }
    }

    @Test func anAddressIsOnePersonWhateverItsCase() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let users = UserStore(database: world.database)
            await #expect(throws: Conflict(.emailTaken)) {
                try await users.create(makeUser(other, tenant.owner.email.uppercased()), passwordHash: nil)
            }
            let found = try await users.findForSignIn(email: tenant.owner.email.uppercased())
            #expect(found?.user == tenant.owner && found?.passwordHash == "hash")
            #expect(try await users.findForSignIn(email: "nobody@example.com") == nil)
            #expect(try await users.find(tenant.owner.id, in: other.organization) == nil)
            #expect(try await users.list(in: other.organization, page: .firstHundred).items == [other.owner])
        }
    }

    @Test func aSessionIsFoundByItsTokenUntilItsEnd() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let sessions = SessionStore(database: world.database)
            let session = makeSession(tenant, idleFor: 60)
            let token = Array(session.id.description.utf8)
            try await sessions.create(session, tokenHash: token)
            let holder = try #require(try await sessions.find(tokenHash: token))
            #expect(holder.session == session && holder.user == tenant.owner)
            #expect(holder.defaultProjectID == tenant.project)
            #expect(try await sessions.find(tokenHash: [1, 2, 3]) == nil)

            let extended = session.idleExpiresAt.addingTimeInterval(30)
            try await sessions.extend(
                session.id, in: tenant.organization, usedAt: session.createdAt, idleExpiresAt: extended)
            #expect(try await sessions.find(tokenHash: token)?.session.idleExpiresAt == extended)
            let other = try await world.tenant().organization
            let isEnded = try await world.database.transaction {
                try await sessions.end(session.id, in: other, on: $0)
            }
            #expect(!isEnded)
            #expect(try await sessions.find(tokenHash: token) != nil)
            #expect(try await sessions.deleteExpired(at: extended) >= 1)
            #expect(try await sessions.find(tokenHash: token) == nil)
        }
    }

    @Test func aNewPasswordIsOfOnePerson() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let users = UserStore(database: world.database)
            try await world.database.transaction {
                try await UserStore.setPasswordHash("new", of: tenant.owner, on: $0)
            }
            #expect(try await users.findForSignIn(email: tenant.owner.email)?.passwordHash == "new")
            #expect(try await users.findForSignIn(email: other.owner.email)?.passwordHash == "hash")
        }
    }

    @Test func theInstallationIsOneAndKeepsTheProxysKey() async throws {
        try await World.run { world in
            let installation = InstallationStore(database: world.database)
            let identifier = try #require(try await installation.identifier())
            try await installation.setProxyPublicKey([1, 2, 3])
            #expect(try await installation.proxyPublicKey() == [1, 2, 3])
            #expect(try await installation.identifier() == identifier)
        }
    }

    // MARK: Things to store

    @discardableResult
    private func makeProject(_ tenant: Tenant, _ name: String, isDefault: Bool = false) async throws -> ProjectID {
        let (id, date) = tenant.world.identifiers.nextDated(Project.self)
        try await ProjectStore(database: tenant.world.database).create(
            Project(
                id: id, organizationID: tenant.organization, name: name, description: "", isDefault: isDefault,
                ownerID: tenant.owner.id, createdAt: date))
        return id
    }

    private func makeUser(_ tenant: Tenant, _ email: String) -> User {
        let (id, date) = tenant.world.identifiers.nextDated(User.self)
        return User(
            id: id, organizationID: tenant.organization, email: email, fullName: "U", role: .viewer,
            createdAt: date)
    }

    private func makeSession(_ tenant: Tenant, idleFor seconds: TimeInterval) -> Session {
        let (id, date) = tenant.world.identifiers.nextDated(Session.self)
        return Session(
            id: id, organizationID: tenant.organization, userID: tenant.owner.id, createdAt: date,
            idleExpiresAt: date.addingTimeInterval(seconds), expiresAt: date.addingTimeInterval(seconds * 2))
    }
}
