/// How much room there is, and for how long, `GET /internal/storage`.
package struct OperatorStorage: Codable, Sendable, Hashable {
    package static let path = "/internal/storage"

    /// `enough`; `low`; `full`, and nothing new is taken; `nil` where no worker can tell.
    package let level: String?
    /// None for those whose organisation does not run the installation, and no parts.
    package let disks: [OperatorDisk]
    /// What takes room, what grows fastest first.
    package let parts: [OperatorStoragePart]

    package init(level: String?, disks: [OperatorDisk], parts: [OperatorStoragePart]) {
        self.level = level
        self.disks = disks
        self.parts = parts
    }
}

/// That the disks are full, or will be.
package struct OperatorStorageNews: Codable, Sendable, Hashable {
    /// `enough`; `low`; `full`, and nothing new is taken.
    package let level: String
    /// For how many days the disk that fills first lasts, where that is known.
    package let daysLeft: Double?

    /// From how few days on somebody should do something.
    package static let soon = 14.0

    /// `nil` while there is nothing to tell.
    package init?(level: String, daysLeft: Double?) {
        guard level != "enough" || daysLeft.map({ $0 < Self.soon }) == true else { return nil }
        self.level = level
        self.daysLeft = daysLeft
    }
}

/// The disk of the database or of the object storage.
package struct OperatorDisk: Codable, Sendable, Hashable {
    /// `database` or `objects`.
    package let name: String
    package let usedBytes: Int64
    package let freeBytes: Int64
    /// By how much it fills in a day, and for how many days it lasts; `nil` while too little is known, or where it does not
    /// fill.
    package let bytesPerDay: Double?
    package let daysLeft: Double?
    /// The earliest and the latest, 95 %; without a latest it may as well not fill at all.
    package let earliestDaysLeft: Double?
    package let latestDaysLeft: Double?
    package let measuredDays: Int

    package init(
        name: String, usedBytes: Int64, freeBytes: Int64, bytesPerDay: Double?, daysLeft: Double?,
        earliestDaysLeft: Double?, latestDaysLeft: Double?, measuredDays: Int
    ) {
        self.name = name
        self.usedBytes = usedBytes
        self.freeBytes = freeBytes
        self.bytesPerDay = bytesPerDay
        self.daysLeft = daysLeft
        self.earliestDaysLeft = earliestDaysLeft
        self.latestDaysLeft = latestDaysLeft
        self.measuredDays = measuredDays
    }
}

/// What takes room.
package struct OperatorStoragePart: Codable, Sendable, Hashable {
    /// Such as `execution_logs`.
    package let name: String
    package let bytes: Int64
    package let bytesPerDay: Double?

    package init(name: String, bytes: Int64, bytesPerDay: Double?) {
        self.name = name
        self.bytes = bytes
        self.bytesPerDay = bytesPerDay
    }
}

extension OperatorRequest where Reply == OperatorStorage {
    package static func storage() -> Self { Self(.get, OperatorStorage.path) }
}
