import EventLoop
import FoundationEssentials
import Logging
import Observability
import Redis
import Spending
import Synchronization
import Tenancy
import TestSupport

@testable import LLMProxy

/// The loops of the tests of limits, budgets, prices, keys and the cache.
enum RoomLoops {
    static let group = LoopGroup(count: 2, name: "rooms-test")

    /// Runs a test on one of them.
    static func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await group.next().run { try await body() }
    }
}

/// Waits until something is so, at most for `limit`; whether it came to be.
func becomesTrue(
    within limit: Duration = .seconds(10), _ condition: () async throws -> Bool
) async throws -> Bool {
    let end = Moment.now + limit
    while Moment.now < end {
        if try await condition() { return true }
        try await Loop.current?.sleep(for: .milliseconds(5))
    }
    return try await condition()
}

let silentLogger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// One proxy among several that share limits.
struct GoverningProxy: Sendable {
    let governor: Governor
    let redis: RedisClient?
    let metrics = Metrics()

    /// Patient, so that a machine that is busy with other things is not taken for a Redis that is away.
    static let patient: GovernorSettings = {
        var settings = GovernorSettings()
        settings.patience = .seconds(10)
        return settings
    }()

    init(_ server: PrivateRedis?, _ settings: GovernorSettings = Self.patient) throws {
        redis = try server.map { RedisClient(loops: RoomLoops.group, settings: try RedisSettings(url: $0.url)) }
        governor = Governor(
            redis: redis, loop: RoomLoops.group.next(), settings: settings, proxy: UUID(), metrics: metrics,
            logger: silentLogger)
        governor.start()
    }

    /// Ends as a daemon does.
    func stop() async {
        await governor.stop()
        await redis?.close()
    }

    /// Ends as by SIGKILL: nothing is given back.
    func die() async { await redis?.close() }

    func demand(
        _ places: [GovernedPlace], keys: [GovernedPlace] = [], project: ProjectID? = nil, lane: CallLane = .online,
        tokens: Int = 0
    ) -> CallDemand {
        CallDemand(places: places, keys: keys, project: project, lane: lane, tokens: tokens)
    }

    /// Lets a call in for a while.
    func call(
        _ demand: CallDemand, lasting duration: Duration = .zero, within limit: Duration = .seconds(20),
        _ body: @Sendable () -> Void = {}
    ) async throws {
        let admission = try await governor.admit(demand, until: .after(limit))
        body()
        if duration > .zero { try await Loop.current?.sleep(for: duration) }
        admission.end()
    }
}

/// How many of something there are at the same time, and were at most.
final class Crowd: Sendable {
    private let counts = Mutex((now: 0, most: 0, total: 0))

    var most: Int { counts.withLock { $0.most } }
    var total: Int { counts.withLock { $0.total } }

    func enter() {
        counts.withLock { counts in
            counts.now += 1
            counts.total += 1
            counts.most = max(counts.most, counts.now)
        }
    }

    func leave() { counts.withLock { $0.now -= 1 } }
}

/// A value that several tasks share.
final class Note<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    init(_ value: Value) { state = Mutex(value) }

    var value: Value {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }

    func update(_ change: (inout Value) -> Void) { state.withLock { value in change(&value) } }
}

extension ProjectID {
    /// A project of tests.
    static func numbered(_ number: UInt64) -> ProjectID { ProjectID(uuid: UUID(high: 0x7000, low: number)) }
}
