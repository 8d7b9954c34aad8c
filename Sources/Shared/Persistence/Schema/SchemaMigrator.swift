internal import EventLoop
package import Logging
package import Postgres

/// Brings a database to the schema of this program, one file at a time, and most files in one transaction each.
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

    /// What `migrate` would apply, and what that would touch. Changes nothing.
    package func plan(through phase: Migration.Phase = .contract) async throws -> [PlannedMigration] {
        try await client.withConnection { connection in
            let pending = try pending(try await status(on: connection), through: phase)
            return try await PlannedMigration.all(of: pending, on: connection)
        }
    }

    /// Applies what is missing and returns it; with `expand` only what comes before the first file of the other phase.
    @discardableResult
    package func migrate(through phase: Migration.Phase = .contract) async throws -> [Migration] {
        try await client.withConnection { connection in
            // Not for others: it has other timeouts, and closing it frees the lock in every case.
            defer { connection.discard() }
            try await connection.run(script: "SET statement_timeout = 0")
            try await takeTurn(on: connection)
            // A change of a table waits behind its longest reader, and everybody else behind that.
            try await connection.run(script: "SET lock_timeout = '15s'")
            try await connection.run(script: Self.historyTable)
            let pending = try pending(try await status(on: connection), through: phase)
            for migration in pending {
                try await apply(migration, on: connection)
            }
            return pending
        }
    }

    /// Not by waiting in the server: building an index there waits for all who have been waiting since before.
    private func takeTurn(on connection: PostgresConnection) async throws {
        while true {
            let rows = try await connection.query("SELECT pg_try_advisory_lock(\(Self.lock)) AS is_mine")
            if let row = rows.first, try row.decode("is_mine") { return }
            try await Loop.current?.sleep(for: .milliseconds(100))
        }
    }

    private func pending(
        _ status: SchemaStatus, through phase: Migration.Phase
    ) throws(SchemaError) -> [Migration] {
        switch status {
        case .current: []
        case .behind(let pending):
            switch phase {
            case .expand: Array(pending.prefix { $0.phase == .expand })
            case .contract: pending
            }
        case .newer(let version, _):
            let last = migrations.last?.file ?? "none"
            throw SchemaError(.newer, last, "is the last of this program, but the database is at \(version)")
        }
    }

    private func apply(_ migration: Migration, on connection: PostgresConnection) async throws {
        let began = ContinuousClock.now
        switch migration.manner {
        case .oneTransaction:
            do {
                try await connection.transaction { connection in
                    try await connection.run(script: migration.script, until: .never)
                    guard connection.isInTransaction else {
                        throw SchemaError(.failed, migration.file, "ends its transaction by itself, which it must not")
                    }
                    try await note(migration, since: began, on: connection)
                }
            } catch let error as PostgresError {
                throw SchemaError(.failed, migration.file, "was refused and left no trace", underlying: error)
            }
        case .stepByStep:
            do {
                for step in SQLStatements.split(migration.script) {
                    try await MigrationStep(step).carryOut(on: connection)
                }
                try await note(migration, since: began, on: connection)
            } catch let error as PostgresError {
                throw SchemaError(
                    .failed, migration.file, "was interrupted; scorable migrate goes on with it", underlying: error)
            }
        }
        logger.info(
            "migration applied",
            metadata: ["migration.file": "\(migration.file)", "duration": "\(ContinuousClock.now - began)"])
    }

    private func note(
        _ migration: Migration, since began: ContinuousClock.Instant, on connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            INSERT INTO schema_migrations (version, name, checksum, phase, applied_at, duration)
            VALUES (\(migration.version), \(migration.name), \(migration.checksum), \(migration.phase.rawValue), now(),
                \(ContinuousClock.now - began))
            """)
    }

    private func status(on connection: PostgresConnection) async throws -> SchemaStatus {
        let exists = try await connection.query("SELECT to_regclass('schema_migrations') IS NOT NULL AS it_exists")
        guard let row = exists.first, try row.decode("it_exists") else {
            return try SchemaStatus(known: migrations, applied: [])
        }
        // By way of JSON, because a database that was made by an older release has no phases yet.
        let rows = try await connection.query(
            """
            SELECT version, name, checksum, coalesce(to_jsonb(m) ->> 'phase', 'expand') AS phase
            FROM schema_migrations m ORDER BY version
            """)
        let applied = try rows.map { row in
            AppliedMigration(
                version: try row.decode("version"), name: try row.decode("name"), checksum: try row.decode("checksum"),
                phase: try row.decode("phase") == Migration.Phase.contract.rawValue ? .contract : .expand)
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
        );
        ALTER TABLE schema_migrations ADD COLUMN IF NOT EXISTS phase text NOT NULL DEFAULT 'expand'
        """
}
