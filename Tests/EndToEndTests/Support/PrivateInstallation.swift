import CLinux
import EventLoop
import Foundation
import Glibc

/// A whole installation of its own: PostgreSQL, Redis and the four daemons, as `scorable up` makes it.
final class PrivateInstallation: Sendable {
    let place: TemporaryPlace
    let portOffset: Int
    /// What `scorable up` printed.
    let welcome: String
    /// What `scorable env` exports.
    let exports: [String: String]

    /// With the demonstration model only; tests leave it as it runs.
    static func demonstration() async throws -> PrivateInstallation { try await demonstrationOne.value }
    /// With the provider that fails on demand; tests kill parts of it.
    static func faulty() async throws -> PrivateInstallation { try await faultyOne.value }

    private static let demonstrationOne = Task { try await PrivateInstallation() }
    private static let faultyOne = Task {
        let installation = try await PrivateInstallation()
        try await FaultyProvider.shared().add(to: installation)
        return installation
    }

    /// An installation of its own, for a test that breaks it, or that needs settings in the environment of the daemons.
    init(environment settings: [String: String] = [:]) async throws {
        place = try TemporaryPlace()
        var attempt = 0
        while true {
            attempt += 1
            let offset = Self.freeOffset()
            let up = try await Self.scorable(
                ["up", "--state", place.state, "--port-offset", "\(offset)"],
                environment: [String: String].clean.merging(settings) { $1 }, within: .seconds(150))
            if up.code == 0 {
                (portOffset, welcome) = (offset, up.output)
                break
            }
            // Somebody else took a port between the look and the start.
            guard up.output.contains("is in use"), attempt < 5 else { throw NotStarted(up.output, place.state) }
            try FileManager.default.removeItem(atPath: place.state)
        }
        exports = Self.parse(try await Self.scorable(["env", "--state", place.state]).output)
    }

    /// `scorable up` failed.
    struct NotStarted: Error, CustomStringConvertible {
        let description: String

        init(_ output: String, _ state: String) {
            let log = try? String(contentsOfFile: "\(state)/log/supervisor.log", encoding: .utf8)
            description = "scorable up failed: \(output)\n\(log ?? "")"
        }
    }

    // MARK: Use

    /// The usual port of a listener, moved to this installation.
    func port(_ usual: Int) -> Int { usual + portOffset }

    var apiKey: String { exports["SCORABLE_API_KEY"] ?? "" }
    /// The public API over loopback HTTP, for the administrator's key.
    var api: APIClient { APIClient(base: "http://127.0.0.1:\(port(8000))", authorization: "Api-Key \(apiKey)") }
    /// The password that was printed once.
    var password: String {
        let line = welcome.split(separator: "\n").first { $0.contains("Password") }
        return line.map { String($0.split(separator: " ").last ?? "") } ?? ""
    }

    /// Runs the administration tool on this installation.
    func scorable(_ arguments: String..., input: String = "", within limit: Duration = .seconds(60)) async throws
        -> ChildProgram.Outcome
    {
        try await Self.scorable(arguments + ["--state", place.state], input: input, within: limit)
    }

    /// Runs the administration tool.
    static func scorable(
        _ arguments: [String], environment: [String: String] = .clean, input: String = "",
        within limit: Duration = .seconds(60)
    ) async throws -> ChildProgram.Outcome {
        try await ChildProgram.run(
            [BuiltFiles.program("scorable")] + arguments, environment: environment, input: input, within: limit)
    }

    /// The lines that a query of the database gives, columns between `|`.
    func query(_ sql: String) async throws -> [String] {
        let outcome = try await ChildProgram.run(
            [
                "/usr/bin/psql", "-h", "\(place.state)/run", "-U", "scorable", "-d", "scorable", "-X", "-q", "-At",
                "-v",
                "ON_ERROR_STOP=1", "-f", "-",
            ], input: sql)
        guard outcome.code == 0 else { throw NotInTime("psql: \(outcome.output)") }
        return outcome.lines
    }

    /// The last lines of what a program logged.
    func log(of program: String) -> String {
        let text = (try? String(contentsOfFile: "\(place.state)/log/\(program).log", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(8).map { $0.prefix(300) }.joined(separator: "\n")
    }

    // MARK: Making

    /// An offset at which every port is free, below those that the system gives to connections.
    static func freeOffset() -> Int {
        let usual = [8443, 8000, 8080, 8081, 8082, 8083]
        while true {
            let offset = Int.random(in: 1000...23_000)
            if usual.allSatisfy({ cl_probe_port(UInt16($0 + offset)) == 0 }) { return offset }
        }
    }

    /// The variables of `export NAME='VALUE'` lines.
    static func parse(_ exports: String) -> [String: String] {
        let pairs = exports.matches(of: #/export (\w+)='([^']*)'/#).map { (String($0.1), String($0.2)) }
        return Dictionary(pairs) { $1 }
    }
}
