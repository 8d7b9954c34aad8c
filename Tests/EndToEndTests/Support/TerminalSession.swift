import Foundation

/// A terminal of 80 columns and 24 rows with a shell in it, driven by keys and read as text.
final class TerminalSession: Sendable {
    private let socket: String
    /// The home folder of what runs in it.
    let home: String

    /// What the shell shows when it waits.
    static let prompt = "shell>"

    private static let shell = ["/usr/bin/env", "PS1=\(prompt) ", "/bin/bash", "--norc", "--noprofile", "-i"]

    /// Opens one in `place`, whose watchdog ends it.
    init(in place: TemporaryPlace, environment: [String: String] = [:]) async throws {
        let name = UUID().uuidString.prefix(8)
        socket = "\(place.path)/tmux-\(name)"
        // What one test's programs remember is nothing to another's.
        home = "\(place.path)/home-\(name)"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        let variables = [String: String].clean.adding([
            "HOME": home, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TERM": "xterm-256color",
        ]).adding(environment)
        try await tmux(
            ["-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24"] + Self.shell,
            environment: variables)
        try await until(Self.prompt)
    }

    /// Ends it with what runs in it.
    func close() async throws { try await tmux(["kill-server"]) }

    /// Types `text` as it is.
    func type(_ text: String) async throws { try await tmux(["send-keys", "-l", text]) }

    /// Presses keys by tmux's names: `Enter`, `Escape`, `C-c`.
    func press(_ keys: String...) async throws { try await tmux(["send-keys"] + keys) }

    /// Sends bytes as a keyboard, a mouse or noise on the line would.
    func send(bytes: [UInt8]) async throws {
        try await tmux(["send-keys", "-H"] + bytes.map { String($0, radix: 16) })
    }

    func resize(columns: Int, rows: Int) async throws {
        try await tmux(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
    }

    /// What is on the screen.
    func screen() async throws -> String { try await tmux(["capture-pane", "-p"]) }

    /// Waits until the screen shows every one of `texts`, and returns it with how long that took.
    @discardableResult
    func until(_ texts: String..., within limit: Duration = .seconds(20)) async throws -> (screen: String, Duration) {
        try await until("\(texts)", within: limit) { screen in texts.allSatisfy(screen.contains) }
    }

    /// Waits until the screen is as `condition` wants it.
    @discardableResult
    func until(
        _ what: String, within limit: Duration = .seconds(20), _ condition: (String) -> Bool
    ) async throws -> (screen: String, Duration) {
        var last = ""
        let (screen, duration) = try await eventualValue("\(what) on the screen:\n\(last)", within: limit) {
            () -> String? in
            last = try await self.screen()
            return condition(last) ? last : nil
        }
        return (screen, duration)
    }

    @discardableResult
    private func tmux(_ arguments: [String], environment: [String: String] = .clean) async throws -> String {
        // The server that the first call starts must outlive that call, and ends with the watchdog at the latest.
        let outcome = try await ChildProgram.run(
            ["/usr/bin/tmux", "-S", socket] + arguments, environment: environment)
        guard outcome.code == 0 else { throw NotInTime("tmux \(arguments): \(outcome.output)") }
        return outcome.output
    }
}
