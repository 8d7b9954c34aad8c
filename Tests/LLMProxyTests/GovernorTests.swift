import ChatModel
import EventLoop
import Observability
import Redis
import Spending
import Synchronization
import Tenancy
import TestSupport
import Testing

@testable import LLMProxy

/// Limits that several proxies share through a real Redis.
@Suite struct GovernorTests {
    /// Runs a test with so many proxies.
    private func with(
        _ count: Int, _ settings: GovernorSettings = GoverningProxy.patient,
        _ body: @escaping @Sendable ([GoverningProxy], PrivateRedis) async throws -> Void
    ) async throws {
        let server = try await PrivateRedis.start()
        try await RoomLoops.run {
            let proxies = try (0..<count).map { _ in try GoverningProxy(server, settings) }
            try await body(proxies, server)
            for proxy in proxies { await proxy.stop() }
        }
    }

    @Test func placesWithoutLimitsCostNoRoundTrip() async throws {
        try await with(1) { proxies, _ in
            let place = proxies[0].governor.place("p", .none)
            for _ in 0..<5000 {
                let admission = try await proxies[0].governor.admit(
                    proxies[0].demand([place], tokens: 100), until: .after(.seconds(1)))
                admission.settle(tokens: 10)
                admission.end()
            }
            #expect(proxies[0].governor.metrics.turns.value <= 5)
            #expect(proxies[0].governor.status.places.map(\.running) == [0])
        }
    }

    @Test func limitsWithRoomCostARoundTripForManyCalls() async throws {
        try await with(1) { proxies, _ in
            let place = proxies[0].governor.place("p", CallLimits(requestsPerMinute: 10_000_000, concurrency: 5000))
            for number in 0..<20_000 {
                try await proxies[0].call(proxies[0].demand([place]))
                if number.isMultiple(of: 100) { await Task.yield() }
            }
            #expect(proxies[0].governor.metrics.turns.value < 2000)
        }
    }

    @Test func neverMoreCallsRunThanAllowedInAllProxiesTogether() async throws {
        try await with(3) { proxies, _ in
            let crowd = Crowd()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<150 {
                    let proxy = proxies[index % 3]
                    let place = proxy.governor.place("p", CallLimits(concurrency: 7))
                    group.addTask {
                        let admission = try await proxy.governor.admit(
                            proxy.demand([place]), until: .after(.seconds(30)))
                        crowd.enter()
                        try await Loop.current?.sleep(for: .milliseconds(Int64(index % 7)))
                        crowd.leave()
                        admission.end()
                    }
                }
                try await group.waitForAll()
            }
            #expect(crowd.total == 150)
            #expect((5...7).contains(crowd.most), "\(crowd.most)")
            for proxy in proxies { #expect(proxy.governor.status.places.map(\.running) == [0]) }
        }
    }

