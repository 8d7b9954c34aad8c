import EventLoop
import FoundationEssentials
import Postgres
import Queueing
import Redis
import Synchronization
import Tenancy
import Testing

@testable import Jobs

/// A worker with a real database and a real Redis.
@Suite struct WorkerTests {
    @Test func jobsAreDoneOnceAndTheirEffectsStoredWithThem() async throws {
        try await LedgerWorld.run { world in
            try await world.makeEffects()
            let told = Mutex(0)
            let work = ScriptedWork { job in
                var effect = LedgerWorld.effect(job.job.id)
                effect.afterCommit = { told.withLock { $0 += 1 } }
                return effect
            }
            let jobs = (0..<300).map { _ in world.job() }
            try await world.whileWorking([work]) { _ in
                try await world.queue.submit(jobs)
                try await world.reaches([.finished: 300])
            }
            #expect(Set(try await world.effects()) == Set(jobs.map(\.id)))
            #expect(told.withLock { $0 } == 300)
            #expect(try await world.dispatcher.missing(of: jobs.map(\.id)).count == 300)
            #expect(try await world.dispatcher.queues([.background]).first?.running == 0)
        }
    }

    @Test func noMoreJobsRunAtOnceThanThereAreSlots() async throws {
        try await LedgerWorld.run { world in
            let notes = Notes()
            let work = ScriptedWork { job in
                try await notes.sleep(job, for: .milliseconds(20))
                return .none
            }
            try await world.whileWorking([work], slots: 5) { _ in
                try await world.queue.submit((0..<60).map { _ in world.job() })
                try await world.reaches([.finished: 60])
            }
            #expect(notes.most == 5)
        }
    }

    @Test func aFailureIsTriedAgainAndAtLastBuriedWithWhatItHadToStore() async throws {
        try await LedgerWorld.run { world in
            try await world.makeEffects()
            let attempts = Mutex<[Int]>([])
            let work = ScriptedWork { job in
                attempts.withLock { $0.append(job.attempt) }
                throw JobFailed(
                    JobFailure(.unavailable, "the model is away"), effect: LedgerWorld.effect(job.job.id))
            }
            let job = world.job(maxAttempts: 3)
            try await world.whileWorking([work]) { _ in
                try await world.queue.submit([job])
                try await world.reaches([.dead: 1])
            }
            #expect(attempts.withLock { $0 } == [1, 2, 3])
            #expect(try await world.effects() == [job.id])
            let stored = try #require(try await world.readings.find(job.id)).job
            #expect((stored.errorClass, stored.error) == (.unavailable, "the model is away"))
        }
    }

    @Test func whatCannotBeMendedIsNotTriedAgain() async throws {
        try await LedgerWorld.run { world in
            let notes = Notes()
            let work = ScriptedWork { job in
                notes.begin(job.job.id)
                throw JobFailure(.invalid, "no such model")
            }
            try await world.whileWorking([work]) { _ in
                try await world.queue.submit([world.job()])
                try await world.reaches([.dead: 1])
            }
            #expect(notes.starts.values.map { $0 } == [1])
        }
    }

    /// As a worker of the release before, while an installation is upgraded.
    @Test func whatAWorkerDoesNotUnderstandIsLeftToOthersAndCostsNothing() async throws {
        struct Newer: Decodable {
            let wanted: String
        }
        try await LedgerWorld.run { world in
            let work = ScriptedWork { job in
                _ = try job.order(Newer.self)
                return .none
            }
            let job = world.job(maxAttempts: 1)
            try await world.whileWorking([work]) { _ in
                try await world.queue.submit([job])
                #expect(try await eventually { try await world.readings.find(job.id)?.job.error != nil })
            }
            let stored = try #require(try await world.readings.find(job.id)).job
            #expect((stored.state, stored.failures) == (.waiting, 0))
            #expect(stored.error?.contains("cannot read what jobs of kind work are to do") == true)
        }
    }

