import EventLoop
import Postgres
import TestSupport
import Testing

/// The server dies in the middle of things.
@Suite(.serialized) struct OutageTests {
    @Test func queriesEndWithATypedErrorAndThePoolRecoversWhenTheServerIsKilled() async throws {
        let cluster = try await PrivatePostgres.start()
        var settings = PostgresSettings(connection: cluster.connection(to: "postgres"))
        settings.poolSize = 4
        settings.acquireTimeout = .seconds(2)
        try await withClient(settings: settings, loops: 2) { client in
            let loop = try #require(Loop.current)
            _ = try await client.query("SELECT 1")
            let kinds = Locked<[PostgresError.Kind]>([])
            let pending = (0..<20).map { _ in
                Task(executorPreference: loop) {
                    let error = await postgresError { _ = try await client.query("SELECT pg_sleep(30)") }
                    kinds.withLock { $0.append(error?.kind ?? .rejected) }
                }
            }
            _ = try await eventually {
                let statistics = await client.statistics()
                return statistics.open == 4 && statistics.idle == 0 && statistics.waiting == 16
            }
            try await cluster.kill()
            let killed = ContinuousClock.now
            for task in pending { await task.value }
            #expect(ContinuousClock.now - killed < .seconds(5), "something hung")
            let counts = kinds.withLock { Dictionary(grouping: $0) { $0 }.mapValues(\.count) }
            #expect(counts[.connectionLost] == 4, "\(counts)")
            #expect(counts[.unavailable, default: 0] + counts[.poolExhausted, default: 0] == 16, "\(counts)")

            // Long enough for callers to be turned away at once.
            _ = try await eventually {
                let began = ContinuousClock.now
                let error = await postgresError { _ = try await client.query("SELECT 1") }
                #expect(error?.kind == .unavailable)
                #expect(error?.isRetryable == true)
                return ContinuousClock.now - began < .milliseconds(50)
            }
            #expect(await client.statistics().isServerDown)

            try await cluster.restart()
            let restarted = ContinuousClock.now
            let isBack = try await eventually { await postgresError { _ = try await client.query("SELECT 1") } == nil }
            #expect(isBack)
            #expect(ContinuousClock.now - restarted < .seconds(2))
            #expect(await client.statistics().isServerDown == false)
        }
        try await cluster.stop()
    }

    @Test func theServerIsFoundAgainWithoutAnyCaller() async throws {
        let cluster = try await PrivatePostgres.start()
        var settings = PostgresSettings(connection: cluster.connection(to: "postgres"))
        settings.acquireTimeout = .milliseconds(300)
        try await withClient(settings: settings) { client in
            try await cluster.kill()
            let error = await postgresError { _ = try await client.query("SELECT 1") }
            #expect(error?.kind == .unavailable)
            try await cluster.restart()
            let isBack = try await eventually(within: .seconds(5)) { await !client.statistics().isServerDown }
            #expect(isBack)
            #expect(try await client.query("SELECT 1").count == 1)
        }
        try await cluster.stop()
    }

    @Test func acknowledgedRowsSurviveTheServersDeathAndNoneIsWrittenTwice() async throws {
        let cluster = try await PrivatePostgres.start()
        let settings = PostgresSettings(connection: cluster.connection(to: "postgres"))
        try await withLoops { group in
            let client = PostgresClient(loops: group, settings: settings)
            try await client.execute("CREATE TABLE rows (id bigint PRIMARY KEY)")
            var settings = WriteBehindSettings()
            settings.timeout = .seconds(60)
            let writer = WriteBehind<Int>(client: client, loops: group, settings: settings) { rows in
                "INSERT INTO rows SELECT * FROM unnest(\(rows)) ON CONFLICT DO NOTHING"
            }
            let acknowledged = Locked<Set<Int>>([])
            let failures = Locked<[PostgresError]>([])
            let isOver = Locked(false)
            let loop = try #require(Loop.current)
            let producers = (0..<16).map { producer in
                Task(executorPreference: loop) {
                    var number = producer
                    while !isOver.withLock({ $0 }) {
                        let id = number
                        let error = await postgresError { try await writer.write(id) }
                        if let error {
                            failures.withLock { $0.append(error) }
                        } else {
                            _ = acknowledged.withLock { $0.insert(id) }
                        }
                        number += 16
                    }
                }
            }
            for _ in 0..<3 {
                let before = acknowledged.withLock { $0.count }
                _ = try await eventually { acknowledged.withLock { $0.count } > before + 200 }
                try await cluster.kill()
                try await cluster.restart()
            }
            let before = acknowledged.withLock { $0.count }
            let goesOn = try await eventually { acknowledged.withLock { $0.count } > before + 200 }
            #expect(goesOn)
            isOver.withLock { $0 = true }
            for producer in producers { await producer.value }
            await writer.close()
            let rows = try await client.query("SELECT id FROM rows")
            let stored = Set(try rows.map { try $0.decode(0, as: Int.self) })
            #expect(stored.count == rows.count)
            #expect(acknowledged.withLock { $0.isSubset(of: stored) })
            let descriptions = failures.withLock { $0.map(\.description) }
            #expect(descriptions == [], "the writer outlasts an outage of that length")
            await client.close()
        }
        try await cluster.stop()
    }

