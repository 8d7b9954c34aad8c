import EventLoop
import FoundationEssentials
import Queueing
import Redis
import Synchronization
import Tenancy
import TestSupport
import Testing

@testable import Jobs

/// Idle workers sleep at Redis and are given leases with the wake-up.
@Suite struct SleepTests {
    private static func sleep(
        _ queue: QueueFixture, wanted: Int = 4, epoch: Int64 = 1, atMost wait: Duration = .seconds(20)
    ) async throws -> [Lease] {
        try await queue.dispatcher.sleep(
            JobDispatcher.Exchange(
                epoch: epoch, worker: "sleeper", lease: .seconds(60), queues: [.evaluations], wanted: wanted, ends: []),
            atMost: wait
        ).leases
    }

    @Test func theLeaseComesWithTheWakeUp() async throws {
        try await QueueFixture.run { queue in
            async let leases = Self.sleep(queue)
            let ids = try await queue.add(QueueFixture.tickets(3))
            #expect(try await leases.map(\.id) == ids)
            #expect(try await queue.reading().running == 3)
        }
    }

    @Test func whoIsWokenTakesWhatItWantsAndWakesTheNext() async throws {
        try await QueueFixture.run { queue in
            async let first = Self.sleep(queue, wanted: 1)
            async let second = Self.sleep(queue, wanted: 1)
            let ids = try await queue.add(QueueFixture.tickets(2))
            #expect(try await Set((first + second).map(\.id)) == Set(ids))
        }
    }

    @Test func aRousedWorkerGetsUpWithoutWorkAndInAnyEpoch() async throws {
        try await QueueFixture.run { queue in
            async let leases = Self.sleep(queue)
            try await queue.dispatcher.rouse(worker: "sleeper")
            #expect(try await leases.isEmpty)

            async let refused = kind { try await Self.sleep(queue) }
            try await queue.dispatcher.begin(epoch: 2)
            try await queue.dispatcher.rouse(worker: "sleeper")
            #expect(await refused == .epochChanged)
        }
    }

    @Test func aSleepWithoutWorkEnds() async throws {
        try await QueueFixture.run { queue in
            let leases = try await Self.sleep(queue, atMost: .milliseconds(50))
            #expect(leases.isEmpty)
        }
    }

    @Test func whatTheSleeperIsGivenWithoutRoomGoesBackToTheFront() async throws {
        try await LedgerWorld.run { world in
            let worker = try RunningWorker(in: world, [ScriptedWork { _ in .none }], slots: 1, lease: .seconds(30))
            #expect(try await eventually { worker.worker.course.withLock { $0.isAsleep } })
            // As if an exchange that handed something in had brought it meanwhile.
            let other = Lease(
                id: world.identifiers.next(), attempt: 1, flow: FlowText(text: "q|-|-|k|2|"), batchID: nil)
            worker.worker.slots.withLock { _ = $0.take([other], epoch: 1, at: .now) }
            try await world.queue.submit([world.job()])
            #expect(try await eventually { !worker.worker.course.withLock { $0.isAsleep } })
            #expect(
                try await eventually {
                    let reading = try await world.dispatcher.queues([.background]).first
                    return reading?.waiting == 1 && reading?.running == 0
                })
            worker.worker.slots.withLock { _ = $0.remove(other.name) }
            worker.worker.news.raise()
            try await world.reaches([.finished: 1])
            await worker.stop()
        }
    }

    @Test func aWorkerThatStopsInItsSleepLeavesNoLeaseBehind() async throws {
        try await LedgerWorld.run { world in
            for turn in 0..<20 {
                let worker = try RunningWorker(
                    in: world, [ScriptedWork { _ in .none }], name: "w\(turn)", lease: .seconds(60))
                #expect(try await eventually { worker.worker.course.withLock { $0.isAsleep } })
                let began = ContinuousClock.now
                async let accepted = world.queue.submit([world.job()])
                if turn.isMultiple(of: 2) { await worker.stop() } else { await worker.abort() }
                #expect(began.duration(to: .now) < .seconds(5))
                #expect(try await accepted.count == 1)
                #expect(try await world.dispatcher.running(limit: 10).isEmpty)
            }
            #expect(try await world.states()[.running] == nil)
            try await world.whileWorking([ScriptedWork { _ in .none }]) { _ in
                try await world.reaches([.finished: 20])
            }
        }
    }
}
