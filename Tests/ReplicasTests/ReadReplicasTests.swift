import EventLoop
import Logging
import Postgres
import Replicas
import Synchronization
import TestSupport
import Testing

/// One primary with one replica, and all that may happen to them, in a row: making such a pair takes seconds.
@Suite struct ReadReplicasTests {
    @Test func readsGoToAReplicaForAsLongAsItKeepsWhatIsPromised() async throws {
        let primary = try await PrivatePostgres.start()
        let replica = try await primary.replica()
        try await withReads(primary, replica, lag: .milliseconds(600)) { world in
            try await world.primary.execute("CREATE TABLE rows (id int)")
            #expect(try await world.isLateReadOnReplica() == false, "nothing is known of the replica yet")
            #expect(world.outcomes == [.unreachable])
            let isUsed = try await eventually {
                await world.reads.look()
                return try await world.isLateReadOnReplica()
            }
            #expect(isUsed)
            #expect(world.reads.standings.map(\.isUsed) == [true])

            try await whoeverHasJustWrittenReadsIt(world)
            try await itIsLeftWhileItLags(world)
            try await anotherClusterIsNotRead(world)

            try await replica.kill()
            let began = ContinuousClock.now
            // Whatever its age: of a slow machine the last look is older than the lag.
            #expect(try await world.reads.complete { try await $0.query("SELECT 1 FROM rows").count } > 0)
            #expect(world.outcomes.last == .failed, "a read that a replica does not get done is done by the primary")
            #expect(try await world.isLateReadOnReplica() == false)
            await world.reads.look()
            #expect(try await world.isLateReadOnReplica() == false)
            #expect(world.outcomes.last == .unreachable)
            #expect(ContinuousClock.now - began < .seconds(5))
            try await replica.restart()
            let isBack = try await eventually {
                await world.reads.look()
                return try await world.isLateReadOnReplica()
            }
            #expect(isBack)
        }
        try await replica.stop()
        try await primary.stop()
    }

    /// Of two replicas the one with less was promoted: the other one has what was lost.
    @Test func aReplicaThatHasMoreThanTheNewPrimaryIsNotRead() async throws {
        let former = try await PrivatePostgres.start()
        let promoted = try await former.replica()
        let ahead = try await former.replica()
        try await promoted.kill()
        try await withReads(former, ahead, lag: .seconds(5)) { world in
            try await world.primary.execute(
                "CREATE TABLE rows AS SELECT repeat('x', 1000) FROM generate_series(1, 2000)")
            let hasAll = try await eventually {
                await world.reads.look()
                return world.reads.standings.first?.lagInBytes == 0
            }
            #expect(hasAll)
        }
        try await former.stop()
        try await promoted.restart()
        try await promoted.promote()
        try await withReads(promoted, ahead, lag: .seconds(5)) { world in
            await world.reads.look()
            guard case .unfit(let reason) = world.reads.standings.first?.state else {
                Issue.record("it is read: \(world.reads.standings)")
                return
            }
            #expect(reason.contains("has what the primary has not"))
            // The primary catches up, and what the replica has is no less wrong.
            try await world.primary.execute(
                "CREATE TABLE others AS SELECT repeat('y', 1000) FROM generate_series(1, 6000)")
            await world.reads.look()
            #expect(try await world.isLateReadOnReplica() == false)
        }
        try await ahead.stop()
        try await promoted.stop()
    }

    private func whoeverHasJustWrittenReadsIt(_ world: World) async throws {
        for id in 0..<20 {
            try await world.primary.execute("INSERT INTO rows VALUES (\(id))")
            let count = try await world.reads.complete { try await $0.query("SELECT 1 FROM rows").count }
            #expect(count == id + 1)
        }
        let isServed = world.outcomes.suffix(20).contains(.replica)
        #expect(isServed, "a replica that is there in a moment is waited for: \(world.outcomes)")
    }

    private func itIsLeftWhileItLags(_ world: World) async throws {
        try await world.replica.execute("SELECT pg_wal_replay_pause()")
        let hasStopped = try await eventually {
            try await world.replica.query("SELECT 1 WHERE pg_get_wal_replay_pause_state() = 'paused'").count == 1
        }
        #expect(hasStopped)
        try await world.primary.execute("INSERT INTO rows VALUES (100)")
        let complete = try await world.reads.complete {
            try await $0.query("SELECT 1 FROM rows WHERE id = 100").count
        }
        #expect(complete == 1, "what the replica does not have is read from the primary")
        #expect(world.outcomes.last == .lagging)
        let isLeft = try await eventually {
            await world.reads.look()
            return try await !world.isLateReadOnReplica()
        }
        #expect(isLeft, "it is older than the lag that is allowed")
        #expect(world.reads.standings.first?.lagInBytes ?? 0 > 0)
        try await world.replica.execute("SELECT pg_wal_replay_resume()")
        let isBack = try await eventually {
            await world.reads.look()
            return try await world.isLateReadOnReplica()
        }
        #expect(isBack)
    }

    private func anotherClusterIsNotRead(_ world: World) async throws {
        let stranger = PostgresClient(
            loops: world.loops,
            settings: PostgresSettings(connection: try await PrivatePostgres.shared().connection(to: "postgres")))
        let reads = ReadReplicas(
            primary: world.primary, replicas: [("stranger", stranger)], lag: .seconds(5), logger: Self.logger,
            count: { _ in })
        await reads.look()
        #expect(reads.standings.first?.state == .unfit("it belongs to another database cluster"))
        await reads.close()
    }

    // MARK: The pair

    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// The two servers, and the reads that are tried.
    private final class World: Sendable {
        let loops: LoopGroup
        let primary: PostgresClient
        let replica: PostgresClient
        let reads: ReadReplicas
        private let counted: Counted

        init(_ loops: LoopGroup, primary: PostgresClient, replica: PostgresClient, lag: Duration) {
            let counted = Counted()
            self.loops = loops
            self.primary = primary
            self.replica = replica
            self.counted = counted
            reads = ReadReplicas(
                primary: primary, replicas: [("replica", replica)], lag: lag, logger: ReadReplicasTests.logger,
                count: { outcome in counted.list.withLock { $0.append(outcome) } })
        }

        /// Where the reads went so far.
        var outcomes: [ReadOutcome] { counted.list.withLock { $0 } }

        func isLateReadOnReplica() async throws -> Bool {
            try await reads.late { database in
                try await database.query("SELECT 1 WHERE pg_is_in_recovery()").count == 1
            }
        }
    }

    private final class Counted: Sendable {
        let list = Mutex<[ReadOutcome]>([])
    }

    private func withReads(
        _ primary: PrivatePostgres, _ replica: PrivatePostgres, lag: Duration,
        _ body: @escaping @Sendable (World) async throws -> Void
    ) async throws {
        let loops = LoopGroup(count: 1, name: "test")
        let writing = PostgresClient(
            loops: loops, settings: PostgresSettings(connection: primary.connection(to: "postgres")))
        var settings = PostgresSettings(connection: replica.connection(to: "postgres"))
        settings.purpose = .reading
        settings.acquireTimeout = .seconds(1)
        let world = World(
            loops, primary: writing, replica: PostgresClient(loops: loops, settings: settings), lag: lag)
        let result: Result<Void, any Error>
        do {
            result = .success(try await loops.loops[0].run { try await body(world) })
        } catch {
            result = .failure(error)
        }
        await world.reads.close()
        await writing.close()
        await loops.shutdown()
        try result.get()
    }

    private func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
        let end = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < end {
            if try await condition() { return true }
            try await Loop.current?.sleep(for: .milliseconds(20))
        }
        return false
    }
}
