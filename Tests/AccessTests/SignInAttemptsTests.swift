import EventLoop
import FoundationEssentials
import Logging
import Redis
import Tenancy
import TestSupport
import Testing

@testable import Access

/// What several servers count together.
@Suite struct SignInAttemptsTests {
    private static let rules: [SignInGate.Kind: SignInGateRule] = [
        .pair: SignInGateRule(free: 3, longestPause: 900, memory: 1800),
        .account: SignInGateRule(free: 5, longestPause: 30, memory: 1800),
        .origin: SignInGateRule(free: 8, longestPause: 300, memory: 1800),
        .codes: SignInGateRule(free: 2, longestPause: 900, memory: 86_400),
        .proofs: SignInGateRule(free: 4, longestPause: 900, memory: 86_400),
    ]
    private static let hash = CredentialHash(secret: Array(repeating: 7, count: 32))
    private let home = SignInOrigin("192.0.2.1")

    /// Runs a test with a Redis of its own, and as many servers as it asks for. They wait as long for it as a slow machine may
    /// need, where the test is not about its being away.
    private func run(
        waitingForRedis patience: Duration = .seconds(30),
        _ body: @escaping @Sendable (PrivateRedis, _ server: @Sendable () throws -> SignInAttempts) async throws -> Void
    ) async throws {
        let redis = try await PrivateRedis.start()
        let loops = LoopGroup(count: 1, name: "attempts-test")
        try await loops.next().run {
            try await body(redis) {
                SignInAttempts(
                    redis: RedisClient(loops: loops, settings: try RedisSettings(url: redis.url)), hash: Self.hash,
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, rules: Self.rules,
                    patience: patience, now: { Date() })
            }
        }
    }

    /// The wait of an attempt that is refused; `nil` for one that is admitted.
    private func refusal(
        _ begin: () async throws -> SignInAttempts.Attempt
    ) async throws -> SignInAttempts.TooMany? {
        do {
            _ = try await begin()
            return nil
        } catch let error as SignInAttempts.TooMany {
            return error
        }
    }

    /// The first wait of attempts made one after the other. The pauses begin with a second, which may be over on a slow machine
    /// by the next attempt, and double with each one that is let through.
    private func firstRefusal(
        _ begin: () async throws -> SignInAttempts.Attempt
    ) async throws -> SignInAttempts.TooMany? {
        for _ in 0..<6 {
            if let error = try await refusal(begin) { return error }
        }
        return nil
    }

    /// How many attempts are let through at most, beyond those that are free, when they take so long together.
    private func mostLetThrough(within time: Duration) -> Int {
        var (count, end) = (0, Duration.seconds(1))
        while end <= time { (count, end) = (count + 1, end + .seconds(2 << count)) }
        return count
    }

    @Test func serversCountTogether() async throws {
        try await run { _, server in
            let (first, second) = (try server(), try server())
            for number in 0..<3 {
                let attempt = try await (number.isMultiple(of: 2) ? first : second)
                    .begin(for: "a@example.com", from: home, isKnown: true)
                #expect(attempt.isLast == (number == 2))
            }
            // Of each attempt that is refused, whether it is the first one.
            var news: [Bool?] = [nil]
            while news.count < 12, news.last != false {
                let server = news.count.isMultiple(of: 2) ? first : second
                let email = news.count.isMultiple(of: 2) ? "a@example.com" : "A@example.com"
                news.append(
                    try await refusal { try await server.begin(for: email, from: home, isKnown: true) }?.isFirst)
            }
            #expect(news.suffix(2) == [true, false])
            #expect(zip(news, news.dropFirst()).allSatisfy { $1 == nil || $1 == ($0 == nil) }, "\(news)")
            let elsewhere = try await refusal {
                try await first.begin(for: "a@example.com", from: SignInOrigin("192.0.2.2"), isKnown: true)
            }
            #expect(elsewhere == nil)
        }
    }

    @Test func aSuccessOnOneServerFreesThePairOnAll() async throws {
        try await run { _, server in
            let (first, second) = (try server(), try server())
            _ = try await first.begin(for: "a@example.com", from: home, isKnown: true)
            _ = try await first.begin(for: "a@example.com", from: home, isKnown: true)
            try await second.succeed(try await second.begin(for: "a@example.com", from: home, isKnown: true))
            for _ in 0..<3 {
                let refused = try await refusal {
                    try await first.begin(for: "a@example.com", from: home, isKnown: true)
                }
                #expect(refused == nil)
            }
        }
    }

