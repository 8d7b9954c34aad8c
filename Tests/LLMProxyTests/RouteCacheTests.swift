import ChatModel
import EventLoop
import FoundationEssentials
import Logging
import Observability
import Providers
import Synchronization
import Tenancy
import Testing

@testable import LLMProxy

/// How long routes are kept, and what for.
@Suite struct RouteCacheTests {
    private func onLoop(_ body: @escaping @Sendable (Loop) async throws -> Void) async throws {
        let loop = TestLoops.group.loops[0]
        try await loop.run { try await body(loop) }
    }

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
                    return name == "known" ? .demonstration : nil
                }, models: { _ in [] })
        }

        var count: Int { asked.load(ordering: .relaxed) }
    }

    private static let organization = OrganizationID(uuid: UUID())

    private func cache(on loop: Loop, _ source: Source, _ lastKnown: LastKnownRoutes = LastKnownRoutes()) -> RouteCache
    {
        RouteCache(loop: loop, source: source.source, preparation: .test(on: loop), lastKnown: lastKnown)
    }

    private func isDemonstration(_ route: PreparedRoute?) -> Bool { route?.deployments.first?.providerName == "demo" }

    @Test func oneLookUpServesAllThatWaitForIt() async throws {
        try await onLoop { loop in
            let source = Source()
            let cache = cache(on: loop, source)
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        isDemonstration(try? await cache.route(Self.organization, "known"))  // ok: compared
                    }
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
            let cache = cache(on: loop, source)
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
            let first = cache(on: loop, source, lastKnown)
            _ = try await first.route(Self.organization, "known")
            source.isAway.store(true, ordering: .relaxed)
            first.invalidate()
            try await loop.sleep(for: .milliseconds(5))
            #expect(isDemonstration(try await first.route(Self.organization, "known")))
            let other = cache(on: loop, source, lastKnown)
            #expect(isDemonstration(try await other.route(Self.organization, "known")))
            await #expect(throws: RoutesUnavailable.self) { try await first.route(Self.organization, "other") }
        }
    }
}
