internal import EventLoop
internal import Postgres

/// A migration that is still to be applied, with what it does to the tables that exist.
package struct PlannedMigration: Sendable {
    /// What it does to one table.
    package struct Touch: Sendable {
        package let table: String
        /// The strongest lock that it takes on it.
        package let lock: TableLock
        /// Such as "builds an index", each once, in their order.
        package let actions: [String]
        /// As the server estimates it.
        package let rows: Int64
        /// With its indexes and its partitions.
        package let bytes: Int64
    }

    package let migration: Migration
    /// By the order in which they are touched first. Statements within functions are not looked into.
    package let touches: [Touch]

    static func all(
        of migrations: [Migration], on connection: PostgresConnection
    ) async throws -> [PlannedMigration] {
        var planned: [PlannedMigration] = []
        for migration in migrations {
            planned.append(
                PlannedMigration(migration: migration, touches: try await touches(of: migration, on: connection)))
        }
        return planned
    }

    private static func touches(
        of migration: Migration, on connection: PostgresConnection
    ) async throws -> [Touch] {
        let effects = SQLStatements.split(migration.script).flatMap(StatementEffect.all)
        let indexes = try await tables(
            ofIndexes: effects.compactMap { effect in
                guard case .tableOfIndex(let name) = effect.target else { return nil }
                return name
            }, on: connection)
        var order: [String] = []
        var byTable: [String: [StatementEffect]] = [:]
        for effect in effects {
            let table: String
            switch effect.target {
            case .table(let name): table = name
            case .tableOfIndex(let name):
                guard let found = indexes.first(where: { $0.index == name }) else { continue }
                table = found.table
            }
            if byTable[table] == nil { order.append(table) }
            byTable[table, default: []].append(effect)
        }
        let sizes = try await sizes(of: order, on: connection)
        return order.compactMap { table in
            guard let size = sizes.first(where: { $0.table == table }), let effects = byTable[table] else { return nil }
            var actions: [String] = []
            for effect in effects where !actions.contains(effect.action) { actions.append(effect.action) }
            return Touch(
                table: table, lock: effects.map(\.lock).max() ?? .rowExclusive, actions: actions, rows: size.rows,
                bytes: size.bytes)
        }
    }

    private static func tables(
        ofIndexes names: [String], on connection: PostgresConnection
    ) async throws -> [(index: String, table: String)] {
        let rows = try await connection.query(
            """
            SELECT n.name, t.relname::text AS table_name FROM unnest(\(names)) AS n(name)
            JOIN pg_index x ON x.indexrelid = to_regclass(n.name) JOIN pg_class t ON t.oid = x.indrelid
            """)
        return try rows.map { (try $0.decode("name"), try $0.decode("table_name")) }
    }

    /// The sizes of those tables that exist.
    private static func sizes(
        of names: [String], on connection: PostgresConnection
    ) async throws -> [(table: String, rows: Int64, bytes: Int64)] {
        let rows = try await connection.query(
            """
            SELECT n.name, sum(greatest(c.reltuples, 0))::bigint AS row_count,
                sum(pg_total_relation_size(c.oid))::bigint AS bytes
            FROM unnest(\(names)) AS n(name) JOIN pg_class r ON r.oid = to_regclass(n.name)
            CROSS JOIN LATERAL (SELECT r.oid UNION SELECT t.relid FROM pg_partition_tree(r.oid) AS t) AS p(relid)
            JOIN pg_class c ON c.oid = p.relid
            GROUP BY n.name
            """)
        return try rows.map { (try $0.decode("name"), try $0.decode("row_count"), try $0.decode("bytes")) }
    }
}
