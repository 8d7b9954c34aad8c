import EventLoop
import Logging
import Postgres
import Schema
import TestSupport
import Testing

@Suite struct SchemaMigratorTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func migration(_ version: Int, _ name: String, _ script: String) -> Migration {
        Migration(version, name, Array(script.utf8))
    }

    private static let two = [
        migration(1, "first", "CREATE TABLE first (id int); INSERT INTO first VALUES (1);"),
        migration(2, "second", "CREATE TABLE second (id int);"),
    ]

    /// Runs `body` on a loop with a client of an empty database.
    private func withDatabase(_ body: @escaping @Sendable (PostgresClient) async throws -> Void) async throws {
        let connection = try await PrivatePostgres.shared().freshDatabase()
        let group = LoopGroup(count: 1, name: "test")
        let client = PostgresClient(loops: group, settings: PostgresSettings(connection: connection))
        let result: Result<Void, any Error>
        do {
            result = .success(try await group.loops[0].run { try await body(client) })
        } catch {
            result = .failure(error)
        }
        await client.close()
        await group.shutdown()
        return try result.get()
    }

    private static func migrator(_ client: PostgresClient, _ migrations: [Migration]) -> SchemaMigrator {
        SchemaMigrator(client: client, migrations: migrations, logger: logger)
    }

    private static func tables(_ client: PostgresClient) async throws -> [String] {
        let rows = try await client.query(
            "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        return try rows.map { try $0.decode(0) }
    }

    private func schemaError(_ body: () async throws -> Void) async -> SchemaError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? SchemaError
        }
    }

    @Test func aPlanChangesNothingAndMigratingFollowsIt() async throws {
        try await withDatabase { client in
            let migrator = Self.migrator(client, Self.two)
            #expect(try await migrator.plan().map(\.migration) == Self.two)
            #expect(try await migrator.check() == .behind(Self.two))
            #expect(try await Self.tables(client) == [])
            #expect(try await migrator.migrate() == Self.two)
            #expect(try await Self.tables(client) == ["first", "schema_migrations", "second"])
            #expect(try await migrator.check() == .current)
            #expect(try await migrator.migrate() == [])
            let rows = try await client.query(
                "SELECT version, name, checksum, applied_at <= now() AS is_past, duration > '0' AS took FROM schema_migrations"
            )
            #expect(try rows.map { try $0.decode("version") } == [1, 2])
            #expect(try rows.map { try $0.decode("checksum") } == Self.two.map(\.checksum))
            #expect(try rows.map { try $0.decode("is_past") } == [true, true])
            #expect(try rows.map { try $0.decode("took") } == [true, true])
        }
    }

    @Test func aFileThatFailsLeavesNoTraceAndTheNextRunGoesOnThere() async throws {
        try await withDatabase { client in
            let broken = Self.migration(2, "second", "CREATE TABLE half (id int); SELECT 1/0;")
            let error = await schemaError { try await Self.migrator(client, [Self.two[0], broken]).migrate() }
            #expect(error?.kind == .failed)
            #expect(error?.file == "V0002_second.sql")
            #expect((error?.underlying as? PostgresError)?.sqlState == "22012")
            let tables = try await Self.tables(client)
            #expect(tables == ["first", "schema_migrations"])
            #expect(try await Self.migrator(client, Self.two).migrate() == [Self.two[1]])
        }
    }

    @Test func aFileThatEndsItsTransactionIsAnError() async throws {
        try await withDatabase { client in
            let sly = Self.migration(1, "sly", "CREATE TABLE sly (id int); COMMIT;")
            let error = await schemaError { try await Self.migrator(client, [sly]).migrate() }
            #expect(error?.kind == .failed)
            #expect(error?.description.contains("V0001_sly.sql") == true)
        }
    }

    @Test func aChangedFileIsRefused() async throws {
        try await withDatabase { client in
            try await Self.migrator(client, Self.two).migrate()
            let edited = [Self.migration(1, "first", "CREATE TABLE first (id bigint);"), Self.two[1]]
            let error = await schemaError { try await Self.migrator(client, edited).migrate() }
            #expect(error?.kind == .changed)
            #expect(error?.file == "V0001_first.sql")
            let check = await schemaError { _ = try await Self.migrator(client, edited).check() }
            #expect(check?.kind == .changed)
        }
    }

    @Test func anOlderProgramKeepsItsHandsOff() async throws {
        try await withDatabase { client in
            try await Self.migrator(client, Self.two).migrate()
            let older = Self.migrator(client, [Self.two[0]])
            #expect(try await older.check() == .newer(version: 2, isCompatible: true))
            let error = await schemaError { try await older.migrate() }
            #expect(error?.kind == .newer)
        }
    }

    @Test func twoAtOnceTakeTurns() async throws {
        try await withDatabase { client in
            let slow = [Self.migration(1, "slow", "CREATE TABLE slow (id int); SELECT pg_sleep(0.2);")]
            async let first = Self.migrator(client, slow).migrate()
            async let second = Self.migrator(client, slow).migrate()
            let counts = try await [first.count, second.count]
            #expect(counts.sorted() == [0, 1])
        }
    }

    @Test func aKilledMigrationFreesItsLockAndIsResumed() async throws {
        try await withDatabase { client in
            let loop = try #require(Loop.current)
            let slow = Self.migration(2, "second", "CREATE TABLE second (id int); SELECT pg_sleep(60);")
            let hanging = [Self.two[0], slow]
            let task = Task(executorPreference: loop) {
                await schemaError { try await Self.migrator(client, hanging).migrate() }
            }
            var killed = 0
            while killed == 0 {
                killed = try await client.execute(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE query LIKE 'CREATE TABLE second%' AND datname = current_database()
                    """)
            }
            #expect(await task.value?.file == "V0002_second.sql")
            #expect(try await Self.tables(client) == ["first", "schema_migrations"])
            #expect(try await Self.migrator(client, Self.two).migrate() == [Self.two[1]])
        }
    }

    @Test func aCancelledMigrationFreesItsLock() async throws {
        try await withDatabase { client in
            let loop = try #require(Loop.current)
            let hanging = [Self.migration(1, "first", "SELECT pg_sleep(60);")]
            let task = Task(executorPreference: loop) {
                await schemaError { try await Self.migrator(client, hanging).migrate() }
            }
            var isRunning = false
            while !isRunning {
                isRunning = try await !client.query(
                    "SELECT 1 FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60);' AND datname = current_database()"
                ).isEmpty
            }
            task.cancel()
            #expect((await task.value?.underlying as? PostgresError)?.kind == .cancelled)
            #expect(try await Self.migrator(client, Self.two).migrate() == Self.two)
        }
    }

    @Test func theRealSchemaIsAppliedToAnEmptyDatabase() async throws {
        try await withDatabase { client in
            let migrator = SchemaMigrator(client: client, logger: Self.logger)
            let applied = try await migrator.migrate()
            #expect(applied == Migration.all)
            #expect(try await migrator.check() == .current)
        }
    }
}
