internal import Cryptography
package import EventLoop
internal import FoundationEssentials
internal import Operations
internal import StoreConnections
internal import Stores
internal import SystemCalls

/// What `scorable backup` does, with the rights of whoever can read the settings.
package struct BackupAdministration: Sendable {
    let installation: Installation
    let loops: LoopGroup
    let form: QueueAdministration.Form
    let tell: @Sendable (String) -> Void

    /// `tell` is given each step as it begins.
    package init(
        _ installation: Installation, on loops: LoopGroup, form: QueueAdministration.Form = .text,
        telling tell: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.installation = installation
        self.loops = loops
        self.form = form
        self.tell = tell
    }

    // MARK: Keys

    /// Makes a recovery key, writes its private half to a new file at `path`, and says what to do with both.
    package static func makeKey(at path: String) throws -> String {
        guard !FileContents.exists(path) else {
            throw LauncherFailure("\(path) is there already. A recovery key is never overwritten: name another file.")
        }
        let pair = try SealedBox.KeyPair.generate()
        let file = try NewFile("\(path).part", mode: 0o600)
        try file.append(Array(try pair.privateKeyPEM().utf8))
        try file.finish(as: path)
        return """
            The recovery key \(RecoveryKey.identifier(of: pair.publicKey)) is in \(path).
            Keep it, and a copy of the installation's secrets, apart from this machine: without it no backup can be read,
            and whoever has it reads them all. Then set, in scorable.yaml:

            backup:
              to: /var/backups/scorable
              recipients: ["\(pair.publicKey.base64)"]

            """
    }

    // MARK: Making

    /// Makes a backup, and removes those that are not kept any more.
    package func create(pruning: Bool) async throws -> String {
        let place = try BackupPlace(of: installation, on: loops)
        let repository = try place.toWrite()
        let administration = try place.administration()
        let making = BackupMaking(
            installation: installation, administration: administration, place: place, repository: repository,
            tell: tell)
        let manifest = try await reaching { try await making.make() }
        if pruning {
            // Another one that has begun meanwhile will do it: what is half made is no remains then.
            _ = try await administration.backups.alone {
                try await removeOld(repository, keep: place.settings.keep, isTrial: false)
            }
        }
        return form.text(of: BackupLine(manifest), \.text)
    }

    /// Does what the database is needed for, and says what to do where it does not let backups in.
    private func reaching<R>(_ body: () async throws -> R) async throws -> R {
        do {
            return try await body()
        } catch {
            throw BackupConnection.explain(error)
        }
    }

    /// Removes what is not kept any more; `isTrial` only says what it would be.
    package func prune(keep: Int?, isTrial: Bool) async throws -> String {
        let place = try BackupPlace(of: installation, on: loops)
        let repository = try place.toList()
        let administration = try place.administration()
        let done = try await reaching {
            try await administration.backups.alone {
                try await removeOld(repository, keep: keep ?? place.settings.keep, isTrial: isTrial)
            }
        }
        guard let done else { throw Self.isBeingMade }
        return form.text(of: done, \.text)
    }

    /// Removes a backup with what only it needs; `isTrial` only says what it would be.
    package func delete(_ id: String, isTrial: Bool) async throws -> String {
        let place = try BackupPlace(of: installation, on: loops)
        let repository = try place.toList()
        let administration = try place.administration()
        let done = try await reaching {
            try await administration.backups.alone {
                guard BackupManifest.isIdentifier(id), try await repository.identifiers().contains(id) else {
                    throw LauncherFailure("There is no backup \(id). See: scorable backup list")
                }
                let rest = try await repository.backups().filter { $0.id != id }
                guard !rest.isEmpty else {
                    throw LauncherFailure("\(id) is the only backup. Make another one first: scorable backup create")
                }
                return try await remove([id], from: repository, keeping: rest, isTrial: isTrial)
            }
        }
        guard let done else { throw Self.isBeingMade }
        return form.text(of: done, \.text)
    }

    private static var isBeingMade: LauncherFailure {
        LauncherFailure("A backup is being made. Wait for its end, then try again.")
    }

    private func removeOld(_ repository: BackupRepository, keep: Int, isTrial: Bool) async throws -> BackupPruning {
        tell("Removing what is not kept any more")
        let (all, faults) = try await repository.backupsAndFaults()
        let kept = Array(all.suffix(max(1, keep)))
        // What cannot be read may be a newer release's. Also what runs left that were killed goes.
        let ids = Set(kept.map(\.id)).union(faults.keys)
        let gone = try await repository.identifiers().filter { !ids.contains($0) }
        return try await remove(gone, from: repository, keeping: kept, isTrial: isTrial)
    }

    private func remove(
        _ gone: [String], from repository: BackupRepository, keeping kept: [BackupManifest], isTrial: Bool
    ) async throws -> BackupPruning {
        for id in gone where !isTrial { try await repository.delete(id) }
        let segments = try await LogArchive(repository).prune(keeping: kept, isTrial: isTrial)
        let objects = kept.isEmpty ? 0 : try await ObjectCopies(repository).prune(keeping: kept, isTrial: isTrial)
        return BackupPruning(backups: gone, segments: segments, objects: objects, isTrial: isTrial)
    }

    // MARK: Looking

    /// Every backup, the newest last.
    package func list(from path: String?) async throws -> String {
        let repository = try path == nil ? BackupPlace(of: installation, on: loops).toList() : repository(path, nil)
        let (backups, faults) = try await repository.backupsAndFaults()
        let lines = BackupLines(
            results: backups.map(BackupLine.init), faults: faults.sorted { $0.key < $1.key }.map(\.value))
        return form.text(of: lines, \.text)
    }

    /// Goes over a backup, or the newest: every part, the log behind it, every copy. With a recovery key it is also opened.
    /// - Returns: words, and whether it is whole.
    package func verify(_ id: String?, from path: String?, keyFile: String?) async throws -> (
        text: String, isWhole: Bool
    ) {
        let repository = try repository(path, keyFile)
        let manifest = try await BackupChoice(repository).newest(id)
        var faults: [String] = []
        for (name, part) in [
            ("base", manifest.base), ("details", manifest.details), ("objects", manifest.objects.list),
        ] {
            tell("Reading \(name)")
            let key = try BackupRepository.part(name, of: manifest.id)
            if let fault = try await repository.fault(of: part, at: key) { faults.append(fault) }
        }
        if manifest.mark != nil {
            faults += try await LogArchive(repository).gaps(for: manifest).map {
                "the segment \($0) of the log is missing"
            }
        }
        if faults.isEmpty {
            faults += try await ObjectCopies(repository).missingCopies(of: manifest).map {
                "the copy of the object \($0) is missing"
            }
            if manifest.recipients.isEmpty || repository.hasKeys {
                tell("Opening it")
                let opened = try await repository.stream(BackupRepository.part("base", of: manifest.id))
                while try await opened.next() != nil {}
                _ = try await repository.details(of: manifest)
            }
        }
        let verdict = BackupVerdict(backup: manifest.id, isWhole: faults.isEmpty, faults: faults)
        return (form.text(of: verdict, \.text), faults.isEmpty)
    }

    /// Restores the newest backup, or one, to a folder that goes again.
    /// - Returns: the report, and whether the backup is good.
    package func drill(_ id: String?, keyFile: String?, in folder: String) async throws -> (text: String, isGood: Bool)
    {
        let place = try BackupPlace(of: installation, on: loops)
        let repository = try place.toRead(keyFile: keyFile)
        let manifest = try await BackupChoice(repository).newest(id)
        let drill = RestoreDrill(
            installation: installation, administration: try place.administration(),
            repository: repository, folder: folder, tell: tell)
        let report = try await reaching { try await drill.run(manifest, on: loops) }
        return (form.text(of: report, \.text), report.succeeded)
    }

    func repository(_ path: String?, _ keyFile: String?) throws -> BackupRepository {
        guard let path else { return try BackupPlace(of: installation, on: loops).toRead(keyFile: keyFile) }
        guard FileContents.exists("\(path)/backups") else {
            throw LauncherFailure("There are no backups in \(path).")
        }
        return BackupPlace.repository(in: path, keys: try BackupPlace.keys(in: keyFile))
    }

    // MARK: The log

    private static let longestSegment = 1 << 30

    /// Archives a file of PostgreSQL's log; the server calls it.
    package func pushLog(_ path: String) async throws {
        let repository = try BackupPlace(of: installation, on: loops).toWrite()
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let contents = try FileContents.read(path, limit: Self.longestSegment)
        _ = try await LogArchive(repository).push(name, contents)
    }

    /// Brings an archived file of the log to `path`; a standby, or a server that is restored by hand, calls it.
    /// - Throws: `LauncherFailure` when it is not archived.
    package func fetchLog(_ name: String, to path: String, from place: String?, keyFile: String?) async throws {
        let archive = LogArchive(try repository(place, keyFile))
        guard LogArchive.isName(name), let entry = try await archive.find(name) else {
            throw LauncherFailure("\(name) is not archived.")
        }
        let file = try NewFile("\(path).part", mode: 0o600)
        try await archive.read(entry) { try file.append($0) }
        try file.finish(as: path)
    }
}
