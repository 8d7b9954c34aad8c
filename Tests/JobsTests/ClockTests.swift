import EventLoop
import FoundationEssentials
import Queueing
import Redis
import Tenancy
import Testing

@testable import Jobs

/// A machine whose clock is wrong: leases, times and figures go by the clocks of PostgreSQL and Redis.
@Suite struct ClockTests {
    private static let errors = [Duration.seconds(-600), .seconds(600)]

    private func withWrongClock(
        _ error: Duration, _ body: @escaping @Sendable (LedgerWorld) async throws -> Void
    ) async throws {
        try await LedgerWorld.run(LedgerWorld.Terms(clockError: error), body)
    }

    @Test(arguments: errors) func jobsBeginWhenTheDatabaseSaysSo(error: Duration) async throws {
        try await withWrongClock(error) { world in
            let notes = Notes()
            let work = ScriptedWork { job in
                notes.begin(job.job.id)
                return .none
            }
            try await world.whileDispatching {
                try await world.whileWorking([work]) { _ in
                    let soon = try await world.readings.now().addingTimeInterval(1.5)
                    let began = ContinuousClock.now
                    let (now, later) = (world.job(), world.job(runAt: soon))
                    try await world.queue.submit([now, later])
                    #expect(try await eventually { notes.starts[now.id] == 1 })
                    #expect(try await eventually { notes.starts[later.id] == 1 })
                    let waited = began.duration(to: .now)
                    #expect(waited > .milliseconds(1400) && waited < .seconds(20), "it waited \(waited)")
                }
            }
        }
    }

    @Test(arguments: errors) func leasesLastAsLongAsRedisSays(error: Duration) async throws {
        try await withWrongClock(error) { world in
            try await world.makeEffects()
            let notes = Notes()
            let work = ScriptedWork { job in
                // Longer than two leases.
                try await notes.sleep(job, for: .milliseconds(2200))
                return LedgerWorld.effect(job.job.id)
            }
            let jobs = (0..<8).map { _ in world.job() }
            try await world.queue.submit(jobs)
            // Half of them a worker has that is never heard of again.
            let dead = try await world.dispatcher.exchange(
                JobDispatcher.Exchange(
                    epoch: 1, worker: "dead", lease: .seconds(1), queues: [.background], wanted: 4, ends: [])
            ).leases
            _ = try await world.claim(dead.map(\.id), LeaseMark(epoch: 1, attempt: 1), worker: "dead")
            let died = ContinuousClock.now
            try await world.whileWorking([work]) { _ in
                #expect(try await eventually { notes.running == 8 })
                #expect(died.duration(to: .now) < .seconds(20))
                try await world.reaches([.finished: 8])
            }
            #expect(notes.starts.values.allSatisfy { $0 == 1 })
            #expect(try await world.effects().count == 8)
        }
    }

    @Test(arguments: errors) func whatWasJustAcceptedIsMeant(error: Duration) async throws {
        try await withWrongClock(error) { world in
            try await world.queue.submit((0..<10).map { _ in world.job() })
            var filter = JobFilter()
            filter.kinds = [JobKind("work")]
            filter.createdFrom = try await world.readings.now().addingTimeInterval(-60)
            #expect(try await world.readings.page(filter, limit: 100).jobs.count == 10)
            #expect(try await world.queue.perform(.cancel, on: filter) == 10)
            #expect(try await world.states() == [.cancelled: 10])
        }
    }

    @Test(arguments: errors) func figuresAreThoseOfTheMinute(error: Duration) async throws {
        try await withWrongClock(error) { world in
            let work = ScriptedWork { _ in .none }
            try await world.whileWorking([work]) { _ in
                try await world.queue.submit((0..<10).map { _ in world.job() })
                try await world.reaches([.finished: 10])
            }
            #expect(try await eventually { try await world.dispatcher.queues([.background]).first?.running == 0 })
            _ = try await world.dispatching().copyMinutes()
            let now = try await world.readings.now()
            let minutes = try await world.readings.minutes(
                of: [.background], from: now.addingTimeInterval(-120), to: now.addingTimeInterval(60))
            #expect(minutes.reduce(0) { $0 + $1.finished } == 10)
            #expect(minutes.compactMap(\.depth) == [0])
        }
    }
}
