import Foundation
import JSON
import Testing

extension EndToEnd {
    /// Exporting what a list shows, by keys, against a real server.
    @Suite struct ConsoleExportTests {
        @Test func whatTheFilterShowsIsExportedAndSavedHere() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let name = try await ConsoleSteps.execute(in: installation)
            try await ConsoleSteps.execute(named: name, in: installation)
            let terminal = try await ConsoleSteps.start(in: installation, before: "cd")
            try await terminal.until(name)
            try await terminal.type("/\"\(name)\"")
            try await terminal.press("Enter")
            try await terminal.until("the filtered list") { ConsoleSteps.rows($0).count == 2 }
            try await terminal.type("E")
            try await terminal.until("as JSON lines", "as a CSV table")
            try await terminal.type("l")
            try await terminal.until("Export 2 executions", "Type 2 and Enter")
            // Keys that come at once were meant for the list below.
            try await Task.sleep(for: .milliseconds(500))
            try await terminal.type("2")
            try await terminal.press("Enter")
            try await terminal.until("Executions › Exports", "ready")
            try await terminal.type("S")
            let (screen, _) = try await terminal.until("Written: ")
            #expect(screen.contains("execution-logs-"), "\(screen)")
            let saved = try FileManager.default.contentsOfDirectory(atPath: terminal.home)
                .filter { $0.hasPrefix("execution-logs-") }
            #expect(saved.count == 1 && saved[0].hasSuffix(".jsonl"), "\(saved)")
            let lines = try String(contentsOfFile: "\(terminal.home)/\(saved[0])", encoding: .utf8)
                .split(separator: "\n")
            let objects = try lines.map { try JSONCodec.decode(JSONValue.self, from: Array($0.utf8)) }
            #expect(objects.map { $0.string("executed_item_name") } == [name, name])
            try await terminal.close()
        }
    }
}