    @Test func aRateLimitCostsNoAttemptAndHoldsBackItsFellows() async throws {
        try await LedgerWorld.run { world in
            let starts = Mutex<[ContinuousClock.Instant]>([])
            let work = ScriptedWork { _ in
                let count = starts.withLock { starts in
                    starts.append(.now)
                    return starts.count
                }
                guard count > 1 else {
                    throw JobFailure(
                        .rateLimited, "429", retryAfter: .milliseconds(400), limit: .provider("acme"))
                }
                return .none
            }
            let jobs = (0..<6).map { _ in world.job(maxAttempts: 1) }
            try await world.whileWorking([work], slots: 1) { _ in
                try await world.queue.submit(jobs)
                try await world.reaches([.finished: 6])
            }
            let times = starts.withLock { $0 }
            #expect(times.count == 7)
            #expect(times[1] - times[0] >= .milliseconds(390))
            let stored = try #require(try await world.readings.find(jobs[0].id)).job
            #expect(stored.failures == 0)
        }
    }

    @Test func aJobThatTakesTooLongIsStoppedAndHasTimedOut() async throws {
        try await LedgerWorld.run { world in
            let notes = Notes()
            let work = ScriptedWork { job in
                try await notes.sleep(job, for: .seconds(60))
                return .none
            }
            var job = world.job(maxAttempts: 1)
            job.timeout = .seconds(1)
            try await world.whileWorking([work]) { [job] _ in
                try await world.queue.submit([job])
                try await world.reaches([.dead: 1])
            }
            #expect(notes.cancelled == 1)
            #expect(try await world.readings.find(job.id)?.job.errorClass == .timeout)
        }
    }

    @Test func cancellingReachesAJobThatRuns() async throws {
        try await LedgerWorld.run { world in
            let notes = Notes()
            let work = ScriptedWork { job in
                try await notes.sleep(job, for: .seconds(60))
                return .none
            }
            let jobs = (0..<4).map { _ in world.job() }
            try await world.whileWorking([work]) { _ in
                try await world.queue.submit(jobs)
                #expect(try await eventually { notes.running == 4 })
                let began = ContinuousClock.now
                var filter = JobFilter()
                filter.ids = Array(jobs.prefix(3).map(\.id))
                #expect(try await world.queue.perform(.cancel, on: filter) == 3)
                #expect(try await eventually { notes.cancelled == 3 })
                // One heartbeat, and time for a busy machine.
                #expect(ContinuousClock.now - began < .seconds(3))
                #expect(try await eventually { try await world.states()[.cancelled] == 3 })
                #expect(notes.running == 1)
                filter.ids = [jobs[3].id]
                _ = try await world.queue.perform(.cancel, on: filter)
                try await world.reaches([.cancelled: 4])
            }
        }
    }

    @Test func followUpsAreAcceptedWithTheirJobAndRun() async throws {
        try await LedgerWorld.run { world in
            let next = world.job("next")
            let first = ScriptedWork { _ in JobEffect(followUps: [next]) }
            let second = ScriptedWork("next") { _ in .none }
            try await world.whileWorking([first, second]) { _ in
                try await world.queue.submit([world.job()])
                try await world.reaches([.finished: 2])
            }
            #expect(try await world.state(next.id) == .finished)
        }
    }

    @Test func aJobThatNobodyHereKnowsWaitsForAnotherRelease() async throws {
        try await LedgerWorld.run { world in
            let job = world.job("of the future", maxAttempts: 1)
            try await world.whileWorking([]) { _ in
                try await world.queue.submit([job])
                #expect(
                    try await eventually {
                        let stored = try await world.readings.find(job.id)?.job
                        return stored?.state == .waiting && stored?.errorClass == .rateLimited
                    })
            }
            #expect(try await world.readings.find(job.id)?.job.failures == 0)
        }
    }

    @Test func whatAWorkerDoesCanBeSeen() async throws {
        try await LedgerWorld.run { world in
            let notes = Notes()
            let work = ScriptedWork { job in
                try await notes.sleep(job, for: .seconds(60))
                return .none
            }
            let job = world.job()
            let running = try RunningWorker(in: world, [work], name: "seen", slots: 3)
            try await world.queue.submit([job])
            #expect(
                try await eventually {
                    let readings = try await world.dispatcher.workers()
                    return readings.first?.report.running.map(\.job) == [job.id.uuid]
                })
            let reading = try #require(try await world.dispatcher.workers().first)
            #expect((reading.name, reading.report.slots, reading.report.release) == ("seen", 3, "test"))
            #expect(reading.report.running.first?.kind == "work")
            #expect(reading.report.memoryInBytes > 1 << 20)
            #expect(reading.report.complaint == nil)
            #expect(reading.age < .seconds(5))
            await running.abort()
            #expect(try await world.dispatcher.workers().isEmpty)
        }
    }
}
