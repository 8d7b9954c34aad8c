import EventLoop
import FoundationEssentials
import Queueing
import Tenancy
import Testing

@testable import Jobs

/// What operators are shown of Redis.
@Suite struct ReadingTests {
    @Test func aQueueTellsItsDepthAndTheAgeOfItsOldest() async throws {
        try await QueueFixture.run { queue in
            try await queue.add(QueueFixture.tickets(3, organization: QueueFixture.organization()))
            try await Loop.current?.sleep(for: .milliseconds(60))
            try await queue.add(QueueFixture.tickets(4, organization: QueueFixture.organization()))
            let reading = try await queue.reading()
            #expect((reading.waiting, reading.running, reading.isPaused, reading.limit) == (7, 0, false, nil))
            #expect(try #require(reading.oldestWait) >= .milliseconds(55))
            #expect(try await queue.reading(.background).oldestWait == nil)
        }
    }

    @Test func tenantsTellWhatWaitsAndRuns() async throws {
        try await QueueFixture.run { queue in
            let organization = QueueFixture.organization()
            try await queue.add(QueueFixture.tickets(8, organization: organization))
            _ = try await queue.exchange(3)
            let tenants = try await queue.dispatcher.tenants(of: .evaluations)
            #expect(tenants == [TenantReading(organizationID: organization, waiting: 5, running: 3)])
        }
    }

    @Test func aMinuteTellsWhatHappenedInIt() async throws {
        try await QueueFixture.run { queue in
            let began = Date()
            try await queue.add(QueueFixture.tickets(6))
            let leases = try await queue.exchange(6)
            let outcomes: [LeaseEnd.Outcome] = [
                .finished, .finished, .dead, .cancelled, .retry(after: .seconds(60)), .handedBack,
            ]
            let ends = zip(leases, outcomes).map {
                LeaseEnd(lease: $0.0, outcome: $0.1, runTime: .milliseconds(100))
            }
            _ = try await queue.exchange(0, ending: ends)
            let minutes = try await queue.dispatcher.minutes(from: began, to: Date())
            let sum = { (value: KeyPath<QueueMinute, Int>) in minutes.map { $0[keyPath: value] }.reduce(0, +) }
            #expect(sum(\.enqueued) == 6)
            #expect(sum(\.started) == 6)
            #expect(sum(\.finished) == 2)
            #expect(sum(\.dead) == 1)
            #expect(sum(\.retried) == 1)
            #expect(sum(\.cancelled) == 1)
            var run = TimeBuckets()
            for minute in minutes { run.add(minute.run) }
            #expect(run.total == 5)
            #expect(run.counts[7] == 5, "100 ms lie between 64 and 128: \(run.counts)")
            #expect(run.milliseconds == 500)
        }
    }

    @Test func aJobTellsWhereItStands() async throws {
        try await QueueFixture.run { queue in
            let control = QueueControl(subject: .limit(.key("k")), concurrency: 1, updatedAt: Date())
            try await queue.dispatcher.apply(control)
            let ids = try await queue.add(QueueFixture.tickets(3, limits: [.key("k")]))
            _ = try await queue.exchange(3)
            let running = try #require(try await queue.dispatcher.job(ids[0]))
            guard case .leased(let rest) = running.standing else { return #expect(Bool(false), "\(running)") }
            #expect(rest <= .seconds(60) && rest > .seconds(50))
            let waiting = try #require(try await queue.dispatcher.job(ids[2]))
            guard case .ready(_, let ahead) = waiting.standing else { return #expect(Bool(false), "\(waiting)") }
            #expect(ahead == 1)
            #expect(waiting.obstacles == [.full(.limit(.key("k")))])
            #expect(try await queue.dispatcher.job(QueueFixture.identifiers.next()) == nil)
            #expect(try await queue.dispatcher.running(limit: 10) == [ids[0]])
            let limit = try #require(try await queue.dispatcher.limits().first)
            #expect((limit.running, limit.concurrency, limit.parkedFlows) == (1, 1, 1))
        }
    }
}
