internal import CLinux
internal import EventLoop
internal import Glibc
internal import Synchronization

/// A program that a test talks with: what it reads comes from the test, what it writes goes to it. It is killed when the
/// test lets go of it. Calls block their thread; reading does so for a minute at most while nothing comes.
package final class ConnectedProgram: Sendable {
    /// What a program left behind.
    package struct Outcome: Sendable {
        /// The exit code; 128 and more for a signal.
        package let code: Int32
        /// What it wrote.
        package let output: [UInt8]

        /// What it wrote, as text.
        package var text: String { String(decoding: output, as: UTF8.self) }
    }

    private let name: String
    private let process: pid_t
    /// Our end: both pipes in one, and closed in other programs from the first moment on.
    private let connection: Int32
    /// How it ended, once that was waited for.
    private let code = Mutex<Int32?>(nil)

    private static let patience = Duration.seconds(60)

    /// Starts `command`, whose program is looked for where the shell does. With `takingErrors` what it writes to its standard
    /// error counts as output.
    package init(_ command: [String], takingErrors: Bool = false) throws {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw SystemError.last("socketpair") }
        defer { close(ends[1]) }
        let nowhere = unsafe open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer { close(nowhere) }
        (name, connection) = (command[0], ends[0])
        do {
            process = try SpawnedProgram.start(
                ["/usr/bin/env"] + command, environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"],
                input: ends[1], output: ends[1], error: takingErrors ? -1 : nowhere)
        } catch {
            close(ends[0])
            throw error
        }
    }

    deinit {
        stop()
        close(connection)
    }

    /// Runs `command` to its end with `input` to read.
    package static func run(
        _ command: [String], input: [UInt8] = [], takingErrors: Bool = false
    ) throws -> Outcome {
        let program = try ConnectedProgram(command, takingErrors: takingErrors)
        try program.send(input)
        program.endInput()
        let output = try program.rest()
        return Outcome(code: program.end(), output: output)
    }

    /// Gives it something to read, of which no more is taken than a socket holds.
    package func send(_ bytes: [UInt8]) throws {
        let count = unsafe Glibc.send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        // One that has ended already has read what it wanted.
        guard count == bytes.count || (count < 0 && errno == EPIPE) else {
            throw SystemError.last("send \(bytes.count) bytes to \(name)")
        }
    }

    /// There is no more for it to read.
    package func endInput() { shutdown(connection, Int32(SHUT_WR)) }

    /// The next line that it writes; what is left at its end.
    package func line() throws -> String {
        var bytes: [UInt8] = []
        while let byte = try take(1).first, byte != UInt8(ascii: "\n") { bytes.append(byte) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Everything that it writes until it ends.
    package func rest() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while case let more = try take(64 << 10), !more.isEmpty { bytes += more }
        return bytes
    }

    /// Waits for its end, which has come or comes soon: it has closed its output, or was killed. Its exit code.
    package func end() -> Int32 {
        code.withLock { code in
            let ended = code ?? SpawnedProgram.end(of: process)
            code = ended
            return ended
        }
    }

    /// Kills it.
    package func stop() {
        // Its number may be another's as soon as its end was waited for.
        code.withLock { if $0 == nil { kill(process, SIGKILL) } }
        _ = end()
    }

    /// What it has written, up to `most` bytes, as soon as there is any; empty at the end.
    private func take(_ most: Int) throws -> [UInt8] {
        var wait = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&wait, 1, Int32(Self.patience.components.seconds * 1000)) > 0 else {
            throw PrivateProgramError(description: "\(name) has written nothing for \(Self.patience)")
        }
        var room = [UInt8](repeating: 0, count: most)
        let count = unsafe recv(connection, &room, most, 0)
        // Who ends with something unread resets the connection.
        guard count >= 0 || errno == ECONNRESET else { throw SystemError.last("read from \(name)") }
        return Array(room.prefix(max(0, count)))
    }
}

/// A program did not do what a test asked for.
package struct PrivateProgramError: Error, CustomStringConvertible {
    package let description: String
}
