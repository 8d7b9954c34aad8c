import FoundationEssentials
import Queueing
import Tenancy
import Testing

@testable import Jobs

/// Rates: so many jobs of a subject start in a minute, the others wait, and none sleeps for ever.
@Suite struct PaceTests {
    private static let provider = JobLimit.provider("p")

    /// Takes and ends jobs for a while, and returns when each was leased.
    private func starts(
        of queue: QueueFixture, atMost count: Int, for span: Duration, queues: [QueueName] = [.evaluations]
    ) async throws -> [Duration] {
        let began = ContinuousClock.now
        var starts: [Duration] = []
        while began.duration(to: .now) < span, starts.count < count {
            let leases = try await queue.exchange(50, queues: queues)
            starts += leases.map { _ in began.duration(to: .now) }
            try await queue.end(leases, .finished)
            _ = try await queue.beat()
        }
        return starts
    }

    @Test func aRateIsKeptToAndNothingOfItIsWasted() async throws {
        try await QueueFixture.run { queue in
            try await queue.dispatcher.apply(
                QueueControl(subject: .limit(Self.provider), perMinute: 1200, updatedAt: Date()))
            try await queue.add(QueueFixture.tickets(200, limits: [Self.provider]))
            let starts = try await starts(of: queue, atMost: 200, for: .seconds(2))
            // A second's worth at once, then one every 50 ms.
            #expect(starts.prefix(20).allSatisfy { $0 < .seconds(1) })
            #expect((40...61).contains(starts.count), "\(starts.count) in two seconds at 20 a second")
            for (index, start) in starts.enumerated().dropFirst(20) {
                #expect(start >= .milliseconds(50 * (index - 19) - 10))
            }
        }
    }

    @Test(arguments: ["queue:evaluations", "kind:test", "organization", "project", "provider:p"])
    func whateverHasARateIsPaced(_ text: String) async throws {
        try await QueueFixture.run { queue in
            let organization = QueueFixture.organization()
            let project: ProjectID = QueueFixture.identifiers.next()
            let subject =
                switch text {
                case "organization": ControlSubject.organization(organization)
                case "project": ControlSubject.project(project)
                default: try #require(ControlSubject(text) as ControlSubject?)
                }
            try await queue.dispatcher.apply(QueueControl(subject: subject, perMinute: 300, updatedAt: Date()))
            let ids = try await queue.add(
                QueueFixture.tickets(12, organization: organization, project: project, limits: [Self.provider]))
            let began = ContinuousClock.now
            #expect(try await queue.exchange(20).count == 5)
            let reading = try #require(try await queue.dispatcher.job(ids[11]))
            #expect(reading.obstacles == [.paced(subject)])
            #expect(reading.attempt == 0)
            let rest = try await starts(of: queue, atMost: 7, for: .seconds(5))
            #expect(rest.count == 7)
            #expect(began.duration(to: .now) >= .milliseconds(1390))
        }
    }

    @Test func manyFlowsOfOneProviderAllGetTheirTurn() async throws {
        try await QueueFixture.run { queue in
            try await queue.dispatcher.apply([
                QueueControl(subject: .limit(Self.provider), perMinute: 6000, updatedAt: Date()),
                QueueControl(subject: .queue(.evaluations), concurrency: 30, updatedAt: Date()),
            ])
            for _ in 0..<150 {
                try await queue.add(
                    QueueFixture.tickets(2, organization: QueueFixture.organization(), limits: [Self.provider]))
            }
            let starts = try await starts(of: queue, atMost: 300, for: .seconds(10))
            #expect(starts.count == 300)
            #expect(try #require(starts.last) >= .milliseconds(1900))
            #expect(try #require(starts.last) < .seconds(9))
        }
    }

    @Test func whatHasNoSuchLimitIsNotKeptBack() async throws {
        try await QueueFixture.run { queue in
            try await queue.dispatcher.apply(
                QueueControl(subject: .limit(Self.provider), perMinute: 1, updatedAt: Date()))
            try await queue.add(QueueFixture.tickets(5, limits: [Self.provider]))
            let free = try await queue.add(QueueFixture.tickets(5))
            let leases = try await queue.exchange(20)
            #expect(leases.count == 6)
            #expect(Set(free).isSubset(of: leases.map(\.id)))
            let limit = try #require(try await queue.dispatcher.limits().first)
            #expect((limit.perMinute, limit.parkedFlows) == (1, 1))
            // Taken away, it keeps nothing back any more.
            try await queue.dispatcher.apply([])
            #expect(try await queue.exchange(20).count == 4)
            #expect(try await queue.dispatcher.limits().isEmpty)
        }
    }

    @Test func aWorkerStartsWhatItsRateLetsWithoutBeingAwake() async throws {
        try await LedgerWorld.run { world in
            let control = QueueControl(subject: .limit(.provider("acme")), perMinute: 600, updatedAt: Date())
            try await world.queue.control(control)
            let notes = Notes()
            let work = ScriptedWork { job in
                notes.begin(job.job.id)
                return .none
            }
            let began = ContinuousClock.now
            let jobs = (0..<25).map { _ in world.job() }
            try await world.whileWorking([work], slots: 32) { _ in
                try await world.queue.submit(jobs)
                try await world.reaches([.finished: 25])
            }
            let time = began.duration(to: .now)
            #expect(time >= .milliseconds(1400) && time < .seconds(15), "25 at 10 a second, 10 at once: \(time)")
            for job in jobs {
                let stored = try #require(try await world.readings.find(job.id)).job
                #expect((stored.failures, stored.lease.attempt) == (0, 1))
            }
            #expect(try await world.queue.controls.all().first?.perMinute == 600)
        }
    }
}
