import Foundation
import HTTPMessages
import JSON
import Testing
import WireAPI

extension EndToEnd {
    /// `scorable user`, `service-account`, `organization` and `permissions`, and the pages that their links lead to.
    @Suite struct UserCommandTests {
        private func answer<Shape: Decodable>(
            _ installation: PrivateInstallation, _ arguments: String..., as _: Shape.Type = Shape.self
        ) async throws -> Shape {
            let outcome = try await PrivateInstallation.scorable(
                arguments + ["--json", "--state", installation.place.state], environment: .clean)
            #expect(outcome.code == 0, "\(outcome.output)")
            return try JSONCodec.decode(Shape.self, from: Array(outcome.output.utf8))
        }

        private func fresh(_ name: String) -> String { "\(name)-\(UUID().uuidString.lowercased())@example.com" }

        /// Opens a link, fills its form in, and returns what was answered.
        private func follow(
            _ url: String, on installation: PrivateInstallation, _ fields: [String: String]
        ) async throws -> Reply {
            let parts = try #require(URLComponents(string: url))
            let target = "\(parts.path)?\(parts.query ?? "")"
            let api = installation.api.showing(nil)
            let opened = try await api.get(target)
            guard opened.status == 200 else { return opened }
            #expect(opened.headers["cache-control"] == "no-store" && opened.headers["referrer-policy"] == "no-referrer")
            let cookie = try #require(opened.headers["set-cookie"]?.split(separator: ";").first)
            let formToken = try #require(opened.text.firstMatch(of: /name="form_token" value="([^"]+)"/)?.1)
            var form = fields
            form["form_token"] = String(formToken)
            form["token"] = try #require(parts.queryItems?.first { $0.name == "token" }?.value)
            let body = form.map { name, value in
                "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
            }.joined(separator: "&")
            return try await api.send(
                .post, parts.path, body: Array(body.utf8),
                headers: ["content-type": "application/x-www-form-urlencoded", "cookie": String(cookie)])
        }

        @Test func whoIsInvitedJoinsByTheLinkAndGoes() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let email = fresh("joins")
            let link = try await answer(
                installation, "user", "invite", email, "--role", "engineer", as: OperatorInvitationLink.self)
            let weak = try await follow(
                link.url, on: installation, ["full_name": "Ines <Invited>", "password": "short"])
            #expect(weak.status == 400 && weak.text.contains("at least 12 characters"), "\(weak.text)")
            #expect(weak.text.contains("Ines &lt;Invited&gt;"))
            let password = "a sentence to remember"
            let joined = try await follow(
                link.url, on: installation, ["full_name": "Ines Invited", "password": password])
            #expect(joined.status == 200 && joined.text.contains("scorable-console --email \(email)"), "\(joined.text)")
            let again = try await follow(link.url, on: installation, [:])
            #expect(again.status == 404 && again.text.contains("This link does not work"))
            let caller = try await installation.signIn(email, password)

