import EventLoop
import Logging
import Postgres
import Schema
import TestSupport
import Testing

/// Expanding before a roll-out, contracting after it, and indexes that are built while rows are written.
@Suite struct PhaseTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func migration(_ version: Int, _ name: String, _ script: String) -> Migration {
        Migration(version, name, Array(script.utf8))
    }

    private static let base = migration(
        1, "base",
        """
        CREATE TABLE things (id int, kind text);
        CREATE INDEX things_by_kind ON things (kind);
        INSERT INTO things SELECT n, 'k' || n % 7 FROM generate_series(1, 1000) AS n;
        CREATE TABLE logs (id int, moment date) PARTITION BY RANGE (moment);
        CREATE TABLE logs_2026_01 PARTITION OF logs FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
        CREATE TABLE logs_2026_02 PARTITION OF logs FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
        INSERT INTO logs VALUES (1, '2026-01-05'), (2, '2026-02-05');
        """)
    private static let expand = migration(
        2, "expand",
        """
        -- A column; and ';' in a text must not end anything.
        ALTER TABLE things ADD COLUMN note text DEFAULT 'a;b';
        UPDATE things SET note = $$x;y$$ WHERE id = 1;
        """)
    private static let contract = migration(
        3, "contract",
        """
        -- phase: contract
        DROP INDEX things_by_kind;
        ALTER TABLE things DROP COLUMN kind;
        """)
    private static let indexes = migration(
        2, "indexes",
        """
        -- manner: step by step
        CREATE UNIQUE INDEX CONCURRENTLY things_by_id ON things (id);
        CREATE INDEX CONCURRENTLY logs_by_id ON logs (id, moment);
        """)

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

    private static func migrator(_ client: PostgresClient, _ migrations: Migration...) -> SchemaMigrator {
        SchemaMigrator(client: client, migrations: migrations, logger: logger)
    }

    @Test func bothReleasesWorkBetweenExpandingAndContracting() async throws {
        try await withDatabase { client in
            let older = Self.migrator(client, Self.base)
            let newer = Self.migrator(client, Self.base, Self.expand, Self.contract)
            try await older.migrate()
            #expect(try await newer.check().isUsable == false, "what it needs is not there yet")

            #expect(try await newer.migrate(through: .expand) == [Self.expand])
            #expect(try await older.check() == .newer(version: 2, isCompatible: true))
            #expect(try await older.check().isUsable)
            #expect(try await newer.check() == .behind([Self.contract]))
            #expect(try await newer.check().isUsable, "it needs nothing that is not there")
            #expect(try await newer.migrate(through: .expand) == [])

            #expect(try await newer.migrate(through: .contract) == [Self.contract])
            #expect(try await newer.check() == .current)
            #expect(try await older.check() == .newer(version: 3, isCompatible: false))
            #expect(try await older.check().isUsable == false)
        }
    }

    @Test func aPlanSaysWhatIsLockedAndHowLargeItIs() async throws {
        try await withDatabase { client in
            try await Self.migrator(client, Self.base).migrate()
            try await client.execute("ANALYZE things")
            let migrator = Self.migrator(client, Self.base, Self.expand, Self.contract)
            let plan = try await migrator.plan()
            #expect(plan.map(\.migration.phase) == [.expand, .contract])
            #expect(plan.map { $0.touches.map(\.table) } == [["things"], ["things"]])
            #expect(plan.map { $0.touches.map(\.lock) } == [[.accessExclusive], [.accessExclusive]])
            #expect(plan.first?.touches.first?.actions == ["alters it", "changes rows"])
            #expect(plan.last?.touches.first?.actions == ["drops an index", "alters it"])
            #expect(plan.first?.touches.first?.rows == 1000)
            #expect(plan.first?.touches.first?.bytes ?? 0 > 8192)
            #expect(try await migrator.plan(through: .expand).map(\.migration) == [Self.expand])

            let indexes = try await Self.migrator(client, Self.base, Self.indexes).plan()
            #expect(indexes.first?.touches.map(\.lock) == [.shareUpdateExclusive, .shareUpdateExclusive])
            #expect(indexes.first?.migration.manner == .stepByStep)
        }
    }

    @Test func theFilesOfThisReleaseAreUnderstood() async throws {
        try await withDatabase { client in
            let before = Migration.all.filter { $0.version < 25 }
            try await SchemaMigrator(client: client, migrations: before, logger: Self.logger).migrate()
            let plan = try await SchemaMigrator(client: client, logger: Self.logger).plan()
            #expect(plan.map(\.migration) == Migration.all.filter { $0.version >= 25 })
            let indexes = try #require(plan.first?.touches)
            let logs = try #require(indexes.first { $0.table == "execution_logs" })
            #expect(logs.lock == .accessExclusive)
            #expect(logs.actions.contains("drops an index"))
            #expect(logs.actions.contains("builds an index meanwhile") && !logs.actions.contains("builds an index"))
            #expect(indexes.contains { $0.table == "jobs" && $0.lock == .shareUpdateExclusive })
            #expect(!indexes.contains { $0.table == "executed_items" }, "what is new hurts nobody")
        }
    }

    @Test func whatWasInterruptedIsBuiltAgainAndPartitionsGetTheirIndexes() async throws {
        try await withDatabase { client in
            try await Self.migrator(client, Self.base).migrate()
            // Two rows of one number keep the unique index from being built, which leaves an invalid one behind.
            try await client.execute("INSERT INTO things VALUES (1, 'twice')")
            let migrator = Self.migrator(client, Self.base, Self.indexes)
            await #expect(throws: SchemaError.self) { try await migrator.migrate() }
            #expect(try await Self.invalidIndexes(client) == ["things_by_id"])
            #expect(try await migrator.check() == .behind([Self.indexes]))

            try await client.execute("DELETE FROM things WHERE kind = 'twice'")
            // A transaction that has written is waited for; one that writes meanwhile does not wait.
            #expect(try await migrator.migrate() == [Self.indexes])
            #expect(try await Self.invalidIndexes(client) == [])
            let partitions = try await client.query(
                """
                SELECT 1 FROM pg_inherits i JOIN pg_index x ON x.indexrelid = i.inhrelid
                WHERE i.inhparent = 'logs_by_id'::regclass AND x.indisvalid
                """)
            #expect(partitions.count == 2)
            #expect(try await migrator.check() == .current)
        }
    }

    /// As after a machine that lost its power in the middle: every statement of these files may come twice.
    @Test func theFilesThatGoStepByStepDoNothingTheSecondTime() async throws {
        try await withDatabase { client in
            let before = Migration.all.filter { $0.version < 25 }
            try await SchemaMigrator(client: client, migrations: before, logger: Self.logger).migrate()
            try await client.execute(
                """
                INSERT INTO execution_logs (id, created_at, organization_id, project_id, type, executed_item_name, owner_id, \
                tags, request_id, request_preview, response_preview, contexts)
                SELECT gen_random_uuid(), now() - n * interval '1 minute', gen_random_uuid(), gen_random_uuid(), 'evaluator',
                    'x', gen_random_uuid(), '{red}', 'r', 'q', 'a', '{}' FROM generate_series(1, 50) n
                """)
            let migrator = SchemaMigrator(client: client, logger: Self.logger)
            let applied = try await migrator.migrate()
            let steps = applied.filter { $0.manner == .stepByStep }
            #expect(steps.map(\.version) == [25, 26])
            let (indexes, noted) = (try await Self.indexes(client), try await Self.noted(client))
            #expect(noted == [50, 50], "what there was before is noted")
            for step in steps {
                try await client.execute("DELETE FROM schema_migrations WHERE version >= \(step.version)")
                let again = Migration.all.filter { $0.version <= step.version }
                try await SchemaMigrator(client: client, migrations: again, logger: Self.logger).migrate()
            }
            #expect(try await Self.indexes(client) == indexes)
            #expect(try await Self.noted(client) == noted)
            #expect(try await Self.invalidIndexes(client) == [])
        }
    }

    private static func indexes(_ client: PostgresClient) async throws -> [String] {
        try await client.query("SELECT indexname::text FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1")
            .map { try $0.decode(0) }
    }

    private static func noted(_ client: PostgresClient) async throws -> [Int] {
        try await client.query("SELECT count(*) FROM executed_items UNION ALL SELECT count(*) FROM tagged_hours")
            .map { try $0.decode(0) }
    }

    @Test func rowsAreWrittenWhileAnIndexIsBuiltAndTwoAtOnceStillTakeTurns() async throws {
        try await withDatabase { client in
            let loop = try #require(Loop.current)
            try await Self.migrator(client, Self.base).migrate()
            try await client.withConnection { writer in
                try await writer.run(script: "BEGIN; INSERT INTO things VALUES (2000, 'slow')")
                let builders = (0..<2).map { _ in
                    Task(executorPreference: loop) {
                        try await Self.migrator(client, Self.base, Self.indexes).migrate().count
                    }
                }
                var isWaiting = false
                let end = ContinuousClock.now + .seconds(10)
                while !isWaiting, ContinuousClock.now < end {
                    isWaiting =
                        try await client.query(
                            """
                            SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
                                AND query LIKE 'CREATE UNIQUE INDEX CONCURRENTLY%'
                            """
                        ).count == 1
                }
                #expect(isWaiting)
                try await client.execute("INSERT INTO things VALUES (2001, 'meanwhile')", until: .after(.seconds(2)))
                try await writer.run(script: "COMMIT")
                var counts: [Int] = []
                for builder in builders { counts.append(try await builder.value) }
                #expect(counts.sorted() == [0, 1])
            }
        }
    }

    private static func invalidIndexes(_ client: PostgresClient) async throws -> [String] {
        try await client.query(
            """
            SELECT c.relname::text FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid WHERE NOT x.indisvalid
            """
        ).map { try $0.decode(0) }
    }
}
