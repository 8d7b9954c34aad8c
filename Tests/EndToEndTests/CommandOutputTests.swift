import Foundation
import HTTPMessages
import JSON
import Testing
import WireAPI

extension EndToEnd {
    /// What the administration tool prints of what others have written, and what becomes of it where it cannot be printed.
    @Suite struct CommandOutputTests {
        /// As a name: it sets the title of a terminal, colours what follows by C1, begins a line, and turns the direction.
        private static let hostile = "Eve\u{1B}]0;owned\u{7}\u{9B}31m\u{202E}gnp\u{2028}root is owner"

        private func fresh(_ name: String) -> String { "\(name)-\(UUID().uuidString.lowercased())@example.com" }

        private func steers(_ text: String) -> [Unicode.Scalar] {
            text.unicodeScalars.filter { scalar in
                switch scalar.value {
                case 0x0A: false
                case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: true
                default: false
                }
            }
        }

        @Test func nothingThatOthersHaveWrittenSteersATerminal() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let email = fresh("eve")
            let made = try await installation.scorable("user", "create", email, "--name", "Eve", "--role", "viewer")
            #expect(made.code == 0, "\(made.output)")
            // As an earlier release, or a directory, has written it.
            _ = try await installation.query(
                """
                UPDATE users SET full_name = E'Eve\\u001b]0;owned\\u0007\\u009b31m\\u202egnp\\u2028root is owner'
                WHERE email = '\(email)'
                """)
            // Anybody can write this much into the audit.
            let refused = try await installation.operatorAPI.send(
                .post, OperatorSignIn.path,
                body: JSONCodec.encode(OperatorSignIn(email: Self.hostile + email, password: "no")))
            #expect((400..<500).contains(refused.status))
            _ = try await installation.scorable("user", "sign-out", email, "--yes")
            let commands = [
                ["user", "show", email], ["user", "list", "--query", email], ["user", "rename", email, "Eve again"],
                ["audit", "list", "--limit", "20"], ["audit", "verify"], ["session", "list"],
            ]
            for command in commands {
                let outcome = try await PrivateInstallation.scorable(command + ["--state", installation.place.state])
                #expect(
                    outcome.code == 0 && steers(outcome.output).isEmpty,
                    "\(command): \(outcome.output.debugDescription)")
                #expect(!outcome.lines.contains { $0.hasPrefix("root is owner") })
            }
            _ = try await installation.query(
                "UPDATE users SET full_name = E'Eve\\u009b31m\\u202e\\u007f' WHERE email = '\(email)'")
            let shown = try await installation.scorable("user", "show", email, "--json")
            #expect(steers(shown.output).isEmpty, "\(shown.output.debugDescription)")
            let detail = try JSONCodec.decode(OperatorUserDetail.self, from: Array(shown.output.utf8))
            #expect(detail.user.fullName == "Eve\u{9B}31m\u{202E}\u{7F}", "programs get what there is")
        }

        @Test func aNameThatSteersATerminalIsRefusedByItsField() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let email = fresh("named")
            for (arguments, field) in [
                (["user", "create", email, "--name", "A\u{1B}[2J", "--role", "viewer"], "full_name"),
                (["user", "rename", "admin@localhost", "A\u{9B}2J"], "full_name"),
                (["key", "create", "a\u{7}", "--email", "admin@localhost"], "name"),
                (["organization", "create", "a\nb", "--owner", email], "name"),
            ] {
                let outcome = try await PrivateInstallation.scorable(arguments + ["--state", installation.place.state])
                #expect(
                    outcome.code == 2 && outcome.lines.count == 1
                        && outcome.output.contains("\(field): Control characters are not allowed"),
                    "\(arguments): \(outcome.output)")
            }
        }

        @Test func whatCannotBeWrittenIsNoSuccess() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let program = BuiltFiles.program("scorable")
            let state = installation.place.state
            for command in [
                "permissions", "audit export --state \(state)",
                "key create full --email admin@localhost --state \(state)",
            ] {
                let outcome = try await ChildProgram.run(["/bin/sh", "-c", "'\(program)' \(command) > /dev/full"])
                #expect(outcome.code == 1 && outcome.lines.count == 1, "\(command): \(outcome.output)")
                #expect(outcome.output.contains("No space left on device"), "\(command): \(outcome.output)")
            }
        }

        // MARK: Lists that are cut

        private func walked<Row>(
            _ command: [String], _ read: ([UInt8]) throws -> (rows: [Row], next: String?)
        ) async throws -> [Row] {
            let installation = try await PrivateInstallation.demonstration()
            var (all, cursor) = ([Row](), String?.none)
            repeat {
                let going = cursor.map { ["--cursor", $0] } ?? []
                let outcome = try await PrivateInstallation.scorable(
                    command + ["--limit", "1", "--json", "--state", installation.place.state] + going)
                #expect(outcome.code == 0, "\(outcome.output)")
                let page = try read(Array(outcome.output.utf8))
                #expect(page.rows.count <= 1)
                all += page.rows
                cursor = page.next
            } while cursor != nil && all.count < 500
            return all
        }

        @Test func aListThatIsCutSaysWhereItGoesOn() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let word = UUID().uuidString.lowercased().prefix(8)
            for number in 0..<3 {
                let made = try await installation.scorable(
                    "user", "create", "\(word)-\(number)@example.com", "--name", "P \(word)", "--role", "viewer")
                #expect(made.code == 0, "\(made.output)")
            }
            let people = try await walked(["user", "list", "--query", String(word)]) { bytes in
                let page = try JSONCodec.decode(OperatorUserPage.self, from: bytes)
                return (page.results.map(\.email), page.next)
            }
            #expect(people == (0..<3).reversed().map { "\(word)-\($0)@example.com" })
            let text = try await installation.scorable("user", "list", "--query", String(word), "--limit", "2")
            #expect(text.lines.last?.hasPrefix("More: --cursor ") == true, "\(text.output)")
            let whole = try await installation.scorable("user", "list", "--query", String(word))
            #expect(!whole.output.contains("More:"))
            let wrong = try await installation.scorable("user", "list", "--cursor", "x")
            #expect(wrong.code == 2)
        }

        @Test func everyListGoesOnToItsEnd() async throws {
            let installation = try await PrivateInstallation.demonstration()
            _ = try await installation.person("viewer")
            _ = try await installation.person("viewer")
            for _ in 0..<2 {
                _ = try await installation.scorable("key", "create", "walked", "--email", "admin@localhost")
                _ = try await installation.scorable("user", "invite", fresh("walked"), "--role", "viewer")
                _ = try await installation.scorable(
                    "organization", "create", "Walked \(UUID().uuidString)", "--owner", fresh("owner"))
            }
            let keys = try await walked(["key", "list"]) { bytes in
                let page = try JSONCodec.decode(OperatorAPIKeyPage.self, from: bytes)
                return (page.results.map(\.id), page.next)
            }
            let count = try await installation.query("SELECT count(*) FROM api_keys").first
            #expect(Set(keys).count == keys.count && "\(keys.count)" == count)
            let organizations = try await walked(["organization", "list"]) { bytes in
                let page = try JSONCodec.decode(OperatorOrganizationPage.self, from: bytes)
                return (page.results.map(\.id), page.next)
            }
            #expect(Set(organizations).count == organizations.count && organizations.count >= 3)
            let invitations = try await walked(["user", "invitations"]) { bytes in
                let page = try JSONCodec.decode(OperatorInvitationPage.self, from: bytes)
                return (page.results.map(\.id), page.next)
            }
            #expect(Set(invitations).count == invitations.count && invitations.count >= 2)
            let sessions = try await walked(["session", "list"]) { bytes in
                let page = try JSONCodec.decode(OperatorSessionPage.self, from: bytes)
                return (page.results.map(\.id), page.next)
            }
            #expect(Set(sessions).count == sessions.count && sessions.count >= 2)
        }
    }
}
