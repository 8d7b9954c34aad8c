package import FoundationEssentials
package import Logging
package import Observability
package import Operations

/// Compares the object storage with the database again and again, and tells of what is not there.
package struct StorageUpkeep: Sendable {
    private let check: StorageCheck
    private let logger: Logger
    private let missing: Gauge
    private let orphans: Gauge
    private let deleted: Counter

    package init(check: StorageCheck, metrics: Metrics, logger: Logger) {
        self.check = check
        self.logger = logger
        missing = metrics.gauge(
            "scorable_storage_missing_objects", "Objects that rows name and the object storage does not have.")
        orphans = metrics.gauge(
            "scorable_storage_orphan_objects",
            "Objects older than a day that no row names and that are not deleted yet.")
        deleted = metrics.counter(
            "scorable_storage_orphans_deleted_total", "Objects without a row that checks have deleted.")
    }

    /// Deletes what no row names, and says how many objects are missing.
    package func run(at moment: Date) async throws -> Int {
        let findings = try await check.run(deleting: true, at: moment)
        missing.set(Int64(findings.missingCount))
        orphans.set(Int64(findings.orphanCount - findings.deleted))
        deleted.increment(by: UInt64(findings.deleted))
        if findings.missingCount > 0 {
            logger.error(
                "objects are missing in the object storage: see scorable storage check",
                metadata: [
                    "count": "\(findings.missingCount)",
                    "first": "\(findings.missing.first.map { "\($0)" } ?? "")",
                ])
        }
        return findings.deleted + findings.missingCount
    }
}
