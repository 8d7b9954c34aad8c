import Foundation
import JSON
import Testing

extension EndToEnd {
    /// The console without a screen: printed once, followed, and as a conversation of lines.
    @Suite struct ConsoleFormTests {
        @Test func aTableAndADocumentShowWhatTheScreenShows() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let name = try await ConsoleSteps.execute(in: installation)
            let table = try await run(["--table", "--filter", "\"\(name)\""], in: installation)
            #expect(table.code == 0, "\(table.output)")
            #expect(table.lines.count == 2 && table.lines[1].contains(name), "\(table.output)")
            let document = try await run(["--json", "--filter", "\"\(name)\""], in: installation)
            let rows = try JSONCodec.decode([JSONValue].self, from: Array(document.output.utf8))
            #expect(rows.count == 1)
        }

        @Test func everyRoomHasATable() async throws {
            let installation = try await PrivateInstallation.demonstration()
            _ = try await ConsoleSteps.execute(in: installation)
            for room in ["dashboard", "executions", "evaluators", "providers", "projects", "profile"] {
                let table = try await run([room, "--table"], in: installation)
                #expect(table.code == 0 && table.lines.count > 1, "\(room): \(table.output)")
                let document = try await run([room, "--json"], in: installation)
                #expect(throws: Never.self, "\(room): \(document.output)") {
                    try JSONCodec.decode(JSONValue.self, from: Array(document.output.utf8))
                }
            }
        }

        @Test func watchingPrintsWhatArrivesAndEndsWithItsSignal() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let console = try await ChildProgram.start(
                command(["--watch"], installation), environment: environment(installation))
            try await eventually("the titles are printed: \(console.written)") { console.written.contains("NAME") }
            let name = try await ConsoleSteps.execute(in: installation)
            try await eventually("\(name) is printed: \(console.written)") { console.written.contains(name) }
            #expect(console.written.components(separatedBy: name).count == 2, "once: \(console.written)")
            kill(console.pid, SIGTERM)
            #expect(try await console.end(within: .seconds(5)).code == 128 + SIGTERM)
        }

        @Test func linesAreReadAsCommands() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let name = try await ConsoleSteps.execute(in: installation)
            let talk = try await ChildProgram.run(
                ["/usr/bin/script", "-qec", command(["--plain"], installation).joined(separator: " "), "/dev/null"],
                environment: environment(installation),
                input: "/\"\(name)\"\n1\nesc\nnonsense\n?\nquit\n", within: .seconds(60))
            #expect(talk.code == 0, "\(talk.output)")
            #expect(talk.output.contains("Justification"), "row 1 was opened: \(talk.output)")
            #expect(talk.output.contains("nonsense is not a key or a command"), "\(talk.output)")
            #expect(!talk.output.contains("\u{1B}["), "nothing is placed")
        }

        @Test func mistakesOnTheCommandLineAreOneLine() async throws {
            let installation = try await PrivateInstallation.demonstration()
            for (arguments, expected) in [
                (["nowhere"], "nowhere"), (["--table", "--json"], "exclude each other"),
                (["--filter", "score<"], "score"), (["--limit", "0"], "1 to 1000"),
            ] {
                let outcome = try await run(arguments, in: installation)
                #expect(outcome.code == 2, "\(arguments): \(outcome.output)")
                #expect(
                    outcome.lines.count == 1 && outcome.output.contains(expected), "\(arguments): \(outcome.output)")
            }
        }

        @Test func healthAndSettingsAreForProgramsToo() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let health = try await run(["health", "--json", "--limit", "500"], in: installation)
            #expect(health.code == 0, "\(health.output)")
            for text in PrivateInstallation.daemons.map({ "\"\($0) on " }) + [
                "PostgreSQL answers in", "Redis answers in",
            ] { #expect(health.output.contains(text), "\(text) in \(health.output)") }
            let settings = try await run(
                ["settings", "--json", "--filter", "key:service_token"], in: installation)
            #expect(settings.code == 0 && settings.output.contains("‹redacted›"), "\(settings.output)")
            let differing = try await run(["settings", "--table", "--filter", "is:differing"], in: installation)
            #expect(differing.code == 0 && !differing.output.contains("service_token"), "\(differing.output)")
        }

        // MARK: Steps

        private func command(_ arguments: [String], _ installation: PrivateInstallation) -> [String] {
            [BuiltFiles.program("scorable-console")] + arguments + ["--server", ConsoleSteps.server(installation)]
        }

        private func environment(_ installation: PrivateInstallation) -> [String: String] {
            [String: String].clean.adding([
                "HOME": installation.place.path, "SCORABLE_CONSOLE_EMAIL": "admin@localhost",
                "SCORABLE_CONSOLE_PASSWORD": installation.password, "LC_ALL": "C.UTF-8",
            ])
        }

        private func run(
            _ arguments: [String], in installation: PrivateInstallation
        ) async throws -> ChildProgram.Outcome {
            try await ChildProgram.run(command(arguments, installation), environment: environment(installation))
        }
    }
}