            let listed = try await installation.scorable("user", "list", "--query", email)
            #expect(listed.code == 0 && listed.lines.count == 2, "\(listed.output)")
            #expect(listed.lines.last?.contains("Ines Invited") == true)
            let promoted = try await installation.scorable("user", "role", email, "admin")
            #expect(promoted.output == "\(email) is admin now; before it was engineer.\n")
            let refused = try await installation.scorable("user", "deactivate", email, input: "no\n")
            #expect(
                refused.code == 1 && refused.output.contains("(open sessions: 1, usable keys: 0)"), "\(refused.output)")
            #expect(refused.output.contains("Nothing was done."))
            let gone = try await installation.scorable(
                "user", "deactivate", email, "--hand-over-to", "admin@localhost", input: "\(email)\n")
            #expect(gone.code == 0 && gone.output.contains("is deactivated"), "\(gone.output)")
            try await eventually("the session has ended", within: .seconds(5)) {
                try await caller.send(.profile()).status == 401
            }
            let back = try await installation.scorable("user", "reactivate", email)
            #expect(back.output == "\(email) gets in again, as admin.\n")
            let audit = try await installation.query(
                """
                SELECT action FROM audit_entries WHERE actor_kind = 'machine' AND subject LIKE 'user:%'
                    AND subject IN (SELECT 'user:' || id FROM users WHERE email = '\(email)') ORDER BY created_at, id
                """)
            #expect(audit == ["user.role", "user.deactivate", "user.reactivate"])
        }

        @Test func aLinkForANewPasswordWorksOnceAndEndsSessions() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let email = fresh("forgets")
            let made = try await answer(
                installation, "user", "create", email, "--name", "Frank Forgets", "--role", "viewer",
                as: OperatorUserPassword.self)
            let caller = try await installation.signIn(email, made.password)
            let link = try await answer(
                installation, "user", "reset-password", email, "--link", as: OperatorLink.self)
            let password = "another sentence of mine"
            let done = try await follow(link.url, on: installation, ["password": password])
            #expect(done.status == 200, "\(done.text)")
            #expect(try await follow(link.url, on: installation, [:]).status == 404)
            try await eventually("the session has ended", within: .seconds(5)) {
                try await caller.send(.profile()).status == 401
            }
            _ = try await installation.signIn(email, password)
            let signedOut = try await installation.scorable("user", "sign-out", email, "--yes")
            #expect(signedOut.output == "\(email) is signed out (ended sessions: 1).\n")
        }

        @Test func aFormOfAnotherSiteIsNotTaken() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let email = fresh("forged")
            let link = try await answer(
                installation, "user", "invite", email, "--role", "viewer", as: OperatorInvitationLink.self)
            let token = try #require(URLComponents(string: link.url)?.queryItems?.first?.value)
            let forged = try await installation.api.showing(nil).send(
                .post, "/invitation",
                body: Array("token=\(token)&full_name=X&password=a+sentence+to+remember&form_token=x".utf8),
                headers: ["content-type": "application/x-www-form-urlencoded"])
            #expect(forged.status == 403)
            let open = try await answer(
                installation, "user", "invitations", "--only", "open", as: OperatorInvitationPage.self)
            let invitation = try #require(open.results.first { $0.email == email })
            let withdrawn = try await installation.scorable("user", "withdraw", invitation.id.uuidString)
            #expect(withdrawn.code == 0)
            #expect(try await follow(link.url, on: installation, [:]).status == 404)
        }

        @Test func serviceAccountsAndProjectsAreNamedByTheirNames() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let name = "Collector \(UUID().uuidString)"
            let made = try await answer(
                installation, "service-account", "create", name, "--role", "viewer", as: OperatorUser.self)
            #expect(made.kind == .serviceAccount && made.fullName == name)
            let project = try #require(
                try await installation.query(
                    """
                    SELECT p.name FROM projects p JOIN organizations o ON o.id = p.organization_id
                    WHERE o.runs_installation AND p.is_default
                    """
                ).first)
            let granted = try await answer(
                installation, "user", "grant", made.id.uuidString, "--project", project, "--role", "engineer",
                as: OperatorUserDetail.self)
            #expect(granted.grants.map(\.role) == ["engineer"])
            let taken = try await answer(
                installation, "user", "grant", made.id.uuidString, "--project", project, "--take",
                as: OperatorUserDetail.self)
            #expect(taken.grants.isEmpty)
            let other = try await installation.scorable("service-account", "rename", name, name + " 2")
            #expect(other.output == "\(name) is called \(name) 2 now.\n", "\(other.output)")
            let gone = try await installation.scorable("service-account", "deactivate", name + " 2", "--yes")
            #expect(gone.code == 0, "\(gone.output)")
            let list = try await answer(
                installation, "service-account", "list", "--only", "disabled", as: OperatorUserPage.self)
            #expect(list.results.contains { $0.id == made.id })
        }

        @Test func anOrganisationBeginsWithTheLinkOfItsOwner() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let (name, email) = ("Acme \(UUID().uuidString)", fresh("first"))
            let made = try await answer(
                installation, "organization", "create", name, "--owner", email, as: OperatorOrganizationLink.self)
            #expect(made.organization.people == 0)
            let joined = try await follow(
                made.url, on: installation, ["full_name": "First Owner", "password": "a sentence to remember"])
            #expect(joined.status == 200, "\(joined.text)")
            let session = try #require(
                try await installation.signIn(email, "a sentence to remember").session)
            #expect(session.organization.name == name && session.user.role == "owner")
            let last = try await installation.scorable("user", "role", email, "admin")
            #expect(last.code == 1 && last.output.contains("last owner"), "\(last.output)")
            let renamed = try await installation.scorable("organization", "rename", name, name + " Ltd")
            #expect(renamed.output == "\(name) is called \(name) Ltd now.\n")
        }

        @Test func whatIsWrongIsToldInOneLineWithTheFittingCode() async throws {
            let installation = try await PrivateInstallation.demonstration()
            for (arguments, code) in [
                (["user", "invite", fresh("x"), "--role", "king"], 2),
                (["user", "create", "x", "--name", "X", "--role", "viewer"], 2),
                (["user", "invite", fresh("x"), "--role", "viewer", "--expires-in-hours", "721"], 2),
                (["user", "show", "nobody@localhost"], 1), (["user", "list", "--only", "asleep"], 2),
                (["service-account", "show", "No such one"], 1), (["organization", "rename", "No such one", "X"], 1),
                (["user", "invite", "admin@localhost", "--role", "viewer"], 1), (["permissions", "--role", "king"], 2),
            ] as [([String], Int32)] {
                let outcome = try await PrivateInstallation.scorable(
                    arguments + (arguments[0] == "permissions" ? [] : ["--state", installation.place.state]),
                    environment: .clean)
                #expect(outcome.code == code && outcome.lines.count == 1, "\(arguments): \(outcome.output)")
            }
        }

        @Test func permissionsAreATableOfTheCode() async throws {
            let table = try await PrivateInstallation.scorable(["permissions"])
            #expect(table.code == 0 && table.lines.first?.hasPrefix("PERMISSION") == true, "\(table.output)")
            #expect(table.lines.first?.contains("OWNER") == true)
            let row = try #require(table.lines.first { $0.hasPrefix("audit:read ") })
            #expect(row.split(separator: " ").count { $0 == "yes" } == 3, "\(row)")
            let auditor = try await PrivateInstallation.scorable(["permissions", "--role", "auditor"])
            #expect(auditor.lines.contains("audit:read") && !auditor.lines.contains("evaluator:read"))
        }
    }
}
