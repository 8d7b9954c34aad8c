import CLinux
import EventLoop
import Glibc

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
        return try await workers.run { try runBlocking(arguments, input: input) }
    }

    private static func runBlocking(_ arguments: [String], input: String) throws -> CommandResult {
        // A socket pair is both pipes in one, and is born close-on-exec.
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw SystemError.last("socketpair") }
        defer { close(ends[0]) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        for number: Int32 in 0...2 { unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], number) }
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        var process: pid_t = 0
        let code = unsafe posix_spawnp(&process, arguments[0], &actions, nil, &words, environ)
        close(ends[1])
        guard code == 0 else { throw SystemError("spawn \(arguments[0])", code: code) }
        // Short inputs only: they fit the socket's buffer.
        _ = unsafe input.withCString { unsafe cl_send(ends[0], $0, strlen($0)) }
        shutdown(ends[0], Int32(SHUT_WR))
        var output: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 64 * 1024)
        while case let count = unsafe read(ends[0], &room, room.count), count > 0 { output += room[..<count] }
        var status: Int32 = 0
        unsafe waitpid(process, &status, 0)
        return CommandResult(status: status, output: String(decoding: output, as: UTF8.self))
    }
}
