internal import EventLoop
package import FoundationEssentials
package import Postgres

/// What backups ask of the database cluster that they are of.
package struct BackupStore: Sendable {
    /// The key of the advisory lock: "backups!" in ASCII.
    private static let lock: Int64 = 0x6261_636b_7570_7321
    /// How often a moment is looked for when nobody writes, and how often of that for less than half a second.
    private static let attempts = 20
    private static let shortAttempts = 8
    /// Tables with more blocks than this, 160 MB, are summed up by a sample.
    private static let largest = 20_000
    private static let sample = 64

    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Does `body` while no other process does its own; `nil` when another does.
    package func alone<R: Sendable>(_ body: @Sendable () async throws -> R) async throws -> R? {
        try await database.withConnection { connection in
            // Closing the connection frees the lock in every case.
            defer { connection.discard() }
            let rows = try await connection.query("SELECT pg_try_advisory_lock(\(Self.lock)) AS is_ours")
            guard try rows.first?.decode("is_ours") ?? false else { return nil }
            return try await body()
        }
    }

    /// Where the cluster is now.
    package func position() async throws -> BackupPosition? {
        let rows = try await database.query(
            """
            SELECT clock_timestamp() AS now, system_identifier::text AS system,
                pg_walfile_name(pg_current_wal_insert_lsn()) AS segment,
                current_setting('server_version_num')::bigint / 10000 AS server,
                (SELECT max(version) FROM schema_migrations) AS schema,
                current_database()::text AS database, current_user::text AS role,
                current_setting('archive_mode') <> 'off' AS is_archiving
            FROM pg_control_system()
            """)
        return try rows.first.map { row in
            BackupPosition(
                now: try row.decode("now"), system: try row.decode("system"), segment: try row.decode("segment"),
                serverVersion: try row.decode("server"), schema: try row.decode("schema"),
                database: try row.decode("database"), role: try row.decode("role"),
                isArchiving: try row.decode("is_archiving"))
        }
    }

    /// Names a place in the write-ahead log at which nobody is writing, and says what every table holds there. Writers are
    /// held up for some milliseconds.
    package func mark(_ name: String) async throws -> (at: Date, sums: [TableSum]) {
        try await database.withConnection { reader in
            defer { reader.discard() }
            try await reader.run(script: "SET statement_timeout = 0")
            let moment = try await freeze(name, for: reader)
            let sums = try await Self.sums(on: reader, of: nil)
            try await reader.run(script: "ROLLBACK")
            return (moment, sums)
        }
    }

    /// Begins a transaction of `reader` that sees exactly what is committed before the named place.
    private func freeze(_ name: String, for reader: PostgresConnection) async throws -> Date {
        try await database.withConnection { writer in
            defer { writer.discard() }
            let tables = try await Self.tables(on: writer).map { "\(identifier: $0.name)" as SQL }.joined(
                separator: ", ")
            for attempt in 1... {
                do {
                    return try await writer.transaction { writer in
                        // Whoever waits behind this lock waits no longer than it does. Only for one that waits a second
                        // does an automatic vacuum make way.
                        let patience = attempt <= Self.shortAttempts ? "400ms" : "1500ms"
                        try await writer.run(script: "SET LOCAL statement_timeout = '\(patience)'")
                        try await writer.execute("LOCK TABLE \(fragment: tables) IN SHARE MODE")
                        try await reader.run(script: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                        _ = try await reader.query("SELECT 1")
                        let rows = try await writer.query(
                            "SELECT pg_create_restore_point(\(name)), clock_timestamp() AS moment")
                        return try rows.first?.decode("moment") ?? Date()
                    }
                } catch let error as PostgresError {
                    guard attempt < Self.attempts, !error.outcomeIsUnknown else { throw error }
                    if reader.isInTransaction { try await reader.run(script: "ROLLBACK") }
                    guard Self.isBusy(error) else { throw error }
                    try await Loop.current?.sleep(for: .milliseconds(Int64.random(in: 50...400)))
                }
            }
            preconditionFailure("the last attempt returns or throws")
        }
    }

    private static func isBusy(_ error: PostgresError) -> Bool {
        guard case .server(let state) = error.kind else { return false }
        return [.queryCanceled, .deadlockDetected, .lockNotAvailable].contains(state)
    }

    /// What the tables of `wanted` hold now, over the same blocks; `nil` for a table that is not there.
    package func sums(like wanted: [TableSum]) async throws -> [TableSum] {
        try await database.withConnection { reader in
            defer { reader.discard() }
            try await reader.run(script: "SET statement_timeout = 0; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            return try await Self.sums(on: reader, of: wanted)
        }
    }

    private struct Table {
        let name: String
        let blocks: Int
    }

    private static func tables(on connection: PostgresConnection) async throws -> [Table] {
        let rows = try await connection.query(
            """
            SELECT relname::text AS name, pg_relation_size(oid) / current_setting('block_size')::bigint AS blocks
            FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relpersistence = 'p'
            ORDER BY relname
            """)
        return try rows.map { Table(name: try $0.decode("name"), blocks: try $0.decode("blocks")) }
    }

    private static func sums(on reader: PostgresConnection, of wanted: [TableSum]?) async throws -> [TableSum] {
        // The text of a row depends on these.
        try await reader.run(
            script: """
                SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL intervalstyle = 'postgres';
                SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'
                """)
        var sums: [TableSum] = []
        for table in try await tables(on: reader) {
            var blocks: [Int]?
            if let wanted {
                guard let like = wanted.first(where: { $0.table == table.name }) else { continue }
                blocks = like.blocks
            } else if table.blocks > largest {
                blocks = (0..<sample).map { _ in Int.random(in: 0..<table.blocks) }
            }
            sums.append(try await sum(of: table.name, blocks, on: reader))
        }
        return sums
    }

    private static func sum(
        of table: String, _ blocks: [Int]?, on reader: PostgresConnection
    ) async throws -> TableSum {
        let hashes: SQL = "coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text"
        guard let blocks else {
            let rows = try await reader.query(
                "SELECT count(*) AS total, \(fragment: hashes) AS sum FROM \(identifier: table) AS t", until: .never)
            return TableSum(
                table: table, rows: try rows.first?.decode("total") ?? 0, sum: try rows.first?.decode("sum") ?? "0",
                blocks: nil)
        }
        let rows = try await reader.query("SELECT count(*) AS total FROM \(identifier: table)", until: .never)
        var parts: [String] = []
        for block in blocks {
            let found = try await reader.query(
                """
                SELECT \(fragment: hashes) AS sum FROM \(identifier: table) AS t
                WHERE t.ctid >= \("(\(block),0)")::text::tid AND t.ctid < \("(\(block + 1),0)")::text::tid
                """, until: .never)
            parts.append(try found.first?.decode("sum") ?? "0")
        }
        return TableSum(
            table: table, rows: try rows.first?.decode("total") ?? 0, sum: parts.joined(separator: " "), blocks: blocks)
    }

    /// Ends the segment of the write-ahead log that is written, and says which it is.
    package func endSegment() async throws -> String {
        let rows = try await database.query("SELECT pg_walfile_name(pg_switch_wal()) AS segment")
        return try rows.first?.decode("segment") ?? ""
    }
}
