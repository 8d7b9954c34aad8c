import Foundation
import HTTPMessages
import JSON
import Testing
import WireAPI

extension EndToEnd.OperatorAPI {
    /// What people see and change of themselves, and the projects of their organisation.
    @Suite struct AccountTests {
        @Test func aSessionSaysWhatOneMayDoAndUntilWhen() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let opened = try #require(try await installation.administrator().session)
            #expect(
                opened.permissions.contains("evaluator:create") && opened.permissions == opened.permissions.sorted())
            let idle = try #require(opened.idleExpiresAt)
            #expect(opened.serverTime < idle && idle < opened.expiresAt)

            let viewer = try await installation.person("viewer")
            let session = try await viewer.ask(.session())
            #expect(session.token == nil && session.permissions.contains("evaluator:read"))
            #expect(!session.permissions.contains { $0.hasSuffix(":create") || $0.hasSuffix(":delete") })
            #expect(session.expiresAt == viewer.session?.expiresAt && session.idleExpiresAt != nil)
        }

        @Test func oneSeesAndChangesOneself() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let caller = try await installation.person("viewer")
            let profile = try await caller.ask(.profile())
            #expect(profile.fullName == "Somebody" && profile.role == "viewer" && profile.hasPassword)
            #expect(profile.lastSignInAt != nil)
            let renamed = try await caller.ask(.change(OperatorProfileChange(fullName: "Vera Viewer")))
            #expect(renamed.fullName == "Vera Viewer")
            #expect(try await caller.ask(.session()).user.fullName == "Vera Viewer", "nothing old is remembered")
            expectProblem(
                try await caller.send(.change(OperatorProfileChange(fullName: ""))), 400, "invalid", field: "full_name")
        }

        @Test func aNewPasswordEndsTheOtherSessions() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let caller = try await installation.person("engineer")
            let email = try #require(caller.session?.user.email)
            let elsewhere = try await installation.signIn(email, installation.password)
            let fresh = "another sentence of mine"
            func change(_ old: String, _ new: String) -> OperatorRequest<OperatorNothing> {
                .change(OperatorPasswordChange(oldPassword: old, newPassword: new))
            }
            expectProblem(
                try await caller.send(change("wrong wrong wrong", fresh)), 400, "invalid", field: "old_password")
            expectProblem(
                try await caller.send(change(installation.password, "short")), 400, "invalid", field: "new_password")
            #expect(try await elsewhere.send(.profile()).status == 200)
            _ = try await caller.ask(change(installation.password, fresh))
            #expect(try await caller.send(.profile()).status == 200)
            try await eventually("the other session has ended") { try await elsewhere.send(.profile()).status == 401 }
            let refused = try await installation.operatorAPI.send(
                .post, OperatorSignIn.path,
                body: JSONCodec.encode(OperatorSignIn(email: email, password: installation.password)))
            expectProblem(refused, 401, "authentication_failed")
            _ = try await installation.signIn(email, fresh)
            let key = OperatorCaller(
                api: installation.operatorAPI.showing("Api-Key \(installation.apiKey)"), session: nil)
            expectProblem(try await key.send(change("a", fresh)), 403, "permission_denied")
        }

        @Test func guessingThePresentPasswordIsSlowedDown() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let caller = try await installation.person("viewer")
            let guess = OperatorPasswordChange(oldPassword: "a wrong guess", newPassword: "another sentence of mine")
            for _ in 0..<5 {
                expectProblem(try await caller.send(.change(guess)), 400, "invalid", field: "old_password")
            }
            let throttled = try await caller.send(.change(guess))
            #expect(throttled.status == 429 && throttled.headers["retry-after"] != nil, "\(throttled.text)")
        }

        @Test func oneSeesAndEndsOnesSessions() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let caller = try await installation.person("viewer")
            let email = try #require(caller.session?.user.email)
            let elsewhere = try await installation.signIn(email, installation.password)
            let sessions = try await caller.ask(.openSessions()).results
            #expect(sessions.count == 2 && sessions.filter(\.isCurrent).count == 1)
            #expect(sessions.allSatisfy { $0.address == "127.0.0.1" && $0.lastUsedAt != nil })
            let other = try #require(sessions.first { !$0.isCurrent })
            let stranger = try await installation.person("viewer")
            expectProblem(try await stranger.send(.endSession(other.id)), 404, "not_found")
            _ = try await caller.ask(.endSession(other.id))
            #expect(try await caller.ask(.openSessions()).results.map(\.isCurrent) == [true])
            try await eventually("the session has ended") { try await elsewhere.send(.profile()).status == 401 }
        }

        @Test func projectsAreSeenByAllAndRenamedByThoseWhoMay() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let caller = try await installation.administrator()
            let id = UUID()
            let name = "Project \(id)"
            _ = try await installation.query(
                """
                INSERT INTO projects (id, organization_id, name, owner_id, created_at)
                SELECT '\(id)', organization_id, '\(name)', id, now() FROM users WHERE email = 'admin@localhost';
                """)
            let found = try await caller.ask(.projects(query: name.uppercased())).results
            #expect(found.map(\.id) == [id] && found.first?.evaluatorCount == 0 && found.first?.isDefault == false)
            let viewer = try await installation.person("viewer")
            #expect(try await viewer.ask(.project(id)).owner.email == "admin@localhost")
            expectProblem(
                try await viewer.send(.change(id, OperatorProjectChange(name: "Mine"))), 403, "permission_denied")
            let renamed = try await caller.ask(.change(id, OperatorProjectChange(name: "Renamed \(id)")))
            #expect(renamed.name == "Renamed \(id)")
            expectProblem(
                try await caller.send(.change(id, OperatorProjectChange(name: "Default project"))), 400, "invalid",
                field: "name")
            expectProblem(try await caller.send(.project(UUID())), 404, "not_found")
        }
    }
}
