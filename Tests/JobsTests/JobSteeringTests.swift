import EventLoop
import FoundationEssentials
import Postgres
import Queueing
import Tenancy
import Testing

@testable import Jobs

@Suite struct JobSteeringTests {
    private func filter(_ change: (inout JobFilter) -> Void) -> JobFilter {
        var filter = JobFilter()
        change(&filter)
        return filter
    }

    private func die(_ jobs: [Job], _ world: LedgerWorld) async throws {
        _ = try await world.ledger.commit(
            jobs.map { JobEnding(of: $0, .failed(JobFailure(.invalid, "x"), effect: nil)) })
    }

    @Test func whatIsCancelledWhileItWaitsIsNeverBegun() async throws {
        try await LedgerWorld.run { world in
            let jobs = (0..<2500).map { _ in world.job() }
            try await world.queue.submit(jobs)
            #expect(try await world.queue.perform(.cancel, on: filter { $0.queues = [.background] }) == 2500)
            #expect(try await world.claim(jobs.map(\.id), LeaseMark(epoch: 1, attempt: 1)).isEmpty)
            #expect(try await world.readings.counts(JobFilter()).states == [.cancelled: 2500])
            #expect(try await world.dispatcher.missing(of: jobs.map(\.id)).count == 2500)
        }
    }

    @Test func whatIsDeadIsDoneAgainWithAllItsAttempts() async throws {
        try await LedgerWorld.run { world in
            let jobs = try await world.claimed((0..<3).map { _ in world.job() })
            try await die(jobs, world)
            #expect(try await world.queue.perform(.retry, on: filter { $0.states = [.dead] }) == 3)
            #expect(await world.hasAll(jobs.map(\.id)))
            let again = try await world.claim(jobs.map(\.id), LeaseMark(epoch: 1, attempt: 2))
            #expect(again.map(\.failures) == [0, 0, 0])
            #expect(
                try await world.ledger.commit(again.map { JobEnding(of: $0, .finished(.none)) })
                    == [.finished, .finished, .finished])
            let history = try #require(try await world.readings.find(jobs[0].id))
            #expect(history.attempts.count == 1, "its history stays")
        }
    }

    @Test func ofDeadJobsWithOneKeyTheLatestIsDoneAgainAndNoneBesideAnOpenOne() async throws {
        try await LedgerWorld.run { world in
            var dead: [Job] = []
            for key in ["a", "a", "b"] {
                let jobs = try await world.claimed([world.job(uniqueKey: key)])
                try await die(jobs, world)
                dead += jobs
            }
            try await world.queue.submit([world.job(uniqueKey: "b")])
            #expect(try await world.queue.perform(.retry, on: filter { $0.states = [.dead] }) == 1)
            #expect(try await world.state(dead[1].id) == .waiting)
        }
    }

    @Test func whatWaitsIsMovedToAnotherQueueInBothStores() async throws {
        try await LedgerWorld.run { world in
            let jobs = (0..<3).map { _ in world.job() }
            try await world.queue.submit(jobs)
            #expect(try await world.queue.perform(.move(to: .interactive), on: JobFilter()) == 3)
            #expect(try await world.queue.perform(.move(to: .interactive), on: JobFilter()) == 0)
            let readings = try await world.dispatcher.queues([.background, .interactive])
            #expect(readings.map(\.waiting) == [0, 3])
            #expect(try await world.readings.count(filter { $0.queues = [.interactive] }) == 3)
        }
    }

    @Test func whatWaitsForItsTimeNeedNot() async throws {
        try await LedgerWorld.run { world in
            let (soon, far) = (
                world.job(runAt: Date(timeIntervalSinceNow: 30)), world.job(runAt: Date(timeIntervalSinceNow: 9000))
            )
            try await world.queue.submit([soon, far, world.job()])
            #expect(try await world.queue.perform(.runNow, on: JobFilter()) == 2)
            let reading = try #require(try await world.dispatcher.queues([.background]).first)
            #expect(reading.waiting == 3 && reading.scheduled == 0)
        }
    }

    @Test func onlyWhatHasEndedOutsideABatchIsDeleted() async throws {
        try await LedgerWorld.run { world in
            let dead = try await world.claimed([world.job()])
            try await die(dead, world)
            let batch = try await world.batch(of: 1)
            try await die(
                try await world.claim(try await world.ids(of: batch.id), LeaseMark(epoch: 1, attempt: 1)), world)
            try await world.queue.submit([world.job()])
            #expect(try await world.queue.perform(.delete, on: JobFilter()) == 1)
            #expect(try await world.readings.find(dead[0].id) == nil)
            #expect(try await world.readings.count(JobFilter()) == 2)
        }
    }

    @Test func aPieceIsChangedInTheCallersTransaction() async throws {
        struct Refused: Error {}
        try await LedgerWorld.run { world in
            try await world.queue.submit((0..<5).map { _ in world.job() })
            await #expect(throws: Refused.self) {
                try await world.database.transaction { connection in
                    let steered = try await JobLedger.change(.cancel, JobFilter(), limit: 3, on: connection)
                    #expect(steered.ids.count == 3 && steered.next == steered.ids.max())
                    throw Refused()
                }
            }
            let counts = try await world.readings.counts(JobFilter())
            #expect(counts.states == [.waiting: 5])
        }
    }
}
