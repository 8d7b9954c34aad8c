import EventLoop
import FoundationEssentials
import Queueing
import Redis
import Synchronization
import Tenancy
import Testing

@testable import Jobs

/// Redis forgets who has what while those who have it live: what runs goes on, and is done, and paid, once.
@Suite struct CarryOverTests {
    @Test(arguments: [1, 2]) func whatRunsGoesOnWhenRedisIsEmptied(workers: Int) async throws {
        try await LedgerWorld.run { world in
            try await world.makeEffects()
            let notes = Notes()
            let work = ScriptedWork { job in
                try await notes.sleep(job, for: .seconds(5))
                return LedgerWorld.effect(job.job.id)
            }
            let jobs = (0..<24).map { _ in world.job() }
            try await world.whileDispatching {
                let running = try (0..<workers).map {
                    try RunningWorker(in: world, [work], name: "w\($0)", slots: 12 / workers)
                }
                try await world.queue.submit(jobs)
                #expect(try await eventually { notes.running == 12 })
                _ = try await world.redis.command(["FLUSHALL"])
                let emptied = ContinuousClock.now
                #expect(try await eventually { try await world.dispatcher.epoch()?.isSeeded == true })
                print("\(workers) workers: filled again after \(emptied.duration(to: .now))")
                // Redis knows again who has what, and for how many.
                #expect(try await world.dispatcher.queues([.background]).first?.running == 12)
                try await world.reaches([.finished: 24])
                for worker in running { await worker.stop() }
            }
            #expect(notes.cancelled == 0)
            #expect(notes.starts.count == 24 && notes.starts.values.allSatisfy { $0 == 1 }, "\(notes.starts.values)")
            #expect(try await world.effects().count == 24)
            let reading = try #require(try await world.dispatcher.queues([.background]).first)
            #expect((reading.waiting, reading.scheduled, reading.running) == (0, 0, 0))
        }
    }

    @Test func whatADeadWorkerHadIsDoneByOthers() async throws {
        try await LedgerWorld.run { world in
            try await world.makeEffects()
            let jobs = (0..<20).map { _ in world.job() }
            try await world.queue.submit(jobs)
            let dead = try await world.dispatcher.exchange(
                JobDispatcher.Exchange(
                    epoch: 1, worker: "dead", lease: .seconds(60), queues: [.background], wanted: 10, ends: [])
            ).leases
            _ = try await world.claim(dead.map(\.id), LeaseMark(epoch: 1, attempt: 1), worker: "dead")
            let work = ScriptedWork { job in LedgerWorld.effect(job.job.id) }
            try await world.whileDispatching {
                try await world.whileWorking([work]) { _ in
                    _ = try await world.redis.command(["FLUSHALL"])
                    let emptied = ContinuousClock.now
                    try await world.reaches([.finished: 20])
                    let time = emptied.duration(to: .now)
                    print("a dead worker's jobs after FLUSHALL: done after \(time)")
                    #expect(time < .seconds(30))
                }
            }
            #expect(try await world.effects().count == 20)
        }
    }

    @Test func aLeaseThatRedisLostIsTakenBackUnlessSomebodyElseHasIt() async throws {
        try await QueueFixture.run { queue in
            let tickets = QueueFixture.tickets(4, limits: [.provider("p")])
            try await queue.add(tickets)
            let held = try await queue.exchange(4, lease: .milliseconds(1))
            #expect(try await eventually { try await queue.beat().due == 0 })
            // All expired; somebody else takes the first two.
            let others = try await queue.exchange(2)
            let mine = Set(held.map(\.id)).subtracting(others.map(\.id))
            let kept = try await queue.dispatcher.adopt(
                epoch: 1, worker: "by-hand", lease: .seconds(60), isRefilled: false, held, deadline: .after(.seconds(5))
            )
            #expect(Set(kept.map(\.id)) == mine)
            #expect(try await queue.exchange(4).isEmpty)
            #expect(try await queue.reading().running == 4)
            try await queue.end(others, .finished)
            try await queue.end(held.filter { mine.contains($0.id) }, .finished)
            let reading = try await queue.reading()
            #expect((reading.waiting, reading.running) == (0, 0))
            // What has ended is not begun anew by whoever slept meanwhile.
            let late = try await queue.dispatcher.adopt(
                epoch: 1, worker: "by-hand", lease: .seconds(60), isRefilled: false, held, deadline: .after(.seconds(5))
            )
            #expect(late.isEmpty)
        }
    }
}
