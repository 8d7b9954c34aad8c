package import FoundationEssentials
internal import JSON
package import Stores

/// What a backup is, kept beside it for everybody to read: without it there is no backup. It is written last.
package struct BackupManifest: Codable, Sendable, Hashable {
    /// Whether a text may be the identifier of a backup.
    package static func isIdentifier(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { "0123456789abcdefTZ-".utf8.contains($0) }
    }

    /// Of this form.
    package static let currentForm = 1

    package var form = BackupManifest.currentForm
    /// Such as `20270131T120000Z-1f3a`: in the order of time.
    package let id: String
    /// The identifier of the installation.
    package let installation: UUID?
    /// The database cluster, as PostgreSQL tells them apart.
    package let system: String
    package let beganAt: Date
    /// From this moment on it can be restored to a moment.
    package let consistentAt: Date
    package let endedAt: Date
    /// The release of the program, the version of the schema and of PostgreSQL.
    package let program: String
    package let schema: Int
    package let postgres: Int
    /// The database and its owner.
    package let database: String
    package let role: String
    /// The write-ahead log is needed from this segment on.
    package let firstSegment: String
    /// Where the sums were taken; `nil` where the log is not archived.
    package let mark: Mark?
    package let base: Part
    package let details: Part
    package let objects: Objects
    /// The identifiers of the recovery keys that open it; none for one that is not encrypted.
    package let recipients: [String]

    /// A place in the write-ahead log that has a name.
    package struct Mark: Codable, Sendable, Hashable {
        package let name: String
        package let at: Date
        /// The last segment that is needed to restore to it.
        package let segment: String

        package init(name: String, at: Date, segment: String) {
            self.name = name
            self.at = at
            self.segment = segment
        }
    }

    /// A file of the backup, as it is stored.
    package struct Part: Codable, Sendable, Hashable {
        package let bytes: Int64
        package let sha256: String

        package init(bytes: Int64, sha256: String) {
            self.bytes = bytes
            self.sha256 = sha256
        }
    }

    /// The list of what was in the object storage.
    package struct Objects: Codable, Sendable, Hashable {
        package let list: Part
        package let count: Int
        package let bytes: Int64
        /// Whether the objects themselves are in the backup, or only named.
        package let areCopied: Bool

        package init(list: Part, count: Int, bytes: Int64, areCopied: Bool) {
            self.list = list
            self.count = count
            self.bytes = bytes
            self.areCopied = areCopied
        }
    }

    package init(
        id: String, installation: UUID?, beganAt: Date, endedAt: Date, program: String, position: BackupPosition,
        consistentAt: Date, mark: Mark?, base: Part, details: Part, objects: Objects, recipients: [String]
    ) {
        self.id = id
        self.installation = installation
        self.beganAt = beganAt
        self.endedAt = endedAt
        self.program = program
        self.consistentAt = consistentAt
        system = position.system
        schema = position.schema
        postgres = position.serverVersion
        database = position.database
        role = position.role
        firstSegment = position.segment
        self.mark = mark
        self.base = base
        self.details = details
        self.objects = objects
        self.recipients = recipients
    }
}

/// What a backup says only to whoever can open it.
package struct BackupDetails: Codable, Sendable, Hashable {
    /// The settings file with its secrets left out; `nil` where there is none.
    package let settings: String?
    /// The folder of a private installation.
    package let state: String?
    /// Which secrets the installation needs, by name, each with its identifier; never the secrets.
    package let keys: [KeyName]
    /// What every table held at the mark.
    package let sums: [TableSum]

    /// Which secret.
    package struct KeyName: Codable, Sendable, Hashable {
        package let name: String
        package let identifier: String

        package init(name: String, identifier: String) {
            self.name = name
            self.identifier = identifier
        }
    }

    package init(settings: String?, state: String?, keys: [KeyName], sums: [TableSum]) {
        self.settings = settings
        self.state = state
        self.keys = keys
        self.sums = sums
    }

    /// As it is stored.
    package var encoded: [UInt8] { JSONCodec.encode(self) }
}

/// An object of the object storage in a backup's list.
package struct BackedUpObject: Codable, Sendable, Hashable {
    package let key: String
    package let size: Int64
    package let modifiedAt: Date
    /// Of its contents; `nil` where only its name is kept.
    package let sha256: String?
}
