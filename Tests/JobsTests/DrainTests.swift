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

/// A worker that is told to stop while it exchanges ended jobs for new ones: what that brings is not left leased to nobody.
@Suite struct DrainTests {
    @Test func aDrainWaitsForTheExchangeThatIsUnderWay() async throws {
        try await Self.run { world, worker, proxy in
            let hasStopped = Mutex(false)
            let stopping = try #require(Loop.current).spawn {
                await worker.stop()
                hasStopped.withLock { $0 = true }
            }
            #expect(try await eventually { worker.worker.report().isDraining })
            #expect(!(try await eventually(within: .milliseconds(300)) { hasStopped.withLock { $0 } }))
            proxy.stall(false)
            await stopping.value
            // What it brought was begun, and is done with.
            #expect(try await world.states() == [.finished: 2])
        }
    }

    @Test func whatAnExchangeBringsToAWorkerThatStopsAtOnceIsGivenBack() async throws {
        try await Self.run { world, worker, proxy in
            let stopping = try #require(Loop.current).spawn { await worker.abort() }
            #expect(try await eventually { worker.worker.report().isDraining })
            proxy.stall(false)
            await stopping.value
            let states = try await world.states()
            #expect(states[.running] == nil)
            #expect((states[.finished] ?? 0) + (states[.waiting] ?? 0) == 2)
            #expect(try await world.database.query("SELECT FROM jobs WHERE crashes > 0").isEmpty)
        }
    }

    /// Runs `body` with a worker that has just ended a job and asks for the next one, while nothing arrives at Redis;
    /// afterwards no lease may be left.
    private static func run(
        _ body: @escaping @Sendable (LedgerWorld, RunningWorker, StallingProxy) async throws -> Void
    ) async throws {
        let server = try await PrivateRedis.start(.port)
        try await LedgerWorld.run(LedgerWorld.Terms(redis: server)) { world in
            let proxy = try StallingProxy(to: server.port, on: world.loops.next())
            let client = RedisClient(
                loops: world.loops, settings: try RedisSettings(url: "redis://127.0.0.1:\(proxy.port)"))
            let (gate, notes) = (Gate(), Notes())
            let work = ScriptedWork { job in
                notes.begin(job.job.id)
                await gate.wait()
                return .none
            }
            let worker = try RunningWorker(
                in: world, [work], slots: 1, lease: .seconds(30), dispatcher: world.dispatcher.over(client))
            try await world.queue.submit([world.job()])
            #expect(try await eventually { notes.starts.count == 1 })
            proxy.stall(true)
            try await world.queue.submit([world.job()])
            gate.open()
            try await world.reaches([.finished: 1, .waiting: 1])
            try await body(world, worker, proxy)
            let reading = try #require(try await world.dispatcher.queues([.background]).first)
            #expect(reading.running == 0)
            #expect(try await world.dispatcher.running(limit: 10).isEmpty)
            await client.close()
            await proxy.stop()
        }
    }
}