    @Test func anAccountThatIsGuessedAtFromEverywhereOpensForWhoIsKnown() async throws {
        try await run { _, server in
            let attempts = try server()
            let began = ContinuousClock.now
            var admitted = 0
            for number in 0..<20 {
                let error = try await refusal {
                    try await attempts.begin(
                        for: "a@example.com", from: SignInOrigin("198.51.100.\(number)"), isKnown: false)
                }
                if error == nil { admitted += 1 }
            }
            let most = 5 + mostLetThrough(within: began.duration(to: .now))
            #expect((5...most).contains(admitted))
            let known = try await refusal {
                try await attempts.begin(for: "a@example.com", from: home, isKnown: true)
            }
            #expect(known == nil)
        }
    }

    @Test func onePlaceCannotTryEveryAccountNorOneNetworkOfIPv6() async throws {
        try await run { _, server in
            let attempts = try server()
            let began = ContinuousClock.now
            var admitted = 0
            for number in 0..<12 {
                let error = try await refusal {
                    try await attempts.begin(
                        for: "\(number)@example.com", from: SignInOrigin("2001:db8::\(number)"), isKnown: false)
                }
                if error == nil { admitted += 1 }
            }
            let most = 8 + mostLetThrough(within: began.duration(to: .now))
            #expect((8...most).contains(admitted))
        }
    }

    @Test func codesAreCountedByThemselves() async throws {
        try await run { _, server in
            let attempts = try server()
            _ = try await attempts.beginCode(for: "a@example.com")
            try await attempts.withdraw(try await attempts.beginCode(for: "a@example.com"))
            _ = try await attempts.beginCode(for: "a@example.com")
            let refused = try await firstRefusal { try await attempts.beginCode(for: "a@example.com") }
            #expect(refused != nil)
        }
    }

    @Test func whatSomebodyShowsInTheirSessionsIsCountedForThemWhereverItComesFrom() async throws {
        try await run { _, server in
            let attempts = try server()
            let user = UserID(uuid: UUID())
            func begin(_ number: Int) async throws -> SignInAttempts.Attempt {
                try await attempts.beginProof(
                    of: user, known: "a@example.com", from: SignInOrigin("198.51.100.\(number)"))
            }
            for number in 0..<4 { _ = try await begin(number) }
            #expect(try await firstRefusal { try await begin(9) } != nil)
        }
    }

    @Test func oneThingAtATimeIsDoneForAPerson() async throws {
        try await run { _, server in
            let attempts = try server()
            let user = UserID(uuid: UUID())
            try await attempts.alone(user) {
                await #expect(throws: SignInAttempts.TooMany.self) { try await attempts.alone(user) {} }
                try await attempts.alone(UserID(uuid: UUID())) {}
            }
            try await attempts.alone(user) {}
        }
    }

    @Test func withoutRedisEachServerCountsAlone() async throws {
        try await run(waitingForRedis: .milliseconds(250)) { redis, server in
            let (first, second) = (try server(), try server())
            _ = try await first.begin(for: "a@example.com", from: home, isKnown: true)
            redis.kill()
            for _ in 0..<2 { _ = try await first.begin(for: "a@example.com", from: home, isKnown: true) }
            let refused = try await firstRefusal {
                try await first.begin(for: "a@example.com", from: home, isKnown: true)
            }
            #expect(refused != nil)
            let other = try await refusal { try await second.begin(for: "a@example.com", from: home, isKnown: true) }
            #expect(other == nil)
        }
    }

    @Test func aRedisThatHasForgottenTheFunctionsIsGivenThemAgain() async throws {
        try await run { redis, server in
            let attempts = try server()
            _ = try await attempts.begin(for: "a@example.com", from: home, isKnown: true)
            redis.kill()
            try await redis.restart()
            let other = try server()
            for _ in 0..<3 { _ = try await other.begin(for: "a@example.com", from: home, isKnown: true) }
            let refused = try await firstRefusal {
                try await other.begin(for: "a@example.com", from: home, isKnown: true)
            }
            #expect(refused != nil)
        }
    }
}
