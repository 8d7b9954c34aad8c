import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPServing
import Logging
import Observability
import Redis
import Tenancy
import TestSupport
import Testing

@testable import RateLimiting

/// Callers are held to their rates by all replicas together.
@Suite struct RequestRatesTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private static let identifiers = IdentifierSource { Date() }

    private static func principal(of organization: OrganizationID = identifiers.next()) -> Principal {
        Principal(
            organizationID: organization,
            user: UserReference(id: identifiers.next(), email: "a@example.com", fullName: "A"),
            credential: .apiKey(identifiers.next()), role: .owner, scopes: .everything,
            defaultProjectID: identifiers.next())
    }

    /// Two replicas over one Redis.
    private static func run(
        _ limits: RequestRateLimits, _ body: @escaping @Sendable ([RequestRates], PrivateRedis) async throws -> Void
    ) async throws {
        let store = try await PrivateRedis.start()
        let loops = LoopGroup(count: 1, name: "rates")
        try await loops.next().run {
            let redis = RedisClient(loops: loops, settings: try RedisSettings(url: store.url))
            let replicas = (0..<2).map { _ in
                RequestRates(redis: redis, limits: limits, metrics: Metrics(), logger: logger)
            }
            try await body(replicas, store)
            await redis.close()
        }
    }

    /// How many of so many calls are let through, and what the last one that was not is told.
    private static func admitted(
        of count: Int, by replicas: [RequestRates], _ principal: Principal
    ) async -> (count: Int, refusal: APIProblem?) {
        var (passed, refusal) = (0, APIProblem?.none)
        for number in 0..<count {
            do {
                try await replicas[number % replicas.count].admit(principal)
                passed += 1
            } catch {
                refusal = error as? APIProblem
            }
        }
        return (passed, refusal)
    }

    @Test func replicasShareTheRateOfAKey() async throws {
        try await Self.run(RequestRateLimits(perKey: 30, perOrganization: 0)) { replicas, _ in
            let (count, refusal) = await Self.admitted(of: 60, by: replicas, Self.principal())
            #expect((30...32).contains(count), "\(count)")
            #expect(refusal?.status == 429 && refusal?.code == "throttled")
            #expect(refusal?.headers["retry-after"].flatMap { Int($0) } == 2, "one call every two seconds")
            #expect(refusal?.detail.contains("30 calls a minute") == true)
        }
    }

    @Test func keysOfAnOrganisationShareItsRateAndOthersHaveTheirOwn() async throws {
        try await Self.run(RequestRateLimits(perKey: 0, perOrganization: 20)) { replicas, _ in
            let organization: OrganizationID = Self.identifiers.next()
            var count = 0
            for _ in 0..<4 {
                count += await Self.admitted(of: 10, by: replicas, Self.principal(of: organization)).count
            }
            #expect((20...22).contains(count), "\(count)")
            #expect(await Self.admitted(of: 10, by: replicas, Self.principal()).count == 10)
        }
    }

    @Test func manySlowKeysDoNotUseUpTheRateOfTheirOrganisation() async throws {
        try await Self.run(RequestRateLimits(perKey: 60, perOrganization: 12_000)) { replicas, _ in
            let organization: OrganizationID = Self.identifiers.next()
            var count = 0
            for number in 0..<100 {
                let replica = replicas[number < 60 ? 0 : 1]
                count += await Self.admitted(of: 20, by: [replica], Self.principal(of: organization)).count
            }
            #expect(count == 2000)
        }
    }

    @Test func largeRatesAreTakenInPortionsAndStillKept() async throws {
        try await Self.run(RequestRateLimits(perKey: 6000, perOrganization: 0)) { replicas, _ in
            let (count, _) = await Self.admitted(of: 8000, by: replicas, Self.principal())
            // What is added while it goes on, at 100 calls a second.
            #expect((5990...7500).contains(count), "\(count)")
        }
    }

    @Test func aCallThatItsOrganisationCannotMakeIsNotCountedForItsKey() async throws {
        try await Self.run(RequestRateLimits(perKey: 5, perOrganization: 5)) { replicas, store in
            let organization: OrganizationID = Self.identifiers.next()
            let (one, colleague) = (Self.principal(of: organization), Self.principal(of: organization))
            #expect(await Self.admitted(of: 6, by: [replicas[0]], one).count == 5)
            #expect(await Self.admitted(of: 4, by: replicas, colleague).count == 0)
            let redis = RedisClient(
                loops: LoopGroup(count: 1, name: "other"), settings: try RedisSettings(url: store.url))
            let keysAlone = RequestRates(
                redis: redis, limits: RequestRateLimits(perKey: 5, perOrganization: 0), metrics: Metrics(),
                logger: Self.logger)
            #expect(await Self.admitted(of: 6, by: [keysAlone], colleague).count == 5)
            await redis.close()
        }
    }

    @Test func aCallerWhoLeavesIsNotTakenForALossOfRedis() async throws {
        try await Self.run(RequestRateLimits(perKey: 40, perOrganization: 0)) { replicas, store in
            #expect(await Self.admitted(of: 1, by: [replicas[0]], Self.principal()).count == 1)
            store.freeze(true)
            let leaving = Self.principal()
            let call = Task(executorPreference: Loop.current) { try await replicas[0].admit(leaving) }
            call.cancel()
            let outcome = await call.result
            store.freeze(false)
            #expect(throws: CancellationError.self) { try outcome.get() }
            #expect(await Self.admitted(of: 30, by: [replicas[0]], Self.principal()).count == 30)
        }
    }

    @Test func aRedisThatHangsFromTheBeginningHoldsACallUpBriefly() async throws {
        try await Self.run(RequestRateLimits(perKey: 40, perOrganization: 0)) { replicas, store in
            store.freeze(true)
            let took = await ContinuousClock().measure {
                #expect(await Self.admitted(of: 2, by: [replicas[0]], Self.principal()).count == 2)
            }
            store.freeze(false)
            #expect(took < .milliseconds(1500), "\(took)")
        }
    }

    @Test func withoutRedisAReplicaAllowsAQuarter() async throws {
        try await Self.run(RequestRateLimits(perKey: 40, perOrganization: 0)) { replicas, store in
            store.kill()
            let (count, refusal) = await Self.admitted(of: 30, by: [replicas[0]], Self.principal())
            #expect((10...12).contains(count), "\(count)")
            #expect(refusal?.status == 429)
        }
    }
}
