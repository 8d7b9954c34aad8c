internal import EventLoop
internal import Glibc
internal import StoreConnections
internal import SystemCalls

/// How the PostgreSQL of a private installation hands its log to the archive, where the settings name a place for backups.
struct PrivateArchiving {
    private let installation: Installation
    private let place: BackupSettings.Place

    /// How much of the log is kept for a backup that is being made, which must find it there.
    private static let kept = "wal_keep_size=1GB"

    /// `nil` where no place is named.
    init?(of installation: Installation, on loops: LoopGroup) throws {
        let backups = try BackupPlace(of: installation, on: loops)
        guard let place = backups.settings.place else { return nil }
        // Whoever starts it is told, not the log of a server that cannot archive.
        _ = try backups.toWrite()
        self.installation = installation
        self.place = place
        let path = "\(installation.programs)\(installation.state.path)"
        guard path.utf8.allSatisfy({ $0 > 0x20 && !"'\"\\%$`".utf8.contains($0) }) else {
            throw LauncherFailure("Backups need a path without special characters, which \(path) has.")
        }
    }

    /// Makes a directory for the log that the server's own user may write.
    func makePlace() throws {
        guard case .directory(let path) = place else { return }
        let log = BackupPlace.logFolder(in: path)
        try Folders.makeAll(Folders.parent(of: path), mode: 0o755)
        try Folders.make(path, mode: 0o711)
        try Folders.make(log, mode: 0o700)
        try WorkFolder.handOver(log)
        guard geteuid() == 0, try !Folders.isOpenToAll(path) else { return }
        throw LauncherFailure("PostgreSQL runs as the user postgres, who may not enter \(path). Run: chmod 711 \(path)")
    }

    /// What the server is started with. A segment is archived after a minute also when little is written: no more than that
    /// can be lost.
    var arguments: [String] {
        let program = "\"\(installation.programs)/scorable\""
        let command = "\(program) backup wal-push --state \"\(installation.state.path)\" \"%p\""
        return ["archive_mode=on", "archive_timeout=60", Self.kept, "archive_command=\(command)"].flatMap {
            ["-c", $0]
        }
    }

    /// What makes the backups.
    var schedule: ProgramPlan {
        ProgramPlan(
            name: "backup",
            start: ChildProcess.Start(
                command: [
                    "\(installation.programs)/scorable", "backup", "schedule", "--state", installation.state.path,
                ],
                environment: installation.environment, logPath: installation.state.log(of: "backup")),
            stopSignal: SIGTERM, grace: .seconds(10))
    }
}
