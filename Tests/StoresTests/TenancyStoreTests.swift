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

    @Test func aSignInIsNotedForTheOwnPeopleOnly() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let users = UserStore(database: world.database)
            let moment = Date(timeIntervalSince1970: 1_800_000_000)
            try await users.recordSignIn(of: tenant.owner.id, in: tenant.organization, at: moment)
            try await users.recordSignIn(of: other.owner.id, in: tenant.organization, at: moment)
            for (user, expected) in [(tenant.owner, moment), (other.owner, nil)] as [(User, Date?)] {
                let rows = try await world.database.query("SELECT last_sign_in_at FROM users WHERE id = \(user.id)")
                #expect(try rows.first?.decode("last_sign_in_at", as: Date?.self) == expected)
            }
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
            try await sessions.delete(session.id, in: try await world.tenant().organization)
            #expect(try await sessions.find(tokenHash: token) != nil)
            #expect(try await sessions.deleteExpired(at: extended) >= 1)
            #expect(try await sessions.find(tokenHash: token) == nil)
        }
    }

    @Test func aNewPasswordEndsAllSessions() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let users = UserStore(database: world.database)
            let session = makeSession(tenant, idleFor: 3600 * 24 * 365)
            try await SessionStore(database: world.database).create(session, tokenHash: Array("t\(session.id)".utf8))
            #expect(try await users.setPasswordHash("new", of: tenant.owner.id, in: tenant.organization))
            #expect(try await users.findForSignIn(email: tenant.owner.email)?.passwordHash == "new")
            let left = try await SessionStore(database: world.database).find(tokenHash: Array("t\(session.id)".utf8))
            #expect(left == nil)
            let elsewhere = try await world.tenant().organization
            #expect(try await users.setPasswordHash("x", of: tenant.owner.id, in: elsewhere) == false)
        }
    }

    @Test func aKeyIsFoundByItsHashWithItsOwnerAndProject() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let keys = APIKeyStore(database: world.database)
            let project = try await makeProject(tenant, "Keyed")
            let plain = makeKey(tenant, project: nil)
            let bound = makeKey(tenant, project: project)
            for key in [plain, bound] { try await keys.create(key, keyHash: Array(key.id.description.utf8)) }
            let holder = try #require(try await keys.find(keyHash: Array(plain.id.description.utf8)))
            #expect(holder.key == plain && holder.owner == tenant.owner && holder.defaultProjectID == tenant.project)
            let boundHolder = try await keys.find(keyHash: Array(bound.id.description.utf8))
            #expect(boundHolder?.defaultProjectID == project)
            #expect(try await keys.find(keyHash: [0]) == nil)
            #expect(try await keys.list(in: tenant.organization, page: .firstHundred).items == [bound, plain])
        }
    }

    @Test func aRevokedKeyKeepsTheTimeOfItsRevocation() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let keys = APIKeyStore(database: world.database)
            let key = makeKey(tenant, project: nil)
            let hash = Array(key.id.description.utf8)
            try await keys.create(key, keyHash: hash)
            let elsewhere = try await world.tenant().organization
            #expect(try await keys.revoke(key.id, in: elsewhere, at: key.createdAt) == false)
            let end = key.createdAt.addingTimeInterval(5)
            #expect(try await keys.revoke(key.id, in: tenant.organization, at: end))
            #expect(try await keys.revoke(key.id, in: tenant.organization, at: end.addingTimeInterval(9)))
            let stored = try await keys.find(keyHash: hash)?.key
            #expect(stored?.revokedAt == end && stored?.isUsable(at: end) == false)
        }
    }

    @Test func theLastUseOfAKeyNeverGoesBack() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let keys = APIKeyStore(database: world.database)
            let key = makeKey(tenant, project: nil)
            let hash = Array(key.id.description.utf8)
            try await keys.create(key, keyHash: hash)
            let use = key.createdAt.addingTimeInterval(10)
            try await keys.recordUse([key.id: use])
            try await keys.recordUse([key.id: use.addingTimeInterval(-5)])
            #expect(try await keys.find(keyHash: hash)?.key.lastUsedAt == use)
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
            isDisabled: false, createdAt: date)
    }

    private func makeSession(_ tenant: Tenant, idleFor seconds: TimeInterval) -> Session {
        let (id, date) = tenant.world.identifiers.nextDated(Session.self)
        return Session(
            id: id, organizationID: tenant.organization, userID: tenant.owner.id, createdAt: date,
            idleExpiresAt: date.addingTimeInterval(seconds), expiresAt: date.addingTimeInterval(seconds * 2))
    }

    private func makeKey(_ tenant: Tenant, project: ProjectID?) -> APIKey {
        let (id, date) = tenant.world.identifiers.nextDated(APIKey.self)
        return APIKey(
            id: id, organizationID: tenant.organization, projectID: project, ownerID: tenant.owner.id, name: "key",
            prefix: "sk_1234567", scopes: .only([.evaluatorExecute, .judgeExecute]), createdAt: date,
            expiresAt: date.addingTimeInterval(3600), lastUsedAt: nil, revokedAt: nil)
    }
}
