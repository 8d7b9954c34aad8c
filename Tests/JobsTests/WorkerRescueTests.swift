import EventLoop
import FoundationEssentials
import Postgres
import Queueing
import Redis
import Synchronization
import Tenancy
import TestSupport
import Testing

@testable import Jobs

/// Workers that stop, die, freeze or lose their servers: everything that was accepted is done, and once in effect.
@Suite struct WorkerRescueTests {
    @Test func aDrainFinishesWhatRunsAndTakesNoMore() async throws {
        try await LedgerWorld.run { world in
            let notes = Notes()
            let work = ScriptedWork { job in
                try await notes.sleep(job, for: .milliseconds(300))
                return .none
            }
            let running = try RunningWorker(in: world, [work], slots: 4)
            try await world.queue.submit((0..<20).map { _ in world.job() })
            #expect(try await eventually { notes.running == 4 })
            await running.stop()
            let states = try await world.states()
            #expect(notes.cancelled == 0)
            #expect(states[.finished] == notes.starts.count)
            #expect(states[.running] == nil)
            #expect((states[.finished] ?? 0) < 20)
            #expect(try await world.dispatcher.queues([.background]).first?.running == 0)
        }
    }

    @Test func whatDoesNotEndInTimeIsGivenBackAndCountsForNothing() async throws {
        try await LedgerWorld.run { world in
            let notes = Notes()
            let work = ScriptedWork { job in
                try await notes.sleep(job, for: .seconds(60))
                return .none
            }
            let running = try RunningWorker(in: world, [work], slots: 4)
            let jobs = (0..<4).map { _ in world.job() }
            try await world.queue.submit(jobs)
            #expect(try await eventually { notes.running == 4 })
            await running.abort()
            #expect(notes.cancelled == 4)
            try await world.reaches([.waiting: 4])
            // Another one has them at once: there is no lease to wait for.
            let began = ContinuousClock.now
            let second = ScriptedWork { _ in .none }
            try await world.whileWorking([second]) { _ in
                try await world.reaches([.finished: 4])
            }
            #expect(ContinuousClock.now - began < .seconds(3))
            for job in jobs {
                let stored = try #require(try await world.readings.find(job.id)).job
                #expect((stored.failures, stored.crashes) == (0, 0))
            }
        }
    }

    @Test func theJobsOfADeadWorkerRunAgainWhenItsLeasesEnd() async throws {
        try await LedgerWorld.run { world in
            let jobs = (0..<100).map { _ in world.job() }
            try await world.queue.submit(jobs)
            // A worker that has claimed a hundred jobs and is never heard of again.
            let leases = try await world.dispatcher.exchange(
                JobDispatcher.Exchange(
                    epoch: 1, worker: "dead", lease: .seconds(1), queues: [.background], wanted: 100, ends: [])
            ).leases
            let died = ContinuousClock.now
            #expect(leases.count == 100)
            let marks = leases.map { (id: $0.id, lease: LeaseMark(epoch: 1, attempt: $0.attempt)) }
            #expect(try await world.ledger.claim(marks, worker: "dead").jobs.count == 100)
            let notes = Notes()
            let last = Mutex(ContinuousClock.now)
            let work = ScriptedWork { job in
                notes.begin(job.job.id)
                last.withLock { $0 = .now }
                return .none
            }
            try await world.whileWorking([work], slots: 100) { _ in
                try await world.reaches([.finished: 100])
            }
            #expect(notes.starts.values.allSatisfy { $0 == 1 })
            let recovery = last.withLock { $0 } - died
            #expect(recovery < .seconds(2), "all run again after \(recovery)")
            let stored = try #require(try await world.readings.find(jobs[0].id)).job
            #expect(stored.crashes == 1)
        }
    }

    @Test func aFrozenWorkersResultIsRefused() async throws {
        try await LedgerWorld.run { world in
            try await world.makeEffects()
            let job = world.job()
            try await world.queue.submit([job])
            let leases = try await world.dispatcher.exchange(
                JobDispatcher.Exchange(
                    epoch: 1, worker: "frozen", lease: .milliseconds(300), queues: [.background], wanted: 1, ends: [])
            ).leases
            let marks = leases.map { (id: $0.id, lease: LeaseMark(epoch: 1, attempt: $0.attempt)) }
            let claimed = try await world.ledger.claim(marks, worker: "frozen").jobs
            try await world.whileWorking([ScriptedWork { job in LedgerWorld.effect(job.job.id) }]) { _ in
                try await world.reaches([.finished: 1])
            }
            // It thaws with a result in its hands.
            let late = JobEnding(of: claimed[0], .finished(LedgerWorld.effect(job.id)))
            #expect(try await world.ledger.commit([late]) == [.fenced])
            #expect(try await world.effects() == [job.id])
        }
    }

