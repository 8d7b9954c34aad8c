import Foundation
import JSON
import Testing
import WireAPI

extension EndToEnd {
    /// What the administration tool asks about before it does it, and what it says where something is in the way.
    @Suite struct AskedFirstTests {
        private func fresh(_ name: String) -> String { "\(name)-\(UUID().uuidString.lowercased())@example.com" }

        private func made(_ installation: PrivateInstallation, _ email: String) async throws {
            let outcome = try await installation.scorable("user", "create", email, "--name", "X", "--role", "viewer")
            try #require(outcome.code == 0, "\(outcome.output)")
        }

        @Test func whatCannotBeTakenBackIsAskedAboutFirst() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let word = UUID().uuidString.prefix(8).lowercased()
            let email = fresh("asked")
            try await made(installation, email)
            let key = try await installation.scorable("key", "create", "k-\(word)", "--email", email)
            let prefix = try #require(
                try await installation.query("SELECT prefix FROM api_keys WHERE name = 'k-\(word)'").first)
            #expect(key.output.hasPrefix(prefix))
            let added = try await installation.scorable(
                "audit", "forward", "add", "r-\(word)", "127.0.0.1:9", "--transport", "tcp")
            #expect(added.code == 0, "\(added.output)")
            for (command, answer) in [
                (["key", "revoke", "k-\(word)"], prefix), (["audit", "forward", "restart", "r-\(word)"], "r-\(word)"),
                (["audit", "forward", "remove", "r-\(word)"], "r-\(word)"),
                (["user", "sign-out", email], email),
                (["session", "end", "--user", email], email), (["user", "reset-password", email], email),
            ] {
                let arguments = command + ["--state", installation.place.state]
                let unanswered = try await PrivateInstallation.scorable(arguments)
                #expect(
                    unanswered.code == 2 && unanswered.lines.count == 1 && unanswered.output.contains("--yes"),
                    "\(command): \(unanswered.output)")
                let refused = try await PrivateInstallation.scorable(arguments, input: "no\n")
                #expect(
                    refused.code == 1 && refused.output.contains("Nothing was done."), "\(command): \(refused.output)")
                let done = try await PrivateInstallation.scorable(arguments, input: "\(answer)\n")
                #expect(done.code == 0, "\(command): \(done.output)")
            }
            let factor = try await installation.scorable("user", "remove-second-factor", email)
            #expect(factor.code == 2 && factor.lines.count == 1, "\(factor.output)")
            let none = try await installation.scorable("user", "remove-second-factor", email, "--yes")
            #expect(none.code == 1 && none.output.contains("has no second factor"), "\(none.output)")
            let link = try await installation.scorable("user", "reset-password", email, "--link")
            #expect(link.code == 0, "a link changes nothing: \(link.output)")
        }

        @Test func nobodyOfAnotherOrganisationIsMeant() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let name = "Other \(UUID().uuidString)"
            let created = try await installation.scorable("organization", "create", name, "--owner", fresh("owner"))
            #expect(created.code == 0, "\(created.output)")
            let email = fresh("mine")
            try await made(installation, email)
            for command in [
                ["user", "show", email], ["user", "role", email, "admin"], ["user", "deactivate", email, "--yes"],
                ["user", "rename", email, "Y"], ["user", "sign-out", email, "--yes"],
            ] {
                let outcome = try await PrivateInstallation.scorable(
                    command + ["--organization", name, "--state", installation.place.state])
                #expect(
                    outcome.code == 1 && outcome.output.contains("of another organization"),
                    "\(command): \(outcome.output)")
            }
            let shown = try await installation.scorable("user", "show", email)
            #expect(shown.output.contains("viewer") && shown.output.contains("active"), "\(shown.output)")
        }

        @Test func anInvitationIsWithdrawnInJSONToo() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let invited = try await installation.scorable("user", "invite", fresh("w"), "--role", "viewer", "--json")
            let link = try JSONCodec.decode(OperatorInvitationLink.self, from: Array(invited.output.utf8))
            let withdrawn = try await installation.scorable(
                "user", "withdraw", link.invitation.id.uuidString, "--json")
            let answer = try JSONCodec.decode([String: String].self, from: Array(withdrawn.output.utf8))
            #expect(answer == ["withdrawn": link.invitation.id.uuidString.lowercased()], "\(withdrawn.output)")
        }
    }
}
