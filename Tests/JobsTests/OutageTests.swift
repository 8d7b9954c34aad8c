import EventLoop
import FoundationEssentials
import Queueing
import Redis
import Tenancy
import Testing

@testable import Jobs

/// What becomes of calls when Redis is emptied, full, busy, read-only or of another release.
@Suite struct OutageTests {
    @Test func callersOfAnotherEpochAreRefused() async throws {
        try await QueueFixture.run { queue in
            try await queue.add(QueueFixture.tickets(2))
            let leases = try await queue.exchange(1)
            try await queue.dispatcher.begin(epoch: 5)
            #expect(await kind { try await queue.exchange(1, epoch: 1) } == .epochChanged)
            #expect(await kind { try await queue.end(leases, .finished) } == .epochChanged)
            #expect(await kind { try await queue.beat(leases) } == .epochChanged)
            #expect(await kind { try await queue.dispatcher.begin(epoch: 4) } == .epochChanged)
            #expect(try await queue.exchange(1, epoch: 5).count == 1)
            // Who does not hold leases goes along.
            try await queue.add(QueueFixture.tickets(1))
        }
    }

    @Test func anEmptiedRedisIsNoticedAndCanBeFilledAgain() async throws {
        try await QueueFixture.run(alone: []) { queue in
            let tickets = QueueFixture.tickets(3)
            try await queue.add(tickets)
            _ = try await queue.redis.command(["FLUSHALL"])
            #expect(await kind { try await queue.add(tickets) } == .epochChanged)
            #expect(try await queue.dispatcher.epoch() == nil)
            try await queue.dispatcher.begin(epoch: 2)
            #expect(try await queue.dispatcher.epoch()?.isSeeded == false)
            try await queue.add(tickets)
            try await queue.dispatcher.finishSeeding(epoch: 2)
            #expect(try await queue.dispatcher.epoch()?.isSeeded == true)
            #expect(try await queue.exchange(5, epoch: 2).count == 3)
        }
    }

    @Test func lostFunctionsAreLoadedAgain() async throws {
        try await QueueFixture.run(alone: []) { queue in
            let ids = try await queue.add(QueueFixture.tickets(2))
            _ = try await queue.redis.command(["FUNCTION", "FLUSH"])
            #expect(try await queue.exchange(1).count == 1)
            #expect(try await queue.redis.command(["FUNCTION", "LIST"]).array?.count == 1)
            #expect(try await queue.dispatcher.missing(of: ids).isEmpty)
        }
    }

    @Test func aFullRedisRefusesNewJobsAndGoesOnWithTheOthers() async throws {
        try await QueueFixture.run(alone: ["maxmemory-policy noeviction"]) { queue in
            let ids = try await queue.add(QueueFixture.tickets(50))
            _ = try await queue.redis.command(["CONFIG", "SET", "maxmemory", "1mb"])
            #expect(await kind { try await queue.add(QueueFixture.tickets(1)) } == .full)
            let leases = try await queue.exchange(20)
            #expect(leases.count == 20)
            #expect(try await queue.beat(leases).lost.isEmpty)
            try await queue.end(leases, .finished)
            #expect(try await queue.drain() == Array(ids.dropFirst(20)))
        }
    }

    @Test func aCallWaitsAMomentForARedisThatIsReadOnly() async throws {
        try await QueueFixture.run(alone: []) { queue in
            _ = try await queue.redis.command(["REPLICAOF", "127.0.0.1", "1"])
            let loop = try #require(Loop.current)
            let promotion = loop.spawn { [redis = queue.redis] in
                do {
                    try await loop.sleep(for: .milliseconds(300))
                    _ = try await redis.command(["REPLICAOF", "NO", "ONE"])
                } catch {
                    Issue.record(error)
                }
            }
            let began = ContinuousClock.now
            try await queue.add(QueueFixture.tickets(1))
            #expect(ContinuousClock.now - began >= .milliseconds(200))
            await promotion.value
        }
    }

    @Test func aRedisThatStaysReadOnlyIsUnavailable() async throws {
        try await QueueFixture.run(alone: []) { queue in
            _ = try await queue.redis.command(["REPLICAOF", "127.0.0.1", "1"])
            let impatient = JobDispatcher(redis: queue.redis, lane: queue.lane, patience: .milliseconds(100))
            #expect(await kind { try await impatient.enqueue(QueueFixture.tickets(1)) } == .unavailable)
        }
    }

    @Test func twoReleasesOfTheLibraryWorkSideBySide() async throws {
        try await QueueFixture.run(alone: []) { queue in
            let next = FunctionLibrary.code.split(separator: "evq4", omittingEmptySubsequences: false)
                .joined(separator: "evq5")
            try await queue.redis.loadFunctions(next)
            let ids = try await queue.add(QueueFixture.tickets(2))
            let arguments: [RedisArgument] = ["1", "newer", "60000", "1", "1", "evaluations"]
            let reply = try await queue.redis.call(
                function: "evq5_exchange", keys: [RedisArgument("ev:{\(queue.lane)}:")], arguments: arguments)
            #expect(reply.array?.count == 4)
            #expect(try await queue.exchange(2).map(\.id) == [ids[1]])
        }
    }

    @Test func allKeysAreInOneSlotOfACluster() async throws {
        try await QueueFixture.run(alone: []) { queue in
            try await queue.dispatcher.apply(
                QueueControl(subject: .limit(.provider("p")), concurrency: 1, updatedAt: Date()))
            try await queue.add(
                QueueFixture.tickets(9, organization: QueueFixture.organization(), limits: [.provider("p")]))
            try await queue.add(QueueFixture.tickets(1, at: Date().addingTimeInterval(60)))
            let leases = try await queue.exchange(5)
            try await queue.dispatcher.cancel(leases.map(\.id))
            try await queue.dispatcher.cancel(batch: QueueFixture.identifiers.next())
            try await queue.beat(leases)
            try await queue.end(leases, .finished)
            let keys = try #require(try await queue.redis.command(["KEYS", "*"]).array).compactMap(\.text)
            #expect(keys.count > 10)
            #expect(keys.allSatisfy { $0.hasPrefix("ev:{\(queue.lane)}:") }, "\(keys)")
        }
    }

    @Test func nothingIsLeftBehindWhenEverythingIsDone() async throws {
        try await QueueFixture.run(alone: []) { queue in
            for _ in 0..<3 {
                try await queue.add(QueueFixture.tickets(100, organization: QueueFixture.organization()))
                _ = try await queue.drain(9)
            }
            let keys = try #require(try await queue.redis.command(["KEYS", "*"]).array).compactMap(\.text)
            let kept = keys.filter { !$0.contains(":st:") }.map { $0.split(separator: ":").last.map(String.init) }
            #expect(Set(kept) == ["epoch", "names", "waiting", "evaluations", "ev"])
        }
    }
}
