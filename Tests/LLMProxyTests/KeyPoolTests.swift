import Cryptography
import EventLoop
import FoundationEssentials
import Logging
import Observability
import Providers
import Scoring
import Spending
import Stores
import Synchronization
import Tenancy
import Testing

@testable import LLMProxy

/// Several keys of one provider.
@Suite struct KeyPoolTests {
    private static let provider = ProviderID(uuid: UUID(high: 5, low: 1))

    /// The keys that are stored, and the pools over them.
    private struct Rig: Sendable {
        let stored = Note<[SealedProviderKey]>([])
        let limits = Note<[CallLimitRule]>([])
        let pair: SealedBox.KeyPair
        let governor: Governor
        let table: LimitTable
        let pools: KeyPools
        let lines = Note<[String]>([])

        init() throws {
            pair = try SealedBox.KeyPair.generate()
            let (stored, limits, pair, lines) = (stored, limits, pair, lines)
            let logger = Logger(label: "test") { _ in LineCollector(lines: lines) }
            governor = Governor(
                redis: nil, loop: RoomLoops.group.next(), settings: GovernorSettings(), proxy: UUID(),
                metrics: Metrics(), logger: logger)
            governor.start()
            table = LimitTable(source: { limits.value }, logger: logger)
            pools = KeyPools(
                governor: governor, limits: table, logger: logger,
                source: { providers in stored.value.filter { providers.contains($0.key.providerID) } },
                open: { box in
                    let bytes = try SealedBox.open(box, with: pair, purpose: Provider.keyPurpose)
                    return ProviderKey(String(decoding: bytes, as: UTF8.self))
                })
        }

        func key(
            _ number: UInt64, _ text: String, _ state: ProviderKeyState = .active, weight: Int = 1
        ) throws -> SealedProviderKey {
            SealedProviderKey(
                key: StoredProviderKey(
                    id: ProviderKeyID(uuid: UUID(high: 6, low: number)), providerID: KeyPoolTests.provider,
                    name: "key \(number)", weight: weight, state: state,
                    createdAt: Date(timeIntervalSince1970: Double(number))),
                box: try SealedBox.seal(Array(text.utf8), to: pair.publicKey, purpose: Provider.keyPurpose))
        }
    }

    /// Keeps every line that is logged.
    private struct LineCollector: LogHandler {
        let lines: Note<[String]>
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { lines.update { $0.append("\(event.message) \(event.metadata ?? [:])") } }
    }

    private func with(_ body: @escaping @Sendable (Rig) async throws -> Void) async throws {
        try await RoomLoops.run {
            let rig = try Rig()
            try await body(rig)
            await rig.governor.stop()
        }
    }

    private func names(_ pool: KeyPool) -> [String] {
        let names = Dictionary(uniqueKeysWithValues: pool.status.map { ($0.key.id, $0.key.name) })
        return pool.usable(for: "m").keys.compactMap { names[$0.id] }
    }

