internal import CLinux
package import EventLoop
internal import Glibc

/// A program whose output we read, or whose input we write, piece by piece, as fast as both sides can. On a loop only, and
/// not while a supervisor takes ended children.
package final class PipedProgram: Sendable {
    private let name: String
    private let pid: Int32
    private let loop: Loop
    private let stream: ProgramStream

    private init(_ start: ChildProcess.Start, pid: Int32, loop: Loop, stream: ProgramStream) {
        name = start.command.first { !$0.isEmpty } ?? ""
        self.pid = pid
        self.loop = loop
        self.stream = stream
    }

    /// Starts a program whose standard output is read; what it complains about goes to the log that `start` names.
    package static func reading(_ start: ChildProcess.Start) throws(SystemError) -> PipedProgram {
        try begin(start) { (start, theirs, complaints) throws(SystemError) in
            try start.begin(output: theirs, error: complaints)
        }
    }

    /// Starts a program whose standard input is written; its output goes to the log that `start` names.
    package static func writing(_ start: ChildProcess.Start) throws(SystemError) -> PipedProgram {
        try begin(start) { (start, theirs, complaints) throws(SystemError) in
            try start.begin(input: theirs, output: complaints, error: complaints)
        }
    }

    private static func begin(
        _ start: ChildProcess.Start,
        _ body: (ChildProcess.Start, _ theirs: Int32, _ complaints: Int32) throws(SystemError) -> Int32
    ) throws(SystemError) -> PipedProgram {
        guard let loop = Loop.current else { preconditionFailure("programs are run on a loop") }
        var complaints: Int32 = -1
        if let path = start.logPath {
            complaints = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
            guard complaints >= 0 else { throw .last("open \(path)") }
        }
        defer { if complaints >= 0 { close(complaints) } }
        let (ours, theirs) = try ProgramStream.pair(on: loop)
        let pid = try body(start, theirs.fd, complaints)
        // Closed when it is let go of, which must not be before the program has it.
        extendLifetime(theirs)
        return PipedProgram(start, pid: pid, loop: loop, stream: ours)
    }

    /// The next piece of its output, `nil` at the end.
    package func next() async throws -> [UInt8]? { try await stream.next(until: .never) }

    /// Writes what `next` brings until it brings `nil`, and closes its input.
    package func write(_ next: () async throws -> [UInt8]?) async throws {
        try await stream.write(next, until: .never)
    }

    /// Returns its exit code when it has ended; 128 plus the signal that ended it.
    package func end() async throws -> Int32 {
        var code: Int32 = 0
        while true {
            let taken = unsafe cl_take_child(pid, &code)
            guard taken >= 0 else { throw SystemError.last("wait for \(name)") }
            guard taken == 0 else { return code }
            try await loop.sleep(for: .milliseconds(5))
        }
    }

    /// Ends it at once.
    package func kill() { _ = Glibc.kill(pid, SIGKILL) }
}
