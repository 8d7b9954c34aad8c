import EventLoop
import Postgres
import Testing

@Suite struct TransactionTests {
    private struct Refused: Error, Equatable {}

    /// A table of numbers, made anew.
    private func table(_ name: String, in client: PostgresClient) async throws {
        try await client.withConnection { connection in
            try await connection.run(script: "CREATE TABLE \(name) (id int PRIMARY KEY, value int NOT NULL DEFAULT 0)")
        }
    }

    private func count(_ name: String, in client: PostgresClient) async throws -> Int {
        try #require(try await client.query("SELECT count(*) FROM \(identifier: name)").first).decode(0)
    }

    @Test func aTransactionThatReturnsIsCommitted() async throws {
        try await withClient { client in
            try await table("committed", in: client)
            let value = try await client.transaction { transaction in
                #expect(transaction.isInTransaction)
                try await transaction.execute("INSERT INTO committed VALUES (\(Int32(1)))")
                return 7
            }
            #expect(value == 7)
            #expect(try await count("committed", in: client) == 1)
        }
    }

    @Test func aTransactionThatThrowsIsRolledBackWhenTheErrorArrives() async throws {
        try await withClient(configure: { $0.poolSize = 1 }) { client in
            try await table("undone", in: client)
            await #expect(throws: Refused()) {
                try await client.transaction { transaction in
                    try await transaction.execute("INSERT INTO undone VALUES (1)")
                    throw Refused()
                }
            }
            #expect(try await count("undone", in: client) == 0)
            #expect(await client.statistics().open == 1)
        }
    }

    @Test func aSwallowedErrorDoesNotPassForACommit() async throws {
        try await withClient { client in
            try await table("swallowed", in: client)
            let error = await postgresError {
                try await client.transaction { transaction in
                    try await transaction.execute("INSERT INTO swallowed VALUES (1)")
                    let inner = await postgresError {
                        try await transaction.execute("INSERT INTO swallowed VALUES (1)")
                    }
                    #expect(inner?.sqlState == .uniqueViolation)
                }
            }
            #expect(error?.sqlState == .inFailedTransaction)
            #expect(try await count("swallowed", in: client) == 0)
        }
    }

    @Test func aSavepointUndoesItsPartAlone() async throws {
        try await withClient { client in
            try await table("parts", in: client)
            try await client.transaction { transaction in
                try await transaction.execute("INSERT INTO parts VALUES (1)")
                let error = await postgresError {
                    try await transaction.savepoint { part in
                        try await part.execute("INSERT INTO parts VALUES (2)")
                        try await part.execute("INSERT INTO parts VALUES (1)")
                    }
                }
                #expect(error?.sqlState == .uniqueViolation)
                try await transaction.savepoint { _ = try await $0.execute("INSERT INTO parts VALUES (3)") }
            }
            let ids = try await client.query("SELECT id FROM parts ORDER BY id").map { try $0.decode(0, as: Int.self) }
            #expect(ids == [1, 3])
        }
    }

    @Test func cancellationRollsBack() async throws {
        try await withClient(configure: { $0.poolSize = 2 }) { client in
            try await table("abandoned", in: client)
            let loop = try #require(Loop.current)
            let task = Task(executorPreference: loop) {
                await postgresError {
                    try await client.transaction { transaction in
                        try await transaction.execute("INSERT INTO abandoned VALUES (1)")
                        _ = try await transaction.query("SELECT pg_sleep(30)")
                    }
                }
            }
            try await loop.sleep(for: .milliseconds(50))
            task.cancel()
            #expect(await task.value?.kind == .cancelled)
            // Would wait for the abandoned row's lock if the transaction were still open.
            try await client.execute("INSERT INTO abandoned VALUES (1)", until: .after(.seconds(5)))
            let idle = try await eventually { await client.statistics().idle == 2 }
            #expect(idle, "the connection of the cancelled transaction did not come back")
        }
    }

    @Test func aStatementThatTimedOutLeavesTheTransactionToBeRolledBack() async throws {
        try await withClient(configure: { $0.poolSize = 1 }) { client in
            try await table("late", in: client)
            let error = await postgresError {
                try await client.transaction { transaction in
                    try await transaction.execute("INSERT INTO late VALUES (1)")
                    _ = try await transaction.query("SELECT pg_sleep(30)", until: .after(.milliseconds(50)))
                }
            }
            #expect(error?.kind == .timedOut)
            #expect(error?.outcomeIsUnknown == false, "nothing of it was committed")
            #expect(try await count("late", in: client) == 0)
        }
    }

    @Test func conflictsOfSerializableTransactionsAreRetryable() async throws {
        try await withClient { client in
            try await table("doctors", in: client)
            try await client.execute("INSERT INTO doctors VALUES (1, 1), (2, 1)")
            let attempts = Locked(0)
            let readers = Locked(0)
            // Each leaves its shift when the other one stays: at least one of the two has to be told to try again.
            let leave: @Sendable (Int) async throws -> Void = { id in
                while true {
                    attempts.withLock { $0 += 1 }
                    do {
                        return try await client.transaction(isolation: .serializable) { transaction in
                            let rows = try await transaction.query("SELECT sum(value) FROM doctors")
                            guard try #require(rows.first).decode(0, as: Int.self) > 1 else { return }
                            readers.withLock { $0 += 1 }
                            _ = try await eventually { readers.withLock { $0 } >= 2 }
                            try await transaction.execute("UPDATE doctors SET value = 0 WHERE id = \(id)")
                        }
                    } catch let error as PostgresError where error.isRetryable {
                        #expect(error.sqlState == .serializationFailure)
                    }
                }
            }
            async let first: Void = leave(1)
            async let second: Void = leave(2)
            _ = try await (first, second)
            let sum = try await client.query("SELECT sum(value) FROM doctors")
            #expect(try #require(sum.first).decode(0) == 1)
            #expect(attempts.withLock { $0 } > 2)
        }
    }

    @Test func aDeadlockIsRetryable() async throws {
        try await withClient { client in
            try await table("crossed", in: client)
            try await client.execute("INSERT INTO crossed VALUES (1), (2)")
            let holders = Locked(0)
            let cross: @Sendable (Int, Int) async -> PostgresError? = { first, second in
                await postgresError {
                    try await client.transaction { transaction in
                        try await transaction.execute("UPDATE crossed SET value = 1 WHERE id = \(first)")
                        holders.withLock { $0 += 1 }
                        _ = try await eventually { holders.withLock { $0 } >= 2 }
                        try await transaction.execute("UPDATE crossed SET value = 1 WHERE id = \(second)")
                    }
                }
            }
            async let one = cross(1, 2)
            async let other = cross(2, 1)
            let errors = await [one, other].compactMap(\.self)
            #expect(errors.map(\.sqlState) == [.deadlockDetected])
            #expect(errors.first?.isRetryable == true)
        }
    }

    /// As of a process that is frozen: it holds its locks, and says nothing any more.
    @Test func whoeverStopsWithinATransactionKeepsOthersWaitingForNoLongerThanItMay() async throws {
        try await withClient(configure: { $0.idleTransactionTimeout = .milliseconds(300) }) { client in
            try await table("held", in: client)
            try await client.execute("INSERT INTO held VALUES (1)")
            let isAnswered = Locked(false)
            let error = await postgresError {
                try await client.transaction { transaction in
                    try await transaction.execute("UPDATE held SET value = 1")
                    try await client.execute("UPDATE held SET value = 2", until: .after(.seconds(20)))
                    isAnswered.withLock { $0 = true }
                    try await transaction.execute("UPDATE held SET value = 3")
                }
            }
            #expect(isAnswered.withLock { $0 }, "the other one waits for ever")
            #expect(error?.kind == .connectionLost || error?.kind == .unavailable, "\(String(describing: error))")
            let rows = try await client.query("SELECT value FROM held")
            #expect(try rows.map { try $0.decode(0, as: Int.self) } == [2])
        }
    }

    @Test func aConnectionLeftInATransactionIsNotHandedToOthers() async throws {
        try await withClient(configure: { $0.poolSize = 1 }) { client in
            try await client.withConnection { try await $0.run(script: "BEGIN; CREATE TEMP TABLE leaked (id int)") }
            let leaked = try await client.query("SELECT to_regclass('leaked')::text")
            #expect(try #require(leaked.first).decode(0, as: String?.self) == nil)
        }
    }
    @Test func whatIsMadeForAClientWorksWithinATransaction() async throws {
        try await withClient { client in
            try await table("inside", in: client)
            await #expect(throws: Refused()) {
                try await client.transaction { transaction in
                    try await insertTwice(client.within(transaction), client)
                    throw Refused()
                }
            }
            #expect(try await count("inside", in: client) == 0)
        }
    }

    /// Once for good, and once in a part that is undone alone.
    private func insertTwice(_ inside: PostgresClient, _ outside: PostgresClient) async throws {
        try await inside.execute("INSERT INTO inside VALUES (1)")
        await #expect(throws: Refused()) {
            try await inside.transaction { part in
                try await part.execute("INSERT INTO inside VALUES (2)")
                throw Refused()
            }
        }
        #expect(try await count("inside", in: inside) == 1)
        #expect(try await count("inside", in: outside) == 0)
    }
}
