import FoundationEssentials
import Operations
import Postgres
import Stores
import Tenancy
import Testing
import WireAPI

/// Links give nothing that those who made them could not give any more, and no address that is another organisation's.
@Suite struct LinkMakerTests {
    private let password = "correct horse battery"

    private func expectUnusable(reset url: String, _ server: OperatorServer, from address: String) async {
        let resets = server.people.passwordResets
        await #expect(throws: LinkUnusable()) { try await resets.holder(of: token(of: url), from: address) }
        await #expect(throws: LinkUnusable()) {
            try await resets.setPassword(password, by: token(of: url), from: address, requestID: "r")
        }
    }

    @Test func aPasswordLinkOpensNothingWhenItsMakerHasGone() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let (owner, admin) = (try await tenant.viewer(.owner), try await tenant.viewer(.admin))
            let person = try await tenant.viewer(.admin)
            let link = try await admin.ask(.resetPassword(of: person.user.id.uuid))
            let done = try await owner.ask(
                .deactivatePerson(admin.user.id.uuid, OperatorDeactivation(revision: 1)))
            await expectUnusable(reset: link.url, server, from: "192.0.2.20")
            // It does not come back with them.
            _ = try await owner.ask(
                .reactivatePerson(admin.user.id.uuid, OperatorReactivation(revision: done.user.revision)))
            await expectUnusable(reset: link.url, server, from: "192.0.2.20")
        }
    }

    @Test func aPasswordLinkOpensNothingWhileItsMakerCouldNotMakeIt() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let (owner, admin) = (try await tenant.viewer(.owner), try await tenant.viewer(.admin))
            let (viewer, raised) = (try await tenant.viewer(.viewer), try await tenant.viewer(.viewer))
            let link = try await admin.ask(.resetPassword(of: viewer.user.id.uuid))
            let other = try await admin.ask(.resetPassword(of: raised.user.id.uuid))
            // Nobody gives an owner a password who is none.
            _ = try await owner.ask(
                .changeRole(of: raised.user.id.uuid, to: OperatorUserRole(role: "owner", revision: 1)))
            await expectUnusable(reset: other.url, server, from: "192.0.2.21")
            let lowered = try await owner.ask(
                .changeRole(of: admin.user.id.uuid, to: OperatorUserRole(role: "engineer", revision: 1)))
            await expectUnusable(reset: link.url, server, from: "192.0.2.21")
            _ = try await owner.ask(
                .changeRole(of: admin.user.id.uuid, to: OperatorUserRole(role: "admin", revision: lowered.revision)))
            let email = try await server.people.passwordResets.setPassword(
                password, by: token(of: link.url), from: "192.0.2.21", requestID: "r")
            #expect(email == viewer.user.email)
        }
    }

    @Test func anInvitationDoesNotOutliveTheRightsOfWhoInvited() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let (owner, admin) = (try await tenant.viewer(.owner), try await tenant.viewer(.admin))
            let acceptance = server.people.acceptance
            func invite(_ role: String) async throws -> String {
                let email = "invited-\(server.identifiers.uuid())@example.com"
                return try await admin.ask(.invite(OperatorInvitationDraft(email: email, role: role))).url
            }
            let urls = [try await invite("admin"), try await invite("viewer")]
            let lowered = try await owner.ask(
                .changeRole(of: admin.user.id.uuid, to: OperatorUserRole(role: "engineer", revision: 1)))
            for url in urls {
                await #expect(throws: LinkUnusable()) {
                    try await acceptance.invited(by: token(of: url), from: "192.0.2.22")
                }
                await #expect(throws: LinkUnusable()) {
                    try await acceptance.accept(
                        token(of: url), fullName: "Late", password: password, from: "192.0.2.22", requestID: "r")
                }
            }
            _ = try await owner.ask(
                .changeRole(of: admin.user.id.uuid, to: OperatorUserRole(role: "admin", revision: lowered.revision)))
            let joined = try await acceptance.accept(
                token(of: urls[0]), fullName: "New", password: password, from: "192.0.2.22", requestID: "r")
            #expect(joined.role == .admin)
        }
    }

    @Test func anAddressOfAnotherOrganisationsDomainIsNobodyHere() async throws {
        try await OperatorServer.run { server in
            let (tenant, other) = (try await server.tenant(), try await server.tenant())
            let (admin, theirs) = (try await tenant.viewer(.admin), try await other.viewer(.admin))
            let domain = "d\(UUID().uuidString.lowercased()).example"
            let settings = IdentityProviderSettings(
                name: "main", defaultRole: .viewer, domains: [EmailDomain(domain)].compactMap(\.self))
            let provider = IdentityProvider(
                id: server.identifiers.next(), organizationID: other.organization, settings: settings,
                metadata: "<EntityDescriptor/>", entityID: "https://idp.example.com",
                reading: IdentityProvider.MetadataReading(readAt: Date()), createdAt: Date(), updatedAt: Date())
            try await server.database.transaction { connection in
                _ = try await IdentityProviderStore.add(provider, by: other.owner.id, on: connection)
            }
            let person = OperatorNewUser(email: "ann@\(domain)", fullName: "Ann", role: "viewer")
            let invitation = OperatorInvitationDraft(email: "ann@\(domain)", role: "viewer")
            for refusal in [
                try await admin.refusal(.addPerson(person)), try await admin.refusal(.invite(invitation)),
            ] {
                #expect(refusal?.status == 400 && refusal?.detail.contains("email") == true)
            }
            // Whose domain it is invites whom they will, and so does everybody while nobody signs in by it.
            _ = try await theirs.ask(.invite(invitation))
            try await server.database.execute(
                "UPDATE identity_providers SET is_enabled = false WHERE id = \(provider.id)")
            #expect(try await admin.ask(.addPerson(person)).user.email == "ann@\(domain)")
        }
    }
}
