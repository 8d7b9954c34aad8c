internal import EventLoop
internal import FoundationEssentials
package import Postgres
internal import Stores
internal import WireAPI

/// Whether what is stored could be brought back after a loss.
package struct BackupExaminations: Sendable {
    private let readings: DatabaseReadings
    private let runs: BackupRunStore
    private let now: @Sendable () -> Date

    /// From which age on the last backup is old: they are made daily.
    private static let old = 36 * 3600.0

    package init(database: PostgresClient) {
        readings = DatabaseReadings(database: database)
        runs = BackupRunStore(database: database)
        now = { Date() }
    }

    /// What is looked at.
    package var all: [Examination] {
        [Examination(.upkeep, "archive", archive), Examination(.upkeep, "backup", backup)]
    }

    private func archive() async throws -> [Examination.Finding] {
        guard let archiving = try await readings.archiving() else { return [] }
        guard archiving.isOn else {
            return [
                Examination.Finding(
                    .upkeep, "archive", .warn,
                    "PostgreSQL archives no write-ahead log: what was written since the last backup would be lost.",
                    remedy: "Set archive_mode = on and an archive_command; see scorable(7) about backups.")
            ]
        }
        let last = archiving.lastAt.map { "\(Int(now().timeIntervalSince($0) / 60)) min ago" } ?? "never"
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

    private func backup() async throws -> [Examination.Finding] {
        let figures = try await runs.figures()
        let see = "Make one: scorable backup create; and see why none was made by itself: scorable backup list"
        let last: Examination.Finding =
            if let age = figures.backupAge {
                Examination.Finding(
                    .upkeep, "backup", age > Self.old ? .warn : .ok, "The last backup is \(Amounts.time(age)) old.",
                    remedy: age > Self.old ? see : nil)
            } else {
                Examination.Finding(.upkeep, "backup", .warn, "There is no backup yet.", remedy: see)
            }
        guard let succeeded = figures.drillSucceeded else { return [last] }
        let time = figures.drillSeconds.map { " It took \(Amounts.time($0))." } ?? ""
        return [
            last,
            Examination.Finding(
                .upkeep, "restore drill", succeeded ? .ok : .fail,
                succeeded ? "The last backup that was tried could be restored.\(time)" : "The last drill failed.",
                remedy: succeeded ? nil : "See what it says, and try again: scorable backup drill"),
        ]
    }
}
