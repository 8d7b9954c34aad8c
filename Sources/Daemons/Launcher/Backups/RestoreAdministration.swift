internal import Blobs
internal import Cryptography
package import EventLoop
internal import FoundationEssentials
internal import JSON
internal import Operations
internal import Postgres
internal import Settings
internal import Stores
internal import SystemCalls

/// What `scorable restore` does: brings an installation, or only its database, back on a host that has nothing of it.
package struct RestoreAdministration: Sendable {
    private let installation: Installation
    private let loops: LoopGroup
    private let tell: @Sendable (String) -> Void

    /// The secret that opens the keys of providers.
    private static let proxyKey = "proxy_private_key"

    /// What is wanted.
    package struct Wish: Sendable {
        /// The directory of the backups; `nil` for the one in the settings.
        package var from: String?
        package var backup: String?
        /// Such as `2027-01-31T12:00:00Z`; `nil` for all that is archived.
        package var at: String?
        /// Which timeline of the log; `nil` for that of the newest backup.
        package var timeline: UInt32?
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

    /// Restores the database to the folder `data`, the objects to where they belong and the settings to a new file, as far as
    /// those are named; what to do next.
    package func database(
        _ wish: Wish, into data: String, objects: RestoredObjects.Place?, settings: String?
    ) async throws -> String {
        if let settings, FileContents.exists(settings) {
            throw LauncherFailure("\(settings) is there already. Nothing is overwritten: name another file.")
        }
        let (repository, manifest, target) = try await choose(wish)
        let report = try await restore(repository, manifest, target, into: data)
        let brought = try await bring(repository, manifest, to: objects)
        let details = try await repository.details(of: manifest)
        var kept = ""
        if let settings, let text = details.settings {
            try FileWriting.write(text, to: settings, mode: 0o600)
            kept = "The settings of then, without their secrets, are in \(settings).\n"
        }
        let secrets = details.keys.map { "  \($0.name)  \($0.identifier)  \(standing(of: $0))\n" }.joined()
        return """
            Restored \(manifest.id)\(wish.at.map { " to \($0)" } ?? "") to \(data).
            \(report)\(brought)\(kept)
            Next: start PostgreSQL \(manifest.postgres) on that folder, let database.url name it, and give the daemons the
            secrets that the backup names:
            \(secrets)
            Then take a backup: the restored server is on a new timeline.

            """
    }

    /// Brings only the objects, to what was restored otherwise.
    package func objects(_ wish: Wish, to place: RestoredObjects.Place) async throws -> String {
        let (repository, manifest, _) = try await choose(wish)
        return try await bring(repository, manifest, to: place)
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
            let isElsewhere = settings.contains(#/(?m)^\s*store:\s*["']?(?:s3|azure|gcs)/#)
            var brought = try await bring(repository, manifest, to: isElsewhere ? nil : .folder(state.blobs))
            if isElsewhere {
                brought += "Do so when the settings are complete: scorable restore --objects object-storage\n"
            }
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
        let (manifest, timeline) = try await BackupChoice(repository).newest(
            wish.backup, before: moment, on: wish.timeline)
        guard let moment else { return (repository, manifest, .end(timeline: timeline)) }
        guard manifest.mark != nil else {
            throw LauncherFailure(
                "The backup \(manifest.id) was made without a log: it leads to no moment. Leave --at out.")
        }
        return (repository, manifest, .moment(moment, timeline: timeline))
    }

    private func restore(
        _ repository: BackupRepository, _ manifest: BackupManifest, _ target: Restoration.Target, into data: String
    ) async throws -> String {
        let restoration = Restoration(
            repository: repository, manifest: manifest, environment: installation.environment, data: data,
            target: target, tell: tell)
        var gap = ""
        if case .end = target, manifest.mark != nil,
            let missing = try await LogArchive(repository).gaps(for: manifest).first
        {
            gap = "The archive has no \(missing): what was committed behind it did NOT come back.\n"
        }
        return try await restoration.run(on: loops) { [gap] database in
            let installed = try await InstallationStore(database: database).identifier()
            guard installed == manifest.installation else {
                throw LauncherFailure("The restored database is another installation's than the backup says.")
            }
            let count = try await OrganizationStore(database: database).all().count
            return "It holds \(count == 1 ? "1 organization" : "\(count) organizations").\n\(gap)"
        }
    }

    private func bring(
        _ repository: BackupRepository, _ manifest: BackupManifest, to place: RestoredObjects.Place?
    ) async throws -> String {
        try await RestoredObjects(repository: repository, installation: installation, loops: loops, tell: tell)
            .bring(manifest, to: place)
    }

    /// Whether a secret is the one in the settings of this machine.
    private func standing(of key: BackupDetails.KeyName) -> String {
        do {
            let root = try InstallationSettings.reader(of: installation).root
            let found: String
            if key.name == Self.proxyKey {
                let text = try root.section("llmproxyd").secret("private_key", help: "").reveal()
                found = RecoveryKey.identifier(of: try SealedBox.KeyPair(privateKeyPEM: text).publicKey)
            } else {
                found = RecoveryKey.identifier(ofSecret: Array(try root.secret(key.name, help: "").reveal().utf8))
            }
            return found == key.identifier ? "(set here)" : "(another one is set here: \(found))"
        } catch {
            return "(not set here)"
        }
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
            if key.name == Self.proxyKey {
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
