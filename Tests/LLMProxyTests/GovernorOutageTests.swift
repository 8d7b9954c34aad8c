import ChatModel
import EventLoop
import Redis
import Spending
import Tenancy
import TestSupport
import Testing

@testable import LLMProxy

/// What becomes of limits when providers, proxies, Redis or its clock do something unexpected.
@Suite struct GovernorOutageTests {
    private static let quick: GovernorSettings = {
        var settings = GoverningProxy.patient
        settings.leaseLifetime = .seconds(2)
        return settings
    }()

    // MARK: Providers

    @Test func oneRefusalOfAProviderIsHeardByAllProxies() async throws {
        let server = try await PrivateRedis.start()
        try await RoomLoops.run {
            let proxies = try (0..<2).map { _ in try GoverningProxy(server) }
            let demands = proxies.map { $0.demand([$0.governor.place("p", .none)]) }
            var held: [Admission] = []
            for (proxy, demand) in zip(proxies, demands) {
                for _ in 0..<10 { held.append(try await proxy.governor.admit(demand, until: .after(.seconds(1)))) }
            }
            #expect(try await becomesTrue { proxies[0].governor.status.places[0].proxies == 2 })
            held[0].throttled(retryAfter: .seconds(2))
            let refusal = await #expect(throws: GovernorRefusal.self) {
                try await proxies[0].call(demands[0], within: .milliseconds(500))
            }
            #expect(refusal?.kind == .blocked)
            #expect((refusal?.retryAfter ?? .zero) > .seconds(1))
            #expect(
                try await becomesTrue(within: .seconds(3)) {
                    proxies[1].governor.status.places[0].blockedFor != nil
                })
            // 20 calls ran: fewer may, until it recovers.
            let learned = try #require(proxies[1].governor.status.places[0].learned.concurrency)
            #expect((10...16).contains(learned), "\(learned)")
            for admission in held { admission.end() }
            try await proxies[1].call(demands[1], within: .seconds(5))
            #expect(
                try await becomesTrue(within: .seconds(5)) {
                    let now = proxies[1].governor.status.places[0]
                    try await proxies[1].call(demands[1], within: .seconds(5))
                    return (now.learned.concurrency ?? 0) > learned
                }, "it grows again")
            for proxy in proxies { await proxy.stop() }
        }
    }

    @Test func aLimitThatIsNearlyReachedHoldsAtOnce() async throws {
        let server = try await PrivateRedis.start()
        try await RoomLoops.run {
            let proxy = try GoverningProxy(server)
            let demand = proxy.demand([proxy.governor.place("p", .none)])
            let admission = try await proxy.governor.admit(demand, until: .after(.seconds(1)))
            var limits = RateLimits()
            limits.requests = RateLimits.Quota(limit: 60, remaining: 3, reset: .seconds(57))
            admission.learn(limits)
            admission.end()
            #expect(
                try await becomesTrue { proxy.governor.status.places[0].learned.requestsPerMinute == 60 })
            let passed = Crowd()
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        do {
                            try await proxy.call(demand, within: .milliseconds(500)) { passed.enter() }
                        } catch {
                            return
                        }
                    }
                }
            }
            #expect((2...4).contains(passed.total), "\(passed.total)")
            await proxy.stop()
        }
    }

    // MARK: Proxies

    @Test func placesOfAProxyThatDiedAreFreeAgain() async throws {
        let server = try await PrivateRedis.start()
        try await RoomLoops.run {
            let (doomed, heir) = (try GoverningProxy(server, Self.quick), try GoverningProxy(server, Self.quick))
            let limits = CallLimits(concurrency: 3)
            var held: [Admission] = []
            let place = doomed.governor.place("p", limits)
            for _ in 0..<3 {
                held.append(try await doomed.governor.admit(doomed.demand([place]), until: .after(.seconds(5))))
            }
            let demand = heir.demand([heir.governor.place("p", limits)])
            await #expect(throws: GovernorRefusal.self) { try await heir.call(demand, within: .milliseconds(300)) }
            await doomed.die()
            let death = Moment.now
            var inherited: [Admission] = []
            for _ in 0..<3 { inherited.append(try await heir.governor.admit(demand, until: .after(.seconds(10)))) }
            let waited = death.duration(to: .now)
            #expect(waited > .milliseconds(500) && waited < .seconds(4), "\(waited)")
            #expect(held.count == 3)
            await heir.stop()
            await doomed.governor.stop()
        }
    }

    @Test func aProxyThatStopsGivesBackAtOnce() async throws {
        let server = try await PrivateRedis.start()
        try await RoomLoops.run {
            let (leaving, staying) = (try GoverningProxy(server), try GoverningProxy(server))
            let limits = CallLimits(concurrency: 2)
            let place = leaving.governor.place("p", limits)
            let held = try await leaving.governor.admit(leaving.demand([place]), until: .after(.seconds(5)))
            await leaving.stop()
            let demand = staying.demand([staying.governor.place("p", limits)])
            let begin = Moment.now
            let both = [
                try await staying.governor.admit(demand, until: .after(.seconds(4))),
                try await staying.governor.admit(demand, until: .after(.seconds(4))),
            ]
            #expect(begin.duration(to: .now) < .seconds(1))
            #expect(both.count == 2 && held.key == nil)
            await staying.stop()
        }
    }

    // MARK: Redis

    @Test func withoutRedisEveryProxyKeepsToAPartAndReturns() async throws {
        let server = try await PrivateRedis.start()
        try await RoomLoops.run {
            let proxies = try (0..<2).map { _ in try GoverningProxy(server, Self.quick) }
            let demands = proxies.map { $0.demand([$0.governor.place("p", CallLimits(concurrency: 10))]) }
            try await Self.acquaint(proxies, demands)
            server.kill()
            #expect(
                try await becomesTrue {
                    for (proxy, demand) in zip(proxies, demands) { try await proxy.call(demand) }
                    // As long as leases last, it could be that only this one is cut off.
                    return proxies.allSatisfy { ($0.governor.status.awayFor ?? .zero) > Self.quick.leaseLifetime }
                })
            let away = try await Self.load(proxies, demands)
            #expect(away.total == 120)
            // Eight tenths of ten, halved: four each.
            #expect((4...8).contains(away.most), "\(away.most)")

            try await server.restart()
            #expect(
                try await becomesTrue(within: .seconds(15)) {
                    for (proxy, demand) in zip(proxies, demands) { try await proxy.call(demand) }
                    return proxies.allSatisfy { $0.governor.status.isSharing }
                })
            let back = try await Self.load(proxies, demands)
            #expect(back.total == 120)
            #expect((8...10).contains(back.most), "\(back.most)")
            for proxy in proxies { await proxy.stop() }
        }
    }

    @Test func aRedisThatHangsHoldsCallsUpForAMomentOnly() async throws {
        let server = try await PrivateRedis.start()
        try await RoomLoops.run {
            let proxy = try GoverningProxy(server, GovernorSettings())
            let demand = proxy.demand([proxy.governor.place("p", CallLimits(concurrency: 4))])
            try await proxy.call(demand)
            server.freeze(true)
            let begin = Moment.now
            for _ in 0..<50 { try await proxy.call(demand, lasting: .milliseconds(2), within: .seconds(3)) }
            #expect(begin.duration(to: .now) < .seconds(3))
            server.freeze(false)
            #expect(
                try await becomesTrue(within: .seconds(15)) {
                    try await proxy.call(demand)
                    return proxy.governor.status.isSharing
                })
            await proxy.stop()
        }
    }

    @Test func withoutAnyRedisTheWholeLimitIsOurs() async throws {
        try await RoomLoops.run {
            let proxy = try GoverningProxy(nil)
            let demands = [proxy.demand([proxy.governor.place("p", CallLimits(concurrency: 6))])]
            let crowd = try await Self.load([proxy], demands)
            #expect(crowd.most == 6 && crowd.total == 120)
            #expect(proxy.governor.status.isSharing)
            await proxy.stop()
        }
    }

    @Test func placesHoldWhenRedisLosesWhatItKnows() async throws {
        let server = try await PrivateRedis.start()
        try await RoomLoops.run {
            let proxies = try (0..<2).map { _ in try GoverningProxy(server) }
            let demands = proxies.map { $0.demand([$0.governor.place("p", CallLimits(concurrency: 10))]) }
            try await Self.acquaint(proxies, demands)
            let crowd = Crowd()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<300 {
                    group.addTask {
                        let (proxy, demand) = (proxies[index % 2], demands[index % 2])
                        let admission = try await proxy.governor.admit(demand, until: .after(.seconds(30)))
                        crowd.enter()
                        try await Loop.current?.sleep(for: .milliseconds(20))
                        crowd.leave()
                        admission.end()
                    }
                }
                for _ in 0..<5 {
                    try await Loop.current?.sleep(for: .milliseconds(100))
                    _ = try await proxies[0].redis?.command(["FLUSHALL"])
                }
                try await group.waitForAll()
            }
            #expect(crowd.total == 300)
            #expect(crowd.most <= 10, "\(crowd.most)")
            for proxy in proxies { await proxy.stop() }
        }
    }

    /// Lets proxies make calls until they know of each other.
    private static func acquaint(_ proxies: [GoverningProxy], _ demands: [CallDemand]) async throws {
        #expect(
            try await becomesTrue {
                for (proxy, demand) in zip(proxies, demands) { try await proxy.call(demand) }
                return proxies.allSatisfy { $0.governor.status.places[0].proxies == proxies.count }
            })
    }

    /// 120 calls of 10 ms at once, half in each proxy.
    private static func load(_ proxies: [GoverningProxy], _ demands: [CallDemand]) async throws -> Crowd {
        let crowd = Crowd()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<120 {
                let (proxy, demand) = (proxies[index % proxies.count], demands[index % proxies.count])
                group.addTask {
                    let admission = try await proxy.governor.admit(demand, until: .after(.seconds(30)))
                    crowd.enter()
                    try await Loop.current?.sleep(for: .milliseconds(10))
                    crowd.leave()
                    admission.end()
                }
            }
            try await group.waitForAll()
        }
        return crowd
    }
}
