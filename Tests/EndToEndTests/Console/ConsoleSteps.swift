import Foundation
import JSON
import Testing

/// What tests of the console do again and again.
enum ConsoleSteps {
    static func server(_ installation: PrivateInstallation) -> String {
        "http://127.0.0.1:\(installation.port(8080))"
    }

    /// A terminal in which the console has been started and signs in by itself.
    static func start(
        in installation: PrivateInstallation, password: String? = nil, before command: String = "true"
    ) async throws -> TerminalSession {
        let terminal = try await TerminalSession(
            in: installation.place,
            environment: [
                "SCORABLE_CONSOLE_EMAIL": "admin@localhost",
                "SCORABLE_CONSOLE_PASSWORD": password ?? installation.password,
            ])
        let console = "\(BuiltFiles.program("scorable-console")) --server \(server(installation))"
        try await terminal.type("\(command); \(console)")
        try await terminal.press("Enter")
        return terminal
    }

    /// Executes a new evaluator and returns its name, which is short enough for its column.
    static func execute(in installation: PrivateInstallation) async throws -> String {
        let name = "Check \(Int.random(in: 100_000...999_999))"
        let made = try await installation.api.post(
            "/v1/evaluators/",
            ["name": .string(name), "scoring_criteria": "Rate {{response}}", "objective": ["intent": "To test"]])
        #expect(made.status == 201, "\(made.text)")
        try await execute(named: name, in: installation)
        return name
    }

    static func execute(named name: String, in installation: PrivateInstallation) async throws {
        let path = "/v1/evaluators/execute/by-name/?name=\(name.replacingOccurrences(of: " ", with: "%20"))"
        let reply = try await installation.api.post(path, ["request": "How?", "response": "So, and no other way."])
        #expect(reply.status == 200, "\(reply.text)")
    }

    /// The rows of the list, which begin with a time.
    static func rows(_ screen: String) -> [Substring] {
        screen.split(separator: "\n").filter { $0.contains(#/^[▸ ] \d\d:\d\d:\d\d /#) }
    }
}
