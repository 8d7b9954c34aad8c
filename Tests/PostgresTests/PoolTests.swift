import EventLoop
import Postgres
import TestSupport
import Testing

@Suite struct PoolTests {
    @Test func manyTasksShareFewConnections() async throws {
        try await withClient(configure: { $0.poolSize = 4 }) { client in
            let pids = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let rows = try await client.query("SELECT \(number) AS number, pg_backend_pid() AS pid")
                        let row = try #require(rows.first)
                        #expect(try row.decode("number") == number)
                        return try row.decode("pid")
                    }
                }
                return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
            }
            #expect((1...4).contains(pids.count))
            let statistics = await client.statistics()
            // One that was opened may have come too late to serve anybody.
            #expect((pids.count...4).contains(statistics.open))
            #expect((pids.count...statistics.open).contains(statistics.idle))
            #expect(statistics.waiting == 0)
        }
    }

    @Test func eachLoopHasItsOwnConnections() async throws {
        try await withLoops(2) { group in
            let connection = try await PrivatePostgres.shared().freshDatabase()
            let client = PostgresClient(loops: group, settings: PostgresSettings(connection: connection))
            let pids = try await withThrowingTaskGroup(of: Int.self) { tasks in
                for loop in group.loops {
                    tasks.addTask {
                        try await loop.run {
                            let rows = try await client.query("SELECT pg_backend_pid()")
                            return try #require(rows.first).decode(0, as: Int.self)
                        }
                    }
                }
                return try await tasks.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(pids.count == 2)
            await client.close()
        }
    }

    @Test func aCallerWaitsNoLongerThanItIsAllowed() async throws {
        try await withClient(configure: { ($0.poolSize, $0.acquireTimeout) = (1, .seconds(1)) }) { client in
            _ = try await eventually { await postgresError { _ = try await client.query("SELECT 1") } == nil }
            try await client.withConnection { _ in
                let began = ContinuousClock.now
                let hasty = await postgresError {
                    _ = try await client.query("SELECT 1", until: .after(.milliseconds(5)))
                }
                #expect(hasty?.kind == .poolExhausted)
                #expect(hasty?.isRetryable == true)
                #expect(ContinuousClock.now - began < .seconds(1))
                let error = await postgresError { _ = try await client.query("SELECT 1") }
                #expect(error?.kind == .poolExhausted)
                #expect(ContinuousClock.now - began < .seconds(4))
            }
            let one = try await client.query("SELECT 1")
            #expect(one.count == 1)
        }
    }

    @Test func tooManyWaitersAreTurnedAway() async throws {
        try await withClient(configure: { ($0.poolSize, $0.queueLimit) = (1, 3) }) { client in
            let kinds = try await client.withConnection { _ in
                await withTaskGroup(of: PostgresError.Kind?.self) { group in
                    for _ in 0..<5 {
                        group.addTask {
                            await postgresError {
                                _ = try await client.query("SELECT 1", until: .after(.milliseconds(200)))
                            }?.kind
                        }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
            }
            #expect(kinds == Array(repeating: .poolExhausted, count: 5))
        }
    }

    @Test func aCancelledWaiterLeavesTheQueue() async throws {
        try await withClient(configure: { $0.poolSize = 1 }) { client in
            let loop = try #require(Loop.current)
            try await client.withConnection { _ in
                let task = Task(executorPreference: loop) {
                    await postgresError { _ = try await client.query("SELECT 1") }
                }
                _ = try await eventually { await client.statistics().waiting == 1 }
                task.cancel()
                #expect(await task.value?.kind == .cancelled)
                #expect(await client.statistics().waiting == 0)
            }
        }
    }

    @Test func idleConnectionsAreClosedAndOldOnesReplaced() async throws {
        try await withClient(configure: { ($0.poolSize, $0.idleLifetime) = (2, .milliseconds(100)) }) { client in
            _ = try await client.query("SELECT 1")
            #expect(await client.statistics().open == 1)
            let isClosed = try await eventually { await client.statistics().open == 0 }
            #expect(isClosed)
        }
        try await withClient(configure: { ($0.poolSize, $0.connectionLifetime) = (1, .milliseconds(50)) }) { client in
            let first: Int = try #require(try await client.query("SELECT pg_backend_pid()").first).decode(0)
            let isReplaced = try await eventually {
                try #require(try await client.query("SELECT pg_backend_pid()").first).decode(0, as: Int.self) != first
            }
            #expect(isReplaced)
        }
    }

    @Test func aConnectionThatDiedWhileIdleIsNotHandedOut() async throws {
        try await withClient(configure: { $0.poolSize = 2 }) { client in
            let loop = try #require(Loop.current)
            for _ in 0..<5 {
                let pid: Int = try #require(try await client.query("SELECT pg_backend_pid()").first).decode(0)
                try await withClient(configure: { $0.poolSize = 1 }) { other in
                    _ = try await other.query("SELECT pg_terminate_backend(\(Int32(clamping: pid)), 5000)")
                }
                try await loop.sleep(for: .milliseconds(60))
                let one = try await client.query("SELECT 1")
                #expect(one.count == 1)
            }
        }
    }

    @Test func aClosedClientRefusesWork() async throws {
        try await withClient { client in
            let loop = try #require(Loop.current)
            let hasBegun = Locked(false)
            let slow = Task(executorPreference: loop) {
                await postgresError {
                    try await client.withConnection { connection in
                        hasBegun.withLock { $0 = true }
                        _ = try await connection.query("SELECT pg_sleep(0.2)")
                    }
                }
            }
            _ = try await eventually { hasBegun.withLock { $0 } }
            await client.close()
            #expect(await slow.value == nil, "what was under way is finished first")
            let error = await postgresError { _ = try await client.query("SELECT 1") }
            #expect(error?.kind == .unavailable)
        }
    }
}
