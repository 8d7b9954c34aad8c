package import Postgres

/// The monthly partitions of the execution logs.
package struct PartitionStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Makes the partitions from last month to that many months ahead; how many were missing. Safe to call at any
    /// time and by several daemons at once.
    package func ensure(monthsAhead: Int) async throws -> Int {
        let rows = try await database.query(
            "SELECT ensure_execution_log_partitions(\(Int32(clamping: monthsAhead))) AS made")
        return try rows.first?.decode("made") ?? 0
    }

    /// Makes the partitions of these months where a row had none, which the upkeep was to do long before; `false` where that
    /// was not what was wrong.
    package static func mend(_ error: PostgresError, in database: PostgresClient) async -> Bool {
        // A check of a table has a name.
        guard error.sqlState == .checkViolation, error.constraint == nil else { return false }
        do {
            try await database.execute(
                "SELECT ensure_execution_log_partitions(1), ensure_trace_span_partitions(3, 1)")
            return true
        } catch {
            // What was wrong first is what the writer is told.
            return false
        }
    }
}
