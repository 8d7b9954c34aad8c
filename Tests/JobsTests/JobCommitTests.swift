import EventLoop
import FoundationEssentials
import Postgres
import Queueing
import Tenancy
import TestSupport
import Testing

@testable import Jobs

@Suite struct JobCommitTests {
    private func effect(_ job: Job, cost: Int64 = 0) -> JobEffect {
        JobEffect(
            cost: cost,
            apply: { connection in
                try await connection.execute("INSERT INTO effects VALUES (\(job.id.uuid))")
            })
    }

    @Test func whatIsFinishedIsStoredWithItsEffectOnce() async throws {
        try await LedgerWorld.run { world in
            try await world.makeEffects()
            let jobs = try await world.claimed((0..<5).map { _ in world.job() })
            let endings = jobs.map { JobEnding(of: $0, .finished(effect($0))) }
            #expect(try await world.ledger.commit(endings) == Array(repeating: .finished, count: 5))
            #expect(try await world.ledger.commit(endings) == Array(repeating: .fenced, count: 5))
            #expect(try await world.effects() == jobs.map(\.id).sorted())
        }
    }

    @Test func whoeverHoldsAnOlderLeaseIsRefusedAlsoInTheCompanyOfOthers() async throws {
        try await LedgerWorld.run { world in
            try await world.makeEffects()
            let jobs = try await world.claimed((0..<3).map { _ in world.job() })
            let younger = try await world.claim([jobs[1].id], LeaseMark(epoch: 1, attempt: 2), worker: "w2")
            let verdicts = try await world.ledger.commit(jobs.map { JobEnding(of: $0, .finished(effect($0))) })
            #expect(verdicts == [.finished, .fenced, .finished])
            #expect(try await world.effects() == [jobs[0].id, jobs[2].id].sorted())
            #expect(try await world.state(jobs[1].id) == .running)
            #expect(
                try await world.ledger.commit(younger.map { JobEnding(of: $0, .finished(effect($0))) }) == [.finished])
            #expect(try await world.effects().count == 3)
        }
    }

    @Test func aNewEpochFencesEveryLeaseOfTheOneBefore() async throws {
        try await LedgerWorld.run { world in
            let old = try await world.claimed([world.job()])
            let new = try await world.claim(old.map(\.id), LeaseMark(epoch: 2, attempt: 1))
            #expect(new.map(\.crashes) == [0], "a worker did not crash because Redis was emptied")
            #expect(try await world.claim(old.map(\.id), LeaseMark(epoch: 1, attempt: 9)).isEmpty)
            #expect(try await world.ledger.commit(old.map { JobEnding(of: $0, .finished(.none)) }) == [.fenced])
            #expect(try await world.ledger.commit(new.map { JobEnding(of: $0, .finished(.none)) }) == [.finished])
        }
    }

    @Test func anEffectThatCannotBeStoredHarmsOnlyItsOwnJob() async throws {
        try await LedgerWorld.run { world in
            try await world.makeEffects()
            let jobs = try await world.claimed((0..<20).map { _ in world.job(maxAttempts: 1) })
            let endings = jobs.enumerated().map { index, job in
                JobEnding(of: job, .finished(index == 7 ? effect(jobs[3]) : effect(job)))
            }
            let verdicts = try await world.ledger.commit(endings)
            #expect(verdicts.count { $0 == .finished } == 19)
            // Whichever of the two came first is stored; the other one is dead, and says why.
            let dead = try #require(verdicts.firstIndex(of: .dead))
            #expect([3, 7].contains(dead))
            #expect(try await world.effects().count == 19)
            let history = try #require(try await world.readings.find(jobs[dead].id))
            #expect(history.job.errorClass == .internal)
            #expect(history.attempts.map(\.outcome) == [.failed])
        }
    }

    @Test func aFailureIsTriedAgainAndThenGivenUpWithItsWholeHistory() async throws {
        try await LedgerWorld.run { world in
            try await world.makeEffects()
            var job = try #require(try await world.claimed([world.job(maxAttempts: 2)]).first)
            let failure = JobFailure(.unavailable, "provider acme did not answer within 30 s")
            let first = try await world.ledger.commit([JobEnding(of: job, .failed(failure, effect: effect(job)))])
            guard case .retry(let wait) = first.first else {
                Issue.record("\(first)")
                return
            }
            let waiting = try #require(try await world.readings.find(job.id)?.job)
            #expect(waiting.state == .waiting && waiting.failures == 1)
            #expect(abs(waiting.runAt.timeIntervalSinceNow - wait / .seconds(1)) < 5)
            #expect(try await world.effects().isEmpty)
            job = try #require(try await world.claim([job.id], LeaseMark(epoch: 1, attempt: 2), worker: "w2").first)
            #expect(job.crashes == 0)
            #expect(
                try await world.ledger.commit([JobEnding(of: job, .failed(failure, effect: effect(job)))]) == [.dead])
            let history = try #require(try await world.readings.find(job.id))
            #expect(history.attempts.map(\.lease.attempt) == [1, 2])
            #expect(history.attempts.map(\.worker) == ["w1", "w2"])
            #expect(history.attempts.first?.nextRunAt != nil)
            #expect(history.job.state == .dead && history.job.endedAt != nil)
            #expect(try await world.effects() == [job.id], "what a dead job leaves is stored when it dies")
        }
    }

    @Test func aLimitDefersForAsLongAsItLastsAndCostsNoAttempt() async throws {
        try await LedgerWorld.run { world in
            let id = world.identifiers.next(Job.self)
            var new = world.job(maxAttempts: 1)
            new = NewJob(id: id, kind: new.kind, queue: new.queue, maxAttempts: 1)
            try await world.accept([new])
            let failure = JobFailure(.rateLimited, "slow down", retryAfter: .seconds(1), limit: .provider("acme"))
            for attempt in 1...60 {
                let job = try #require(try await world.claim([id], LeaseMark(epoch: 1, attempt: attempt)).first)
                let verdicts = try await world.ledger.commit([JobEnding(of: job, .failed(failure, effect: nil))])
                guard case .deferral(_, limit: .provider("acme")) = verdicts.first else {
                    Issue.record("\(verdicts)")
                    return
                }
            }
            let history = try #require(try await world.readings.find(id))
            #expect(history.job.failures == 0)
            #expect(history.attempts.count == 50, "the history of patience is bounded")
        }
    }

    @Test func aJobWhoseWorkersDieIsGivenUpAsPoison() async throws {
        try await LedgerWorld.run { world in
            let new = world.job()
            try await world.accept([new])
            for attempt in 1...4 {
                let jobs = try await world.claim([new.id], LeaseMark(epoch: 1, attempt: attempt), worker: "w\(attempt)")
                #expect(jobs.map(\.crashes) == [attempt - 1])
            }
            #expect(try await world.claim([new.id], LeaseMark(epoch: 1, attempt: 5), worker: "w5").isEmpty)
            let history = try #require(try await world.readings.find(new.id))
            #expect(history.job.state == .dead && history.job.errorClass == .poison)
            #expect(history.attempts.map(\.outcome) == [.lost, .lost, .lost, .lost, .failed])
        }
    }

    @Test func aWorkerThatStopsHandsBackWithoutCounting() async throws {
        try await LedgerWorld.run { world in
            let jobs = try await world.claimed([world.job()])
            #expect(try await world.ledger.commit(jobs.map { JobEnding(of: $0, .released) }) == [.released])
            let again = try await world.claim(jobs.map(\.id), LeaseMark(epoch: 1, attempt: 2))
            #expect(again.map(\.crashes) == [0] && again.map(\.failures) == [0])
        }
    }

    @Test func whoHasTheYoungestLeaseMayEndTheJobAlsoWhenItsClaimWasLostInACrash() async throws {
        try await LedgerWorld.run { world in
            let jobs = try await world.claimed([world.job()])
            // What a crash of the server leaves of a claim that nobody waited for: nothing.
            try await world.database.execute("UPDATE jobs SET state = 'waiting', epoch = 0, attempt = 0, worker = NULL")
            #expect(try await world.ledger.commit(jobs.map { JobEnding(of: $0, .finished(.none)) }) == [.finished])
        }
    }

    @Test func aRetryOfWhatSomebodyWantsCancelledIsTheEndOfIt() async throws {
        try await LedgerWorld.run { world in
            let jobs = try await world.claimed([world.job(), world.job()])
            #expect(try await world.queue.perform(.cancel, on: JobFilter(ids: jobs.map(\.id))) == 2)
            #expect(try await world.state(jobs[0].id) == .running)
            let verdicts = try await world.ledger.commit([
                JobEnding(of: jobs[0], .failed(JobFailure(.timeout, "too late"), effect: nil)),
                JobEnding(of: jobs[1], .finished(.none)),
            ])
            #expect(verdicts == [.cancelled, .finished])
            #expect(try await world.state(jobs[0].id) == .cancelled)
        }
    }

    @Test func jobsThatFollowAreAcceptedWithTheEndAndToldToRedis() async throws {
        try await LedgerWorld.run { world in
            let job = try #require(try await world.claimed([world.job()]).first)
            let next = world.job("next")
            #expect(
                try await world.ledger.commit([JobEnding(of: job, .finished(JobEffect(followUps: [next])))])
                    == [.finished])
            #expect(try await world.state(next.id) == .waiting)
            #expect(try await world.dispatcher.missing(of: [next.id]).isEmpty)
        }
    }

    @Test func aCommitWaitsForADatabaseThatIsRestartedAndIsDoneOnce() async throws {
        let cluster = try await PrivatePostgres.start()
        try await LedgerWorld.run(postgres: cluster) { world in
            try await world.makeEffects()
            let jobs = try await world.claimed((0..<50).map { _ in world.job() })
            try await cluster.kill()
            async let committed = world.ledger.commit(jobs.map { JobEnding(of: $0, .finished(effect($0))) })
            try await Loop.current?.sleep(for: .milliseconds(200))
            try await cluster.restart()
            #expect(try await committed == Array(repeating: .finished, count: 50))
            #expect(try await world.effects().count == 50)
            #expect(try await world.readings.counts(JobFilter()).states == [.finished: 50])
        }
        try await cluster.stop()
    }

    @Test func whatWasCommittedWithoutAnAnswerIsKnownAgain() async throws {
        try await LedgerWorld.run { world in
            let jobs = try await world.claimed([world.job(), world.job()])
            var random = SystemRandomNumberGenerator()
            let group = jobs.map { Settlement(JobEnding(of: $0, .finished(.none)), using: &random) }
            #expect(try await world.ledger.record(group, mayBeDone: false) == [.finished, .finished])
            #expect(try await world.ledger.record(group, mayBeDone: true) == [.finished, .finished])
            #expect(try await world.ledger.record(group, mayBeDone: false) == [.fenced, .fenced])
        }
    }
}
