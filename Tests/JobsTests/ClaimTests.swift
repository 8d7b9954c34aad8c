import EventLoop
import FoundationEssentials
import Postgres
import Queueing
import Redis
import Tenancy
import Testing

@testable import Jobs

/// Leases that Redis gave out and then forgot: their jobs are begun once, and paid once.
@Suite struct ClaimTests {
    @Test func aLeaseThatIsClaimedOnlyWhenItsEpochIsOverIsRefused() async throws {
        try await LedgerWorld.run { world in
            let job = world.job()
            try await world.queue.submit([job])
            let early = try await Self.lease(1, in: world)
            _ = try await world.redis.command(["FLUSHALL"])
            #expect(try await world.dispatching().seedIfEmpty())
            _ = try await world.dispatching().sweep()
            let late = try await world.ledger.claim([(job.id, LeaseMark(epoch: 1, attempt: 1))], worker: "slow")
            #expect(late.jobs.isEmpty && late.others.isEmpty)
            #expect(early.map(\.id) == [job.id])
            // Whoever has it in the new epoch may run it.
            let again = try await Self.lease(2, in: world)
            #expect(again.map(\.id) == [job.id])
            #expect(try await world.claim([job.id], LeaseMark(epoch: 2, attempt: 1)).map(\.id) == [job.id])
        }
    }

    @Test func whoeverBeginsAnEpochSeesWhatIsBeingClaimed() async throws {
        try await LedgerWorld.run { world in
            let job = world.job()
            try await world.queue.submit([job])
            _ = try await Self.lease(1, in: world)
            let database = DispatchLedger(database: world.database)
            try await world.database.transaction { connection in
                // The claim is under way for as long as somebody has the row.
                _ = try await connection.query("SELECT FROM jobs WHERE id = \(job.id.uuid) FOR UPDATE")
                async let claimed = world.claim([job.id], LeaseMark(epoch: 1, attempt: 1))
                #expect(try await eventually { try await Self.waiters(world) == 1 })
                async let epoch = database.raiseEpoch(above: 1)
                #expect(try await eventually { try await Self.waiters(world) == 2 })
                try await connection.run(script: "COMMIT; BEGIN")
                #expect(try await claimed.map(\.id) == [job.id])
                #expect(try await epoch == 2)
                #expect(try await database.sent(from: .start, limit: 10).jobs.map(\.isRunning) == [true])
            }
        }
    }

    /// How many statements wait for a lock.
    private static func waiters(_ world: LedgerWorld) async throws -> Int {
        let rows = try await world.database.query(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'
            """)
        return try rows.first?.decode(0) ?? 0
    }

    @Test func aClaimWhoseAnswerWasLostIsAnsweredAgain() async throws {
        try await LedgerWorld.run { world in
            let job = world.job()
            try await world.accept([job])
            let mark = LeaseMark(epoch: 1, attempt: 1)
            for _ in 0..<2 { #expect(try await world.claim([job.id], mark, worker: "w1").map(\.id) == [job.id]) }
            #expect(try await world.readings.find(job.id)?.job.crashes == 0)
        }
    }

    @Test func whatRunsByTheSameLeaseOrAYoungerOneIsLeftToWhoeverRunsIt() async throws {
        try await LedgerWorld.run { world in
            let jobs = (0..<2).map { _ in world.job() }
            try await world.accept(jobs)
            #expect(try await world.claim(jobs.map(\.id), LeaseMark(epoch: 1, attempt: 3), worker: "w1").count == 2)
            for attempt in [2, 3] {
                let claimed = try await world.ledger.claim(
                    jobs.map { ($0.id, LeaseMark(epoch: 1, attempt: attempt)) }, worker: "w2")
                #expect(claimed.jobs.isEmpty)
                #expect(claimed.others == Set(jobs.map(\.id)))
            }
        }
    }

    @Test func aLeaseThatAFailOverLostCostsNoSecondRun() async throws {
        try await LedgerWorld.run { world in
            try await world.makeEffects()
            let (mine, others, gate) = (Notes(), Notes(), Gate())
            let first = try RunningWorker(in: world, [Self.work(mine, until: gate)], name: "first", slots: 1)
            let job = world.job()
            let tickets = try await world.queue.submit([job])
            #expect(try await eventually { mine.running == 1 })
            let second = try RunningWorker(in: world, [Self.work(others, until: gate)], name: "second", slots: 1)
            for _ in 0..<5 {
                // What a copy of Redis has that did not hear of the lease.
                let prefix = "ev:{0}:"
                _ = try await world.redis.command(["DEL", .init(prefix + "j:\(job.id)"), .init(prefix + "running")])
                _ = try await world.redis.command(["ZREM", .init(prefix + "due"), .init("L\(job.id)|1")])
                try await world.dispatcher.enqueue(tickets)
                #expect(
                    try await eventually {
                        try await world.dispatcher.running(limit: 10) == [job.id]
                    })
            }
            gate.open()
            try await world.reaches([.finished: 1])
            #expect(mine.starts.values.map { $0 } == [1] && mine.cancelled == 0)
            #expect(others.starts.isEmpty)
            #expect(try await world.effects() == [job.id])
            await first.stop()
            await second.stop()
        }
    }

    private static func work(_ notes: Notes, until gate: Gate) -> ScriptedWork {
        ScriptedWork { job in
            notes.begin(job.job.id)
            await gate.wait()
            if Task.isCancelled { notes.sawCancellation() }
            notes.end()
            return LedgerWorld.effect(job.job.id)
        }
    }

    private static func lease(_ epoch: Int64, in world: LedgerWorld) async throws -> [Lease] {
        try await world.dispatcher.exchange(
            JobDispatcher.Exchange(
                epoch: epoch, worker: "by-hand", lease: .seconds(60), queues: [.background], wanted: 5, ends: [])
        ).leases
    }
}
