internal import Blobs
internal import Cryptography
internal import DaemonRuntime
internal import EventLoop
internal import FoundationEssentials
internal import Glibc
internal import Operations
internal import Postgres
internal import Settings
internal import StoreConnections
internal import Stores
internal import SystemCalls

/// Makes one backup: the database as PostgreSQL copies it while it runs, a named place in its log with what every table
/// holds there, the objects, and what is needed to understand them. It is whole or there is none.
struct BackupMaking: Sendable {
    let installation: Installation
    let administration: Administration
    let place: BackupPlace
    let repository: BackupRepository
    let tell: @Sendable (String) -> Void

    /// How long the server may take to archive a segment.
    private static let patience = Duration.seconds(120)

    /// - Throws: `LauncherFailure` when another backup is being made, among others.
    func make() async throws -> BackupManifest {
        let made = try await administration.backups.alone { try await makeAlone() }
        guard let made else { throw LauncherFailure("Another backup is being made. Wait for its end, then try again.") }
        return made
    }

    private func makeAlone() async throws -> BackupManifest {
        let began = Date()
        var id = ""
        do {
            guard let position = try await administration.backups.position() else {
                throw LauncherFailure("PostgreSQL does not say where it is.")
            }
            id = Self.identifier(at: position.now)
            let manifest = try await make(id, at: position)
            try await record(manifest, since: began)
            return manifest
        } catch {
            var run = BackupRunStore.Run(
                id: UUID(), kind: .backup, backup: id, beganAt: began, endedAt: Date(), succeeded: false)
            run.reason = "\(error)"
            do { try await administration.backupRuns.add(run) } catch let other { tell("This is not kept: \(other)") }
            throw error
        }
    }

    private func make(_ id: String, at position: BackupPosition) async throws -> BackupManifest {
        let earlier = try await repository.backups()
        tell("Copying the database")
        let base = try await copyDatabase(as: id)
        guard let after = try await administration.backups.position() else {
            throw LauncherFailure("PostgreSQL does not say where it is.")
        }
        var mark: BackupManifest.Mark?
        var sums: [TableSum] = []
        if position.isArchiving {
            tell("Summing up the tables")
            let name = "scorable-\(id)"
            let found = try await administration.backups.mark(name)
            sums = found.sums
            let segment = try await administration.backups.endSegment()
            try await untilArchived(segment)
            mark = BackupManifest.Mark(name: name, at: found.at, segment: segment)
        } else {
            tell("The write-ahead log is not archived: this backup can be restored as it is, but to no moment after it")
        }
        tell("Copying objects")
        let objects = try await ObjectCopies(repository).keep(
            try place.storage, as: id, copying: try place.copiesObjects, since: earlier.last
        ) { tell("Copying objects: \($0)") }
        let details = try await store(
            BackupDetails(
                settings: try settingsText(), state: installation.state.path, keys: try await keys(), sums: sums),
            of: id)
        let manifest = BackupManifest(
            id: id, installation: try await administration.installationStore.identifier(), beganAt: position.now,
            endedAt: Date(), program: Release.version, position: position, consistentAt: after.now, mark: mark,
            base: BackupManifest.Part(base), details: BackupManifest.Part(details), objects: objects,
            recipients: repository.recipients.map { RecoveryKey.identifier(of: $0) })
        try await repository.publish(manifest)
        return manifest
    }

    /// The whole cluster in one stream; the part of the log that makes it consistent is in it.
    private func copyDatabase(as id: String) async throws -> BlobReceipt {
        let variables = try ConnectionVariables.of(connection: administration.connection)
        let environment = installation.environment.merging(variables) { $1 }
        let work = try WorkFolder(in: "/tmp", named: "scorable-backup")
        return try await work.using { work in
            let complaints = "\(work.path)/pg_basebackup.log"
            let program = try PipedProgram.reading(
                ChildProcess.Start(
                    command: [
                        try ExternalPrograms.postgres("pg_basebackup"), "--pgdata=-", "--format=tar",
                        "--wal-method=fetch",
                        "--checkpoint=fast", "--no-password", "--label=scorable \(id)",
                    ],
                    environment: environment, logPath: complaints))
            var (bytes, told) = (0, 0)
            do {
                return try await repository.store(BackupRepository.part("base", of: id)) {
                    if let piece = try await program.next() {
                        bytes += piece.count
                        if bytes - told > 1 << 30 {
                            told = bytes
                            tell("Copying the database: \(bytes >> 20) MB")
                        }
                        return piece
                    }
                    guard try await program.end() == 0 else {
                        throw LauncherFailure(
                            "pg_basebackup failed: \(Self.lastLine(of: complaints)) Its role needs REPLICATION and a line "
                                + "in pg_hba.conf; see backup.database in scorable.yaml(5).")
                    }
                    return nil
                }
            } catch {
                program.kill()
                throw error
            }
        }
    }

    static func lastLine(of path: String) -> String {
        guard let text = try? FileContents.read(path) else { return "" }  // ok: it only adds to what is told
        return String(decoding: text, as: UTF8.self).split(separator: "\n").last.map { "\($0)." } ?? ""
    }

    private func untilArchived(_ segment: String) async throws {
        let deadline = Deadline.after(Self.patience)
        while try await LogArchive(repository).find(segment) == nil {
            guard !deadline.hasPassed else {
                throw LauncherFailure(
                    "PostgreSQL has not archived \(segment) here within two minutes. See its log, and set "
                        + "archive_command = 'scorable backup wal-push %p'.")
            }
            try await Loop.current?.sleep(for: .milliseconds(100))
        }
    }

    private func settingsText() throws -> String? {
        let path =
            installation.environment["SCORABLE_CONFIG"]
            ?? (installation.state.isMade ? installation.state.settings : Deployment.defaultSettingsPath)
        guard FileContents.exists(path) else { return nil }
        return SettingsCopy.withoutSecrets(String(decoding: try FileContents.read(path), as: UTF8.self))
    }

    private func keys() async throws -> [BackupDetails.KeyName] {
        var keys = [
            BackupDetails.KeyName(name: "credential_secret", identifier: administration.credentialSecretIdentifier)
        ]
        if let key = try await administration.installationStore.proxyPublicKey() {
            keys.append(
                BackupDetails.KeyName(
                    name: "proxy_private_key", identifier: RecoveryKey.identifier(of: try SealedBox.PublicKey(key))))
        }
        return keys
    }

    private func store(_ details: BackupDetails, of id: String) async throws -> BlobReceipt {
        var next: [UInt8]? = details.encoded
        return try await repository.store(BackupRepository.part("details", of: id)) {
            defer { next = nil }
            return next
        }
    }

    private func record(_ manifest: BackupManifest, since began: Date) async throws {
        var run = BackupRunStore.Run(
            id: UUID(), kind: .backup, backup: manifest.id, beganAt: began, endedAt: Date(), succeeded: true)
        run.bytes = manifest.base.bytes
        try await administration.backupRuns.add(run)
    }

    /// Such as `20270131T120000Z-1f3a`.
    private static func identifier(at moment: Date) -> String {
        let text = moment.formatted(.iso8601).replacing("-", with: "").replacing(":", with: "")
        return "\(text)-\(Hexadecimal.encode(randomBytes(2)))"
    }
}
