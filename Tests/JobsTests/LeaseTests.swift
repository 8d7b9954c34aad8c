import EventLoop
import FoundationEssentials
import Queueing
import Tenancy
import Testing

@testable import Jobs

/// A job's life in Redis: taken once, renewed, ended by its youngest lease, taken again when its worker is gone.
@Suite struct LeaseTests {
    @Test func aJobThatIsKnownIsNotTakenInTwice() async throws {
        try await QueueFixture.run { queue in
            let tickets = QueueFixture.tickets(5)
            try await queue.add(tickets)
            try await queue.add(tickets)
            #expect(try await queue.reading().waiting == 5)
            let leases = try await queue.exchange(10)
            try await queue.add(tickets)
            #expect(leases.count == 5)
            #expect(try await queue.exchange(10).isEmpty)
            try await queue.end(leases, .finished)
            #expect(try await queue.dispatcher.missing(of: tickets.map(\.id)).count == 5)
        }
    }

    @Test func leasesCountOnFromWhatTheDatabaseKnows() async throws {
        try await QueueFixture.run { queue in
            let known = QueueFixture.tickets(1)[0]
            let ticket = JobTicket(
                id: known.id, kind: known.kind, queue: known.queue, priority: known.priority, organizationID: nil,
                projectID: nil, batchID: nil, limits: [], runAt: .distantPast, attempt: 7)
            try await queue.add([ticket])
            #expect(try await queue.exchange(1).map(\.attempt) == [8])
        }
    }

