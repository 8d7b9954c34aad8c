internal import CLinux
internal import EventLoop
internal import Glibc

/// Starting other programs.
package enum ChildProcess {
    /// What a program is started with.
    package struct Start: Sendable {
        /// The path of the program, then its arguments.
        package var command: [String]
        package var environment: [String: String]
        /// The file that its output is appended to; `nil` for our own output.
        package var logPath: String?
        /// Whether it ends when we do.
        package var endsWithUs = true
        /// Whether it lives in a session of its own, out of reach of our terminal's signals.
        package var ownSession = false

        package init(command: [String], environment: [String: String], logPath: String? = nil) {
            self.command = command
            self.environment = environment
            self.logPath = logPath
        }
    }

    /// Starts a program and returns its process id.
    package static func start(_ start: Start) throws -> Int32 {
        var output: Int32 = -1
        if let logPath = start.logPath {
            output = unsafe open(logPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
            guard output >= 0 else { throw SystemError.last("open \(logPath)") }
        }
        defer { if output >= 0 { close(output) } }
        return try start.begin(output: output)
    }

    /// One child that has ended since the last call: its pid and exit code (128 plus the signal that ended it).
    package static func takeEnded() -> (pid: Int32, code: Int32)? {
        var code: Int32 = 0
        let pid = unsafe cl_take_ended_child(&code)
        return pid > 0 ? (pid, code) : nil
    }

    fileprivate static func withPointers<R>(
        to words: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R
    ) -> R {
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) }
        unsafe pointers.append(nil)
        defer { unsafe pointers.forEach { unsafe free($0) } }
        return unsafe pointers.withUnsafeBufferPointer { unsafe body($0.baseAddress.unsafelyUnwrapped) }
    }
}

extension ChildProcess.Start {
    /// Starts the program on these descriptors, of which -1 is none of its own, within bounds where there are some.
    func begin(
        input: Int32 = -1, output: Int32, error: Int32 = -1, confinement: cl_confinement = cl_confinement()
    ) throws(SystemError) -> Int32 {
        var options = cl_start_options(
            output: output, error: error, input: input, death_signal: endsWithUs ? SIGTERM : 0,
            new_session: ownSession ? 1 : 0, confinement: confinement)
        let words = environment.map { "\($0.key)=\($0.value)" }.sorted()
        let pid = unsafe ChildProcess.withPointers(to: command) { arguments in
            unsafe ChildProcess.withPointers(to: words) { environment in
                unsafe cl_start_program(command[0], arguments, environment, &options)
            }
        }
        guard pid > 0 else { throw .last("start \(command[0])") }
        return pid
    }
}

extension ChildProcess {
    /// Runs a program to its end and returns its exit code. Not to be used while a supervisor takes ended children.
    package static func run(_ start: Start) async throws -> Int32 {
        guard let loop = Loop.current else { preconditionFailure("programs are awaited on a loop") }
        let pid = try self.start(start)
        while true {
            if let ended = takeEnded(), ended.pid == pid { return ended.code }
            try await loop.sleep(for: .milliseconds(10))
        }
    }
}
