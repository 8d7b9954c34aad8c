internal import EventLoop
internal import Glibc
internal import SystemCalls

/// A PostgreSQL cluster that belongs to one installation, reachable by a Unix socket only.
struct PrivatePostgres {
    let state: StateDirectory

    private var data: String { "\(state.path)/postgres/data" }

    /// Makes the cluster when there is none. It is made in another place and moved when it is whole, so that an
    /// interruption leaves nothing half-made behind. Each attempt has a place of its own: the initdb of one that was
    /// interrupted may still be at work.
    func makeIfMissing(environment: [String: String]) async throws {
        try handOver()
        guard !FileContents.exists("\(data)/PG_VERSION") else { return }
        let unfinished = "\(data).new-\(getpid())"
        try await removeUnfinished(environment)
        let initdb = try ExternalPrograms.postgres("initdb")
        try await run(
            ExternalPrograms.unprivileged + [
                initdb, "--pgdata", unfinished, "--username", "scorable", "--auth", "trust", "--encoding", "UTF8",
                "--locale", "C.UTF-8", "--data-checksums",
            ], environment)
        try FileWriting.write(configuration, to: "\(unfinished)/postgresql.auto.conf", mode: 0o644)
        try Folders.move(unfinished, to: data)
        try await removeUnfinished(environment)
    }

    /// Deletes what interrupted attempts left. What one of them still writes to stays this time.
    private func removeUnfinished(_ environment: [String: String]) async throws {
        let command = ["/bin/sh", "-c", "rm -rf \"$0\".new-*", data]
        _ = try await ChildProcess.run(
            ChildProcess.Start(command: command, environment: environment, logPath: state.log(of: "postgres")))
    }

    /// How the server is run, which hands its log to `archiving` where backups are made.
    func plan(environment: [String: String], archiving: PrivateArchiving?) throws -> ProgramPlan {
        var start = ChildProcess.Start(
            command: ExternalPrograms.unprivileged + [
                try ExternalPrograms.postgres("postgres"), "-D", data, "-k", state.sockets,
            ] + (archiving?.arguments ?? []),
            environment: environment, logPath: state.log(of: "postgres"))
        // Changing the user clears the signal of a parent's death; the lock in its own directory tells a stale one.
        start.endsWithUs = ExternalPrograms.unprivileged.isEmpty
        // SIGINT is PostgreSQL's fast shutdown: sessions are ended and everything is written.
        return ProgramPlan(name: "postgres", start: start, stopSignal: SIGINT, grace: .seconds(30))
    }

    /// The server of an earlier run that is still there, if any. The file of its pid outlives it, also a restart of the
    /// machine, and the pid may be another program's by then: only what was started on our data is ours to end.
    var leftover: Int32? {
        guard let bytes = try? FileContents.read("\(data)/postmaster.pid"),  // ok: no file is no leftover
            let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first, let pid = Int32(line),
            let command = try? FileContents.read("/proc/\(pid)/cmdline")  // ok: no process is no leftover
        else { return nil }
        return command.split(separator: 0).contains { $0.elementsEqual(data.utf8) } ? pid : nil
    }

    /// PostgreSQL refuses to run as root, so its folders are given to the user it runs as.
    private func handOver() throws {
        guard geteuid() == 0 else { return }
        for path in ["\(state.path)/postgres", state.sockets] {
            guard try Folders.give(path, to: "postgres") else {
                throw LauncherFailure("There is no user postgres on this machine. Run: apt-get install postgresql")
            }
        }
        var folder = ""
        for part in state.path.split(separator: "/") {
            folder += "/\(part)"
            guard try Folders.isOpenToAll(folder) else {
                throw LauncherFailure(
                    "PostgreSQL runs as the user postgres, who may not enter \(folder). "
                        + "Choose another place with --state, such as /var/lib/scorable.")
            }
        }
    }

    private var configuration: String {
        """
        listen_addresses = ''
        unix_socket_permissions = 0700
        max_connections = 200
        shared_buffers = '128MB'
        jit = off
        wal_compression = on
        log_min_messages = warning
        log_error_verbosity = terse

        """
    }

    private func run(_ command: [String], _ environment: [String: String]) async throws {
        let code = try await ChildProcess.run(
            ChildProcess.Start(command: command, environment: environment, logPath: state.log(of: "postgres")))
        guard code == 0 else {
            throw LauncherFailure("initdb failed with code \(code); see \(state.log(of: "postgres")).")
        }
    }
}