    @Test func aFailedJobComesBackAfterItsWait() async throws {
        try await QueueFixture.run { queue in
            try await queue.add(QueueFixture.tickets(1))
            let first = try await queue.exchange(1)
            let ended = ContinuousClock.now
            try await queue.end(first, .retry(after: .milliseconds(150)))
            let reading = try await queue.reading()
            #expect((reading.waiting, reading.scheduled, reading.running) == (0, 1, 0))
            #expect(try await queue.exchange(1).isEmpty)
            var again: [Lease] = []
            #expect(
                try await eventually {
                    try await queue.beat()
                    again = try await queue.exchange(1)
                    return !again.isEmpty
                })
            #expect(ContinuousClock.now - ended >= .milliseconds(149))
            #expect(again.map(\.attempt) == [2])
        }
    }

    @Test func whatIsHandedBackComesFirstAgain() async throws {
        try await QueueFixture.run { queue in
            let ids = try await queue.add(QueueFixture.tickets(5))
            let leases = try await queue.exchange(2)
            try await queue.end(leases.reversed(), .handedBack)
            #expect(try await queue.drain() == ids)
        }
    }

    @Test func aLeaseThatIsNotRenewedIsLostAndItsEndRefused() async throws {
        try await QueueFixture.run { queue in
            let ids = try await queue.add(QueueFixture.tickets(2))
            let frozen = try await queue.exchange(2, lease: .milliseconds(80))
            var again: [Lease] = []
            #expect(
                try await eventually {
                    try await queue.beat()
                    again += try await queue.exchange(2)
                    return again.count == 2
                })
            #expect(Set(again.map(\.id)) == Set(ids))
            #expect(again.allSatisfy { $0.attempt == 2 })
            // The thawed worker hands in what it did: nothing happens.
            try await queue.end(frozen, .finished)
            #expect(try await queue.dispatcher.missing(of: ids).isEmpty)
            #expect(try await queue.reading().running == 2)
            let reply = try await queue.beat(frozen)
            #expect(reply.lost == Set(frozen.map(\.name)))
            try await queue.end(again, .finished)
            #expect(try await queue.reading().running == 0)
            #expect(try await queue.dispatcher.missing(of: ids).count == 2)
        }
    }

    @Test func renewedLeasesLastBeyondTheirFirstTerm() async throws {
        try await QueueFixture.run { queue in
            try await queue.add(QueueFixture.tickets(3))
            let leases = try await queue.exchange(3, lease: .milliseconds(300))
            let end = ContinuousClock.now + .milliseconds(900)
            while ContinuousClock.now < end {
                #expect(try await queue.beat(leases, lease: .milliseconds(300)).lost.isEmpty)
                try await Loop.current?.sleep(for: .milliseconds(60))
            }
            #expect(try await queue.exchange(3).isEmpty)
        }
    }

    @Test func aJobThatLosesItsWorkersWaitsApartFromTheOthers() async throws {
        try await QueueFixture.run { queue in
            let ids = try await queue.add(QueueFixture.tickets(1))
            for expected in 1...2 {
                var leases: [Lease] = []
                #expect(
                    try await eventually {
                        try await queue.beat()
                        leases = try await queue.exchange(1, lease: .milliseconds(20))
                        return !leases.isEmpty
                    })
                #expect(leases.map(\.attempt) == [expected])
            }
            #expect(
                try await eventually {
                    try await queue.beat()
                    return try await queue.dispatcher.job(ids[0])?.lostLeases == 2
                })
            // Its wait is its own: between nothing and sixteen seconds.
            let reading = try #require(try await queue.dispatcher.job(ids[0]))
            switch reading.standing {
            case .scheduled(let wait): #expect(wait <= .seconds(16))
            case .ready: break  // The shortest waits are over already.
            case .leased: Issue.record("nobody has taken it")
            }
        }
    }

    @Test func aJobRunsNotBeforeItsTime() async throws {
        try await QueueFixture.run { queue in
            let soon = Date().addingTimeInterval(0.4)
            let ids = try await queue.add(QueueFixture.tickets(2, at: soon))
            #expect(try await queue.reading().scheduled == 2)
            let reply = try await queue.beat()
            #expect(try #require(reply.untilNext) <= .milliseconds(400))
            var got: [Lease] = []
            #expect(
                try await eventually {
                    try await queue.beat()
                    got += try await queue.exchange(5)
                    return got.count == 2
                })
            #expect(Date() >= soon.addingTimeInterval(-0.01))
            #expect(Set(got.map(\.id)) == Set(ids))
        }
    }

    @Test func aScheduledJobCanBeRunNow() async throws {
        try await QueueFixture.run { queue in
            let ids = try await queue.add(QueueFixture.tickets(2, at: Date().addingTimeInterval(3600)))
            #expect(try await queue.dispatcher.runNow(ids + ids) == 2)
            #expect(Set(try await queue.drain()) == Set(ids))
        }
    }

    @Test func whatIsWaitingCanBeForgottenAndWhatRunsStays() async throws {
        try await QueueFixture.run { queue in
            let ids = try await queue.add(QueueFixture.tickets(10))
            let leases = try await queue.exchange(3)
            #expect(try await queue.dispatcher.forget(ids) == 7)
            let reading = try await queue.reading()
            #expect((reading.waiting, reading.running) == (0, 3))
            #expect(try await queue.exchange(10).isEmpty)
            try await queue.end(leases, .finished)
        }
    }

    @Test func aJobThatMovesRunsOnceAndInItsNewQueue() async throws {
        try await QueueFixture.run { queue in
            let old = QueueFixture.tickets(1)
            let ids = try await queue.add(old)
            for target in [QueueName.background, .evaluations, .background] {
                try await queue.dispatcher.forget(ids)
                let ticket = JobTicket(
                    id: old[0].id, kind: old[0].kind, queue: target, priority: .normal, organizationID: nil,
                    projectID: nil, batchID: nil, limits: [], runAt: .distantPast, attempt: 0)
                try await queue.add([ticket])
            }
            #expect(try await queue.drain(queues: [.evaluations]).isEmpty)
            #expect(try await queue.drain(queues: [.background]) == ids)
            #expect(try await queue.reading(.background).waiting == 0)
        }
    }
}
