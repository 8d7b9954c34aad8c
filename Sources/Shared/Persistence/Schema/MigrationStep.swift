internal import EventLoop
internal import Postgres

/// A statement of a migration that runs step by step: it may have been carried out before, wholly or half.
///
/// An index that is built while rows are written stays behind invalid when that is interrupted: it is dropped and built
/// again. One of a partitioned table is built for each partition, and then put together: the server has no statement for
/// that. All other statements must say themselves that they do nothing the second time.
struct MigrationStep {
    private let statement: String
    private let index: WantedIndex?

    /// What `CREATE INDEX CONCURRENTLY` asks for.
    private struct WantedIndex {
        let create: String
        let name: String
        let table: String
        /// What stands behind the table's name.
        let definition: String
    }

    init(_ statement: String) {
        self.statement = statement
        index = Self.index(statement)
    }

    func carryOut(on connection: PostgresConnection) async throws {
        guard let index else { return try await connection.run(script: statement, until: .never) }
        if try await isBuiltAtOnce(index, on: connection) { return }
        // It waits for transactions that run on, and nobody waits for it.
        try await connection.run(script: "SET lock_timeout = 0")
        if try await isPartitioned(index.table, on: connection) {
            try await buildByPartitions(index, on: connection)
        } else {
            try await build(index, on: connection)
        }
        try await connection.run(script: "SET lock_timeout = '15s'")
    }

    private static func index(_ statement: String) -> WantedIndex? {
        let words = SQLStatements.words(statement)
        let upper = words.map { $0.uppercased() }
        guard upper.first == "CREATE", let concurrently = upper.firstIndex(of: "CONCURRENTLY"), concurrently <= 3,
            upper.contains("INDEX"), let on = upper.firstIndex(of: "ON"), on > concurrently, words.count > on + 1
        else { return nil }
        let table = words[on + 1]
        guard let place = statement.firstRange(of: "ON \(table)") ?? statement.firstRange(of: "on \(table)") else {
            return nil
        }
        return WantedIndex(
            create: upper.contains("UNIQUE") ? "CREATE UNIQUE INDEX" : "CREATE INDEX", name: words[on - 1],
            table: table, definition: String(statement[place.upperBound...]))
    }

    private func build(_ index: WantedIndex, on connection: PostgresConnection) async throws {
        let rows = try await connection.query(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(\(index.name))")
        if let row = rows.first {
            if try row.decode("indisvalid") { return }
            try await connection.run(script: "DROP INDEX CONCURRENTLY \(index.name)", until: .never)
        }
        try await connection.run(
            script: "\(index.create) CONCURRENTLY \(index.name) ON \(index.table)\(index.definition)", until: .never)
    }

    /// New partitions bring the index with them as soon as the table has it, even while it is not valid.
    private func buildByPartitions(_ index: WantedIndex, on connection: PostgresConnection) async throws {
        let create = index.create.replacing("INDEX", with: "INDEX IF NOT EXISTS")
        try await connection.run(script: "\(create) \(index.name) ON ONLY \(index.table)\(index.definition)")
        let rows = try await connection.query(
            """
            SELECT p.relname::text AS partition FROM pg_inherits h JOIN pg_class p ON p.oid = h.inhrelid
            WHERE h.inhparent = to_regclass(\(index.table)) AND NOT EXISTS (
                SELECT FROM pg_inherits i JOIN pg_index x ON x.indexrelid = i.inhrelid
                WHERE i.inhparent = to_regclass(\(index.name)) AND x.indrelid = p.oid)
            ORDER BY p.relname
            """)
        for row in rows {
            let partition = try row.decode("partition", as: String.self)
            // Names end at 63 bytes: enough of both, and the month is at the end of the partition's.
            let name = "\(index.name.prefix(44))_p\(partition.suffix(16))"
            try await build(
                WantedIndex(create: index.create, name: name, table: partition, definition: index.definition),
                on: connection)
            try await connection.run(script: "ALTER INDEX \(index.name) ATTACH PARTITION \(name)")
        }
    }

    /// Builds the index of a table without rows; false where that does not go. Where somebody is about to write the first row,
    /// it is built as where there are many.
    private func isBuiltAtOnce(_ index: WantedIndex, on connection: PostgresConnection) async throws -> Bool {
        guard try await isAbsentAndOfNothing(index, on: connection) else { return false }
        do {
            try await connection.run(
                script: "\(index.create) \(index.name) ON \(index.table)\(index.definition)", until: .never)
            return true
        } catch {
            guard error.sqlState == .lockNotAvailable else { throw error }
            return false
        }
    }

    /// Whether the index does not exist in any form, and its table has no row: then nobody waits for it, and a new installation
    /// is not kept waiting by one partition after the other.
    private func isAbsentAndOfNothing(_ index: WantedIndex, on connection: PostgresConnection) async throws -> Bool {
        let rows = try await connection.query(
            """
            SELECT to_regclass(\(index.name)) IS NULL AND coalesce(sum(pg_relation_size(p.relid)), 0) = 0
            FROM (SELECT to_regclass(\(index.table)) UNION SELECT relid FROM pg_partition_tree(to_regclass(\(index.table))))
                AS p(relid)
            WHERE p.relid IS NOT NULL
            """)
        return try rows.first?.decode(0) ?? false
    }

    private func isPartitioned(_ table: String, on connection: PostgresConnection) async throws -> Bool {
        try await connection.query(
            "SELECT 1 FROM pg_class WHERE oid = to_regclass(\(table)) AND relkind = 'p'"
        ).count == 1
    }
}
