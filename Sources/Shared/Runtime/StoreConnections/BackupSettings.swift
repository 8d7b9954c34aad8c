package import Settings

/// Where backups go, to whom they are sealed, and how long they are kept.
package struct BackupSettings: Sendable {
    /// A directory or the object storage; `nil` where no backups are made.
    package let place: Place?
    /// Public halves of recovery keys, in base64.
    package let recipients: [String]
    package let isUnencrypted: Bool
    /// The file of the recovery key, for drills on this machine.
    package let keyFile: String?
    /// How backups reach the database; `nil` like every other.
    package let database: Secret?
    /// Whether objects are copied that do not lie in a directory of this machine.
    package let copiesObjects: Bool
    package let keep: Int
    package let every: Duration
    package let drillEvery: Duration

    /// Where backups go.
    package enum Place: Sendable, Hashable {
        /// The absolute path of a directory.
        case directory(String)
        /// The object storage of the installation.
        case objectStorage
    }

    /// The word for the object storage.
    package static let objectStorage = "object-storage"

    package init(from scope: SettingsScope) throws(SettingsError) {
        let to = try scope.optionalString(
            "to", example: "/var/backups/scorable",
            help: "Where backups and the write-ahead log go: a directory on another disk, or object-storage for the "
                + "one that blobs names. Without it none are made.")
        place = to.map { $0 == Self.objectStorage ? .objectStorage : .directory($0) }
        if case .directory(let path)? = place, !path.hasPrefix("/") {
            throw scope.refusal("to", expected: "an absolute path, or \(Self.objectStorage)")
        }
        recipients = try scope.strings(
            "recipients", default: [],
            help: "The public keys that backups are sealed to, as scorable backup keys prints them.")
        isUnencrypted = try scope.bool(
            "unencrypted", default: false,
            help: "Whether backups may be readable by everybody who reaches them, where there are no recipients.")
        keyFile = try scope.optionalString(
            "key_file", example: "/etc/scorable/recovery.pem",
            help:
                "The file of the recovery key, where drills are to be done on this machine: whoever has it reads every "
                + "backup.")
        database = try scope.optional(
            "database", .connection, example: Secret("host=/run/postgresql user=postgres dbname=scorable"),
            help:
                "How backups reach PostgreSQL, as a superuser or as a role with REPLICATION that may do what the owner of "
                + "the database may. Without it as database.url says, but as the role postgres where the user postgres of "
                + "the same machine makes them.")
        copiesObjects = try scope.bool(
            "copy_objects", default: false,
            help:
                "Whether backups also hold the objects that lie at S3, Azure or Google, and not only a list of them. Those "
                + "in a directory are always copied.")
        keep = try scope.int("keep", default: 14, range: 1...10_000, help: "How many backups are kept.")
        every = try scope.duration(
            "every", default: .seconds(86_400), range: .seconds(60) ... .seconds(31 * 86_400),
            help: "How often a private installation makes a backup; elsewhere the timer of systemd says so.")
        drillEvery = try scope.duration(
            "drill_every", default: .seconds(7 * 86_400), range: .seconds(60) ... .seconds(366 * 86_400),
            help: "How often a private installation restores its newest backup to see whether it can be.")
    }
}
