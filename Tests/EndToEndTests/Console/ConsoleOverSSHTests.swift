import EventLoop
import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// The console as most people use it: over SSH, through a real server.
    @Suite struct ConsoleOverSSHTests {
        @Test func itWorksOverALoopbackServerAndEndsWithItsConnection() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let server = try await SecureShell(in: installation.place)
            let name = try await ConsoleSteps.execute(in: installation)
            let terminal = try await TerminalSession(in: installation.place)
            let console = "\(BuiltFiles.program("scorable-console")) --server \(ConsoleSteps.server(installation))"
            let secret = "SCORABLE_CONSOLE_PASSWORD=\(installation.password) SCORABLE_CONSOLE_EMAIL=admin@localhost"
            try await terminal.type("\(server.client) -tt 'HOME=\(terminal.home) \(secret) \(console)'")
            try await terminal.press("Enter")
            try await terminal.until(name, "● live")
            let process = try await eventualValue("the console runs") { try self.console(below: server.pid) }.value

            // The connection breaks: nothing may be left behind.
            try await server.drop()
            try await eventually("the console has gone with its connection", within: .seconds(5)) { !process.isAlive }
            try await terminal.until(TerminalSession.prompt)
            try await terminal.close()
        }

        /// The console that some descendant of a process runs.
        private func console(below ancestor: Int32) throws -> RunningProgram? {
            for entry in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
                guard let pid = Int32(entry),
                    let command = try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8),
                    command.split(separator: "\0").first?.hasSuffix("/scorable-console") == true,
                    ancestors(of: pid).contains(ancestor)
                else { continue }
                return RunningProgram(pid: pid)
            }
            return nil
        }

        private func ancestors(of pid: Int32) -> [Int32] {
            var (found, next): ([Int32], Int32) = ([], pid)
            while next > 1, let stat = try? String(contentsOfFile: "/proc/\(next)/stat", encoding: .utf8),
                let parent = stat.split(separator: ")").last?.split(separator: " ")[1], let number = Int32(parent)
            {
                found.append(number)
                next = number
            }
            return found
        }
    }
}

/// A private SSH server on the loopback address for the user who runs the tests.
private struct SecureShell {
    let pid: Int32
    /// The command of a client that gets in.
    let client: String

    init(in place: TemporaryPlace) async throws {
        let folder = "\(place.path)/ssh-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        for key in ["host", "user"] {
            let made = try await ChildProgram.run(
                ["/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "\(folder)/\(key)"])
            guard made.code == 0 else { throw NotInTime("ssh-keygen: \(made.output)") }
        }
        // The server wants this folder when it is root; it is gone after each start of the machine.
        if geteuid() == 0 {
            try FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)
        }
        let port = try await Self.freePort()
        let settings = """
            Port \(port)
            ListenAddress 127.0.0.1
            HostKey \(folder)/host
            PidFile none
            AuthorizedKeysFile \(folder)/user.pub
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            PermitRootLogin prohibit-password
            AcceptEnv LC_ALL
            """
        try settings.write(toFile: "\(folder)/sshd_config", atomically: true, encoding: .utf8)
        let server = try await ChildProgram.start(["/usr/sbin/sshd", "-D", "-e", "-f", "\(folder)/sshd_config"])
        pid = server.pid
        let options = [
            "-p", "\(port)", "-i", "\(folder)/user", "-o", "UserKnownHostsFile=\(folder)/known", "-o",
            "StrictHostKeyChecking=accept-new", "-o", "SendEnv=LC_ALL", "-o", "LogLevel=ERROR", "127.0.0.1",
        ]
        client = (["/usr/bin/ssh"] + options).joined(separator: " ")
        let words = ["/usr/bin/ssh"] + options + ["true"]
        try await eventually("the SSH server lets us in: \(server.written)") {
            try await ChildProgram.run(words).code == 0
        }
    }

    /// Ends every connection at once, as a broken network would.
    func drop() async throws {
        for entry in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
            guard let process = Int32(entry),
                let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
                stat.split(separator: ")").last?.split(separator: " ")[1] == "\(pid)"
            else { continue }
            kill(process, SIGKILL)
        }
        kill(pid, SIGTERM)
    }

    /// A port that nobody listens on at the moment.
    private static func freePort() async throws -> Int {
        let outcome = try await ChildProgram.run(
            [
                "/usr/bin/python3", "-c",
                "import socket; s=socket.socket(); s.bind(('127.0.0.1',0)); print(s.getsockname()[1])",
            ])
        guard let port = Int(outcome.output.filter(\.isNumber)) else { throw NotInTime("no port: \(outcome.output)") }
        return port
    }
}
