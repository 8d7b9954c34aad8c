internal import EventLoop
internal import FoundationEssentials
internal import Operations
internal import Postgres
internal import Stores
internal import WireAPI

/// Whether what is stored could be brought back after a loss.
struct BackupExamination: Sendable {
    let database: PostgresClient

    /// What is looked at.
    var examination: Examination { Examination(.upkeep, "archive", look) }

    private func look() async throws -> [Examination.Finding] {
        guard let archiving = try await DatabaseReadings(database: database).archiving() else { return [] }
        guard archiving.isOn else {
            return [
                Examination.Finding(
                    .upkeep, "archive", .warn,
                    "PostgreSQL archives no write-ahead log: what was written since the last backup would be lost.",
                    remedy: "Set archive_mode = on and an archive_command; see scorable(7) about backups.")
            ]
        }
        let last = archiving.lastAt.map { "\(Int(Date().timeIntervalSince($0) / 60)) min ago" } ?? "never"
        if let failed = archiving.lastFailureAt, failed > archiving.lastAt ?? .distantPast {
            return [
                Examination.Finding(
                    .upkeep, "archive", .fail,
                    "The last attempt to archive the write-ahead log failed; last kept \(last).",
                    remedy: "See archive_command in PostgreSQL's log. Until it succeeds the disk fills.")
            ]
        }
        return [Examination.Finding(.upkeep, "archive", .ok, "The write-ahead log is archived; last \(last).")]
    }
}
