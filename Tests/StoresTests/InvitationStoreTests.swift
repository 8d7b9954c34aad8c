import FoundationEssentials
import Postgres
import Stores
import Tenancy
import Testing

/// Links that were passed on, and roles in single projects.
@Suite struct InvitationStoreTests {
    private let moment = Date(timeIntervalSince1970: 1_800_000_000)

    private func invite(_ email: String, to tenant: Tenant, token: String, lasting: TimeInterval = 3600) async throws
        -> Invitation
    {
        let invitation = Invitation(
            id: tenant.world.identifiers.next(), organizationID: tenant.organization, email: email, role: .engineer,
            createdAt: moment, expiresAt: moment.addingTimeInterval(lasting))
        try await tenant.world.database.transaction { connection in
            try await InvitationStore.add(
                invitation, tokenHash: Array("\(token) \(tenant.organization)".utf8), by: tenant.owner.id,
                on: connection)
        }
        return invitation
    }

    @Test func aLaterInvitationOfAnAddressTakesThePlaceOfTheOpenOne() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let store = InvitationStore(database: world.database)
            let first = try await invite("ada@example.com", to: tenant, token: "1")
            _ = try await invite("ada@example.com", to: other, token: "1")
            let second = try await invite("ADA@example.com", to: tenant, token: "2")
            func ids(_ state: Invitation.State?, at moment: Date) async throws -> [InvitationID] {
                try await store.list(in: tenant.organization, state, at: moment, page: .firstHundred).items
                    .map(\.invitation.id)
            }
            #expect(try await ids(.open, at: moment) == [second.id])
            #expect(try await ids(.withdrawn, at: moment) == [first.id])
            #expect(try await ids(.expired, at: moment.addingTimeInterval(3600)) == [second.id])
            #expect(Set(try await ids(nil, at: moment)) == [first.id, second.id])
            let shown = try await store.list(in: tenant.organization, .open, at: moment, page: .firstHundred).items
            #expect(shown.first?.inviter?.id == tenant.owner.id)
            let found = try await store.find(tokenHash: Array("1 \(tenant.organization)".utf8))
            #expect(found?.invitation.state(at: moment) == .withdrawn)
            #expect(try await store.find(tokenHash: Array("3 \(tenant.organization)".utf8)) == nil)
        }
    }

    @Test func anAcceptedOneIsNotWithdrawnAndNeitherIsThatOfOthers() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let accepted = try await invite("ada@example.com", to: tenant, token: "1")
            let open = try await invite("bob@example.com", to: tenant, token: "2")
            try await world.database.transaction { connection in
                let locked = try await InvitationStore.lock(
                    tokenHash: Array("1 \(tenant.organization)".utf8), on: connection)
                #expect(locked == accepted)
                try await InvitationStore.accept(accepted, as: tenant.owner.id, at: moment, on: connection)
            }
            func withdraw(_ id: InvitationID, in organization: OrganizationID) async throws -> Invitation? {
                try await world.database.transaction { connection in
                    try await InvitationStore.withdraw(id, in: organization, at: moment, on: connection)
                }
            }
            #expect(try await withdraw(accepted.id, in: tenant.organization) == nil)
            #expect(try await withdraw(open.id, in: other.organization) == nil)
            #expect(try await withdraw(open.id, in: tenant.organization)?.withdrawnAt == moment)
            // Doing it again keeps its time.
            #expect(try await withdraw(open.id, in: tenant.organization)?.withdrawnAt == moment)
        }
    }

    @Test func aPasswordLinkWorksOnceForADayAndOnlyTheLastOneDoes() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let store = PasswordResetStore(database: world.database)
            func make(_ token: String) async throws {
                let reset = PasswordReset(
                    id: world.identifiers.next(), organizationID: tenant.organization, userID: tenant.owner.id,
                    createdAt: moment)
                try await world.database.transaction { connection in
                    try await PasswordResetStore.add(
                        reset, tokenHash: hash(token, tenant), by: nil, on: connection)
                }
            }
            func use(_ token: String, at moment: Date) async throws -> Bool {
                try await world.database.transaction { connection in
                    try await PasswordResetStore.use(hash(token, tenant), at: moment, on: connection)
                }
            }
            try await make("first")
            try await make("second")
            let later = moment.addingTimeInterval(86_399)
            #expect(try await store.holder(of: hash("first", tenant), at: later) == nil)
            #expect(try await store.holder(of: hash("second", tenant), at: later)?.id == tenant.owner.id)
            #expect(try await use("first", at: later) == false)
            #expect(try await use("second", at: moment.addingTimeInterval(86_400)) == false)
            #expect(try await use("second", at: later))
            #expect(try await use("second", at: later) == false)
            #expect(try await store.holder(of: hash("second", tenant), at: later) == nil)
        }
    }

    private func hash(_ token: String, _ tenant: Tenant) -> [UInt8] { Array("\(token) \(tenant.owner.id)".utf8) }

    @Test func aRoleInAProjectIsGivenReplacedAndTaken() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let store = ProjectGrantStore(database: world.database)
            func give(_ role: Role, in project: ProjectID) async throws {
                try await world.database.transaction { connection in
                    try await ProjectGrantStore.give(
                        ProjectGrant(projectID: project, role: role, createdAt: moment), to: tenant.owner,
                        by: tenant.owner.id, on: connection)
                }
            }
            try await give(.viewer, in: tenant.project)
            try await give(.engineer, in: tenant.project)
            let grants = try await store.list(of: tenant.owner.id, in: tenant.organization)
            #expect(grants.map(\.grant.role) == [.engineer] && grants.first?.granter?.id == tenant.owner.id)
            await #expect(throws: Conflict(.missingReference)) { try await give(.viewer, in: other.project) }
            try await world.database.transaction { connection in
                try await ProjectGrantStore.take(from: tenant.owner, in: tenant.project, on: connection)
                #expect(
                    try await ProjectGrantStore.role(of: tenant.owner, in: tenant.project, on: connection) == nil)
            }
            #expect(try await store.list(of: tenant.owner.id, in: tenant.organization).isEmpty)
        }
    }
}
