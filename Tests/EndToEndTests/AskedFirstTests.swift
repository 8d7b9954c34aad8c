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

        /// A file with metadata of an identity provider that nobody reaches.
        private func metadata(_ place: TemporaryPlace) async throws -> String {
            let made = try await ChildProgram.run([
                "/bin/sh", "-c",
                "openssl req -x509 -newkey rsa:2048 -nodes -keyout /dev/null -subj /CN=idp -days 30 2>/dev/null",
            ])
            let certificate = made.lines.filter { !$0.hasPrefix("-----") }.joined()
            let name = UUID().uuidString.lowercased()
            let path = "\(place.path)/idp-\(name).xml"
            let text = """
                <EntityDescriptor entityID="https://idp.example/\(name)" xmlns="urn:oasis:names:tc:SAML:2.0:metadata">\
                <IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">\
                <KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>\
                <X509Certificate>\(certificate)</X509Certificate></X509Data></KeyInfo></KeyDescriptor>\
                <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" \
                Location="https://idp.example/sso"/></IDPSSODescriptor></EntityDescriptor>
                """
            try Data(text.utf8).write(to: URL(filePath: path))
            return path
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
            let provider = try await installation.scorable(
                "identity-provider", "add", "--name", "i-\(word)", "--metadata-file",
                try await metadata(installation.place),
                "--group", "eng=engineer")
            #expect(provider.code == 0, "\(provider.output)")
            for (command, answer) in [
                (["key", "revoke", "k-\(word)"], prefix), (["audit", "forward", "restart", "r-\(word)"], "r-\(word)"),
                (["audit", "forward", "remove", "r-\(word)"], "r-\(word)"),
                (["identity-provider", "remove", "i-\(word)"], "i-\(word)"), (["user", "sign-out", email], email),
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

        @Test func whatStandsInTheWayIsToldInASentence() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let word = UUID().uuidString.prefix(8).lowercased()
            var outcomes: [ChildProgram.Outcome] = []
            for name in ["a-\(word)", "b-\(word)"] {
                let file = try await metadata(installation.place)
                outcomes.append(
                    try await installation.scorable(
                        "identity-provider", "add", "--name", name, "--metadata-file", file, "--domain",
                        "\(word).example", "--group", "eng=engineer"))
            }
            #expect(outcomes.first?.code == 0, "\(outcomes)")
            #expect(outcomes.last?.code == 1 && outcomes.last?.output.contains("this domain") == true, "\(outcomes)")
            let cleared = try await installation.scorable(
                "identity-provider", "update", "a-\(word)", "--group", "none", "--json")
            let provider = try JSONCodec.decode(OperatorIdentityProvider.self, from: Array(cleared.output.utf8))
            #expect(provider.settings.roles.isEmpty, "\(cleared.output)")
            let gone = try await installation.scorable("identity-provider", "remove", "a-\(word)", "--yes")
            #expect(gone.code == 0, "\(gone.output)")
            for expected in [Int32(0), 1] {
                let added = try await installation.scorable(
                    "audit", "forward", "add", "r-\(word)", "127.0.0.1:9", "--transport", "tcp")
                #expect(added.code == expected && !added.output.contains("conflict:"), "\(added.output)")
            }
            let removed = try await installation.scorable("audit", "forward", "remove", "r-\(word)", "--yes")
            #expect(removed.code == 0, "\(removed.output)")
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
