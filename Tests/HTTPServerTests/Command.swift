import EventLoop
import TestSupport

/// What a command printed, and how it ended.
struct CommandResult: Sendable {
    let status: Int32
    let output: String
}

/// Runs commands, each waited for on a thread of its own.
enum Command {
    /// Runs `arguments` with `input` on its standard input; both outputs are collected together.
    static func run(_ arguments: [String], input: String = "") async throws -> CommandResult {
        let workers = WorkerThreads(name: "command", count: 1, queueLimit: 1)
        defer { workers.shutdown() }
        return try await workers.run {
            let outcome = try ConnectedProgram.run(arguments, input: Array(input.utf8), takingErrors: true)
            return CommandResult(status: outcome.code, output: outcome.text)
        }
    }
}
