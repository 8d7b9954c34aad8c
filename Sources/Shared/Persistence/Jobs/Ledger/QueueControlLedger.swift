internal import FoundationEssentials
package import Postgres
package import Queueing
internal import Tenancy

/// What operators have decided about queues, tenants, kinds and limits.
package struct QueueControlLedger: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// All of them: there are as many as people have set.
    package func all() async throws(PostgresError) -> [QueueControl] {
        let rows = try await database.query(
            """
            SELECT \(fragment: QueueControl.columns) FROM queue_controls ORDER BY subject
            """)
        var controls: [QueueControl] = []
        for row in rows {
            if let control = try QueueControl(row: row) { controls.append(control) }
        }
        return controls
    }

    /// Forgets what was decided about something that is no more, in the caller's transaction.
    package static func forget(
        _ subject: ControlSubject, on connection: PostgresConnection
    ) async throws(PostgresError) {
        try await connection.execute("DELETE FROM queue_controls WHERE subject = \(subject.description)")
    }

    /// Replaces what was decided about a subject, in the caller's transaction, and returns what it was.
    package static func set(
        _ control: QueueControl, on connection: PostgresConnection
    ) async throws(PostgresError) -> QueueControl? {
        let rows = try await connection.query(
            """
            SELECT \(fragment: QueueControl.columns) FROM queue_controls
            WHERE subject = \(control.subject.description) FOR UPDATE
            """)
        try await connection.execute(
            """
            INSERT INTO queue_controls (subject, is_paused, concurrency, weight, per_minute, updated_at, updated_by)
            VALUES (\(control.subject.description), \(control.isPaused), \(control.concurrency), \(control.weight),
                \(control.perMinute), \(control.updatedAt), \(control.updatedBy?.uuid))
            ON CONFLICT (subject) DO UPDATE SET is_paused = excluded.is_paused, concurrency = excluded.concurrency,
                weight = excluded.weight, per_minute = excluded.per_minute, updated_at = excluded.updated_at, updated_by = excluded.updated_by
            """)
        return try rows.first.flatMap { row throws(PostgresError) in try QueueControl(row: row) }
    }
}

extension QueueControl {
    fileprivate static let columns: SQL = """
        subject, is_paused, concurrency::int8, weight::int8, per_minute::int8, updated_at, updated_by
        """

    /// `nil` for a subject that this release does not know.
    fileprivate init?(row: PostgresRow) throws(PostgresError) {
        guard let subject = ControlSubject(try row.decode(0)) else { return nil }
        self.init(
            subject: subject, isPaused: try row.decode(1), concurrency: try row.decode(2), weight: try row.decode(3),
            perMinute: try row.decode(4), updatedAt: try row.decode(5), updatedBy: try row.identifier(6))
    }
}
