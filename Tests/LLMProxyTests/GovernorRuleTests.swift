import ChatModel
import EventLoop
import Redis
import Spending
import Tenancy
import TestSupport
import Testing

@testable import LLMProxy

/// The governor's rules, as values that are told the time.
@Suite struct GovernorRuleTests {
    private static let start = Moment.now

    private func candidate(_ lane: CallLane, _ project: UInt64, waiting: Duration) -> ServingOrder.Candidate {
        ServingOrder.Candidate(
            owner: WaitingOwner(lane: lane, project: .numbered(project)), since: Self.start - waiting)
    }

    /// Whom `count` places go to, when all keep waiting.
    private func serve(_ candidates: [ServingOrder.Candidate], _ count: Int, cost: Double = 1) -> [Int] {
        var order = ServingOrder()
        var served = [Int](repeating: 0, count: candidates.count)
        for _ in 0..<count {
            guard let next = order.next(among: candidates, at: Self.start) else { break }
            order.serve(candidates[next].owner, cost: cost)
            served[next] += 1
        }
        return served
    }

    @Test func projectsTakeTurns() {
        let all = (1...4).map { candidate(.online, $0, waiting: .seconds(Int64($0))) }
        #expect(serve(all, 40) == [10, 10, 10, 10])
    }

    @Test func anEarlierLaneGoesFirst() {
        let all = [candidate(.batch, 1, waiting: .seconds(10)), candidate(.interactive, 2, waiting: .zero)]
        #expect(serve(all, 40) == [0, 40])
    }

    @Test func whoeverHasWaitedTooLongGetsEveryEighthPlace() {
        let all = [
            candidate(.interactive, 1, waiting: .zero), candidate(.batch, 2, waiting: .seconds(60)),
            candidate(.backfill, 3, waiting: .seconds(130)),
        ]
        #expect(serve(all, 80) == [70, 10, 0])
        let older = [all[0], all[1], candidate(.backfill, 3, waiting: .seconds(600))]
        #expect(serve(older, 80) == [70, 0, 10])
    }

    @Test func whoComesAnewNeitherSavesUpNorMakesUp() {
        var order = ServingOrder()
        let (old, new) = (candidate(.online, 1, waiting: .seconds(9)), candidate(.online, 2, waiting: .zero))
        order.join(old.owner, among: [])
        for _ in 0..<100 { order.serve(old.owner, cost: 1) }
        order.join(new.owner, among: [old.owner.project])
        var served = [0, 0]
        for _ in 0..<20 {
            guard let next = order.next(among: [old, new], at: Self.start) else { break }
            order.serve([old, new][next].owner, cost: 1)
            served[next] += 1
        }
        #expect(served == [10, 10])
    }

    @Test func whomTheCommonAccountNamesGoesFirst() {
        var order = ServingOrder()
        let all = [candidate(.interactive, 1, waiting: .zero), candidate(.batch, 2, waiting: .zero)]
        order.entitle([(all[1].owner, 2)])
        var picks: [Int] = []
        for _ in 0..<4 {
            guard let next = order.next(among: all, at: Self.start) else { break }
            order.serve(all[next].owner, cost: 1)
            picks.append(next)
        }
        #expect(picks == [1, 1, 0, 0])
    }

    @Test(arguments: [1, 2, 7, 20, 59, 60, 600, 10_000])
    func noMinuteHasMoreThanItsLimit(limit: Int) {
        // The fullest minute begins with a full store and takes whatever comes at once.
        let most = CallLimitNumbers.burst(of: limit) + Int((CallLimitNumbers.flow(of: limit) * 59.999).rounded(.down))
        #expect(most <= limit && Double(most) >= Double(limit) * 0.9 - 1)
    }

    @Test func plentyIsNotWorthReporting() {
        var limits = RateLimits()
        limits.requests = RateLimits.Quota(limit: 10_000, remaining: 9000, reset: .milliseconds(6))
        limits.tokens = RateLimits.Quota(limit: 1_000_000, remaining: 400_000, reset: .seconds(30))
        #expect(LimitReport(limits) == nil)
        limits.outputTokens = RateLimits.Quota(limit: 8000, remaining: 100, reset: .seconds(50))
        #expect(LimitReport(limits)?.tokens == LimitReport.Meter(limit: 8000, remaining: 100))
    }

    @Test func aDailyLimitOnlyPauses() {
        var limits = RateLimits()
        limits.requestsAreDaily = true
        limits.requests = RateLimits.Quota(limit: 1000, remaining: 1, reset: .seconds(3000))
        #expect(LimitReport(limits) == nil)
        limits.requests?.remaining = 0
        #expect(LimitReport(limits)?.pause == .seconds(300))
        #expect(LimitReport(limits)?.requests == nil)
        limits.requests?.reset = .seconds(40)
        #expect(LimitReport(limits)?.pause == .seconds(40))
    }