    @Test func aJobThatKillsItsWorkersIsBuriedAsPoison() async throws {
        try await LedgerWorld.run { world in
            let job = world.job(maxAttempts: 10)
            try await world.queue.submit([job])
            var deaths = 0
            #expect(
                try await eventually(within: .seconds(60)) {
                    // Waits that keep suspects apart are not what this is about.
                    _ = try await world.dispatcher.runNow([job.id])
                    _ = try await world.dispatcher.beat(
                        epoch: 1, worker: "reaper", lease: .seconds(1), report: nil, holding: [],
                        deadline: .after(.seconds(5)))
                    let leases = try await world.dispatcher.exchange(
                        JobDispatcher.Exchange(
                            epoch: 1, worker: "victim", lease: .milliseconds(10), queues: [.background], wanted: 1,
                            ends: [])
                    ).leases
                    guard let lease = leases.first else { return try await world.state(job.id) == .dead }
                    let mark = (id: lease.id, lease: LeaseMark(epoch: 1, attempt: lease.attempt))
                    deaths += try await world.ledger.claim([mark], worker: "victim").jobs.count
                    return try await world.state(job.id) == .dead
                })
            #expect(deaths == RetryRule.mostCrashes + 1)
            #expect(try await world.readings.find(job.id)?.job.errorClass == .poison)
        }
    }

    @Test func afterRedisWasEmptiedEverythingIsDoneOnceInEffect() async throws {
        try await LedgerWorld.run { world in
            try await world.makeEffects()
            let notes = Notes()
            let work = ScriptedWork { job in
                try await notes.sleep(job, for: .milliseconds(30))
                return LedgerWorld.effect(job.job.id)
            }
            let jobs = (0..<400).map { _ in world.job() }
            try await world.whileDispatching {
                try await world.whileWorking([work], slots: 8) { _ in
                    try await world.queue.submit(jobs)
                    #expect(try await eventually { (try await world.states()[.finished] ?? 0) > 60 })
                    let redis = RedisClient(loops: world.loops, settings: try RedisSettings(url: world.server.url))
                    _ = try await redis.command(["FLUSHALL"])
                    _ = try await redis.command(["FUNCTION", "FLUSH"])
                    await redis.close()
                    try await world.reaches([.finished: 400], within: .seconds(40))
                }
            }
            #expect(Set(try await world.effects()) == Set(jobs.map(\.id)))
        }
    }

    @Test func redisKilledAndStartedEmptyLosesNothing() async throws {
        try await LedgerWorld.run { world in
            try await world.makeEffects()
            let work = ScriptedWork { job in
                try await Loop.current?.sleep(for: .milliseconds(20))
                return LedgerWorld.effect(job.job.id)
            }
            let jobs = (0..<200).map { _ in world.job() }
            try await world.whileDispatching {
                try await world.whileWorking([work], slots: 8) { _ in
                    try await world.queue.submit(jobs)
                    #expect(try await eventually { (try await world.states()[.finished] ?? 0) > 40 })
                    world.server.kill()
                    try await world.server.restart()
                    let back = ContinuousClock.now
                    try await world.reaches([.finished: 200], within: .seconds(40))
                    #expect(ContinuousClock.now - back < .seconds(20))
                }
            }
            #expect(try await world.effects().count == 200)
        }
    }

    @Test func whileTheDatabaseIsAwayResultsWaitAndTheirLeasesLive() async throws {
        let postgres = try await PrivatePostgres.start()
        try await LedgerWorld.run(postgres: postgres) { world in
            try await world.makeEffects()
            let notes = Notes()
            let work = ScriptedWork { job in
                try await notes.sleep(job, for: .milliseconds(400))
                return LedgerWorld.effect(job.job.id)
            }
            let jobs = (0..<8).map { _ in world.job() }
            try await world.whileWorking([work], slots: 8) { _ in
                try await world.queue.submit(jobs)
                #expect(try await eventually { notes.running == 8 })
                try await postgres.kill()
                #expect(try await eventually { notes.running == 0 })
                // Longer than a lease.
                try await Loop.current?.sleep(for: .milliseconds(1500))
                try await postgres.restart()
                #expect(
                    try await eventually(within: .seconds(30)) {
                        do {
                            return try await world.states() == [.finished: 8]
                        } catch is PostgresError {
                            return false
                        }
                    })
            }
            #expect(notes.starts.values.allSatisfy { $0 == 1 })
            #expect(try await world.effects().count == 8)
        }
        try await postgres.stop()
    }

    @Test func aWorkerWhoseHeartbeatIsNotAnsweredBeginsNothingAndComplains() async throws {
        try await LedgerWorld.run { world in
            // Its heart is connected to a server that never answers.
            let deaf = try await PrivateRedis.start()
            deaf.freeze(true)
            let notes = Notes()
            let work = ScriptedWork { job in
                notes.begin(job.job.id)
                return .none
            }
            let running = try RunningWorker(
                in: world, [work], lease: .milliseconds(400), redis: RedisSettings(url: deaf.url))
            try await world.queue.submit([world.job()])
            #expect(try await eventually { running.worker.complaint != nil })
            #expect(
                running.worker.complaint(whileRedisIsAway: true) == nil,
                "starting it again would not help where nobody is answered")
            #expect(notes.starts.isEmpty)
            deaf.freeze(false)
            await running.abort()
        }
    }

    @Test func jobsThatDoNotStopMakeTheirWorkerComplainAndAreDoneByOthers() async throws {
        try await LedgerWorld.run { world in
            let gate = Gate()
            let tries = Mutex(0)
            let work = ScriptedWork { _ in
                let number = tries.withLock { tries in
                    tries += 1
                    return tries
                }
                // Deaf to being cancelled: it waits in a task of its own.
                if number == 1, let loop = Loop.current { await loop.spawn { await gate.wait() }.value }
                return .none
            }
            var job = world.job()
            job.timeout = .seconds(1)
            let stuck = try RunningWorker(in: world, [work], name: "stuck", slots: 1, lease: .milliseconds(400))
            try await world.queue.submit([job])
            #expect(try await eventually { stuck.worker.complaint != nil })
            let other = try RunningWorker(in: world, [work], name: "other", lease: .milliseconds(400))
            try await world.reaches([.finished: 1])
            #expect(tries.withLock { $0 } == 2)
            gate.open()
            await stuck.abort()
            await other.stop()
        }
    }
}
