internal import EventLoop
package import Logging
package import Observability
package import Stores
internal import Synchronization

/// Tells how old the newest backup is and what came of the last restore drill, as far as this is known.
package struct BackupWatch: Sendable {
    private let store: BackupRunStore
    private let readings: Readings
    private let logger: Logger

    private static let interval = Duration.seconds(10)

    /// What was read last, for whoever reads the metrics.
    private final class Readings: Sendable {
        private let figures = Mutex<BackupRunStore.Figures?>(nil)

        func set(_ new: BackupRunStore.Figures?) { figures.withLock { $0 = new } }

        /// No series at all for what is not known.
        func list(_ value: @Sendable (BackupRunStore.Figures) -> Double?) -> [LabelledValue] {
            figures.withLock { $0 }.flatMap(value).map { [LabelledValue([:], $0)] } ?? []
        }
    }

    package init(store: BackupRunStore, metrics: Metrics, logger: Logger) {
        self.store = store
        self.logger = logger
        let readings = Readings()
        self.readings = readings
        metrics.gauges("scorable_backup_age_seconds", "How long ago the last backup became whole.") {
            readings.list(\.backupAge)
        }
        metrics.gauges(
            "scorable_wal_archive_age_seconds",
            "How long ago a segment of the write-ahead log was archived last: what is younger could be lost."
        ) { readings.list(\.archiveAge) }
        metrics.gauges("scorable_restore_drill_success", "Whether the last restore drill was a success: 1 or 0.") {
            readings.list { figures in figures.drillSucceeded.map { $0 ? 1 : 0 } }
        }
        metrics.gauges("scorable_restore_drill_seconds", "How long the last restore drill took: RTO.") {
            readings.list(\.drillSeconds)
        }
        metrics.gauges(
            "scorable_restore_drill_loss_seconds", "How much of the latest the last restore drill found unsaved: RPO."
        ) { readings.list(\.drillLost) }
    }

    /// Looks until cancelled.
    package func run() async throws {
        guard let loop = Loop.current else { preconditionFailure("backups are watched on a loop") }
        while true {
            do {
                readings.set(try await store.figures())
            } catch {
                try Task.checkCancellation()
                // What is not known is not shown as it was.
                readings.set(nil)
                logger.warning("the age of the backups could not be read", metadata: ["reason": "\(error)"])
            }
            try await loop.sleep(for: Self.interval)
        }
    }
}
