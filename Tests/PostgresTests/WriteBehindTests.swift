import EventLoop
import Postgres
import Testing

@Suite struct WriteBehindTests {
    private struct Row: Sendable {
        let id: Int
        var text = ""
    }

    /// Runs `body` with a writer to a fresh table and a count of its statements.
    private func withWriter(
        _ table: String, settings: WriteBehindSettings = WriteBehindSettings(),
        _ body: @escaping @Sendable (PostgresClient, WriteBehind<Row>, Locked<[Int]>) async throws -> Void
    ) async throws {
        try await withLoops { group in
            let connection = try await withClient { client in
                try await client.withConnection { connection in
                    try await connection.run(
                        script: "CREATE TABLE \(table) (id int PRIMARY KEY CHECK (id >= 0), text varchar(5) NOT NULL)")
                }
                return client.settings.connection
            }
            let client = PostgresClient(loops: group, settings: PostgresSettings(connection: connection))
            let sizes = Locked<[Int]>([])
            let writer = WriteBehind<Row>(client: client, loops: group, settings: settings) { rows in
                sizes.withLock { $0.append(rows.count) }
                return """
                    INSERT INTO \(identifier: table) SELECT * FROM unnest(\(rows.map(\.id)), \(rows.map(\.text)))
                    ON CONFLICT DO NOTHING
                    """
            }
            do {
                try await body(client, writer, sizes)
            } catch {
                await client.close()
                throw error
            }
            await writer.close()
            await client.close()
        }
    }

    private func ids(_ client: PostgresClient, _ table: String) async throws -> [Int] {
        try await client.query("SELECT id FROM \(identifier: table) ORDER BY id").map { try $0.decode(0) }
    }

    @Test func rowsThatWaitTogetherShareAStatement() async throws {
        try await withWriter("shared") { client, writer, sizes in
            await withTaskGroup(of: Void.self) { group in
                for id in 0..<1000 {
                    group.addTask { #expect(await postgresError { try await writer.write(Row(id: id)) } == nil) }
                }
            }
            let stored = try await ids(client, "shared")
            #expect(stored == Array(0..<1000))
            let statements = sizes.withLock { $0 }
            #expect(statements.reduce(0, +) == 1000)
            #expect(statements.count <= 10, "\(statements)")
        }
    }

    @Test func theRowIsThereWhenTheCallReturns() async throws {
        try await withWriter("there") { client, writer, _ in
            for id in 0..<20 {
                try await writer.write(Row(id: id))
                #expect(try await ids(client, "there").contains(id))
            }
        }
    }

    @Test func aPoisonousRowFailsAlone() async throws {
        try await withWriter("poisoned") { client, writer, _ in
            let failures = await withTaskGroup(of: (Int, PostgresError?).self) { group in
                for id in 0..<100 {
                    group.addTask {
                        let text = id % 33 == 7 ? "far too long" : id == 50 ? "a\0b" : "fits"
                        let row = Row(id: id == 60 ? -1 : id, text: text)
                        return (id, await postgresError { try await writer.write(row) })
                    }
                }
                return await group.reduce(into: [Int: PostgresError]()) { $0[$1.0] = $1.1 }
            }
            #expect(failures.keys.sorted() == [7, 40, 50, 60, 73])
            #expect(failures[7]?.sqlState == "22001")
            #expect(failures[50]?.sqlState == "22021")
            #expect(failures[60]?.sqlState == .checkViolation)
            let stored = try await ids(client, "poisoned")
            #expect(stored.count == 95)
        }
    }

    @Test func aWrongStatementFailsAllWithoutRetrying() async throws {
        try await withWriter("absent") { client, writer, sizes in
            try await client.execute("DROP TABLE absent")
            let error = await postgresError { try await writer.write(Row(id: 1)) }
            #expect(error?.sqlState == .undefinedTable)
            #expect(sizes.withLock { $0 } == [1])
        }
    }

    @Test func aFullQueueRefusesRows() async throws {
        var settings = WriteBehindSettings()
        settings.queueLimit = 5
        try await withWriter("bounded", settings: settings) { client, writer, _ in
            let kinds = await withTaskGroup(of: PostgresError.Kind?.self) { group in
                for id in 0..<50 {
                    group.addTask { await postgresError { try await writer.write(Row(id: id)) }?.kind }
                }
                return await group.reduce(into: [PostgresError.Kind?]()) { $0.append($1) }
            }
            let refused = kinds.count { $0 == .poolExhausted }
            #expect(refused == 45)
            let stored = try await ids(client, "bounded")
            #expect(stored.count == 5)
        }
    }

    @Test func aRowThatCannotBeWrittenInTimeGetsAnError() async throws {
        var settings = WriteBehindSettings()
        settings.timeout = .seconds(1)
        try await withWriter("blocked", settings: settings) { client, writer, _ in
            try await client.transaction { transaction in
                try await transaction.execute("LOCK TABLE blocked")
                let began = ContinuousClock.now
                let error = await postgresError { try await writer.write(Row(id: 1)) }
                #expect(error?.kind == .timedOut)
                #expect(ContinuousClock.now - began < .seconds(5))
            }
            try await writer.write(Row(id: 2))
            #expect(try await ids(client, "blocked").contains(2))
        }
    }

    @Test func lostConnectionsAreSurvivedByRetrying() async throws {
        try await withWriter("lost") { client, writer, _ in
            await withTaskGroup(of: Void.self) { group in
                for id in 0..<400 {
                    group.addTask {
                        guard let loop = Loop.current else { return }
                        _ = await postgresError { try await loop.sleep(for: .milliseconds(id)) }
                        #expect(await postgresError { try await writer.write(Row(id: id)) } == nil)
                    }
                }
                group.addTask {
                    for _ in 0..<10 {
                        _ = await postgresError {
                            try await client.execute(
                                """
                                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                                WHERE datname = current_database() AND query LIKE 'INSERT INTO "lost"%'
                                """)
                        }
                        guard let loop = Loop.current else { return }
                        _ = await postgresError { try await loop.sleep(for: .milliseconds(40)) }
                    }
                }
            }
            let stored = try await ids(client, "lost")
            #expect(stored == Array(0..<400))
        }
    }

    @Test func closingWritesWhatWaits() async throws {
        try await withWriter("closed") { client, writer, _ in
            let loop = try #require(Loop.current)
            let writes = (0..<30).map { id in
                Task(executorPreference: loop) { await postgresError { try await writer.write(Row(id: id)) } }
            }
            await Task.yield()
            await writer.close()
            let refused = await postgresError { try await writer.write(Row(id: 99)) }
            #expect(refused?.kind == .unavailable)
            var written: [Int] = []
            for (id, write) in writes.enumerated() where await write.value == nil { written.append(id) }
            #expect(try await ids(client, "closed") == written)
        }
    }
}
