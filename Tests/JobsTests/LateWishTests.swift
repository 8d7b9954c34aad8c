import Queueing
import Tenancy
import Testing

@testable import Jobs

/// What is decided about a job of which the database knows already that its attempt has ended, and Redis not yet.
@Suite struct LateWishTests {
    @Test func whatIsToRunNowDoesNotWaitWhenItsAttemptEnds() async throws {
        try await QueueFixture.run { queue in
            let ids = try await queue.add(QueueFixture.tickets(1))
            let first = try await queue.exchange(1)
            #expect(try await queue.dispatcher.runNow(ids) == 0)
            try await queue.end(first, .retry(after: .seconds(3600)))
            let second = try await queue.exchange(1)
            #expect(second.map(\.attempt) == [2])
            // That was said of the first attempt, not of this one.
            try await queue.end(second, .retry(after: .seconds(3600)))
            let reading = try await queue.reading()
            #expect((reading.waiting, reading.scheduled, reading.running) == (0, 1, 0))
        }
    }

    @Test(arguments: [LeaseEnd.Outcome.retry(after: .seconds(3600)), .handedBack])
    func whatIsMovedOrForgottenDoesNotComeBackToItsOldPlace(outcome: LeaseEnd.Outcome) async throws {
        try await QueueFixture.run { queue in
            let ids = try await queue.add(QueueFixture.tickets(2))
            let leases = try await queue.exchange(1)
            #expect(try await queue.dispatcher.forget([ids[0]]) == 0)
            try await queue.end(leases, outcome)
            #expect(try await queue.dispatcher.missing(of: ids) == [ids[0]])
            #expect(try await queue.drain() == [ids[1]])
            let reading = try await queue.reading()
            #expect((reading.waiting, reading.scheduled, reading.running) == (0, 0, 0))
        }
    }

    @Test func whatIsForgottenDoesNotComeBackWhenItsLeaseExpires() async throws {
        try await QueueFixture.run { queue in
            let ids = try await queue.add(QueueFixture.tickets(1))
            _ = try await queue.exchange(1, lease: .milliseconds(1))
            try await queue.dispatcher.forget(ids)
            #expect(
                try await eventually {
                    try await queue.beat()
                    return try await queue.dispatcher.missing(of: ids) == ids
                })
            #expect(try await queue.reading().running == 0)
        }
    }

    @Test func whatIsCancelledDoesNotWaitForAnAttemptThatItWillNotHave() async throws {
        try await QueueFixture.run { queue in
            let ids = try await queue.add(QueueFixture.tickets(1))
            let leases = try await queue.exchange(1)
            #expect(try await queue.dispatcher.cancel(ids) == 1)
            try await queue.end(leases, .retry(after: .seconds(3600)))
            #expect(try await queue.dispatcher.missing(of: ids) == ids)
            let reading = try await queue.reading()
            #expect((reading.waiting, reading.scheduled, reading.running) == (0, 0, 0))
        }
    }
}
