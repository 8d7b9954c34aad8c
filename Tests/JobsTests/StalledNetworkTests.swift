import EventLoop
import FoundationEssentials
import Queueing
import Redis
import Tenancy
import TestSupport
import Testing

@testable import Jobs

/// A worker between which and Redis nothing arrives any more, in either direction, while all connections stay open.
@Suite struct StalledNetworkTests {
    @Test func aWorkerThatIsCutOffBeginsNothingAndChangesNothing() async throws {
        let server = try await PrivateRedis.start(.port)
        try await LedgerWorld.run(LedgerWorld.Terms(redis: server)) { world in
            try await world.makeEffects()
            let proxy = try StallingProxy(to: server.port, on: world.loops.next())
            let settings = try RedisSettings(url: "redis://127.0.0.1:\(proxy.port)")
            let client = RedisClient(loops: world.loops, settings: settings)
            let (mine, others) = (Notes(), Notes())
            let cutOff = try RunningWorker(
                in: world, [Self.work(mine)], name: "cut-off", slots: 8, redis: settings,
                dispatcher: world.dispatcher.over(client))
            let jobs = (0..<150).map { _ in world.job() }
            let dispatching = world.startDispatching()
            try await world.queue.submit(jobs)
            #expect(try await eventually { (try await world.states()[.finished] ?? 0) > 20 })
            let other = try RunningWorker(in: world, [Self.work(others)], name: "other", slots: 8)
            #expect(try await eventually { others.starts.count > 5 })
            proxy.stall(true)
            let stalled = ContinuousClock.now
            // What it has it may end; it begins nothing more once half a lease has passed.
            try await Loop.current?.sleep(for: .milliseconds(1500))
            let begun = mine.starts.count
            try await world.reaches([.finished: 150])
            let recovery = stalled.duration(to: .now)
            print("a worker that is cut off: all of 150 jobs ended \(recovery) after it was")
            #expect(mine.starts.count == begun)
            #expect(try await eventually { cutOff.worker.complaint != nil })
            #expect(Set(try await world.effects()) == Set(jobs.map(\.id)))

            // When it is back it works again.
            proxy.stall(false)
            await other.stop()
            try await world.queue.submit((0..<10).map { _ in world.job() })
            try await world.reaches([.finished: 160])
            #expect(try await eventually { cutOff.worker.complaint == nil })
            #expect(mine.starts.count == begun + 10)
            await cutOff.stop()
            dispatching.cancel()
            await dispatching.value
            await client.close()
            await proxy.stop()
            let reading = try #require(try await world.dispatcher.queues([.background]).first)
            #expect((reading.waiting, reading.running) == (0, 0))
        }
    }

    private static func work(_ notes: Notes) -> ScriptedWork {
        ScriptedWork { job in
            try await notes.sleep(job, for: .milliseconds(100))
            return LedgerWorld.effect(job.job.id)
        }
    }
}
