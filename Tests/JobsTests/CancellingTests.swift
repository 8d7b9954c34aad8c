import FoundationEssentials
import Queueing
import Tenancy
import Testing

@testable import Jobs

/// What is cancelled does not start; what runs is told with the next heartbeat.
@Suite struct CancellingTests {
    @Test func waitingAndScheduledJobsAreGoneAndRunningOnesAreTold() async throws {
        try await QueueFixture.run { queue in
            let ids = try await queue.add(QueueFixture.tickets(5))
            let later = try await queue.add(QueueFixture.tickets(2, at: Date().addingTimeInterval(3600)))
            let leases = try await queue.exchange(2)
            #expect(try await queue.dispatcher.cancel(ids + later) == 7)
            let reading = try await queue.reading()
            #expect((reading.waiting, reading.scheduled, reading.running) == (0, 0, 2))
            #expect(try await queue.exchange(10).isEmpty)
            #expect(try await queue.beat(leases).cancelled == Set(leases.map(\.id)))
            try await queue.end(leases, .cancelled)
            #expect(try await queue.dispatcher.missing(of: ids + later).count == 7)
            #expect(try await queue.beat().cancelled.isEmpty)
        }
    }

    @Test func ofACancelledBatchNothingStarts() async throws {
        try await QueueFixture.run { queue in
            let (batch, other): (BatchID, BatchID) = (
                QueueFixture.identifiers.next(), QueueFixture.identifiers.next()
            )
            let ids = try await queue.add(QueueFixture.tickets(1500, batch: batch))
            let others = try await queue.add(QueueFixture.tickets(3, batch: other))
            let leases = try await queue.exchange(4)
            try await queue.dispatcher.cancel(batch: batch)
            let reply = try await queue.beat(leases)
            #expect(reply.cancelledBatches == [batch])
            var got: [Lease] = []
            #expect(
                try await eventually {
                    got += try await queue.exchange(10)
                    return got.count == 3
                })
            #expect(got.map(\.id) == others)
            #expect(try await queue.dispatcher.missing(of: ids).count == ids.count - leases.count)
            #expect(try await queue.reading().waiting == 0)
        }
    }

    @Test func aRevivedBatchRunsAgain() async throws {
        try await QueueFixture.run { queue in
            let batch: BatchID = QueueFixture.identifiers.next()
            let tickets = QueueFixture.tickets(3, batch: batch)
            try await queue.add(tickets)
            try await queue.dispatcher.cancel(batch: batch)
            #expect(try await queue.exchange(5).isEmpty)
            try await queue.dispatcher.revive(batch: batch)
            try await queue.add(tickets)
            let leases = try await queue.exchange(5)
            #expect(leases.count == 3)
            #expect(try await queue.beat(leases).cancelledBatches.isEmpty)
        }
    }

    @Test func aCancelledJobCanBeAcceptedAgain() async throws {
        try await QueueFixture.run { queue in
            let tickets = QueueFixture.tickets(1)
            let ids = try await queue.add(tickets)
            try await queue.dispatcher.cancel(ids)
            try await queue.add(tickets)
            #expect(try await queue.drain() == ids)
            #expect(try await queue.reading().waiting == 0)
        }
    }
}
