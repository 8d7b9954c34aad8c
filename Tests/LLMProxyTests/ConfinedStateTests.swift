import EventLoop
import FoundationEssentials
import Providers
import Synchronization
import Tenancy
import Testing

@testable import LLMProxy

/// The parts that one loop keeps for itself.
@Suite struct ConfinedStateTests {
    private func onLoop(_ body: @escaping @Sendable (Loop) async throws -> Void) async throws {
        let loop = TestLoops.group.loops[0]
        try await loop.run { try await body(loop) }
    }

    // MARK: Gate

    @Test func silentProviderHoldsUpItsOwnCallsOnly() async throws {
        try await onLoop { loop in
            let gate = ProviderGate(loop: loop, limit: 2, waitingLimit: 1)
            let held = [try await gate.enter("silent", until: .never), try await gate.enter("silent", until: .never)]
            await #expect(throws: ProviderGate.Refusal.timedOut) {
                try await gate.enter("silent", until: .after(.milliseconds(20)))
            }
            _ = try await gate.enter("other", until: .never)
            #expect(held.count == 2)
        }
    }

    @Test func placeGoesToWhoeverWaitsLongest() async throws {
        try await onLoop { loop in
            let gate = ProviderGate(loop: loop, limit: 1, waitingLimit: 2)
            let order = Mutex<[Int]>([])
            var first: ProviderGate.Ticket? = try await gate.enter("p", until: .never)
            let tasks = (1...2).map { number in
                loop.spawn {
                    let ticket = try? await gate.enter("p", until: .never)  // ok: the order below tells
                    if ticket != nil { order.withLock { $0.append(number) } }
                }
            }
            try await loop.sleep(for: .milliseconds(10))
            await #expect(throws: ProviderGate.Refusal.full) { try await gate.enter("p", until: .never) }
            #expect(first != nil && order.withLock { $0 }.isEmpty)
            first = nil
            for task in tasks { await task.value }
            #expect(order.withLock { $0 } == [1, 2])
            _ = try await gate.enter("p", until: .after(.seconds(1)))
        }
    }

    @Test func callerThatLeavesLeavesTheLine() async throws {
        try await onLoop { loop in
            let gate = ProviderGate(loop: loop, limit: 1, waitingLimit: 1)
            var ticket: ProviderGate.Ticket? = try await gate.enter("p", until: .never)
            let refusal = Mutex<ProviderGate.Refusal?>(nil)
            let task = loop.spawn {
                do throws(ProviderGate.Refusal) {
                    _ = try await gate.enter("p", until: .never)
                } catch {
                    refusal.withLock { $0 = error }
                }
            }
            try await loop.sleep(for: .milliseconds(10))
            task.cancel()
            await task.value
            #expect(refusal.withLock { $0 } == .cancelled)
            #expect(ticket != nil)
            ticket = nil
            _ = try await gate.enter("p", until: .after(.seconds(1)))
        }
    }

    // MARK: Cache

    private struct Away: Error {}

    private final class Source: Sendable {
        let asked = Atomic<Int>(0)
        let isAway = Atomic<Bool>(false)

        var source: RouteSource {
            RouteSource(
                route: { [self] _, name in
                    asked.wrappingAdd(1, ordering: .relaxed)
                    try await Loop.current?.sleep(for: .milliseconds(5))
                    guard !isAway.load(ordering: .relaxed) else { throw Away() }
                    return name == "known" ? .demo : nil
                }, models: { _ in [] })
        }

        var count: Int { asked.load(ordering: .relaxed) }
    }

    private static let organization = OrganizationID(uuid: UUID())

    @Test func oneLookUpServesAllThatWaitForIt() async throws {
        try await onLoop { loop in
            let source = Source()
            let cache = RouteCache(loop: loop, source: source.source, lastKnown: LastKnownRoutes())
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<50 {
                    group.addTask { (try? await cache.route(Self.organization, "known")) == .demo }  // ok: compared
                }
                for await isRight in group { #expect(isRight) }
            }
            #expect(source.count == 1)
            for _ in 0..<2 {
                let absent = try await cache.route(Self.organization, "unknown")
                #expect(absent == nil)
            }
            #expect(source.count == 2)
        }
    }

    @Test func changedRouteIsLookedUpAgain() async throws {
        try await onLoop { loop in
            let source = Source()
            let cache = RouteCache(loop: loop, source: source.source, lastKnown: LastKnownRoutes())
            _ = try await cache.route(Self.organization, "known")
            cache.invalidate()
            try await loop.sleep(for: .milliseconds(5))
            _ = try await cache.route(Self.organization, "known")
            #expect(source.count == 2)
        }
    }

    @Test func knownRouteOutlivesItsSourceOnEveryLoop() async throws {
        try await onLoop { loop in
            let source = Source()
            let lastKnown = LastKnownRoutes()
            let cache = RouteCache(loop: loop, source: source.source, lastKnown: lastKnown)
            _ = try await cache.route(Self.organization, "known")
            source.isAway.store(true, ordering: .relaxed)
            cache.invalidate()
            try await loop.sleep(for: .milliseconds(5))
            #expect(try await cache.route(Self.organization, "known") == .demo)
            let other = RouteCache(loop: loop, source: source.source, lastKnown: lastKnown)
            #expect(try await other.route(Self.organization, "known") == .demo)
            await #expect(throws: RoutesUnavailable.self) { try await cache.route(Self.organization, "other") }
        }
    }
}
