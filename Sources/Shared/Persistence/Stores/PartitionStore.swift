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
}