    @Test func ofTwoReportsTheWorseHolds() throws {
        var limits = RateLimits()
        limits.requests = RateLimits.Quota(limit: 100, remaining: 4)
        let one = try #require(LimitReport(limits))
        limits.requests?.remaining = 9
        let other = try #require(LimitReport(limits))
        let both = LimitReport(throttledFor: .seconds(3)).merged(with: other.merged(with: one))
        #expect(both.requests?.remaining == 4 && both.pause == .seconds(3) && both.isThrottled)
    }

    // MARK: The common account

    /// What a proxy gets that is alone at a fresh place.
    private func dealt(_ limits: [Int], _ waiting: String) async throws -> [Int64] {
        let server = try await PrivateRedis.start()
        let loop = RoomLoops.group.next()
        return try await loop.run {
            let redis = RedisClient(loops: RoomLoops.group, settings: try RedisSettings(url: server.url))
            try await redis.loadFunctions(GovernorLibrary.code)
            let text =
                #"{"limits":\#(limits),"held":0,"running":0,"returned":[0,0],"wished":[0,0,0],"proxies":1,"#
                + #""waiting":\#(waiting)}"#
            let reply = try await redis.call(
                function: GovernorLibrary.turn, keys: ["place"], arguments: ["me", 5000, .init(text)])
            await redis.close()
            return reply.array?.first?.array?.compactMap(\.integer) ?? []
        }
    }

    @Test func theCommonAccountDealsByLaneAndEveryEighthByPatience() async throws {
        let reply = try await dealt([80, 0, 0], #"[[1,"a",100,0,0,0],[3,"b",100,0,0,60000],[4,"c",9,0,0,130000]]"#)
        #expect(Array(reply[10...]) == [70, 10, 0])
        #expect(reply[0] == 80 && reply[3] == 1)
    }

    @Test func theCommonAccountDealsTokensAndNotCalls() async throws {
        // 10,000 tokens at one moment, for large calls of one project and small ones of another.
        let reply = try await dealt([0, 0, 200_000], #"[[2,"a",100,1000,99000,5],[2,"b",100,100,9900,5]]"#)
        #expect((4...6).contains(reply[10]) && (40...60).contains(reply[11]), "\(reply)")
        #expect((9900...11_000).contains(reply[2]))
    }

    // MARK: The clock of Redis

    /// A library whose time a test sets.
    private static let settable = GovernorLibrary.code.replacing(
        "local time = redis.call('TIME')", with: "local time = redis.call('HMGET', 'test:time', 's', 'us')")

    private struct Member {
        let redis: RedisClient
        let name: String

        func turn(held: Int, wished: Int = 0, since: Int?, pause: Int? = nil) async throws -> [Int64] {
            let report = pause.map { #","report":{"pause":\#($0)}"# } ?? ""
            let last = since.map { #","since":\#($0)"# } ?? ""
            let text =
                #"{"limits":[4,0,0],"held":\#(held),"running":\#(held),"returned":[0,0],"wished":[\#(wished),0,0],"#
                + #""proxies":1\#(last)\#(report)}"#
            let reply = try await redis.call(
                function: GovernorLibrary.turn, keys: ["place"], arguments: [.init(name), 5000, .init(text)])
            return reply.array?.first?.array?.compactMap(\.integer) ?? []
        }

        func set(seconds: Int) async throws {
            _ = try await redis.command(["HSET", "test:time", "s", .init(seconds), "us", "0"])
        }
    }

    @Test(arguments: [3600, -3600])
    func leasesAndPausesMoveWithAClockThatIsSet(jump: Int) async throws {
        let server = try await PrivateRedis.start()
        try await RoomLoops.run {
            let redis = RedisClient(loops: RoomLoops.group, settings: try RedisSettings(url: server.url))
            try await redis.loadFunctions(Self.settable)
            let (one, other) = (Member(redis: redis, name: "one"), Member(redis: redis, name: "other"))
            try await one.set(seconds: 10_000)
            #expect(try await one.turn(held: 3, since: nil).first == 3)
            #expect(try await other.turn(held: 1, since: nil).first == 1)
            // A second passes, and the clock is set.
            try await one.set(seconds: 10_001 + jump)
            let seen = try await one.turn(held: 3, wished: 4, since: 1000)
            #expect(seen[0] == 3 && seen[6] == 2, "the other's place is not given away: \(seen)")
            try await one.set(seconds: 10_002 + jump)
            #expect(try await other.turn(held: 1, wished: 4, since: 2000)[0] == 1)
            // A pause ends when it should.
            #expect(try await one.turn(held: 3, since: 1000, pause: 10_000)[5] == 10_000)
            try await one.set(seconds: 10_003 + 2 * jump)
            #expect(try await one.turn(held: 3, since: 1000)[5] == 9000)
            try await one.set(seconds: 10_013 + 2 * jump)
            #expect(try await one.turn(held: 3, since: 10_000)[5] == 0)
            await redis.close()
        }
    }
}
