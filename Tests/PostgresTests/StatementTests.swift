import EventLoop
import FoundationEssentials
import Postgres
import Testing

@Suite struct StatementTests {
    @Test func errorsOfTheServerCarryTheirFacts() async throws {
        try await withClient { client in
            try await client.execute("CREATE TEMP TABLE pairs (id int CONSTRAINT pairs_key PRIMARY KEY)")
            try await client.execute("INSERT INTO pairs VALUES (\(1))")
            let error = await postgresError { try await client.execute("INSERT INTO pairs VALUES (\(1))") }
            #expect(error?.kind == .server(.uniqueViolation))
            #expect(error?.constraint == "pairs_key")
            #expect(error?.report.table == "pairs")
            #expect(error?.statement == "INSERT INTO pairs VALUES ($1)")
            #expect(error?.isRetryable == false)
            let syntax = await postgresError { try await client.execute("SELEC 1") }
            #expect(syntax?.sqlState == "42601")
            #expect(syntax?.report.position == 1)
            let one = try await client.query("SELECT 1")
            #expect(one.count == 1)
        }
    }

    @Test func affectedRowsAreCounted() async throws {
        try await withClient(configure: { $0.poolSize = 1 }) { client in
            let created = try await client.execute("CREATE TEMP TABLE counted (id int)")
            #expect(created == 0)
            #expect(try await client.execute("INSERT INTO counted SELECT generate_series(1, \(10))") == 10)
            #expect(try await client.execute("UPDATE counted SET id = id + 1 WHERE id > \(7)") == 3)
            #expect(try await client.execute("DELETE FROM counted") == 10)
        }
    }

    @Test func resultsLargerThanAnyBufferArriveWhole() async throws {
        try await withClient { client in
            for size in [8190, 16_380, 16_384, 16_390, 65_536, 1_000_000, 5_000_000] {
                let rows = try await client.query("SELECT repeat('x', \(Int32(clamping: size))) AS text, 1 AS one")
                #expect(try #require(rows.first).decode("text", as: String.self).utf8.count == size)
            }
            let rows = try await client.query("SELECT n, repeat('y', n % 50) AS text FROM generate_series(1, 50000) n")
            #expect(rows.count == 50_000)
            #expect(try rows[49_998].decode("n") == 49_999)
        }
    }

    @Test func parametersLargerThanTheSocketBufferArriveWhole() async throws {
        try await withClient { client in
            let text = String(repeating: "0123456789", count: 400_000)
            let rows = try await client.query("SELECT length(\(text)) AS length, md5(\(text)) = md5(\(text)) AS same")
            #expect(try #require(rows.first).decode("length") == 4_000_000)
        }
    }

    @Test func tooManyParametersAreRejectedAndTheConnectionStaysUsable() async throws {
        try await withClient(configure: { $0.poolSize = 1 }) { client in
            let many = (0..<70_000).map { "\($0)" as SQL }.joined(separator: ", ")
            let error = await postgresError { _ = try await client.query("SELECT \(fragment: many)") }
            #expect(error?.kind == .rejected)
            let one = try await client.query("SELECT 1")
            #expect(one.count == 1)
            #expect(await client.statistics().open == 1)
        }
    }

    @Test func preparedStatementsSurviveASchemaChange() async throws {
        try await withClient(configure: { $0.poolSize = 1 }) { client in
            try await client.execute("CREATE TEMP TABLE shape (a int)")
            try await client.execute("INSERT INTO shape VALUES (1)")
            #expect(try await client.query("SELECT * FROM shape").columns == ["a"])
            try await client.execute("ALTER TABLE shape ADD COLUMN b text")
            #expect(try await client.query("SELECT * FROM shape").columns == ["a", "b"])
            try await client.withConnection { try await $0.run(script: "DEALLOCATE ALL") }
            #expect(try await client.query("SELECT * FROM shape").columns == ["a", "b"])
        }
    }

    @Test func aConnectionKeepsABoundedNumberOfPreparedStatements() async throws {
        try await withClient(configure: { ($0.poolSize, $0.statementCacheSize) = (1, 8) }) { client in
            for number in 0..<40 {
                let rows = try await client.query("SELECT 1 AS \(identifier: "n\(number)")")
                #expect(rows.columns == ["n\(number)"])
            }
            let count = try await client.query("SELECT count(*) FROM pg_prepared_statements")
            #expect(try #require(count.first).decode(0, as: Int.self) <= 8)
        }
    }

    @Test func theServerEndsStatementsThatTakeTooLong() async throws {
        try await withClient(configure: { $0.statementTimeout = .milliseconds(100) }) { client in
            let error = await postgresError { _ = try await client.query("SELECT pg_sleep(30)") }
            #expect(error?.sqlState == .queryCanceled)
            let one = try await client.query("SELECT 1")
            #expect(one.count == 1)
        }
    }

    @Test func aDeadlineCancelsTheStatementOnTheServer() async throws {
        try await withClient(configure: { $0.poolSize = 1 }) { client in
            _ = try await client.query("SELECT 1")
            let began = ContinuousClock.now
            let error = await postgresError {
                _ = try await client.query("SELECT pg_sleep(30)", until: .after(.milliseconds(100)))
            }
            #expect(error?.kind == .timedOut)
            #expect(ContinuousClock.now - began < .seconds(3))
            // The same connection, since there is only one, and a statement that a late cancel would hit.
            let rows = try await client.query("SELECT pg_sleep(0.05), pg_backend_pid() AS pid")
            #expect(rows.count == 1)
        }
    }

    @Test func cancellingATaskCancelsItsStatement() async throws {
        try await withClient(configure: { $0.poolSize = 1 }) { client in
            let pid: Int32 = try #require(try await client.query("SELECT pg_backend_pid()").first).decode(0)
            for _ in 0..<5 {
                let began = ContinuousClock.now
                let loop = try #require(Loop.current)
                let task = Task(executorPreference: loop) {
                    await postgresError { _ = try await client.query("SELECT pg_sleep(30)") }
                }
                try await loop.sleep(for: .milliseconds(30))
                task.cancel()
                #expect(await task.value?.kind == .cancelled)
                #expect(ContinuousClock.now - began < .seconds(3))
                let same: Int32 = try #require(try await client.query("SELECT pg_backend_pid()").first).decode(0)
                #expect(same == pid, "the connection was thrown away")
            }
        }
    }

    @Test func aCancelledTaskSendsNothing() async throws {
        try await withClient { client in
            try await client.execute("CREATE TABLE untouched (id int)")
            let loop = try #require(Loop.current)
            let task = Task(executorPreference: loop) {
                unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                return await postgresError { try await client.execute("INSERT INTO untouched VALUES (1)") }
            }
            #expect(await task.value?.kind == .cancelled)
            #expect(try await client.query("SELECT * FROM untouched").isEmpty)
        }
    }

    @Test func copyAsAnOrdinaryStatementIsAnErrorAndNotAHang() async throws {
        try await withClient(configure: { $0.poolSize = 1 }) { client in
            try await client.execute("CREATE TEMP TABLE copied (id int)")
            let into = await postgresError { try await client.execute("COPY copied FROM STDIN") }
            #expect(into?.sqlState == .queryCanceled)
            #expect(try await client.query("SELECT 1").count == 1)
            let out = await postgresError { try await client.execute("COPY (SELECT 1) TO STDOUT") }
            #expect(out?.kind == .rejected)
            #expect(try await client.query("SELECT 1").count == 1)
        }
    }
}