    @Test func aNewKeyTakesOverWithinSecondsAndWithoutAGap() async throws {
        try await with { rig in
            rig.stored.value = [try rig.key(1, "sk-old", .draining)]
            let pool = try await rig.pools.pool(of: Self.provider)
            #expect(names(pool) == ["key 1"], "the only one, though it is being drained")
            let loop = try #require(Loop.current)
            let running = loop.spawn { await rig.pools.run() }
            rig.stored.value.append(try rig.key(2, "sk-new"))
            #expect(try await becomesTrue(within: .seconds(4)) { names(pool) == ["key 2"] })
            // When the new one does not work, the old one goes on.
            pool.report(ProviderKeyID(uuid: UUID(high: 6, low: 2)), .refused, for: "m")
            #expect(names(pool) == ["key 1"])
            rig.stored.value[0] = try rig.key(1, "sk-old", .revoked)
            rig.pools.invalidate()
            #expect(try await becomesTrue(within: .seconds(1)) { names(pool).isEmpty })
            #expect(
                pool.obstacle(for: "m")?.reason == .refused
                    && (pool.obstacle(for: "m")?.retryAfter ?? .zero) > .seconds(50))
            // Entered anew, it starts afresh.
            rig.stored.value[1] = try rig.key(2, "sk-newer")
            rig.pools.invalidate()
            #expect(
                try await becomesTrue(within: .seconds(1)) {
                    names(pool) == ["key 2"] && rig.governor.status.places.allSatisfy { $0.blockedFor == nil }
                })
            running.cancel()
            await running.value
        }
    }

    @Test func aKeyThatFailsIsLeftAloneForLongerEachTime() async throws {
        try await with { rig in
            rig.stored.value = [try rig.key(1, "sk-a"), try rig.key(2, "sk-b")]
            let pool = try await rig.pools.pool(of: Self.provider)
            let id = try #require(pool.usable(for: "m").keys.first?.id)
            pool.report(id, .throttled(retryAfter: .milliseconds(40)), for: "m")
            #expect(names(pool) == ["key 2"])
            #expect(pool.status[0].reason == .throttled && pool.obstacle(for: "m") == nil && !pool.isEmpty)
            #expect(try await becomesTrue { names(pool).count == 2 })
            pool.report(id, .worked, for: "m")
            #expect(pool.status[0].reason == nil)
            // The first time a second, then two.
            pool.report(id, .throttled(retryAfter: nil), for: "m")
            let first = try #require(pool.status[0].coolsFor)
            #expect(first <= .seconds(1))
            #expect(try await becomesTrue { names(pool).count == 2 })
            pool.report(id, .throttled(retryAfter: nil), for: "m")
            let second = try #require(pool.status[0].coolsFor)
            #expect(second > .seconds(1) && second <= .seconds(2))
            pool.report(id, .worked, for: "m")
            #expect(names(pool) == ["key 2"], "a call that began before says nothing")
            pool.report(try #require(pool.usable(for: "m").keys.first?.id), .exhausted(retryAfter: nil), for: "m")
            #expect(names(pool).isEmpty && pool.obstacle(for: "m") != nil)
            #expect((pool.status[1].coolsFor ?? .zero) > .seconds(50))
        }
    }

    @Test func callsThatFailTogetherAreOneFailure() async throws {
        try await with { rig in
            rig.stored.value = [try rig.key(1, "sk-a")]
            let pool = try await rig.pools.pool(of: Self.provider)
            let id = try #require(pool.usable(for: "m").keys.first?.id)
            for _ in 0..<50 { pool.report(id, .throttled(retryAfter: nil), for: "m") }
            #expect((pool.obstacle(for: "m")?.retryAfter ?? .seconds(9)) <= .seconds(1))
            pool.report(id, .throttled(retryAfter: .seconds(7)), for: "m")
            #expect((pool.obstacle(for: "m")?.retryAfter ?? .zero) > .seconds(6), "what the provider asks for counts")
            for _ in 0..<50 { pool.report(id, .refused, for: "other") }
            #expect((pool.obstacle(for: "other")?.retryAfter ?? .seconds(999)) <= .seconds(60))
        }
    }

    @Test func whatOneModelHasUsedUpIsStillThereForOthers() async throws {
        try await with { rig in
            rig.stored.value = [try rig.key(1, "sk-a")]
            let pool = try await rig.pools.pool(of: Self.provider)
            let id = try #require(pool.usable(for: "m").keys.first?.id)
            pool.report(id, .throttled(retryAfter: .seconds(30)), for: "m")
            #expect(names(pool).isEmpty && pool.obstacle(for: "m")?.reason == .throttled)
            let other = pool.usable(for: "other").keys
            #expect(other.map(\.id) == [id] && pool.obstacle(for: "other") == nil)
            // Nor do those wait that are limited in all proxies together.
            let demand = CallDemand(places: [], keys: other.map(\.place), project: nil, lane: .online, tokens: 0)
            let admission = try await rig.governor.admit(demand, until: .after(.milliseconds(100)))
            #expect(admission.waited < .milliseconds(50))
            pool.report(id, .forbidden, for: "gold")
            #expect(pool.obstacle(for: "gold")?.reason == .refused && pool.usable(for: "other").keys.map(\.id) == [id])
            pool.report(id, .refused, for: "m")
            #expect(pool.usable(for: "other").keys.isEmpty, "a key that is not accepted is good for nothing")
        }
    }

    @Test func callsGoToTheKeyWithTheMostRoomByWeight() async throws {
        try await with { rig in
            rig.stored.value = [try rig.key(1, "sk-a"), try rig.key(2, "sk-b", weight: 3)]
            let pool = try await rig.pools.pool(of: Self.provider)
            var admissions: [Admission] = []
            for _ in 0..<40 {
                let keys = pool.usable(for: "m").places
                let demand = CallDemand(places: [], keys: keys, project: nil, lane: .online, tokens: 0)
                admissions.append(try await rig.governor.admit(demand, until: .after(.seconds(5))))
            }
            let second = admissions.count { $0.key == 1 }
            #expect((29...31).contains(second), "\(second) of 40")
        }
    }

    @Test func theLimitOfAKeyHoldsAndTheOtherTakesTheRest() async throws {
        try await with { rig in
            rig.stored.value = [try rig.key(1, "sk-a"), try rig.key(2, "sk-b")]
            rig.limits.value = [
                CallLimitRule(
                    id: CallLimitRuleID(uuid: UUID()), providerID: Self.provider,
                    subject: .key(rig.stored.value[0].key.id), limits: CallLimits(concurrency: 2))
            ]
            let loop = try #require(Loop.current)
            let running = loop.spawn { await rig.table.run() }
            #expect(
                try await becomesTrue {
                    !rig.table.limits(of: .key(rig.stored.value[0].key.id), at: Self.provider).isEmpty
                })
            let pool = try await rig.pools.pool(of: Self.provider)
            var admissions: [Admission] = []
            for _ in 0..<10 {
                let keys = pool.usable(for: "m").places
                let demand = CallDemand(places: [], keys: keys, project: nil, lane: .online, tokens: 0)
                admissions.append(try await rig.governor.admit(demand, until: .after(.seconds(5))))
            }
            #expect(admissions.count { $0.key == 0 } <= 2)
            running.cancel()
            await running.value
        }
    }

    @Test func noKeyIsSeenInLogsStatusDumpsOrErrors() async throws {
        try await with { rig in
            let secret = "sk-proj-0123456789-very-secret"
            let other = try SealedBox.KeyPair.generate()
            let foreign = SealedProviderKey(
                key: try rig.key(2, "x").key,
                box: try SealedBox.seal(Array(secret.utf8), to: other.publicKey, purpose: Provider.keyPurpose))
            rig.stored.value = [try rig.key(1, secret), foreign]
            let pool = try await rig.pools.pool(of: Self.provider)
            #expect(names(pool) == ["key 1"])
            #expect(pool.status.map(\.reason) == [nil, .sealed])
            for outcome in [KeyPool.Outcome.refused, .throttled(retryAfter: nil), .exhausted(retryAfter: nil)] {
                pool.report(try #require(pool.status.first?.key.id), outcome, for: "m")
            }
            rig.stored.value = [try rig.key(3, secret)]
            let none = try await rig.pools.pool(of: ProviderID(uuid: UUID(high: 5, low: 2)))
            #expect(none.isEmpty && none.obstacle(for: "m") == nil)
            var seen = rig.lines.value.joined(separator: "\n")
            #expect(seen.contains("cannot be opened"))
            dump(pool, to: &seen)
            dump(pool.usable(for: "m").keys, to: &seen)
            dump(pool.status, to: &seen)
            dump(rig.pools, to: &seen)
            dump(rig.governor.status, to: &seen)
            seen += "\(pool.usable(for: "m").keys) \(pool.status) \(String(reflecting: pool)) \(rig.governor.status)"
            for part in [secret, "very-secret", "0123456789"] { #expect(!seen.contains(part)) }
        }
    }
}