    /// Backends are terminated at random moments while statements, transactions and copies run.
    @Test(arguments: [1, 2] as [UInt64])
    func terminatedBackendsNeverHangOrConfuseTheirCallers(seed: UInt64) async throws {
        let database = try await PrivatePostgres.shared().freshDatabase()
        var settings = PostgresSettings(connection: database)
        settings.poolSize = 6
        try await withClient(settings: settings) { client in
            try await client.execute("CREATE TABLE ledger (account int, amount int)")
            let end = ContinuousClock.now + .seconds(2.5)
            let successes = Locked(0)
            let transfers = Locked(0)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<12 {
                    group.addTask {
                        var random = SeededGenerator(seed: seed * 100 + UInt64(worker))
                        while ContinuousClock.now < end {
                            let error = await postgresError {
                                try await Self.work(client, &random, transfers)
                            }
                            switch error?.kind {
                            case nil: successes.withLock { $0 += 1 }
                            case .connectionLost, .unavailable, .poolExhausted, .timedOut, .cancelled: break
                            case .server(let state):
                                #expect(state.isTransient || state == .queryCanceled, "\(state)")
                            case .decoding, .rejected: Issue.record("\(String(describing: error))")
                            }
                        }
                    }
                }
                group.addTask {
                    try await withClient(settings: PostgresSettings(connection: database)) { killer in
                        var random = SeededGenerator(seed: seed)
                        while ContinuousClock.now < end {
                            try await killer.execute(
                                """
                                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                                WHERE datname = current_database() AND pid <> pg_backend_pid()
                                    AND backend_type = 'client backend' AND random() < 0.3
                                """)
                            guard let loop = Loop.current else { return }
                            try await loop.sleep(for: .milliseconds(Int.random(in: 1...40, using: &random)))
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(successes.withLock { $0 } > 10)
            let rest = try await eventually {
                let statistics = await client.statistics()
                return statistics.waiting == 0 && statistics.open == statistics.idle
            }
            #expect(rest, "a lease was lost")
            let sums = try await client.query("SELECT coalesce(sum(amount), 0), count(*) FROM ledger")
            #expect(try #require(sums.first).decode(0, as: Int.self) == 0, "half a transaction was committed")
            #expect(try #require(sums.first).decode(1, as: Int.self) >= 2 * transfers.withLock { $0 })
        }
    }

    private static func work(
        _ client: PostgresClient, _ random: inout SeededGenerator, _ transfers: Locked<Int>
    ) async throws {
        let number = Int.random(in: 0...1_000_000, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0:
            let size = Int32.random(in: 0...200_000, using: &random)
            let rows = try await client.query("SELECT \(number) AS number, repeat('z', \(size)) AS text")
            #expect(try #require(rows.first).decode("number") == number)
            #expect(try #require(rows.first).decode("text", as: String.self).utf8.count == Int(size))
        case 1:
            let pause = Double.random(in: 0...0.02, using: &random)
            let rows = try await client.query("SELECT \(number) AS number, pg_sleep(\(pause))")
            #expect(try #require(rows.first).decode("number") == number)
        case 2:
            let deadline = Deadline.after(.milliseconds(Int.random(in: 1...20, using: &random)))
            let rows = try await client.query("SELECT pg_sleep(0.01), \(number) AS number", until: deadline)
            #expect(try #require(rows.first).decode("number") == number)
        case 3:
            try await client.transaction { transaction in
                try await transaction.execute("INSERT INTO ledger VALUES (1, \(number))")
                _ = try await transaction.query("SELECT pg_sleep(0.003)")
                try await transaction.execute("INSERT INTO ledger VALUES (2, \(-number))")
            }
            transfers.withLock { $0 += 1 }
        default:
            let count = Int.random(in: 1...2000, using: &random)
            try await client.copyIn(table: "ledger", columns: ["account", "amount"]) { writer in
                for _ in 0..<count { try await writer.write([Int32(3), Int32(0)]) }
            }
        }
    }
}
