import EventLoop
import Postgres
import TestSupport
import Testing

/// A primary goes, and what followed it takes its place.
@Suite(.serialized) struct FailoverTests {
    private func both(_ primary: PrivatePostgres, _ replica: PrivatePostgres) -> PostgresSettings {
        var settings = PostgresSettings(
            connection: "host=\(replica.directory),\(primary.directory) user=postgres dbname=postgres")
        settings.poolSize = 3
        settings.acquireTimeout = .seconds(2)
        return settings
    }

    @Test func writesGoToThePrimaryAndToItsSuccessorWithinSeconds() async throws {
        let primary = try await PrivatePostgres.start()
        let replica = try await primary.replica()
        try await withClient(settings: both(primary, replica)) { client in
            try await client.execute("CREATE TABLE rows (id int PRIMARY KEY)")
            try await client.execute("INSERT INTO rows VALUES (1)")
            _ = try await client.transaction { try await $0.query("SELECT pg_is_in_recovery()") }

            try await withClient(settings: PostgresSettings(connection: replica.connection(to: "postgres"))) { alone in
                let error = await postgresError { _ = try await alone.query("SELECT 1") }
                #expect(error?.kind == .unavailable, "a replica will not do for writing")
            }
            var reading = PostgresSettings(connection: replica.connection(to: "postgres"))
            reading.purpose = .reading
            try await withClient(settings: reading) { reader in
                let caughtUp = try await eventually {
                    try await reader.query("SELECT 1 FROM pg_class WHERE relname = 'rows'").count == 1
                }
                #expect(caughtUp)
                let isThere = try await eventually { try await reader.query("SELECT id FROM rows").count == 1 }
                #expect(isThere)
                let error = await postgresError { try await reader.execute("INSERT INTO rows VALUES (2)") }
                #expect(
                    error?.sqlState == .readOnlyTransaction, "whoever only reads is told so, and keeps the connection")
                #expect(await reader.statistics().open == 1)
            }

            try await primary.kill()
            let killed = ContinuousClock.now
            try await replica.promote()
            let goesOn = try await eventually(within: .seconds(15)) {
                await postgresError { try await client.execute("INSERT INTO rows VALUES (3) ON CONFLICT DO NOTHING") }
                    == nil
            }
            #expect(goesOn)
            #expect(ContinuousClock.now - killed < .seconds(10))
            let ids = try await client.query("SELECT id FROM rows ORDER BY id").map { try $0.decode(0, as: Int.self) }
            #expect(ids == [1, 3], "what was acknowledged is there")

            // The former primary comes back, takes writes, and is the only one there is for a while.
            try await primary.restart()
            try await replica.kill()
            let refusal = await postgresError { try await client.execute("INSERT INTO rows VALUES (4)") }
            #expect(refusal?.kind == .unavailable)
            #expect(refusal?.message.contains("former primary") == true, "\(String(describing: refusal))")
            try await replica.restart()
            let isBack = try await eventually(within: .seconds(15)) {
                await postgresError { try await client.execute("INSERT INTO rows VALUES (5) ON CONFLICT DO NOTHING") }
                    == nil
            }
            #expect(isBack)
            try await withClient(settings: PostgresSettings(connection: primary.connection(to: "postgres"))) { former in
                let rows = try await former.query("SELECT id FROM rows")
                #expect(try rows.map { try $0.decode(0, as: Int.self) } == [1], "nothing went to where it is lost")
            }
        }
        try await replica.stop()
        try await primary.stop()
    }

    /// As when a proxy leads the same connection to another server, or an address moves.
    @Test func connectionsToAServerThatTakesNoWritesAnyMoreAreAllLeft() async throws {
        let database = try await PrivatePostgres.shared().freshDatabase()
        var settings = PostgresSettings(connection: database)
        settings.poolSize = 3
        try await withClient(settings: settings) { client in
            try await client.execute("CREATE TABLE rows (id int)")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        // Long enough that the three are under way on three connections.
                        _ = try await client.query(
                            "SELECT set_config('default_transaction_read_only', 'on', false), pg_sleep(0.5)")
                    }
                }
                try await group.waitForAll()
            }
            let error = await postgresError {
                _ = try await client.transaction { try await $0.execute("INSERT INTO rows VALUES (1)") }
            }
            #expect(error?.kind == .connectionLost)
            #expect(error?.isRetryable == true, "nothing was written, and that is known")
            #expect(await client.statistics().open <= 1, "the others lead to the same server")
            try await client.execute("INSERT INTO rows VALUES (2)")
            #expect(try await client.query("SELECT id FROM rows").count == 1)
        }
    }

    @Test func aServerThatStopsAnsweringIsLeftByAllConnectionsAtOnce() async throws {
        let cluster = try await PrivatePostgres.start()
        var settings = PostgresSettings(connection: cluster.connection(to: "postgres"))
        settings.poolSize = 4
        settings.statementTimeout = .seconds(1)
        settings.connectTimeout = .milliseconds(500)
        settings.acquireTimeout = .seconds(1)
        try await withClient(settings: settings) { client in
            let loop = try #require(Loop.current)
            let warm = (0..<4).map { _ in
                Task(executorPreference: loop) { _ = try await client.query("SELECT pg_sleep(0.2)") }
            }
            for task in warm { try await task.value }
            try await cluster.freeze()
            let frozen = ContinuousClock.now
            let error = await postgresError { try await client.execute("CREATE TABLE rows (id int)") }
            #expect(error?.kind == .timedOut)
            #expect(
                error?.outcomeIsUnknown == true,
                "it may have been carried out: it is not to be called a success or a failure")
            #expect(ContinuousClock.now - frozen < .seconds(6), "a little more than the statement timeout")
            let began = ContinuousClock.now
            let next = await postgresError { _ = try await client.query("SELECT 1") }
            #expect(
                next?.kind == .unavailable,
                "no idle connection to the same server is tried: \(String(describing: next))")
            #expect(ContinuousClock.now - began < .seconds(2))
            try await cluster.thaw()
            let isBack = try await eventually { await postgresError { _ = try await client.query("SELECT 1") } == nil }
            #expect(isBack)
        }
        try await cluster.stop()
    }
}
