package import FoundationEssentials
package import Postgres

/// What takes room: a part of the database, or a disk.
package struct StorageReading: Sendable, Hashable {
    package let subject: String
    /// What it takes; of a disk what is used of it.
    package let bytes: Int64
    /// Of a disk.
    package let freeBytes: Int64?

    package init(subject: String, bytes: Int64, freeBytes: Int64? = nil) {
        self.subject = subject
        self.bytes = bytes
        self.freeBytes = freeBytes
    }
}

/// How large everything was at the end of each day.
package struct StorageSizeStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// The last reading of a day.
    package struct Day: Sendable, Hashable {
        package let measuredAt: Date
        package let reading: StorageReading
    }

    /// How large the parts of the database are now.
    package func parts() async throws -> [StorageReading] {
        let rows = try await database.query(
            """
            SELECT CASE
                WHEN root LIKE 'execution\\_%' OR root = 'executed_items' OR root = 'tagged_hours' THEN 'execution_logs'
                WHEN root LIKE 'trace%' THEN 'traces'
                WHEN root LIKE 'batch%' OR root LIKE 'job%' OR root LIKE 'queue%' OR root LIKE 'calibration%' THEN 'batches'
                WHEN root LIKE 'audit%' THEN 'audit'
                WHEN root LIKE 'dataset%' OR root = 'annotations' THEN 'datasets'
                WHEN root LIKE 'webhook%' THEN 'webhooks'
                ELSE 'other' END AS subject, sum(bytes)::int8 AS bytes
            FROM (
                SELECT coalesce(p.relname, c.relname)::text AS root, pg_total_relation_size(c.oid) AS bytes
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
                LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_class p ON p.oid = i.inhparent
                WHERE c.relkind = 'r'
            ) AS tables GROUP BY 1
            """)
        let parts = try rows.map { StorageReading(subject: try $0.decode("subject"), bytes: try $0.decode("bytes")) }
        let objects = try await database.query(
            """
            SELECT 'files' AS subject, coalesce(sum(size), 0)::int8 AS bytes FROM files UNION ALL
            SELECT 'exports', coalesce(sum(bytes), 0)::int8 FROM exports WHERE state = 'finished'
            """)
        return try parts
            + objects.map { StorageReading(subject: try $0.decode("subject"), bytes: try $0.decode("bytes")) }
    }

    /// How many bytes all databases of the server take.
    package func databaseBytes() async throws -> Int64 {
        try await database.query(
            "SELECT coalesce(sum(pg_database_size(oid)), 0)::int8 FROM pg_database WHERE datallowconn"
        ).first?.decode(0) ?? 0
    }

    /// The directory of the server's data, `nil` where the role may not know, or where the server is on another machine.
    package func dataDirectory() async throws -> String? {
        let rows = try await database.query(
            """
            SELECT current_setting('data_directory', true)
            WHERE pg_has_role(current_user, 'pg_read_all_settings', 'MEMBER') AND (inet_server_addr() IS NULL
                OR inet_server_addr() <<= '127.0.0.0/8' OR inet_server_addr() = '::1')
            """)
        return try rows.first?.decode(0, as: String?.self)
    }

    /// Notes what was read, in place of what was read earlier on this day.
    package func note(_ readings: [StorageReading], at moment: Date) async throws {
        guard !readings.isEmpty else { return }
        try await database.execute(
            """
            INSERT INTO storage_days (day, subject, bytes, free_bytes, measured_at)
            SELECT (\(moment) AT TIME ZONE 'UTC')::date, s.subject, s.bytes, nullif(s.free, -1), \(moment)
            FROM unnest(\(readings.map(\.subject)), \(readings.map(\.bytes)), \(readings.map { $0.freeBytes ?? -1 }))
                AS s(subject, bytes, free)
            ON CONFLICT (day, subject) DO UPDATE
            SET bytes = excluded.bytes, free_bytes = excluded.free_bytes, measured_at = excluded.measured_at
            """)
    }

    /// The readings since a moment, the oldest first.
    package func days(since moment: Date) async throws -> [Day] {
        let rows = try await database.query(
            """
            SELECT measured_at, subject, bytes, free_bytes FROM storage_days
            WHERE day >= (\(moment) AT TIME ZONE 'UTC')::date ORDER BY day, subject
            """)
        return try rows.map { row in
            Day(
                measuredAt: try row.decode("measured_at"),
                reading: StorageReading(
                    subject: try row.decode("subject"), bytes: try row.decode("bytes"),
                    freeBytes: try row.decode("free_bytes")))
        }
    }

    /// Deletes readings before a moment; how many.
    package func delete(before moment: Date) async throws -> Int {
        try await database.execute("DELETE FROM storage_days WHERE day < (\(moment) AT TIME ZONE 'UTC')::date")
    }
}
