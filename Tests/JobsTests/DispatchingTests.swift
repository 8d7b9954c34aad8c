import EventLoop
import FoundationEssentials
import Observability
import Postgres
import Queueing
import Redis
import Tenancy
import TestSupport
import Testing

@testable import Jobs

/// What becomes of accepted work when Redis forgets: all of it, some of it, with or without its data.
@Suite struct DispatchingTests {
    @Test func aRedisThatNeverHadAnythingIsFilledInTheFirstEpoch() async throws {
        try await LedgerWorld.run(isSeeded: false) { world in
            let jobs = (0..<5).map { _ in world.job() }
            #expect(try await world.queue.submit(jobs).count == 5, "accepted also while nobody can be told")
            try await world.whileDispatching {
                let arrived = try await world.eventually {
                    let isSeeded = try await world.dispatcher.epoch()?.isSeeded == true
                    return await world.hasAll(jobs.map(\.id)) && isSeeded
                }
                #expect(arrived)
            }
            #expect(try await world.dispatcher.epoch()?.epoch == 1)
        }
    }

    @Test func afterFlushallEverythingAcceptedIsThereAgainInANewEpochAndOldLeasesAreVoid() async throws {
        try await LedgerWorld.run { world in
            try await world.makeEffects()
            let (own, running) = ((0..<700).map { _ in world.job() }, try await world.claimed([world.job()]))
            try await world.queue.submit(own)
            let batch = try await world.batch(of: 300)
            let ids = try await world.ids(of: batch.id)
            let all = own.map(\.id) + ids[..<100] + running.map(\.id)
            try await world.whileDispatching(2, { $0.window = 100 }) {
                let filled = try await world.eventually { await world.hasAll(Array(all)) }
                #expect(filled)
                _ = try await world.redis.command(["FLUSHALL"])
                let again = try await world.eventually { await world.hasAll(Array(all)) }
                #expect(again)
            }
            #expect(try await world.dispatcher.epoch()?.epoch == 2, "two workers fill it once")
            #expect(try await world.dispatcher.missing(of: Array(ids[100...])).count == 200, "windows stay windows")
            let next = try await world.claim(running.map(\.id), LeaseMark(epoch: 2, attempt: 2), worker: "w2")
            let effects = { (job: Job) in
                JobEffect(apply: { _ = try await $0.execute("INSERT INTO effects VALUES (\(job.id.uuid))") })
            }
            #expect(
                try await world.ledger.commit(running.map { JobEnding(of: $0, .finished(effects($0))) }) == [.fenced])
            #expect(
                try await world.ledger.commit(next.map { JobEnding(of: $0, .finished(effects($0))) }) == [.finished])
            #expect(try await world.effects() == running.map(\.id))
        }
    }

    @Test func aRedisThatIsRestartedEmptyIsFilledAgain() async throws {
        try await LedgerWorld.run { world in
            let jobs = (0..<50).map { _ in world.job() }
            try await world.queue.submit(jobs)
            world.server.kill()
            let meanwhile = (0..<50).map { _ in world.job() }
            try await world.queue.submit(meanwhile)
            try await world.whileDispatching(2) {
                try await world.server.restart()
                let again = try await world.eventually { await world.hasAll((jobs + meanwhile).map(\.id)) }
                #expect(again)
            }
        }
    }

    @Test func whoeverTakesOverFromAWorkerThatDiedWhileFillingGoesOnInItsEpoch() async throws {
        try await LedgerWorld.run(isSeeded: false) { world in
            let jobs = (0..<5).map { _ in world.job() }
            try await world.accept(jobs)
            _ = try await world.database.execute("UPDATE jobs SET is_dispatched = true")
            // What the other one got done.
            let dispatching = world.dispatching()
            let epoch = try await dispatching.database.raiseEpoch(above: 0)
            try await world.dispatcher.begin(epoch: epoch)
            #expect(try await dispatching.seedIfEmpty())
            #expect(try await world.dispatcher.epoch()?.epoch == epoch)
            #expect(await world.hasAll(jobs.map(\.id)))
            #expect(try await dispatching.seedIfEmpty() == false)
        }
    }

    @Test func whoeverHasFilledRedisLeavesTheDutyToTheNextAtOnce() async throws {
        try await LedgerWorld.run { world in
            let database = world.dispatching().database
            for turn in 0..<50 {
                let done = try await database.leadingLong(.seeding) { _ in turn }
                #expect(done == turn)
            }
        }
    }

    @Test func aRedisThatComesBackFromAnOlderCopyIsFilledInANewEpoch() async throws {
        try await LedgerWorld.run { world in
            let dispatching = world.dispatching()
            _ = try await dispatching.database.raiseEpoch(above: 1)
            #expect(try await dispatching.seedIfEmpty())
            #expect(try await world.dispatcher.epoch()?.epoch == 3)
        }
    }

    @Test func aDatabaseThatComesBackFromAnOlderCopyTakesALaterEpochThanRedisKnows() async throws {
        try await LedgerWorld.run { world in
            try await world.dispatcher.begin(epoch: 40)
            #expect(try await world.dispatching().seedIfEmpty())
            #expect(try await world.dispatcher.epoch()?.epoch == 41)
            #expect(try await world.dispatching().seedIfEmpty() == false)
        }
    }

    @Test func whatRedisLostOfManyJobsTheReconcilerGivesItAgain() async throws {
        try await LedgerWorld.run { world in
            let jobs = (0..<300).map { _ in world.job() }
            try await world.queue.submit(jobs)
            let batch = try await world.batch(of: 50)
            let ids = jobs.map(\.id) + (try await world.ids(of: batch.id))
            try await world.whileDispatching {
                // Marked as sent: from then on only the reconciler looks at them.
                let sent = try await world.eventually {
                    try await world.database.query("SELECT FROM jobs WHERE NOT is_dispatched").isEmpty
                }
                #expect(sent)
                let lost = [0, 7, 299, 310].map { ids[$0] }
                _ = try await world.redis.command(["DEL"] + lost.map { RedisArgument("ev:{0}:j:\($0)") })
                #expect(try await world.dispatcher.missing(of: ids) == lost)
                let mended = try await world.eventually { await world.hasAll(ids) }
                #expect(mended)
            }
            #expect(world.queue.metrics.redispatched.value >= 4)
        }
    }

    @Test func whatHasEndedIsNotGivenAgain() async throws {
        try await LedgerWorld.run { world in
            let jobs = try await world.claimed([world.job()])
            let reconciler = Reconciler(world.dispatching())
            let (listed, _) = try await world.dispatching().database.sent(from: .start, limit: 10)
            #expect(listed.map(\.ticket.id) == jobs.map(\.id))
            _ = try await world.ledger.commit(jobs.map { JobEnding(of: $0, .finished(.none)) })
            #expect(try await world.dispatching().database.stillSent(jobs.map(\.id)).isEmpty)
            _ = try await reconciler.compare(from: .start)
            #expect(try await world.dispatcher.missing(of: jobs.map(\.id)) == jobs.map(\.id))
        }
    }

    @Test func aTicketGoesOnCountingWhereTheDatabaseIs() async throws {
        try await LedgerWorld.run { world in
            let new = world.job()
            try await world.accept([new])
            for attempt in 1...2 { _ = try await world.claim([new.id], LeaseMark(epoch: 1, attempt: attempt)) }
            let (listed, _) = try await world.dispatching().database.sent(from: .start, limit: 10)
            #expect(listed.map(\.ticket.attempt) == [2])
        }
    }

    @Test func theDecisionsOfOperatorsReachARedisThatForgotThem() async throws {
        try await LedgerWorld.run { world in
            var control = QueueControl(subject: .queue(.background), updatedAt: Date())
            control.isPaused = true
            control.concurrency = 3
            #expect(try await world.queue.control(control) == nil)
            control.concurrency = 4
            let before = try await world.queue.control(control)
            #expect(before?.concurrency == 3 && before?.isPaused == true)
            _ = try await world.redis.command(["FLUSHALL"])
            #expect(try await world.dispatching().seedIfEmpty())
            let reading = try #require(try await world.dispatcher.queues([.background]).first)
            #expect(reading.isPaused && reading.limit == 4)
        }
    }

    @Test func whatIsOldIsForgottenPieceByPieceAndWhatIsOpenStays() async throws {
        try await LedgerWorld.run { world in
            let old = IdentifierSource { Date(timeIntervalSinceNow: -40 * 86_400) }
            let kind = JobKind("work")
            let jobs = (0..<6).map { _ in NewJob(id: old.next(), kind: kind, queue: .background) }
            try await world.accept(jobs)
            let claimed = try await world.claim(jobs.map(\.id), LeaseMark(epoch: 1, attempt: 1))
                .sorted { $0.id < $1.id }
            _ = try await world.ledger.commit([
                JobEnding(of: claimed[0], .finished(.none)), JobEnding(of: claimed[1], .cancelled),
                JobEnding(of: claimed[2], .failed(JobFailure(.invalid, "x"), effect: nil)),
                JobEnding(of: claimed[3], .finished(.none)),
            ])
            try await world.database.execute(
                "UPDATE jobs SET ended_at = now() - interval '10 d' WHERE ended_at IS NOT NULL AND id <> \(claimed[3].id.uuid)"
            )
            let ledger = JobRetentionLedger(database: world.database)
            #expect(try await ledger.forget(JobRetention(), now: Date()) == 2)
            #expect(try await ledger.forget(JobRetention(), now: Date()) == 0)
            #expect(try await world.readings.counts(JobFilter()).states == [.dead: 1, .finished: 1, .running: 2])
        }
    }
}
