internal import EventLoop
internal import FoundationEssentials
internal import Glibc
internal import JSON
internal import Operations
internal import Postgres
internal import SystemCalls

/// Brings the database of a backup back: lays the copy, has PostgreSQL replay the archived log up to a place in it, and
/// leaves a cluster that anybody can start.
struct Restoration: Sendable {
    let repository: BackupRepository
    let manifest: BackupManifest
    let environment: [String: String]
    /// The folder for the cluster, which must be empty or not there.
    let data: String
    let target: Target
    let tell: @Sendable (String) -> Void

    /// Up to where the log is replayed.
    enum Target: Sendable {
        /// The end of what is archived of a timeline; `nil` for the backup's own.
        case end(timeline: UInt32?)
        /// The place whose tables were summed up.
        case mark(String)
        /// Everything that was committed before, and nothing else, of a timeline.
        case moment(Date, timeline: UInt32)

        /// As PostgreSQL reads it.
        fileprivate func timeline(of manifest: BackupManifest) -> String {
            let wanted: UInt32? =
                switch self {
                case .end(let timeline): timeline
                case .mark: nil
                case .moment(_, let timeline): timeline
                }
            guard let wanted, wanted != LogTimelines.timeline(of: manifest) else { return "current" }
            return "\(wanted)"
        }
    }

    /// How long replaying may take without an end.
    private static let patience = Duration.seconds(24 * 3600)

    /// Restores, has `body` look at the running database, and ends the server.
    func run<R: Sendable>(
        on loops: LoopGroup, _ body: (PostgresClient) async throws -> R
    ) async throws -> R {
        try checkPlace()
        let server = try ExternalPrograms.postgres("postgres", version: manifest.postgres)
        let wasThere = FileContents.exists(data)
        try makePlace()
        do {
            let work = try WorkFolder(in: "/tmp", named: "sr")
            let result = try await work.using { work in
                tell("Bringing the database of \(manifest.id)")
                try await layDatabase(work)
                let log = try WorkFolder(in: Folders.parent(of: data), named: "scorable-log")
                return try await log.using { log in
                    try await bringLog(to: log.path)
                    return try await recover(server, work, log: log.path, loops, body)
                }
            }
            try archiveHistories()
            return result
        } catch {
            // Half a database would be taken for one, and the next attempt finds the folder as this one did.
            do {
                try await WorkFolder.empty(data)
                if !wasThere { _ = Folders.removeEmpty(data) }
            } catch let other { throw LauncherFailure("\(error) (\(other))") }
            throw error
        }
    }

    private func makePlace() throws {
        try Folders.makeAll(Folders.parent(of: data), mode: 0o755)
        try Folders.make(data, mode: 0o700)
        // PostgreSQL wants it so, also where somebody made it before.
        try Folders.close(data)
        try WorkFolder.handOver(data)
    }

    /// Has the server archive, as soon as it does, where its timeline began: it was begun without an archive, and without that
    /// file nobody can follow it, nor tell it from the next one that is begun at the same place.
    private func archiveHistories() throws {
        let states = "\(data)/pg_wal/archive_status"
        for name in try FileFacts.names(in: "\(data)/pg_wal") where name.hasSuffix(".history") {
            guard !FileContents.exists("\(states)/\(name).done"), !FileContents.exists("\(states)/\(name).ready") else {
                continue
            }
            try FileWriting.write("", to: "\(states)/\(name).ready", mode: 0o600)
            try WorkFolder.handOver("\(states)/\(name).ready")
        }
    }

    private func checkPlace() throws {
        guard data.utf8.allSatisfy({ $0 > 0x20 && !"'\"\\%$`".utf8.contains($0) }) else {
            throw LauncherFailure("\(data) has a space or a special character in its name. Choose another place.")
        }
        if FileContents.exists(data), try FileContents.entryCount(ofDirectory: data) > 0 {
            throw LauncherFailure(
                "\(data) is not empty. Nothing is restored over it: move it away, or name another folder.")
        }
        guard geteuid() == 0 else { return }
        var folder = ""
        for part in Folders.parent(of: data).split(separator: "/") {
            folder += "/\(part)"
            guard FileContents.exists(folder) else { return }
            guard try Folders.isOpen(folder, to: "postgres") else {
                throw LauncherFailure(
                    "PostgreSQL runs as the user postgres, who may not enter \(folder). Choose another place.")
            }
        }
    }

    private func layDatabase(_ work: WorkFolder) async throws {
        let complaints = "\(work.path)/tar.log"
        let program = try PipedProgram.writing(
            ChildProcess.Start(
                command: ExternalPrograms.unprivileged + ["/bin/tar", "-x", "-C", data, "-f", "-"],
                environment: environment, logPath: complaints))
        do {
            let key = try BackupRepository.part("base", of: manifest.id)
            let contents = try await repository.stream(key)
            try await program.write { try await contents.next() }
            guard try await program.end() == 0 else {
                throw LauncherFailure("tar could not lay the database: \(BackupMaking.lastLine(of: complaints))")
            }
            // A tar that ended early has not been given everything.
            guard contents.isAtEnd else { throw LauncherFailure("tar stopped before the end of the copy.") }
        } catch {
            program.kill()
            throw error
        }
        try FileWriting.write("", to: "\(data)/recovery.signal", mode: 0o600)
        try WorkFolder.handOver("\(data)/recovery.signal")
    }

