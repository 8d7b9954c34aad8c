import FoundationEssentials
import Operations
import Stores
import Tenancy
import Testing
import WireAPI

/// How people go and come back, what becomes of what is theirs, and what they may do in single projects.
@Suite struct DepartureTests {
    @Test func whoGoesGetsInNowhereAndLeavesWhatIsTheirsToAnother() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let admin = try await tenant.viewer(.admin)
            let (leaver, heir) = (try await tenant.viewer(.engineer), try await tenant.viewer(.engineer))
            let project = Project(
                id: server.identifiers.next(), organizationID: tenant.organization, name: "Theirs", description: "",
                isDefault: false, ownerID: leaver.user.id, createdAt: Date())
            try await ProjectStore(database: server.database).create(project)
            let detail = try await admin.ask(.person(leaver.user.id.uuid))
            #expect(detail.belongings.projects == 1 && detail.belongings.total == 1)
            let done = try await admin.ask(
                .deactivatePerson(
                    leaver.user.id.uuid, OperatorDeactivation(revision: 1, handOverTo: heir.user.id.uuid)))
            #expect(done.user.state == .disabled && done.endedSessions == 1 && done.handedOver?.projects == 1)
            #expect(try await leaver.refusal(.people(limit: 1))?.status == 401)
            let stored = try await ProjectStore(database: server.database).find(project.id, in: tenant.organization)
            #expect(stored?.ownerID == heir.user.id)
            // Again changes nothing.
            let again = try await admin.ask(
                .deactivatePerson(leaver.user.id.uuid, OperatorDeactivation(revision: 1)))
            #expect(again.endedSessions == 0 && again.user == done.user)
            let back = try await admin.ask(
                .reactivatePerson(leaver.user.id.uuid, OperatorReactivation(revision: done.user.revision)))
            #expect(back.state == .active && back.openSessions == 0 && back.role == "engineer")
            #expect(try await tenant.auditTrail() == ["user.deactivate done", "user.reactivate done"])
        }
    }

    @Test func whatIsTheirsIsHandedOverAlsoOfWhoIsGoneAlready() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let (admin, leaver) = (try await tenant.viewer(.admin), try await tenant.viewer(.engineer))
            let project = Project(
                id: server.identifiers.next(), organizationID: tenant.organization, name: "Theirs", description: "",
                isDefault: false, ownerID: leaver.user.id, createdAt: Date())
            try await ProjectStore(database: server.database).create(project)
            let id = leaver.user.id.uuid
            let gone = try await admin.ask(.deactivatePerson(id, OperatorDeactivation(revision: 1)))
            let done = try await admin.ask(
                .deactivatePerson(id, OperatorDeactivation(revision: 1, handOverTo: admin.user.id.uuid)))
            #expect(done.handedOver?.projects == 1 && done.endedSessions == 0 && done.user == gone.user)
            let stored = try await ProjectStore(database: server.database).find(project.id, in: tenant.organization)
            #expect(stored?.ownerID == admin.user.id)
            #expect(try await tenant.auditTrail() == ["user.deactivate done", "user.deactivate done"])
        }
    }

    @Test func onlyAnotherPersonWhoGetsInInheritsAndOnlyFromWhatWasSeen() async throws {
        try await OperatorServer.run { server in
            let (tenant, other) = (try await server.tenant(), try await server.tenant())
            let admin = try await tenant.viewer(.admin)
            let leaver = try await tenant.viewer(.engineer)
            let account = try await admin.ask(
                .addServiceAccount(OperatorNewServiceAccount(name: "Robot", role: "engineer")))
            let id = leaver.user.id.uuid
            for heir in [id, account.id, other.owner.id.uuid, UUID()] {
                let refusal = try await admin.refusal(
                    .deactivatePerson(id, OperatorDeactivation(revision: 1, handOverTo: heir)))
                #expect(refusal?.status == 400 && refusal?.detail.contains("hand_over_to") == true)
            }
            #expect(
                try await admin.refusal(.deactivatePerson(id, OperatorDeactivation(revision: 7)))?.status == 409)
            #expect(
                try await admin.refusal(
                    .deactivatePerson(tenant.owner.id.uuid, OperatorDeactivation(revision: 1)))?.status == 403)
            #expect(try await leaver.ask(.people(limit: 1)).results.count == 1)
            let moved = try await admin.ask(
                .handOver(from: id, OperatorHandOver(to: admin.user.id.uuid)))
            #expect(moved.total == 0)
        }
    }

    @Test func whatSomebodyInvitedToBeforeTheyWentOpensNothing() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let (owner, admin) = (try await tenant.viewer(.owner), try await tenant.viewer(.admin))
            let email = "back-\(server.identifiers.uuid())@example.com"
            let made = try await admin.ask(.invite(OperatorInvitationDraft(email: email, role: "admin")))
            _ = try await owner.ask(.deactivatePerson(admin.user.id.uuid, OperatorDeactivation(revision: 1)))
            await #expect(throws: LinkUnusable()) {
                try await server.people.acceptance.invited(by: token(of: made.url), from: "192.0.2.7")
            }
        }
    }

    @Test func somebodyIsSignedOutEverywhere() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let (admin, person) = (try await tenant.viewer(.admin), try await tenant.viewer(.viewer))
            #expect(try await admin.ask(.signOutPerson(person.user.id.uuid)).endedSessions == 1)
            #expect(try await person.refusal(.people(limit: 1))?.status == 401)
            #expect(try await admin.ask(.signOutPerson(person.user.id.uuid)).endedSessions == 0)
            #expect(try await admin.refusal(.signOutPerson(tenant.owner.id.uuid))?.status == 403)
            #expect(try await tenant.auditTrail() == ["session.end done", "session.end refused"])
        }
    }

    @Test func aRoleInOneProjectIsGivenAndTaken() async throws {
        try await OperatorServer.run { server in
            let (tenant, other) = (try await server.tenant(), try await server.tenant())
            let (admin, person) = (try await tenant.viewer(.admin), try await tenant.viewer(.viewer))
            let (id, project) = (person.user.id.uuid, tenant.project.id.uuid)
            let given = try await admin.ask(.grant(OperatorProjectGrantDraft(role: "engineer"), to: id, in: project))
            #expect(given.grants.map(\.role) == ["engineer"] && given.grants.first?.project.id == project)
            #expect(given.grants.first?.grantedBy?.id == admin.user.id.uuid && given.user.projectGrants == 1)
            for role in ["owner", "auditor", "king"] {
                let refusal = try await admin.refusal(
                    .grant(OperatorProjectGrantDraft(role: role), to: id, in: project))
                #expect(refusal?.status == 400 && refusal?.detail.contains("role") == true)
            }
            let elsewhere = try await admin.refusal(
                .grant(OperatorProjectGrantDraft(role: "viewer"), to: id, in: other.project.id.uuid))
            #expect(elsewhere?.status == 404)
            #expect(try await admin.ask(.takeGrant(from: id, in: project)).grants.isEmpty)
            #expect(try await admin.refusal(.takeGrant(from: id, in: project))?.status == 404)
            let trail = try await tenant.auditTrail()
            #expect(trail.filter { $0.hasSuffix("done") } == ["project_grant.give done", "project_grant.take done"])
        }
    }

    @Test func aServiceAccountHasNoPasswordAndStaysWhenItsMakerGoes() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let (owner, maker) = (try await tenant.viewer(.owner), try await tenant.viewer(.admin))
            let made = try await maker.ask(
                .addServiceAccount(OperatorNewServiceAccount(name: "Collector", role: "engineer")))
            #expect(made.kind == .serviceAccount && !made.hasPassword && made.createdBy?.id == maker.user.id.uuid)
            #expect(try await maker.refusal(.resetPassword(of: made.id))?.status == 409)
            let asOwner = try await owner.refusal(
                .addServiceAccount(OperatorNewServiceAccount(name: "King", role: "owner")))
            #expect(asOwner?.status == 400)
            let raised = try await owner.refusal(
                .changeRole(of: made.id, to: OperatorUserRole(role: "owner", revision: 1)))
            #expect(raised?.status == 400)
            _ = try await owner.ask(.deactivatePerson(maker.user.id.uuid, OperatorDeactivation(revision: 1)))
            let left = try await owner.ask(.person(made.id)).user
            #expect(left.state == .active && left.createdBy?.id == maker.user.id.uuid)
        }
    }
}

/// What makes a link work.
func token(of url: String) -> String { String(url.split(separator: "=").last ?? "") }
