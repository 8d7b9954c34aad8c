internal import Blobs
internal import Cryptography
internal import EventLoop
internal import Operations
internal import Settings
internal import StoreConnections
internal import SystemCalls

/// Opens the place where backups are kept.
struct BackupPlace {
    let settings: BackupSettings
    private let installation: Installation
    private let loops: LoopGroup

    private static let threads = 2
    private static let queueLimit = 256

    /// What the settings of an installation say.
    init(of installation: Installation, on loops: LoopGroup) throws {
        self.loops = loops
        self.installation = installation
        settings = try BackupSettings(from: InstallationSettings.reader(of: installation).root.section("backup"))
    }

    /// What is done to the installation, with the rights that backups need in the database.
    func administration() throws -> Administration {
        let database = try DatabaseSettings(
            from: InstallationSettings.reader(of: installation).root.section("database"))
        // A private installation's PostgreSQL knows one role.
        let user = installation.state.isMade ? nil : AccountName.real.name
        let connection = try BackupConnection.string(
            settings.database?.reveal(), else: database.url.reveal(), for: user)
        return try Administration(installation, on: loops, connection: connection)
    }

    /// The place in the settings, to put something there: whoever does needs no recovery key.
    func toWrite() throws -> BackupRepository {
        guard !settings.recipients.isEmpty || settings.isUnencrypted else {
            throw LauncherFailure(
                "Nobody is named that backups are sealed to. Make a recovery key with scorable backup keys and set "
                    + "backup.recipients, or say backup.unencrypted: true.")
        }
        return try repository(keys: [])
    }

    /// The place in the settings, to read what is there with the recovery key in a file.
    func toRead(keyFile: String?) throws -> BackupRepository {
        try repository(keys: Self.keys(in: keyFile ?? settings.keyFile))
    }

    /// The place in the settings, to see what there is.
    func toList() throws -> BackupRepository { try repository(keys: []) }

    private func repository(keys: [SealedBox.KeyPair]) throws -> BackupRepository {
        guard let place = settings.place else {
            throw LauncherFailure("No place for backups is set. Set backup.to, such as /var/backups/scorable.")
        }
        let recipients = try settings.recipients.map(Self.recipient)
        switch place {
        case .directory(let path): return Self.repository(in: path, recipients: recipients, keys: keys)
        case .objectStorage:
            guard try !isStorageLocal else {
                throw LauncherFailure(
                    "The object storage is a directory on this machine, where a backup would be lost with it. Set "
                        + "backup.to to a directory on another disk.")
            }
            let store = try storage
            return BackupRepository(blobs: store, log: store, recipients: recipients, keys: keys)
        }
    }

    /// Read only where it is needed: who archives the log need not be able to read the key of the object storage.
    private var objects: BlobSettings {
        get throws { try BlobSettings(from: InstallationSettings.reader(of: installation).root.section("blobs")) }
    }

    /// The object storage of the installation, and whether it is a directory on this machine.
    var storage: any BlobStore { get throws { try objects.open(on: loops).store } }
    private var isStorageLocal: Bool { get throws { try objects.kind == .local } }

    /// Whether the objects themselves are kept, and not only a list of them.
    var copiesObjects: Bool { get throws { try settings.copiesObjects || isStorageLocal } }

    /// A place that a command line names, where nothing is set up.
    static func repository(
        in path: String, recipients: [SealedBox.PublicKey] = [], keys: [SealedBox.KeyPair]
    ) -> BackupRepository {
        let threads = WorkerThreads(name: "backups", count: Self.threads, queueLimit: Self.queueLimit)
        return BackupRepository(
            blobs: LocalBlobs(directory: path, threads: threads),
            log: LocalBlobs(directory: logFolder(in: path), threads: threads), recipients: recipients, keys: keys)
    }

    /// Where the log is in a directory: the server's own user writes there.
    static func logFolder(in path: String) -> String { "\(path)/wal" }

    /// The recovery key in a file.
    static func keys(in path: String?) throws -> [SealedBox.KeyPair] {
        guard let path else { return [] }
        do {
            return [try SealedBox.KeyPair(privateKeyPEM: String(decoding: FileContents.read(path), as: UTF8.self))]
        } catch let error as CryptographyError {
            throw LauncherFailure("\(path) holds no recovery key: \(error). See: scorable backup keys")
        }
    }

    private static func recipient(_ text: String) throws -> SealedBox.PublicKey {
        do {
            return try SealedBox.PublicKey(base64: text)
        } catch {
            throw LauncherFailure("backup.recipients: “\(text)” is no public key (\(error)). See: scorable backup keys")
        }
    }
}
