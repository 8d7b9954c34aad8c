internal import Blobs
internal import Cryptography
package import EventLoop
internal import FoundationEssentials
internal import JSON
internal import Operations
internal import Postgres
internal import Stores
internal import SystemCalls

/// What `scorable restore` does: brings an installation, or only its database, back on a host that has nothing of it.
package struct RestoreAdministration: Sendable {
    private let installation: Installation
    private let loops: LoopGroup
    private let tell: @Sendable (String) -> Void

    /// What is wanted.
    package struct Wish: Sendable {
        /// The directory of the backups; `nil` for the one in the settings.
        package var from: String?
        package var backup: String?
        /// Such as `2027-01-31T12:00:00Z`; `nil` for all that is archived.
        package var at: String?
        package var keyFile: String?

        package init() {}
    }

    package init(
        _ installation: Installation, on loops: LoopGroup, telling tell: @escaping @Sendable (String) -> Void
    ) {
        self.installation = installation
        self.loops = loops
        self.tell = tell
    }

    /// Restores the database to the folder `data` and the objects to the folder `objects`, where one is named; what to do
    /// next.
    package func database(_ wish: Wish, into data: String, objects: String?) async throws -> String {
        let (repository, manifest, target) = try await choose(wish)
        let report = try await restore(repository, manifest, target, into: data)
        let brought = try await bringObjects(repository, manifest, to: objects)
        let secrets = try await secretLines(repository, manifest)
        return """
            Restored \(manifest.id)\(wish.at.map { " to \($0)" } ?? "") to \(data).
            \(report)\(brought)
            Next: start PostgreSQL \(manifest.postgres) on that folder, let database.url name it, and give the daemons the
            secrets that the backup names:
            \(secrets)
            Then take a backup: the restored server is on a new timeline.

            """
    }

    /// Restores a whole private installation to its folder, which must not be there; `secrets` is the folder with the copies
    /// of its secrets.
    package func wholeInstallation(_ wish: Wish, secrets: String) async throws -> String {
        let state = installation.state
        guard !state.isMade else {
            throw LauncherFailure(
                "There is an installation in \(state.path). Nothing is restored over it: name another --state.")
        }
        let (repository, manifest, target) = try await choose(wish)
        let details = try await repository.details(of: manifest)
        try check(details.keys, in: secrets)
        guard let settings = details.settings, let former = details.state else {
            throw LauncherFailure("The backup \(manifest.id) has no settings of a private installation. Use --into.")
        }
        try state.make()
        do {
            try WorkFolder.handOver("\(state.path)/postgres")
            let report = try await restore(repository, manifest, target, into: "\(state.path)/postgres/data")
            for name in ["credential_secret", "proxy_private_key", "service_token", "api_key"] {
                guard FileContents.exists("\(secrets)/\(name)") else { continue }
                try FileWriting.write(FileContents.read("\(secrets)/\(name)"), to: state.secret(name), mode: 0o600)
            }
            let brought = try await bringObjects(repository, manifest, to: state.blobs)
            let sockets = StateDirectory(path: former).sockets
            let text = settings.replacing(sockets, with: state.sockets).replacing(former, with: state.path)
            // Last: without it the next `up` is told that something is missing.
            try FileWriting.write(text, to: state.settings, mode: 0o644)
            let left =
                text.contains(SettingsCopy.leftOut)
                ? "Fill in what \(state.settings) says is \(SettingsCopy.leftOut). " : ""
            return """
                Restored \(manifest.id)\(wish.at.map { " to \($0)" } ?? "") to \(state.path).
                \(report)\(brought)
                Next: \(left)scorable up\(state.option(environment: installation.environment)), then scorable backup create.

                """
        } catch {
            // Half an installation would be taken for one.
            try await WorkFolder.remove(state.path)
            throw error
        }
    }

    private func choose(_ wish: Wish) async throws -> (BackupRepository, BackupManifest, Restoration.Target) {
        let moment = try wish.at.map { text in
            guard let date = ISO8601.date(text) else {
                throw WrongInput("--at is a moment, such as 2027-01-31T12:00:00Z or 2027-01-31T12:00:00+02:00.")
            }
            return date
        }
        let repository = try BackupAdministration(installation, on: loops).repository(wish.from, wish.keyFile)
        let manifest = try await BackupChoice(repository).newest(wish.backup, before: moment)
        guard let moment else { return (repository, manifest, .end) }
        guard manifest.mark != nil else {
            throw LauncherFailure(
                "The backup \(manifest.id) was made without a log: it leads to no moment. Leave --at out.")
        }
        return (repository, manifest, .moment(moment))
    }

    private func restore(
        _ repository: BackupRepository, _ manifest: BackupManifest, _ target: Restoration.Target, into data: String
    ) async throws -> String {
        let restoration = Restoration(
            repository: repository, manifest: manifest, environment: installation.environment, data: data,
            target: target, tell: tell)
        return try await restoration.run(on: loops) { database in
            let installed = try await InstallationStore(database: database).identifier()
            guard installed == manifest.installation else {
                throw LauncherFailure("The restored database is another installation's than the backup says.")
            }
            let count = try await OrganizationStore(database: database).all().count
            return "It holds \(count == 1 ? "1 organization" : "\(count) organizations").\n"
        }
    }

    private func bringObjects(
        _ repository: BackupRepository, _ manifest: BackupManifest, to folder: String?
    ) async throws -> String {
        guard manifest.objects.areCopied else {
            return "Its \(manifest.objects.count) objects are in the object storage, which is not part of the backup.\n"
        }
        guard let folder else {
            return "Its \(manifest.objects.count) objects were left: name a folder with --objects.\n"
        }
        tell("Bringing objects")
        let threads = WorkerThreads(name: "restored", count: 2, queueLimit: 256)
        let target = LocalBlobs(directory: folder, threads: threads)
        // What came between this backup and the moment is in the next one. What came after the moment is swept away, since
        // the database does not know it.
        let next = try await repository.backups().first { $0.consistentAt > manifest.consistentAt }
        var count = 0
        for one in [manifest, next].compactMap(\.self) {
            count += try await ObjectCopies(repository).restore(one, to: target) { tell("Bringing objects: \($0)") }
        }
        return "\(count) objects are in \(folder).\n"
    }

    private func secretLines(_ repository: BackupRepository, _ manifest: BackupManifest) async throws -> String {
        try await repository.details(of: manifest).keys.map { "  \($0.name)  \($0.identifier)\n" }.joined()
    }

    /// The secrets must be those that the data were written with: with others nobody could sign in, and no provider be asked.
    private func check(_ keys: [BackupDetails.KeyName], in folder: String) throws {
        for key in keys {
            let path = "\(folder)/\(key.name)"
            guard FileContents.exists(path) else {
                throw LauncherFailure("\(path) is missing: --secrets names the folder with the copies of the secrets.")
            }
            let bytes = try FileContents.read(path)
            let found: String
            if key.name == "proxy_private_key" {
                let pair = try SealedBox.KeyPair(privateKeyPEM: String(decoding: bytes, as: UTF8.self))
                found = RecoveryKey.identifier(of: pair.publicKey)
            } else {
                // As settings read a secret from a file.
                var secret = bytes[...]
                while let last = secret.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") {
                    secret = secret.dropLast()
                }
                found = RecoveryKey.identifier(ofSecret: Array(secret))
            }
            guard found == key.identifier else {
                throw LauncherFailure(
                    "\(path) is another key (\(found)) than the backup needs (\(key.identifier)). Use the copy of then."
                )
            }
        }
    }
}