    /// The log, opened here, so that the recovery key stays with this process.
    private func bringLog(to folder: String) async throws {
        let archive = LogArchive(repository)
        let entries = try await archive.entries(for: manifest)
        for (index, entry) in entries.enumerated() {
            if index.isMultiple(of: 64) { tell("Bringing the write-ahead log: \(index) of \(entries.count)") }
            let file = try NewFile("\(folder)/.\(entry.name)", mode: 0o644)
            try await archive.read(entry) { try file.append($0) }
            try file.finish(as: "\(folder)/\(entry.name)")
        }
    }

    private func recover<R: Sendable>(
        _ server: String, _ work: WorkFolder, log: String, _ loops: LoopGroup,
        _ body: (PostgresClient) async throws -> R
    ) async throws -> R {
        tell("Replaying the write-ahead log")
        // Own settings: those of the server may stand elsewhere, and name what is not on this machine.
        try FileWriting.write("local all all trust\n", to: "\(work.path)/pg_hba.conf", mode: 0o644)
        try FileWriting.write("", to: "\(work.path)/postgresql.conf", mode: 0o644)
        let output = "\(work.path)/postgres.log"
        var start = ChildProcess.Start(
            command: ExternalPrograms.unprivileged + [server] + arguments(work, log),
            environment: environment, logPath: output)
        start.endsWithUs = ExternalPrograms.unprivileged.isEmpty
        let pid = try ChildProcess.start(start)
        var settings = PostgresSettings(
            connection: "host=\(work.path) user=\(manifest.role) dbname=\(manifest.database)")
        settings.poolSize = 2
        let database = PostgresClient(loops: loops, settings: settings)
        do {
            try await untilPromoted(pid, database, output)
            let result = try await body(database)
            await database.close()
            try await end(pid)
            return result
        } catch {
            await database.close()
            // Gone before its files are; one that ended by itself is no more.
            if kill(pid, 0) == 0 {
                do { try await end(pid) } catch let other { throw LauncherFailure("\(error) (\(other))") }
            }
            throw error
        }
    }

    private func arguments(_ work: WorkFolder, _ log: String) -> [String] {
        var settings = [
            "config_file=\(work.path)/postgresql.conf", "hba_file=\(work.path)/pg_hba.conf",
            "unix_socket_directories=\(work.path)", "listen_addresses=", "hot_standby=off", "archive_mode=off",
            "logging_collector=off", "log_destination=stderr", "lc_messages=C", "shared_preload_libraries=", "ssl=off",
            // What ALTER SYSTEM said of the machine that was: this one may be smaller, and has no standby.
            "shared_buffers=128MB", "huge_pages=off", "jit=off", "synchronous_standby_names=",
            "archive_cleanup_command=",
            "recovery_end_command=", "primary_conninfo=",
            "restore_command=cp \"\(log)/%f\" \"%p\"", "recovery_target_action=promote",
            "recovery_target_timeline=\(target.timeline(of: manifest))",
        ]
        switch target {
        case .end: break
        case .mark(let name): settings.append("recovery_target_name=\(name)")
        case .moment(let moment, _):
            settings += ["recovery_target_inclusive=off", "recovery_target_time=\(Self.postgresText(moment))"]
        }
        return ["-D", data] + settings.flatMap { ["-c", $0] }
    }

    /// As PostgreSQL reads it there: it knows neither the T nor the Z of other forms.
    static func postgresText(_ moment: Date) -> String {
        (ISO8601.string(moment) ?? "").replacing("T", with: " ").replacing("Z", with: "+00")
    }

    /// The server takes connections when it has left recovery.
    private func untilPromoted(_ pid: Int32, _ database: PostgresClient, _ output: String) async throws {
        let deadline = Deadline.after(Self.patience)
        while true {
            if let ended = ChildProcess.takeEnded(), ended.pid == pid { throw failure(in: output) }
            do {
                try await database.execute("SELECT 1")
                return
            } catch {
                guard !deadline.hasPassed else { throw LauncherFailure("PostgreSQL does not become ready: \(error)") }
            }
            try await Loop.current?.sleep(for: .milliseconds(50))
        }
    }

    private func failure(in output: String) -> LauncherFailure {
        guard let bytes = try? FileContents.read(output, limit: 64 << 20) else {  // ok: it only adds to what is told
            return LauncherFailure("PostgreSQL ended while it replayed the log.")
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        let last = lines.last { $0.contains("last completed transaction was at log time ") }
            .map { $0[($0.firstRange(of: "log time ")?.upperBound ?? $0.startIndex)...] }
        if lines.contains(where: { $0.contains("recovery ended before configured recovery target was reached") }) {
            return LauncherFailure(
                "The archive does not reach that moment: the last transaction in it is of \(last ?? "the backup itself")."
                    + " To restore all that there is, leave --at out.")
        }
        let fatal = lines.last { $0.contains("FATAL") && !$0.contains("not accepting connections") } ?? lines.last
        return LauncherFailure("PostgreSQL ended while it replayed the log: \(fatal ?? "it says nothing")")
    }

    private func end(_ pid: Int32) async throws {
        kill(pid, SIGINT)
        let deadline = Deadline.after(.seconds(120))
        while true {
            if let ended = ChildProcess.takeEnded(), ended.pid == pid { return }
            guard !deadline.hasPassed else {
                throw LauncherFailure("The restored PostgreSQL (pid \(pid)) does not end.")
            }
            try await Loop.current?.sleep(for: .milliseconds(20))
        }
    }
}
