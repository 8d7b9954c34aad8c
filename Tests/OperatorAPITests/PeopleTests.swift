import Cryptography
import FoundationEssentials
import Postgres
import Stores
import Tenancy
import Testing
import WireAPI

/// People and service accounts, as the console and scripts look after them.
@Suite struct PeopleTests {
    @Test func aPersonIsMadeWithAPasswordThatIsShownOnce() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let admin = try await tenant.viewer(.admin)
            let email = "ada-\(server.identifiers.uuid())@example.com"
            let made = try await admin.ask(
                .addPerson(OperatorNewUser(email: email, fullName: "Ada", role: "engineer")))
            #expect(made.user.kind == .person && made.user.role == "engineer" && made.user.hasPassword)
            #expect(made.user.createdBy?.id == admin.user.id.uuid)
            let account = try await UserStore(database: server.database).findAccount(
                UserID(uuid: made.user.id), in: tenant.organization)
            let hash = try #require(account?.passwordHash)
            #expect(try PasswordHash.verify(made.password, against: hash))
            let detail = try await admin.ask(.person(made.user.id))
            #expect(detail.user == made.user && detail.grants.isEmpty && detail.belongings.total == 0)
            let again = try await admin.refusal(
                .addPerson(OperatorNewUser(email: email.uppercased(), fullName: "Ada", role: "viewer")))
            #expect(again?.status == 400 && again?.detail.contains("address") == true)
            #expect(try await tenant.auditTrail() == ["user.create done", "user.create failed"])
        }
    }

    @Test func peopleAreListedByWhatIsKnownOfThem() async throws {
        try await OperatorServer.run { server in
            let (tenant, other) = (try await server.tenant(), try await server.tenant())
            let viewer = try await tenant.viewer(.engineer)
            _ = try await other.viewer(.viewer)
            let all = try await viewer.ask(.people(limit: 10)).results
            #expect(all.map(\.id) == [viewer.user.id.uuid, tenant.owner.id.uuid] && all.first?.openSessions == 1)
            let first = try await viewer.ask(.people(limit: 1))
            let second = try await viewer.ask(.people(cursor: try #require(first.next), limit: 1))
            #expect(first.results + second.results == all && second.next == nil)
            let owners = try await viewer.ask(.people(OperatorUserFilter(role: "owner", state: .active), limit: 10))
            #expect(owners.results.map(\.id) == [tenant.owner.id.uuid])
            #expect(
                try await viewer.ask(.people(OperatorUserFilter(kind: .serviceAccount), limit: 10)).results.isEmpty)
            #expect(try await viewer.refusal(.people(OperatorUserFilter(role: "king"), limit: 10))?.status == 400)
            let stranger = try await other.viewer(.owner)
            #expect(try await stranger.refusal(.person(viewer.user.id.uuid))?.status == 404)
            #expect(try await tenant.viewer(.annotator).refusal(.people(limit: 1))?.status == 403)
        }
    }

    @Test func whatIsWrongWithANewPersonIsSaidByField() async throws {
        try await OperatorServer.run { server in
            let admin = try await server.tenant().viewer(.admin)
            func refused(_ email: String, _ name: String, _ role: String) async throws -> String {
                let refusal = try await admin.refusal(
                    .addPerson(OperatorNewUser(email: email, fullName: name, role: role)))
                #expect(refusal?.status == 400)
                return refusal?.detail ?? ""
            }
            #expect(try await refused("ada", "Ada", "viewer").contains("email"))
            #expect(try await refused("a@example.com", "", "viewer").contains("full_name"))
            #expect(
                try await refused("a@example.com", String(repeating: "a", count: 201), "viewer").contains("full_name"))
            #expect(try await refused("a@example.com", "Ada", "king").contains("role"))
        }
    }

    @Test func aRoleIsGivenByWhoHasItAndFromWhatWasSeen() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let (admin, owner) = (try await tenant.viewer(.admin), try await tenant.viewer(.owner))
            let person = try await tenant.viewer(.viewer)
            let id = person.user.id.uuid
            let changed = try await admin.ask(.changeRole(of: id, to: OperatorUserRole(role: "engineer", revision: 1)))
            #expect(changed.role == "engineer" && changed.revision == 2)
            let outdated = try await admin.refusal(
                .changeRole(of: id, to: OperatorUserRole(role: "viewer", revision: 1)))
            #expect(outdated?.status == 409)
            // Those who are signed in have it at once.
            #expect(try await person.ask(.people(limit: 1)).results.count == 1)
            let tooHigh = try await admin.refusal(
                .changeRole(of: id, to: OperatorUserRole(role: "owner", revision: 2)))
            #expect(tooHigh?.status == 403)
            let ofOwner = try await admin.refusal(
                .changeRole(of: owner.user.id.uuid, to: OperatorUserRole(role: "viewer", revision: 1)))
            #expect(ofOwner?.status == 403)
            let made = try await owner.ask(.changeRole(of: id, to: OperatorUserRole(role: "owner", revision: 2)))
            #expect(made.role == "owner")
            let renamed = try await owner.ask(.renamePerson(id, to: OperatorUserName(fullName: "Ada L", revision: 3)))
            #expect(renamed.fullName == "Ada L" && renamed.revision == 4)
            #expect(
                try await tenant.auditTrail() == [
                    "user.role done", "user.role failed", "user.role refused", "user.role refused", "user.role done",
                    "user.rename done",
                ])
        }
    }

    @Test func whoDoesNothingDangerousWithoutShowingWhoTheyAre() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let admin = try await tenant.viewer(.admin)
            try await server.database.execute(
                "UPDATE sessions SET confirmed_at = now() - interval '11 minutes' WHERE id = \(admin.session.id)")
            let id = tenant.owner.id.uuid
            for status in [
                try await admin.refusal(.signOutPerson(id))?.status,
                try await admin.refusal(.resetPassword(of: id))?.status,
                try await admin.refusal(.deactivatePerson(id, OperatorDeactivation(revision: 1)))?.status,
                try await admin.refusal(.invite(OperatorInvitationDraft(email: "a@example.com", role: "admin")))?
                    .status,
            ] {
                #expect(status == 403)
            }
            let email = "a-\(server.identifiers.uuid())@example.com"
            let invited = try await admin.ask(.invite(OperatorInvitationDraft(email: email, role: "viewer")))
            #expect(invited.invitation.email == email)
        }
    }

    @Test func ofTwoOwnersWhoGoAtOnceOneStays() async throws {
        try await OperatorServer.run { server in
            for _ in 0..<5 {
                let tenant = try await server.tenant()
                let (one, other) = (try await tenant.viewer(.owner), try await tenant.viewer(.owner))
                // The owner that the tenant was made with goes first.
                _ = try await one.ask(.deactivatePerson(tenant.owner.id.uuid, OperatorDeactivation(revision: 1)))
                async let demoted = one.refusal(
                    .changeRole(of: one.user.id.uuid, to: OperatorUserRole(role: "admin", revision: 1)))
                async let deactivated = one.refusal(
                    .deactivatePerson(other.user.id.uuid, OperatorDeactivation(revision: 1)))
                let refusals = [try await demoted, try await deactivated].compactMap(\.self)
                // Who has stopped being an owner meanwhile may not do it any more, which is 403.
                #expect(refusals.count == 1 && [403, 409].contains(refusals.first?.status ?? 0), "\(refusals)")
                let owners = try await server.database.query(
                    """
                    SELECT id FROM users WHERE organization_id = \(tenant.organization) AND role = 'owner'
                        AND disabled_at IS NULL
                    """)
                #expect(owners.count == 1)
            }
        }
    }

    @Test func theLastOwnerNeitherGoesNorBecomesLess() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let owner = try await tenant.viewer(.owner)
            _ = try await owner.ask(.deactivatePerson(tenant.owner.id.uuid, OperatorDeactivation(revision: 1)))
            let id = owner.user.id.uuid
            let demoted = try await owner.refusal(
                .changeRole(of: id, to: OperatorUserRole(role: "admin", revision: 1)))
            #expect(demoted?.status == 409 && demoted?.detail.contains("last owner") == true)
            let gone = try await owner.refusal(.deactivatePerson(id, OperatorDeactivation(revision: 1)))
            #expect(gone?.status == 409 && gone?.detail.contains("themselves") == true)
        }
    }
}
