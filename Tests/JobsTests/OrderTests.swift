import FoundationEssentials
import Queueing
import Tenancy
import Testing

@testable import Jobs

/// In which order jobs come: between tenants fairly, within one by priority and arrival.
@Suite struct OrderTests {
    @Test func jobsOfOneFlowComeInTheOrderOfTheirArrival() async throws {
        try await QueueFixture.run { queue in
            let ids = try await queue.add(QueueFixture.tickets(300))
            #expect(try await queue.drain(7) == ids)
        }
    }

    @Test func urgentJobsOfAProjectComeBeforeItsOthers() async throws {
        try await QueueFixture.run { queue in
            let project: ProjectID = QueueFixture.identifiers.next()
            let low = try await queue.add(QueueFixture.tickets(5, project: project, priority: .low))
            let urgent = try await queue.add(QueueFixture.tickets(5, project: project, priority: .urgent))
            let normal = try await queue.add(QueueFixture.tickets(5, project: project, priority: .normal))
            #expect(try await queue.drain(4) == urgent + normal + low)
        }
    }

    @Test func tenThousandJobsOfOneTenantDoNotDelayTenOfAnother() async throws {
        try await QueueFixture.run { queue in
            try await queue.add(QueueFixture.tickets(10_000, organization: QueueFixture.organization()))
            _ = try await queue.exchange(16)
            let few = Set(try await queue.add(QueueFixture.tickets(10, organization: QueueFixture.organization())))
            var held: [Lease] = []
            var (rounds, seen) = (0, 0)
            while seen < few.count, rounds < 100 {
                held = try await queue.exchange(
                    16, ending: held.map { LeaseEnd(lease: $0, outcome: .finished) })
                seen += held.count { few.contains($0.id) }
                rounds += 1
            }
            #expect(seen == few.count)
            #expect(rounds <= 3, "ten jobs took \(rounds) rounds of sixteen")
        }
    }

    @Test(arguments: [(3, 1), (1, 1), (10, 1)])
    func tenantsShareByWeight(heavy: Int, light: Int) async throws {
        try await QueueFixture.run { queue in
            let (first, second) = (QueueFixture.organization(), QueueFixture.organization())
            try await queue.dispatcher.apply([
                QueueControl(subject: .organization(first), weight: heavy, updatedAt: Date()),
                QueueControl(subject: .organization(second), weight: light, updatedAt: Date()),
            ])
            let ofFirst = Set(try await queue.add(QueueFixture.tickets(4000, organization: first)))
            try await queue.add(QueueFixture.tickets(4000, organization: second))
            var (count, all) = (0, 0)
            var held: [Lease] = []
            while all < 3200 {
                held = try await queue.exchange(
                    16, ending: held.map { LeaseEnd(lease: $0, outcome: .finished) })
                count += held.count { ofFirst.contains($0.id) }
                all += held.count
            }
            let expected = Double(heavy) / Double(heavy + light)
            let share = Double(count) / Double(all)
            #expect(abs(share - expected) < 0.05 * expected, "\(share) instead of \(expected)")
        }
    }

    @Test func projectsOfATenantShareWhatItGets() async throws {
        try await QueueFixture.run { queue in
            let (crowd, other) = (QueueFixture.organization(), QueueFixture.organization())
            let projects: [ProjectID] = (0..<4).map { _ in QueueFixture.identifiers.next() }
            var owner: [JobID: ProjectID] = [:]
            for project in projects {
                for id in try await queue.add(QueueFixture.tickets(400, organization: crowd, project: project)) {
                    owner[id] = project
                }
            }
            try await queue.add(QueueFixture.tickets(2000, organization: other))
            var counts: [ProjectID: Int] = [:]
            var foreign = 0
            for _ in 0..<80 {
                for lease in try await queue.exchange(16) {
                    if let project = owner[lease.id] { counts[project, default: 0] += 1 } else { foreign += 1 }
                }
            }
            // A tenant does not get more by having more projects.
            #expect(abs(Double(foreign) / 1280 - 0.5) < 0.05)
            for project in projects { #expect(abs(Double(counts[project] ?? 0) / 160 - 1) < 0.1) }
        }
    }

    @Test func queuesShareByWeight() async throws {
        try await QueueFixture.run { queue in
            try await queue.dispatcher.apply(
                QueueControl(subject: .queue(.interactive), weight: 4, updatedAt: Date()))
            let urgent = Set(try await queue.add(QueueFixture.tickets(3000, queue: .interactive)))
            try await queue.add(QueueFixture.tickets(3000, queue: .background))
            var count = 0
            for _ in 0..<100 {
                let leases = try await queue.exchange(10, queues: [.background, .interactive])
                count += leases.count { urgent.contains($0.id) }
            }
            #expect(abs(Double(count) / 1000 - 0.8) < 0.05)
        }
    }

    @Test func aWorkerGetsJobsOfItsQueuesAlone() async throws {
        try await QueueFixture.run { queue in
            try await queue.add(QueueFixture.tickets(3, queue: .maintenance))
            let ids = try await queue.add(QueueFixture.tickets(3, queue: .interactive))
            #expect(Set(try await queue.drain(queues: [.interactive, .background])) == Set(ids))
            #expect(try await queue.reading(.maintenance).waiting == 3)
        }
    }

    @Test func whatHasBeenServedLongIsNotOwedAnythingByNewcomers() async throws {
        try await QueueFixture.run { queue in
            let (old, new) = (QueueFixture.organization(), QueueFixture.organization())
            try await queue.add(QueueFixture.tickets(2000, organization: old))
            for _ in 0..<60 { _ = try await queue.exchange(16) }
            let fresh = Set(try await queue.add(QueueFixture.tickets(2000, organization: new)))
            var count = 0
            for _ in 0..<50 { count += try await queue.exchange(16).count { fresh.contains($0.id) } }
            // Half of 800, not all of it until it has caught up.
            #expect(abs(Double(count) / 800 - 0.5) < 0.05)
        }
    }
}
