internal import EventLoop
internal import Glibc
internal import SystemCalls

/// A private installation on this machine: what `scorable up`, `down` and `status` act on.
package struct Installation: Sendable {
    package let state: StateDirectory
    /// Where the executables are.
    let programs: String
    let environment: [String: String]

    package init(state: StateDirectory, programs: String, environment: [String: String]) {
        self.state = state
        self.programs = programs
        self.environment = environment
    }

    /// Whether the environment lets terminals have colours.
    package var allowsColours: Bool { (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb" }

    /// The supervisor's process, `nil` when none runs.
    package var supervisor: Int32? {
        FileLock.holder(state.supervisorLock)
    }

    /// Starts a supervisor in the background.
    func startSupervisor() throws {
        try Self.empty(state.progress)
        var start = ChildProcess.Start(
            command: ["\(programs)/scorable", "supervise", "--state", state.path], environment: environment,
            logPath: state.log(of: "supervisor"))
        start.endsWithUs = false
        start.ownSession = true
        _ = try ChildProcess.start(start)
    }

    /// Follows the supervisor until everything runs.
    /// - Parameter tell: is given each step as it begins.
    /// - Throws: `LauncherFailure` with the supervisor's own reason.
    func followSupervisor(_ tell: (String) -> Void) async throws {
        let deadline = Deadline.after(.seconds(300))
        var told = 0
        while true {
            // Asked first: what a supervisor says before it ends is read after that.
            let hasEnded = ChildProcess.takeEnded() != nil
            let lines = Progress.read(state)
            for line in lines.dropFirst(told) {
                if line == Progress.ready { return }
                if line.hasPrefix(Progress.failure) {
                    throw LauncherFailure(
                        "\(line.dropFirst(Progress.failure.count)) Logs are in \(state.path)/log.")
                }
                tell(line)
            }
            told = lines.count
            guard !hasEnded else {
                throw LauncherFailure("The supervisor ended; see \(state.log(of: "supervisor")).")
            }
            guard !deadline.hasPassed else {
                throw LauncherFailure("Not everything runs after five minutes; see \(state.log(of: "supervisor")).")
            }
            try await Loop.current?.sleep(for: .milliseconds(50))
        }
    }

    /// Stops everything and returns when it has.
    /// - Returns: whether anything ran.
    package func down() async throws -> Bool {
        guard let supervisor else { return false }
        kill(supervisor, SIGTERM)
        let deadline = Deadline.after(.seconds(120))
        while self.supervisor != nil {
            guard !deadline.hasPassed else {
                throw LauncherFailure(
                    "Scorable (pid \(supervisor)) does not end; see \(state.log(of: "supervisor")).")
            }
            try await Loop.current?.sleep(for: .milliseconds(50))
        }
        return true
    }

    /// Deletes everything. The caller has asked.
    package func cleanState() async throws {
        guard state.isMade else { throw LauncherFailure("There is no installation in \(state.path).") }
        guard supervisor == nil else {
            throw LauncherFailure("Scorable runs in \(state.path). Stop it first: scorable down")
        }
        let code = try await ChildProcess.run(
            ChildProcess.Start(command: ["/bin/rm", "-rf", state.path, state.sockets], environment: environment))
        guard code == 0 else { throw LauncherFailure("\(state.path) could not be deleted completely.") }
    }

    /// The ports that the settings file names; they say where a running installation is.
    package func ports() throws -> Ports { try InstallationSettings.ports(of: state) }

    private static func empty(_ path: String) throws { try FileWriting.write("", to: path, mode: 0o644) }
}
