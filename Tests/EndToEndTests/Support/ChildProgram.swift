import CLinux
import EventLoop
import Foundation
import Glibc

/// A program that these tests started. It ends with them, however they end.
struct ChildProgram: Sendable {
    let pid: Int32
    /// Its standard output and error.
    private let output: Int32

    /// What a program left behind.
    struct Outcome: Sendable {
        /// The exit code; 128 and more for a signal.
        let code: Int32
        let output: String

        /// The lines of its output.
        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    /// A child is told to end when the thread that started it does, so that one lives as long as the tests.
    private static let starter = WorkerThreads(name: "child-programs", count: 1, queueLimit: 4096)

    /// Starts `command`, whose standard input is `input`.
    static func start(
        _ command: [String], environment: [String: String] = .clean, input: Int32 = -1
    ) async throws -> ChildProgram {
        let output = try scratchFile()
        let pid = try await starter.run {
            var options = cl_start_options(
                output: output, error: -1, input: input, death_signal: SIGKILL, new_session: 1,
                confinement: cl_confinement())
            let words = environment.map { "\($0.key)=\($0.value)" }
            let pid = unsafe withPointers(to: command) { arguments in
                unsafe withPointers(to: words) { variables in
                    unsafe cl_start_program(command[0], arguments, variables, &options)
                }
            }
            guard pid > 0 else { throw SystemError.last("start \(command[0])") }
            return pid
        }
        return ChildProgram(pid: pid, output: output)
    }

    /// Runs `command` to its end; `input` is what it reads.
    static func run(
        _ command: [String], environment: [String: String] = .clean, input: String = "",
        within limit: Duration = .seconds(60)
    ) async throws -> Outcome {
        let source = try scratchFile()
        defer { close(source) }
        let bytes = Array(input.utf8)
        guard unsafe pwrite(source, bytes, bytes.count, 0) == bytes.count else { throw SystemError.last("write input") }
        return try await start(command, environment: environment, input: source).end(within: limit)
    }

    /// Waits for its end; it is killed when it takes longer than `limit`.
    func end(within limit: Duration) async throws -> Outcome {
        defer { close(output) }
        let deadline = ContinuousClock.now + limit
        while true {
            var status: Int32 = 0
            let ended = unsafe waitpid(pid, &status, WNOHANG)
            if ended == pid {
                let signal = status & 0x7f
                return Outcome(code: signal == 0 ? (status >> 8) & 0xff : 128 + signal, output: written)
            }
            guard ended == 0 else { throw SystemError.last("wait for process \(pid)") }
            guard .now < deadline else {
                kill(pid, SIGKILL)
                unsafe waitpid(pid, &status, 0)
                throw NotInTime("process \(pid) had not ended after \(limit); it wrote: \(written)")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// What it has written so far.
    var written: String {
        var figures = stat()
        guard unsafe fstat(output, &figures) == 0, figures.st_size > 0 else { return "" }
        var bytes = [UInt8](repeating: 0, count: Int(figures.st_size))
        let count = unsafe pread(output, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    /// An open file without a name.
    private static func scratchFile() throws -> Int32 {
        var template = Array("/tmp/scorable-output-XXXXXX".utf8CString)
        let file = unsafe mkstemp(&template)
        guard file >= 0 else { throw SystemError.last("make a file in /tmp") }
        unsafe unlink(&template)
        _ = fcntl(file, F_SETFD, FD_CLOEXEC)
        return file
    }
}

private func withPointers<R>(
    to words: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R
) -> R {
    let pointers: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) } + [nil]
    defer { unsafe pointers.forEach { unsafe free($0) } }
    return unsafe pointers.withUnsafeBufferPointer { unsafe body($0.baseAddress.unsafelyUnwrapped) }
}

extension [String: String] {
    /// An environment without any setting of ours.
    static var clean: [String: String] {
        ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("SCORABLE_") && $0.key != "TMUX" }
    }

    /// This environment with more in it.
    func adding(_ others: [String: String]) -> [String: String] { merging(others) { $1 } }
}
