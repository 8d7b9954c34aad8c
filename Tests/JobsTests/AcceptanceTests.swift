import EventLoop
import FoundationEssentials
import Postgres
import Observability
import Queueing
import Tenancy
import TestSupport
import Testing

@testable import Jobs

@Suite struct AcceptanceTests {
    @Test func ofJobsWithOneKeyOnlyOneIsOpen() async throws {
        try await LedgerWorld.run { world in
            let (first, second) = (world.job(uniqueKey: "k"), world.job(uniqueKey: "k"))
            #expect(try await world.queue.submit([first, second]).map(\.id) == [first.id])
            #expect(try await world.queue.submit([second]).isEmpty)
            let claimed = try await world.claim([first.id], LeaseMark(epoch: 1, attempt: 1))
            #expect(try await world.queue.submit([second]).isEmpty, "one that runs counts too")
            _ = try await world.ledger.commit(claimed.map { JobEnding(of: $0, .finished(.none)) })
            #expect(try await world.queue.submit([second]).map(\.id) == [second.id])
        }
    }

    @Test func aJobIsAcceptedOnceHoweverOftenItIsSubmitted() async throws {
        try await LedgerWorld.run { world in
            let job = world.job()
            let (first, second) = (try await world.queue.submit([job]), try await world.queue.submit([job]))
            #expect(first.map(\.id) == [job.id] && second.isEmpty)
            let count = try await world.readings.count(JobFilter())
            #expect(count == 1)
        }
    }

    @Test func whatTheCallerRollsBackWasNeverAccepted() async throws {
        struct Changed: Error {}
        try await LedgerWorld.run { world in
            let job = world.job()
            await #expect(throws: Changed.self) {
                try await world.database.transaction { connection in
                    _ = try await world.queue.add([job], on: connection)
                    throw Changed()
                }
            }
            let state = try await world.state(job.id)
            #expect(state == nil)
        }
    }

    @Test func everythingThatWasSaidOfAJobIsStored() async throws {
        try await LedgerWorld.run { world in
            let batch = try await world.batch(of: 1)
            let later = Date(timeIntervalSince1970: 4_000_000_000)
            let new = NewJob(
                id: world.identifiers.next(), kind: JobKind("export"), queue: .interactive, priority: .urgent,
                organizationID: world.organization, projectID: world.project, payload: Array(#"{"a": "é"}"#.utf8),
                limits: [.provider("acme"), .key("k1")], runAt: later, maxAttempts: 7, timeout: .seconds(90),
                uniqueKey: "u", traceParent: "00-1-2-01", batch: BatchPlace(batchID: batch.id, index: 5),
                scheduleID: world.identifiers.next())
            try await world.accept([new])
            let job = try #require(try await world.readings.find(new.id)?.job)
            #expect(job.kind == new.kind && job.queue == new.queue && job.priority == .urgent)
            #expect(job.organizationID == new.organizationID && job.projectID == new.projectID)
            #expect(String(decoding: job.payload, as: UTF8.self) == #"{"a": "é"}"#)
            #expect(job.limits == new.limits && job.runAt == later && job.maxAttempts == 7)
            #expect(job.timeout == .seconds(90) && job.uniqueKey == "u" && job.traceParent == "00-1-2-01")
            #expect(job.batch == new.batch && job.scheduleID == new.scheduleID && job.state == .waiting)
        }
    }

    @Test func aRedisThatIsAwayFailsNobodyAndTheSweepMends() async throws {
        try await LedgerWorld.run { world in
            world.server.kill()
            let job = world.job()
            #expect(try await world.queue.submit([job]).map(\.id) == [job.id])
            #expect(world.queue.metrics.untold.value == 1, "it is seen")
            // Nobody after it waits for a Redis that has just not answered.
            let tickets = try await world.accept((0..<20).map { _ in world.job() })
            let began = ContinuousClock.now
            for ticket in tickets { await world.queue.dispatch([ticket]) }
            #expect(world.queue.metrics.untold.value == 21)
            #expect(began.duration(to: .now) < .seconds(1), "one by one each would take a tenth of a second")
            try await world.server.restart()
            try await world.whileDispatching {
                let arrived = try await world.eventually { await world.hasAll([job.id]) }
                #expect(arrived)
            }
        }
    }

    @Test func aPushThatWasLostIsMadeUpForByTheSweep() async throws {
        try await LedgerWorld.run { world in
            let (now, soon) = (world.job(), world.job(runAt: Date().addingTimeInterval(30)))
            let far = world.job(runAt: Date().addingTimeInterval(3600))
            try await world.accept([now, soon, far])
            #expect(try await world.dispatching().sweep() == false)
            #expect(try await world.dispatcher.missing(of: [now.id, soon.id, far.id]) == [far.id])
            // What is sent is sent once.
            #expect(world.queue.metrics.dispatched.value == 2)
            _ = try await world.dispatching().sweep()
            #expect(world.queue.metrics.dispatched.value == 2)
        }
    }

    @Test func aRunningJobIsNotSentAgain() async throws {
        try await LedgerWorld.run { world in
            _ = try await world.claimed([world.job()])
            _ = try await world.dispatching().sweep()
            #expect(world.queue.metrics.dispatched.value == 0)
        }
    }
}
