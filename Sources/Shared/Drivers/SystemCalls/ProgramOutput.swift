internal import CLinux
package import EventLoop
internal import Glibc

/// A program that is asked something and answers on its output.
package enum ProgramOutput {
    /// What it said.
    package struct Answer: Sendable {
        /// Its exit code; 128 plus the signal that ended it.
        package let code: Int32
        /// The beginning of what it wrote, to its standard error too.
        package let text: String
    }

    /// Starts a program, and returns when it has closed its output; beyond `limit` bytes its output is left out. Cancelling
    /// ends the program. On a loop only.
    /// - Throws: `SystemError` when it cannot be started; `ConfinedProgram.Excess` when it takes too long.
    package static func of(
        _ command: [String], environment: [String: String], limit: Int = 1 << 20, within time: Duration
    ) async throws -> Answer {
        guard let loop = Loop.current else { preconditionFailure("programs are asked on a loop") }
        let deadline = Deadline.after(time)
        let (output, theirs) = try ProgramStream.pair(on: loop)
        var start = ChildProcess.Start(command: command, environment: environment)
        start.ownSession = true
        let pid = try withExtendedLifetime(theirs) { () throws(SystemError) in try start.begin(output: theirs.fd) }
        do {
            let bytes = try await read(output, letting: theirs, limit, deadline)
            let code = try await end(pid, on: loop, until: deadline)
            return Answer(code: code, text: String(decoding: bytes, as: UTF8.self))
        } catch {
            _ = kill(pid, SIGKILL)
            // Unstructured, so that a cancellation does not reach it; awaited here, so that no dead child is left.
            await loop.spawn {
                var code: Int32 = 0
                while unsafe cl_take_child(pid, &code) == 0 {
                    do { try await loop.sleep(for: .milliseconds(1)) } catch { return }
                }
            }.value
            throw error
        }
    }

    /// Our copy of the program's end is let go of: only then is there an end to its output.
    private static func read(
        _ output: ProgramStream, letting theirs: consuming ProgramStream.TheirEnd, _ limit: Int, _ deadline: Deadline
    ) async throws -> [UInt8] {
        theirs.letGo()
        return try await output.read(atMost: limit, cutting: true, until: deadline)
    }

    private static func end(_ pid: Int32, on loop: Loop, until deadline: Deadline) async throws -> Int32 {
        var code: Int32 = 0
        while true {
            let taken = unsafe cl_take_child(pid, &code)
            guard taken >= 0 else { throw SystemError.last("wait for a program") }
            guard taken == 0 else { return code }
            guard !deadline.hasPassed else { throw ConfinedProgram.Excess.time }
            try await loop.sleep(for: .milliseconds(1))
        }
    }
}