    @Test func requestsOfAMinuteAreSpreadOverIt() async throws {
        try await with(2) { proxies, _ in
            let passed = Crowd()
            let begin = Moment.now
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<300 {
                    let proxy = proxies[index % 2]
                    let place = proxy.governor.place("p", CallLimits(requestsPerMinute: 600))
                    group.addTask {
                        do {
                            try await proxy.call(proxy.demand([place]), within: .milliseconds(1500)) { passed.enter() }
                        } catch {
                            return
                        }
                    }
                }
            }
            let elapsed = begin.duration(to: .now) / .seconds(1)
            // A twentieth at once, the rest evenly.
            let most = 30 + CallLimitNumbers.flow(of: 600) * elapsed
            #expect(Double(passed.total) <= most + 1, "\(passed.total) in \(elapsed) s")
            #expect(Double(passed.total) >= 30 + CallLimitNumbers.flow(of: 600) * 1.0, "\(passed.total)")
        }
    }

    @Test func tokensThatWereNotUsedAreGivenBack() async throws {
        try await with(1) { proxies, _ in
            let proxy = proxies[0]
            let place = proxy.governor.place("p", CallLimits(tokensPerMinute: 20_000))
            // Each takes all that is there at one moment, and hardly uses any of it.
            let begin = Moment.now
            for _ in 0..<20 {
                let admission = try await proxy.governor.admit(
                    proxy.demand([place], tokens: 1000), until: .after(.seconds(5)))
                admission.settle(tokens: 10)
                admission.end()
            }
            #expect(begin.duration(to: .now) < .seconds(2))
            // One that used more than was thought is made up for before the next begins.
            let greedy = try await proxy.governor.admit(
                proxy.demand([place], tokens: 10), until: .after(.seconds(5)))
            greedy.settle(tokens: 3000)
            greedy.end()
            await #expect(throws: GovernorRefusal.self) {
                try await proxy.call(proxy.demand([place], tokens: 500), within: .milliseconds(300))
            }
        }
    }

    @Test func aCallLargerThanAMinuteIsRefusedAtOnceAndALargeOneIsNot() async throws {
        try await with(1) { proxies, _ in
            let proxy = proxies[0]
            let place = proxy.governor.place("p", CallLimits(tokensPerMinute: 6000))
            let refusal = await #expect(throws: GovernorRefusal.self) {
                try await proxy.call(proxy.demand([place], tokens: 6001))
            }
            #expect(refusal?.kind == .tooLarge)
            let key = proxy.governor.place("k", CallLimits(tokensPerMinute: 5000))
            let ofKey = await #expect(throws: GovernorRefusal.self) {
                try await proxy.call(proxy.demand([place], keys: [key], tokens: 5001))
            }
            #expect(ofKey?.kind == .tooLarge && ofKey?.place == "k")
            try await proxy.call(proxy.demand([place], tokens: 4000), within: .seconds(2))
            await #expect(throws: GovernorRefusal.self) {
                try await proxy.call(proxy.demand([place], tokens: 100), within: .milliseconds(200))
            }
        }
    }

    @Test func aSaturatedModelHoldsUpNobodyElse() async throws {
        try await with(1) { proxies, _ in
            let proxy = proxies[0]
            let provider = proxy.governor.place("provider", CallLimits(concurrency: 20))
            let slow = proxy.governor.place("slow", CallLimits(concurrency: 1))
            let fast = proxy.governor.place("fast", CallLimits(concurrency: 5))
            let held = try await proxy.governor.admit(proxy.demand([provider, slow]), until: .after(.seconds(5)))
            let project = ProjectID.numbered(1)
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        do {
                            try await proxy.call(
                                proxy.demand([provider, slow], project: project), within: .seconds(3))
                        } catch {
                            return
                        }
                    }
                }
                let isFull = try? await becomesTrue { proxy.governor.status.waiting == 50 }  // ok: compared
                #expect(isFull == true)
                for _ in 0..<100 {
                    group.addTask {
                        await #expect(throws: Never.self) {
                            try await proxy.call(
                                proxy.demand([provider, fast], project: project), lasting: .milliseconds(1),
                                within: .seconds(2))
                        }
                    }
                }
            }
            held.end()
        }
    }

    @Test func aCallTakesWhicheverKeyIsFree() async throws {
        try await with(1) { proxies, _ in
            let proxy = proxies[0]
            let provider = proxy.governor.place("provider", .none)
            let keys = (0..<3).map { proxy.governor.place("k\($0)", CallLimits(concurrency: 1)) }
            let demand = proxy.demand([provider], keys: keys)
            var admissions: [Admission] = []
            for _ in 0..<3 {
                admissions.append(try await proxy.governor.admit(demand, until: .after(.seconds(5))))
            }
            #expect(Set(admissions.compactMap(\.key)) == [0, 1, 2])
            let freed = admissions.remove(at: 1)
            async let next = proxy.governor.admit(demand, until: .after(.seconds(5)))
            #expect(try await becomesTrue { proxy.governor.status.waiting == 1 })
            let position = freed.key
            freed.end()
            #expect(try await next.key == position)
        }
    }

    @Test func whoGivesUpLeavesNothingBehind() async throws {
        var settings = GoverningProxy.patient
        settings.waitingPerPlace = 2
        try await with(1, settings) { proxies, _ in
            let proxy = proxies[0]
            let place = proxy.governor.place("p", CallLimits(concurrency: 1))
            let held = try await proxy.governor.admit(proxy.demand([place]), until: .after(.seconds(5)))
            let kinds = Mutex<[GovernorRefusal.Kind]>([])
            let loop = RoomLoops.group.loops[0]
            let tasks = (0..<2).map { _ in
                loop.spawn {
                    do throws(GovernorRefusal) {
                        _ = try await proxy.governor.admit(proxy.demand([place]), until: .after(.seconds(30)))
                    } catch {
                        kinds.withLock { $0.append(error.kind) }
                    }
                }
            }
            #expect(try await becomesTrue { proxy.governor.status.waiting == 2 })
            let full = await #expect(throws: GovernorRefusal.self) { try await proxy.call(proxy.demand([place])) }
            #expect(full?.kind == .full)
            // Another lane has a line of its own.
            let late = await #expect(throws: GovernorRefusal.self) {
                try await proxy.call(proxy.demand([place], lane: .interactive), within: .milliseconds(30))
            }
            #expect(late?.kind == .timedOut)
            for task in tasks { task.cancel() }
            for task in tasks { await task.value }
            #expect(kinds.withLock { $0 } == [.cancelled, .cancelled])
            #expect(proxy.governor.status.waiting == 0)
            held.end()
            try await proxy.call(proxy.demand([place]), within: .seconds(5))
        }
    }

    @Test func whoHasWaitedInVainIsToldWhereAndWhenToTryAgain() async throws {
        try await with(1) { proxies, _ in
            let governor = proxies[0].governor
            let wide = governor.place("wide", CallLimits(concurrency: 9))
            let narrow = governor.place("narrow", CallLimits(concurrency: 1))
            let demand = proxies[0].demand([wide, narrow])
            let held = try await governor.admit(demand, until: .after(.seconds(5)))
            let refusals = try await withThrowingTaskGroup(of: GovernorRefusal?.self) { group in
                for limit in [100, 2000] {
                    group.addTask {
                        do throws(GovernorRefusal) {
                            _ = try await governor.admit(demand, until: .after(.milliseconds(limit)))
                            return nil
                        } catch {
                            return error
                        }
                    }
                }
                let first = try #require(try await group.next())
                governor.block(narrow, for: .seconds(60))
                return [first, try #require(try await group.next())]
            }
            #expect(refusals.allSatisfy { $0?.kind == .timedOut && $0?.place == "narrow" })
            #expect(refusals[0]?.retryAfter == .seconds(1))
            #expect(refusals[1].map { $0.retryAfter ?? .zero > .seconds(50) } == true)
            held.end()
        }
    }

    @Test func droppedAdmissionGivesItsPlaceBack() async throws {
        try await with(1) { proxies, _ in
            let proxy = proxies[0]
            let place = proxy.governor.place("p", CallLimits(concurrency: 1))
            for _ in 0..<20 {
                _ = try await proxy.governor.admit(proxy.demand([place]), until: .after(.seconds(5)))
            }
            #expect(proxy.governor.status.places[0].running == 0)
        }
    }

    // MARK: Fairness

    @Test func aProjectWithFewCallsIsNotHeldUpByOneWithMany() async throws {
        try await with(2) { proxies, _ in
            let (many, few) = (Crowd(), Crowd())
            let atEndOfFew = Note(0)
            let limits = CallLimits(concurrency: 4)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<400 {
                    group.addTask {
                        let place = proxies[0].governor.place("p", limits)
                        try await proxies[0].call(
                            proxies[0].demand([place], project: .numbered(1)), lasting: .milliseconds(10)
                        ) { many.enter() }
                    }
                }
                #expect(try await becomesTrue { proxies[0].governor.status.waiting > 300 })
                let before = many.total
                for _ in 0..<20 {
                    group.addTask {
                        let place = proxies[1].governor.place("p", limits)
                        try await proxies[1].call(
                            proxies[1].demand([place], project: .numbered(2)), lasting: .milliseconds(10)
                        ) {
                            few.enter()
                            if few.total == 20 { atEndOfFew.value = many.total - before }
                        }
                    }
                }
                try await group.waitForAll()
            }
            // About as many as the other had in that time. In the order of arrival, all that waited would have gone.
            #expect(atEndOfFew.value <= 150, "\(atEndOfFew.value) of the many went before the last of the few")
        }
    }

    @Test func urgentCallsGoFirstInAnyProxy() async throws {
        try await with(2) { proxies, _ in
            let limits = CallLimits(concurrency: 2)
            let backfilled = Crowd()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<200 {
                    let proxy = proxies[index % 2]
                    group.addTask {
                        let place = proxy.governor.place("p", limits)
                        try await proxy.call(
                            proxy.demand([place], project: .numbered(1), lane: .backfill), lasting: .milliseconds(10)
                        ) { backfilled.enter() }
                    }
                }
                #expect(try await becomesTrue { proxies.allSatisfy { $0.governor.status.waiting > 50 } })
                let before = backfilled.total
                let place = proxies[0].governor.place("p", limits)
                for _ in 0..<5 {
                    try await proxies[0].call(
                        proxies[0].demand([place], project: .numbered(1), lane: .interactive))
                }
                // In the order of arrival, all that waited would have gone before.
                #expect(backfilled.total - before <= 100, "\(backfilled.total - before)")
                group.cancelAll()
                while true {
                    do {
                        guard try await group.next() != nil else { break }
                    } catch {
                        continue
                    }
                }
            }
        }
    }
}
