internal import FoundationEssentials
internal import Operations

/// A backup in a list.
struct BackupLine: Encodable {
    let id: String
    let consistentAt: Date
    let seconds: Double
    let bytes: Int64
    let objects: Int
    let program: String
    let schema: Int
    let postgres: Int
    /// Of the write-ahead log.
    let timeline: UInt32
    let recipients: [String]
    let isRestorableToAnyMoment: Bool

    init(_ manifest: BackupManifest) {
        id = manifest.id
        consistentAt = manifest.consistentAt
        seconds = manifest.endedAt.timeIntervalSince(manifest.beganAt)
        bytes = manifest.base.bytes
        objects = manifest.objects.count
        program = manifest.program
        schema = manifest.schema
        postgres = manifest.postgres
        timeline = LogTimelines.timeline(of: manifest)
        recipients = manifest.recipients
        isRestorableToAnyMoment = manifest.mark != nil
    }

    var text: String {
        FactLines.text([
            ("backup", id), ("whole since", consistentAt.formatted(.iso8601)), ("bytes", "\(bytes)"),
            ("objects", "\(objects)"),
            ("sealed to", recipients.isEmpty ? "nobody" : recipients.joined(separator: ", ")),
            ("restorable to", isRestorableToAnyMoment ? "any moment since" : "itself only"),
        ])
    }
}

/// The backups that there are.
struct BackupLines: Encodable {
    let results: [BackupLine]
    /// What is wrong with those that cannot be read.
    let faults: [String]

    var text: String {
        var table = TextTable(["ID", "WHOLE SINCE", "BYTES", "OBJECTS", "RELEASE", "SCHEMA", "TIMELINE", "SEALED TO"])
        for line in results {
            table.add([
                line.id, line.consistentAt.formatted(.iso8601), "\(line.bytes)", "\(line.objects)", line.program,
                "\(line.schema)", "\(line.timeline)",
                line.recipients.isEmpty ? "nobody" : line.recipients.joined(separator: ","),
            ])
        }
        return table.text + faults.map { "\($0)\n" }.joined()
    }
}

/// What was removed.
struct BackupPruning: Encodable, Sendable {
    let backups: [String]
    let segments: Int
    let objects: Int
    let isTrial: Bool

    var text: String {
        let verb = isTrial ? "Would remove" : "Removed"
        return "\(verb) \(backups.count) backups, \(segments) segments of the log and \(objects) copies of objects.\n"
    }
}

/// Whether a backup is as it was stored.
struct BackupVerdict: Encodable {
    let backup: String
    let isWhole: Bool
    let faults: [String]

    var text: String {
        guard !isWhole else { return "\(backup) is whole.\n" }
        var facts: [(String, String?)] = [("backup", "\(backup) is NOT whole")]
        for fault in faults { facts.append(("fault", fault)) }
        return FactLines.text(facts)
    }
}
