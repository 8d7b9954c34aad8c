internal import EventLoop
package import Logging
package import Postgres

/// Brings a database to the schema of this program, one file and one transaction at a time.
///
/// Two at once take turns by an advisory lock. One that was killed left whole files behind; the next goes on there.
package struct SchemaMigrator: Sendable {
    /// The key of the advisory lock: "scorable" in ASCII.
    private static let lock: Int64 = 0x7363_6f72_6162_6c65

    private let client: PostgresClient
    private let migrations: [Migration]
    private let logger: Logger

    /// A migrator of the client's database.
    package init(client: PostgresClient, migrations: [Migration] = Migration.all, logger: Logger) {
        self.client = client
        self.migrations = migrations
        self.logger = logger
    }

    /// Whether the program may use the database as it is. Changes nothing.
    package func check() async throws -> SchemaStatus {
        try await client.withConnection { try await status(on: $0) }
    }

    /// What `migrate` would apply. Changes nothing.
    package func plan() async throws -> [Migration] {
        try pending(try await check())
    }

    /// Applies what is missing and returns it.
    @discardableResult
    package func migrate() async throws -> [Migration] {
        try await client.withConnection { connection in
            // Not for others: it has other timeouts, and closing it frees the lock in every case.
            defer { connection.discard() }
            try await connection.run(script: "SET statement_timeout = 0")
            try await connection.execute("SELECT pg_advisory_lock(\(Self.lock))", until: .never)
            // A change of a table waits behind its longest reader, and everybody else behind that.
            try await connection.run(script: "SET lock_timeout = '15s'")
            try await connection.run(script: Self.historyTable)
            let pending = try pending(try await status(on: connection))
            for migration in pending {
                try await apply(migration, on: connection)
            }
            return pending
        }
    }

    private func pending(_ status: SchemaStatus) throws(SchemaError) -> [Migration] {
        switch status {
        case .current: []
        case .behind(let pending): pending
        case .newer(let version):
            let last = migrations.last?.file ?? "none"
            throw SchemaError(.newer, last, "is the last of this program, but the database is at \(version)")
        }
    }

    private func apply(_ migration: Migration, on connection: PostgresConnection) async throws {
        let began = ContinuousClock.now
        do {
            try await connection.transaction { connection in
                try await connection.run(script: migration.script, until: .never)
                guard connection.isInTransaction else {
                    throw SchemaError(.failed, migration.file, "ends its transaction by itself, which it must not")
                }
                try await connection.execute(
                    """
                    INSERT INTO schema_migrations (version, name, checksum, applied_at, duration)
                    VALUES (\(migration.version), \(migration.name), \(migration.checksum), now(),
                        \(ContinuousClock.now - began))
                    """)
            }
        } catch let error as PostgresError {
            throw SchemaError(.failed, migration.file, "was refused and left no trace", underlying: error)
        }
        logger.info(
            "migration applied",
            metadata: ["migration.file": "\(migration.file)", "duration": "\(ContinuousClock.now - began)"])
    }

    private func status(on connection: PostgresConnection) async throws -> SchemaStatus {
        let exists = try await connection.query("SELECT to_regclass('schema_migrations') IS NOT NULL AS it_exists")
        guard let row = exists.first, try row.decode("it_exists") else {
            return try SchemaStatus(known: migrations, applied: [])
        }
        let rows = try await connection.query("SELECT version, name, checksum FROM schema_migrations ORDER BY version")
        let applied = try rows.map { row in
            AppliedMigration(
                version: try row.decode("version"), name: try row.decode("name"), checksum: try row.decode("checksum"))
        }
        return try SchemaStatus(known: migrations, applied: applied)
    }

    private static let historyTable = """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            version bigint PRIMARY KEY,
            name text NOT NULL,
            checksum text NOT NULL,
            applied_at timestamptz NOT NULL,
            duration interval NOT NULL
        )
        """
}
