import Cryptography
import FoundationEssentials
import Operations
import Postgres
import Stores
import Tenancy
import Testing
import WireAPI

/// Links that are passed on: joining an organisation, choosing a new password; and organisations that begin with one.
@Suite struct InvitationTests {
    private let address = "192.0.2.9"
    private let password = "correct horse battery"

    @Test func whoOpensALinkJoinsOnceWithTheRoleOfTheInvitation() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let admin = try await tenant.viewer(.admin)
            let email = "new-\(server.identifiers.uuid())@example.com"
            let made = try await admin.ask(
                .invite(OperatorInvitationDraft(email: email, role: "engineer", expiresInHours: 2)))
            #expect(made.url.hasPrefix("https://scorable.example.com/invitation?token="))
            #expect(made.invitation.expiresAt.timeIntervalSince(made.invitation.createdAt) == 7200)
            #expect(made.invitation.invitedBy?.id == admin.user.id.uuid && made.invitation.state == .open)
            let acceptance = server.people.acceptance
            // Looking at it does not use it up.
            for _ in 0..<2 {
                let invited = try await acceptance.invited(by: token(of: made.url), from: address)
                #expect(invited.email == email && invited.organization == "Tenant")
            }
            let user = try await acceptance.accept(
                token(of: made.url), fullName: "New One", password: password, from: address, requestID: "r-1")
            #expect(user.email == email && user.role == .engineer && user.organizationID == tenant.organization)
            let account = try await UserStore(database: server.database).findAccount(user.id, in: tenant.organization)
            #expect(try PasswordHash.verify(password, against: try #require(account?.passwordHash)))
            await #expect(throws: LinkUnusable()) {
                try await acceptance.accept(
                    token(of: made.url), fullName: "Twice", password: password, from: address, requestID: "r-2")
            }
            let list = try await admin.ask(.invitations(in: .accepted, limit: 10)).results
            #expect(list.map(\.id) == [made.invitation.id] && list.first?.endedAt != nil)
            #expect(try await admin.refusal(.withdrawInvitation(made.invitation.id))?.status == 404)
            let entry = try #require(
                try await admin.ask(.audit(limit: 10)).results.first { $0.action == "user.create" })
            #expect(entry.actorName == email && entry.address == address && entry.requestID == "r-1")
            #expect(entry.after?.contains(password) == false)
        }
    }

    @Test func ofTwoWhoUseALinkAtOnceOneJoins() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let email = "race-\(server.identifiers.uuid())@example.com"
            let made = try await tenant.viewer(.admin).ask(
                .invite(OperatorInvitationDraft(email: email, role: "viewer")))
            @Sendable func joins() async throws -> Bool {
                do {
                    _ = try await server.people.acceptance.accept(
                        token(of: made.url), fullName: "One", password: password, from: address, requestID: "r")
                    return true
                } catch is LinkUnusable {
                    return false
                }
            }
            async let (one, other) = (joins(), joins())
            #expect(try await [one, other].count { $0 } == 1)
        }
    }

    @Test func aLinkThatIsWithdrawnReplacedOrTooOldOpensNothing() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let admin = try await tenant.viewer(.admin)
            func invite() async throws -> OperatorInvitationLink {
                try await admin.ask(
                    .invite(
                        OperatorInvitationDraft(email: "late-\(tenant.organization)@example.com", role: "viewer")))
            }
            let (replaced, withdrawn) = (try await invite(), try await invite())
            _ = try await admin.ask(.withdrawInvitation(withdrawn.invitation.id))
            let old = try await invite()
            try await server.database.execute(
                "UPDATE invitations SET expires_at = now() WHERE id = \(old.invitation.id)")
            for url in [replaced.url, withdrawn.url, old.url, old.url + "x", "="] {
                await #expect(throws: LinkUnusable()) {
                    try await server.people.acceptance.invited(by: token(of: url), from: "192.0.2.10")
                }
            }
            #expect(try await admin.ask(.invitations(in: .expired, limit: 10)).results.map(\.id) == [old.invitation.id])
        }
    }

    @Test func whatIsWrongWithAnInvitationOrItsUseIsSaidByField() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let admin = try await tenant.viewer(.admin)
            func refusal(_ draft: OperatorInvitationDraft) async throws -> Refusal? {
                try await admin.refusal(.invite(draft))
            }
            let fresh = "x-\(server.identifiers.uuid())@example.com"
            #expect(try await refusal(.init(email: "x", role: "viewer"))?.detail.contains("email") == true)
            #expect(try await refusal(.init(email: fresh, role: "king"))?.detail.contains("role") == true)
            let hours = try await refusal(.init(email: fresh, role: "viewer", expiresInHours: 721))
            #expect(hours?.status == 400 && hours?.detail.contains("expires_in_hours") == true)
            #expect(try await refusal(.init(email: fresh, role: "owner"))?.status == 403)
            let taken = try await refusal(.init(email: tenant.owner.email.uppercased(), role: "viewer"))
            #expect(taken?.status == 400 && taken?.detail.contains("email") == true)
            let made = try await admin.ask(.invite(OperatorInvitationDraft(email: fresh, role: "viewer")))
            for (name, password, field) in [("", self.password, "full_name"), ("X", "short", "password")] {
                let error = await #expect(throws: InvalidDefinition.self) {
                    try await server.people.acceptance.accept(
                        token(of: made.url), fullName: name, password: password, from: address, requestID: "r")
                }
                #expect(error?.problems.map(\.field) == [field])
            }
        }
    }

    @Test func whoTriesManyLinksHasToWait() async throws {
        try await OperatorServer.run { server in
            var error: (any Error)?
            // A minute may end meanwhile, and another begin.
            for _ in 0..<41 where !(error is TooManySignIns) {
                do {
                    _ = try await server.people.passwordResets.holder(of: "guess", from: "192.0.2.77")
                } catch let refused {
                    error = refused
                }
            }
            #expect(error is TooManySignIns)
        }
    }

    @Test func aPasswordLinkWorksOnceAndEndsTheSessions() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let (admin, person) = (try await tenant.viewer(.admin), try await tenant.viewer(.viewer))
            let link = try await admin.ask(.resetPassword(of: person.user.id.uuid))
            #expect(link.url.hasPrefix("https://scorable.example.com/new-password?token="))
            let resets = server.people.passwordResets
            #expect(try await resets.holder(of: token(of: link.url), from: address) == person.user.email)
            let error = await #expect(throws: InvalidDefinition.self) {
                try await resets.setPassword("short", by: token(of: link.url), from: address, requestID: "r")
            }
            #expect(error?.problems.map(\.field) == ["password"])
            let email = try await resets.setPassword(password, by: token(of: link.url), from: address, requestID: "r")
            #expect(email == person.user.email)
            #expect(try await person.refusal(.people(limit: 1))?.status == 401)
            await #expect(throws: LinkUnusable()) {
                try await resets.setPassword(password, by: token(of: link.url), from: address, requestID: "r")
            }
            // An admin who could give an owner a new password would be one.
            #expect(try await admin.refusal(.resetPassword(of: tenant.owner.id.uuid))?.status == 403)
            _ = try await admin.ask(.deactivatePerson(person.user.id.uuid, OperatorDeactivation(revision: 1)))
            #expect(try await admin.refusal(.resetPassword(of: person.user.id.uuid))?.status == 409)
        }
    }

    @Test func aPasswordLinkOfWhoHasGoneOpensNothing() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let (admin, person) = (try await tenant.viewer(.admin), try await tenant.viewer(.viewer))
            let link = try await admin.ask(.resetPassword(of: person.user.id.uuid))
            let done = try await admin.ask(
                .deactivatePerson(person.user.id.uuid, OperatorDeactivation(revision: 1)))
            _ = try await admin.ask(
                .reactivatePerson(person.user.id.uuid, OperatorReactivation(revision: done.user.revision)))
            await #expect(throws: LinkUnusable()) {
                try await server.people.passwordResets.holder(of: token(of: link.url), from: address)
            }
        }
    }

    @Test func anOrganisationBeginsWithItsFirstOwner() async throws {
        try await OperatorServer.run { server in
            let host = try await server.tenant()
            try await host.runInstallation()
            let owner = try await host.viewer(.owner)
            let email = "first-\(server.identifiers.uuid())@example.com"
            let made = try await owner.ask(
                .addOrganization(OperatorNewOrganization(name: "Acme", ownerEmail: email)))
            #expect(made.organization.people == 0 && made.organization.projects == 0 && made.invitation.role == "owner")
            #expect(!made.organization.runsInstallation)
            let user = try await server.people.acceptance.accept(
                token(of: made.url), fullName: "First", password: password, from: "192.0.2.11", requestID: "r")
            #expect(user.role == .owner && user.organizationID.uuid == made.organization.id)
            let listed = try await owner.ask(.organizations(limit: 100)).results
            let acme = try #require(listed.first { $0.id == made.organization.id })
            #expect(acme.people == 1 && acme.projects == 1)
            let renamed = try await owner.ask(
                .renameOrganization(made.organization.id, to: OperatorOrganizationName(name: "Acme Ltd")))
            #expect(renamed.name == "Acme Ltd")
            #expect(
                try await owner.refusal(
                    .renameOrganization(made.organization.id, to: OperatorOrganizationName(name: "")))?.status == 400)
            #expect(try await host.viewer(.admin).refusal(.organizations(limit: 1))?.status == 403)
        }
    }

    @Test func ownersOfOtherOrganisationsNameOnlyTheirOwn() async throws {
        try await OperatorServer.run { server in
            let (tenant, other) = (try await server.tenant(), try await server.tenant())
            try await tenant.runInstallation(false)
            let owner = try await tenant.viewer(.owner)
            #expect(try await owner.refusal(.organizations(limit: 1))?.status == 403)
            let name = OperatorOrganizationName(name: "Renamed")
            #expect(
                try await owner.refusal(
                    .addOrganization(OperatorNewOrganization(name: "X", ownerEmail: "x@example.com")))?
                    .status == 403)
            #expect(try await owner.refusal(.renameOrganization(other.organization.uuid, to: name))?.status == 403)
            #expect(try await owner.ask(.renameOrganization(tenant.organization.uuid, to: name)).name == "Renamed")
        }
    }
}
