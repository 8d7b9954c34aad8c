import EventLoop
import FoundationEssentials
import Postgres
import Queueing
import Tenancy
import Testing

@testable import Jobs

@Suite struct BatchLedgerTests {
    @Test func aBatchWithAKnownKeyIsTheFirstOne() async throws {
        try await LedgerWorld.run { world in
            let (first, second) = (world.newBatch(of: 10, key: "k"), world.newBatch(of: 20, key: "k"))
            let made = try await world.database.transaction { try await BatchLedger.create(first, on: $0) }
            #expect(made.isNew && made.batch.state == .expanding)
            let again = try await world.database.transaction { try await BatchLedger.create(second, on: $0) }
            #expect(!again.isNew && again.batch.id == first.id && again.batch.counts.total == 10)
            let other = try await world.database.transaction {
                try await BatchLedger.create(world.newBatch(of: 20), on: $0)
            }
            #expect(other.isNew)
        }
    }

    @Test func aBatchWithoutJobsHasEnded() async throws {
        try await LedgerWorld.run { world in
            let batch = try await world.database.transaction {
                try await BatchLedger.create(world.newBatch(of: 0), on: $0).batch
            }
            #expect(batch.state == .ended && batch.endedAt != nil)
        }
    }

    @Test func itsJobsAreMadePieceByPieceAndEachOnceHoweverManyMakeThem() async throws {
        try await LedgerWorld.run { world in
            let new = world.newBatch(of: 2500)
            _ = try await world.database.transaction { try await BatchLedger.create(new, on: $0) }
            /// One that makes jobs, begins anywhere, and may be killed between any two pieces.
            @Sendable func expand() async throws {
                var cursor = 0
                while true {
                    let from = cursor
                    let step = try await world.database.transaction { connection in
                        try await BatchLedger.expand(
                            new.id, from: from, with: world.jobs(of: new.id, from..<min(from + 400, 2500)),
                            on: connection)
                    }
                    switch step {
                    case .extended(let end, let isComplete):
                        guard !isComplete else { return }
                        cursor = end
                    case .moved(let end): cursor = end
                    case .stopped: return
                    }
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 { group.addTask { try await expand() } }
                try await group.waitForAll()
            }
            let batch = try #require(try await world.queue.batches.find(new.id))
            #expect(batch.state == .open && batch.expanded == 2500)
            #expect(try await world.ids(of: new.id).count == 2500)
        }
    }

    @Test func whenThereAreFewerThanExpectedTheBatchHasFewer() async throws {
        try await LedgerWorld.run { world in
            let new = world.newBatch(of: 10)
            let step = try await world.database.transaction { connection in
                _ = try await BatchLedger.create(new, on: connection)
                return try await BatchLedger.expand(
                    new.id, from: 0, with: world.jobs(of: new.id, 0..<4), isLast: true, on: connection)
            }
            #expect(step == .extended(to: 4, isComplete: true))
            let batch = try #require(try await world.queue.batches.find(new.id))
            #expect(batch.state == .open && batch.counts.total == 4)
        }
    }

    @Test func countersCostAndEndFollowFromHowItsJobsEnd() async throws {
        try await LedgerWorld.run { world in
            let batch = try await world.batch(of: 4)
            let jobs = try await world.claim(try await world.ids(of: batch.id), LeaseMark(epoch: 1, attempt: 1))
            let invalid = JobFailure(.invalid, "no such input")
            _ = try await world.ledger.commit([
                JobEnding(of: jobs[0], .finished(JobEffect(cost: 30))),
                JobEnding(of: jobs[1], .failed(invalid, effect: JobEffect(cost: 5))),
                JobEnding(of: jobs[2], .failed(JobFailure(.unavailable, "away"), effect: JobEffect(cost: 99))),
            ])
            var now = try #require(try await world.queue.batches.find(batch.id))
            #expect(now.counts == BatchCounts(total: 4, finished: 1, dead: 1, cancelled: 0))
            #expect(now.cost == 35 && now.state == .open && now.startedAt != nil)
            let retried = try await world.claim([jobs[2].id], LeaseMark(epoch: 1, attempt: 2))
            _ = try await world.ledger.commit([
                JobEnding(of: retried[0], .finished(.none)), JobEnding(of: jobs[3], .cancelled),
            ])
            now = try #require(try await world.queue.batches.find(batch.id))
            #expect(now.counts == BatchCounts(total: 4, finished: 2, dead: 1, cancelled: 1))
            #expect(now.state == .ended && now.endedAt != nil)
            #expect(try await world.queue.retryFailed(batch: batch.id) == 1)
            now = try #require(try await world.queue.batches.find(batch.id))
            #expect(now.counts.dead == 0 && now.state == .open && now.endedAt == nil)
            #expect(try await world.readings.discrepancies(until: .after(.seconds(10))).isEmpty)
        }
    }

    @Test func aCancelledBatchBeginsNothingMoreAndEndsWhenWhatRunsHasEnded() async throws {
        try await LedgerWorld.run { world in
            let batch = try await world.batch(of: 3000)
            #expect(try await world.dispatching { $0.window = 500 }.refill())
            let ids = try await world.ids(of: batch.id)
            let running = try await world.claim(Array(ids[..<5]), LeaseMark(epoch: 1, attempt: 1))
            _ = try await world.queue.cancel(batch: batch.id)
            // What Redis has it has for nothing: none of it may be begun.
            let leases = ids[5..<500].map { ($0, LeaseMark(epoch: 1, attempt: 1)) }
            #expect(try await world.ledger.claim(leases, worker: "w2").jobs.isEmpty)
            try await world.whileDispatching {
                let swept = try await world.eventually {
                    try await world.queue.batches.find(batch.id)?.counts.cancelled == 2995
                }
                #expect(swept)
            }
            #expect(try await world.queue.batches.find(batch.id)?.state == .cancelling)
            #expect(try await world.readings.find(ids[0])?.job.isCancelRequested == true)
            _ = try await world.ledger.commit(running.map { JobEnding(of: $0, .cancelled) })
            let end = try #require(try await world.queue.batches.find(batch.id))
            #expect(end.state == .ended && end.counts == BatchCounts(total: 3000, cancelled: 3000))
        }
    }

    @Test func whatWasNotYetMadeOfACancelledBatchCountsAsCancelled() async throws {
        try await LedgerWorld.run { world in
            let new = world.newBatch(of: 1000)
            _ = try await world.database.transaction { connection in
                _ = try await BatchLedger.create(new, on: connection)
                return try await BatchLedger.expand(
                    new.id, from: 0, with: world.jobs(of: new.id, 0..<10), on: connection)
            }
            _ = try await world.queue.cancel(batch: new.id)
            let step = try await world.database.transaction {
                try await BatchLedger.expand(new.id, from: 10, with: world.jobs(of: new.id, 10..<20), on: $0)
            }
            #expect(step == .stopped)
            let batch = try #require(try await world.queue.batches.find(new.id))
            #expect(batch.state == .ended && batch.counts.cancelled == 1000)
            #expect(try await world.queue.cancel(batch: new.id) == nil)
            #expect(try await world.readings.discrepancies(until: .after(.seconds(10))).isEmpty)
        }
    }

    @Test func redisHasAWindowOfEachBatchInTheOrderOfItsJobs() async throws {
        try await LedgerWorld.run { world in
            let batch = try await world.batch(of: 1000)
            let ids = try await world.ids(of: batch.id)
            let dispatching = world.dispatching { $0.window = 100 }
            #expect(try await dispatching.refill())
            #expect(try await world.dispatcher.missing(of: ids) == Array(ids[100...]))
            #expect(try await dispatching.refill() == false, "a window that is full is left alone")
            let jobs = try await world.claim(Array(ids[..<40]), LeaseMark(epoch: 1, attempt: 1))
            _ = try await world.ledger.commit(jobs.map { JobEnding(of: $0, .finished(.none)) })
            #expect(try await dispatching.refill() == false, "more than half of it is left")
            let more = try await world.claim(Array(ids[40..<60]), LeaseMark(epoch: 1, attempt: 1))
            _ = try await world.ledger.commit(more.map { JobEnding(of: $0, .finished(.none)) })
            #expect(try await dispatching.refill())
            #expect(try await world.dispatcher.missing(of: Array(ids[100...])) == Array(ids[160...]))
        }
    }

    @Test func acceptedIsAlwaysWaitingAndRunningAndEnded() async throws {
        try await LedgerWorld.run { world in
            var batches: [Batch] = []
            for _ in 0..<3 { batches.append(try await world.batch(of: 60)) }
            let own = (0..<60).map { _ in world.job() }
            try await world.accept(own)
            var random = SystemRandomNumberGenerator()
            var attempt = 0
            let everything = try await world.database.query("SELECT id FROM jobs").map { JobID(uuid: try $0.decode(0)) }
            for round in 0..<12 {
                attempt += 1
                let some = everything.shuffled(using: &random).prefix(80)
                let jobs = try await world.claim(Array(some), LeaseMark(epoch: 1, attempt: attempt))
                let endings = jobs.map { job in
                    let outcomes: [JobEnding.Outcome] = [
                        .finished(.none), .released, .cancelled, .failed(JobFailure(.internal, "x"), effect: nil),
                        .failed(JobFailure(.invalid, "x"), effect: nil),
                    ]
                    return JobEnding(of: job, outcomes.randomElement(using: &random) ?? .released)
                }
                async let first = world.ledger.commit(Array(endings.prefix(40)))
                async let second = world.ledger.commit(Array(endings.dropFirst(30)))
                _ = try await (first, second)
                if round.isMultiple(of: 4) {
                    _ = try await world.queue.retryFailed(batch: batches[0].id)
                    var filter = JobFilter()
                    filter.batchID = batches[1].id
                    filter.states = [.waiting]
                    _ = try await world.queue.perform(round == 4 ? .cancel : .runNow, on: filter)
                }
                let counts = try await world.readings.counts(JobFilter())
                #expect(counts.states.values.reduce(0, +) == 240)
                #expect(try await world.readings.discrepancies(until: .after(.seconds(10))).isEmpty)
            }
        }
    }
}
