import EventLoop
import FoundationEssentials
import Queueing
import Redis
import Synchronization
import Tenancy
import TestSupport
import Testing

@testable import Jobs

/// A queue of a test: a lane of its own in one Redis that all tests of the process share, or in a Redis of its own.
struct QueueFixture: Sendable {
    let loops: LoopGroup
    let server: PrivateRedis
    let redis: RedisClient
    let dispatcher: JobDispatcher
    let lane: String

    static let identifiers = IdentifierSource { Date() }
    private static let lanes = Atomic<Int>(0)
    private static let sharedServer = Task { try await PrivateRedis.start() }

    /// Runs a test with a queue that is in epoch 1.
    static func run(
        alone configuration: [String]? = nil, _ body: @escaping @Sendable (QueueFixture) async throws -> Void
    ) async throws {
        let server: PrivateRedis
        if let configuration {
            server = try await PrivateRedis.start(configuration: configuration)
        } else {
            server = try await sharedServer.value
        }
        let loops = LoopGroup(count: 2, name: "jobs-test")
        let redis = RedisClient(loops: loops, settings: try RedisSettings(url: server.url))
        let lane = "\(lanes.wrappingAdd(1, ordering: .relaxed).oldValue)"
        let fixture = QueueFixture(
            loops: loops, server: server, redis: redis, dispatcher: JobDispatcher(redis: redis, lane: lane),
            lane: lane)
        let result: Result<Void, any Error>
        do {
            try await loops.next().run {
                try await fixture.dispatcher.start()
                try await fixture.dispatcher.begin(epoch: 1)
                try await body(fixture)
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await redis.close()
        await loops.shutdown()
        try result.get()
    }

    // MARK: Jobs

    /// Tickets of jobs that differ in nothing but their identifiers.
    static func tickets(
        _ count: Int, queue: QueueName = .evaluations, organization: OrganizationID? = nil, project: ProjectID? = nil,
        priority: JobPriority = .normal, kind: JobKind = JobKind("test"), limits: [JobLimit] = [],
        batch: BatchID? = nil, at runAt: Date = .distantPast
    ) -> [JobTicket] {
        (0..<count).map { _ in
            JobTicket(
                id: identifiers.next(), kind: kind, queue: queue, priority: priority, organizationID: organization,
                projectID: project, batchID: batch, limits: limits, runAt: runAt, attempt: 0)
        }
    }

    static func organization() -> OrganizationID { identifiers.next() }

    /// Accepts jobs and returns their identifiers.
    @discardableResult
    func add(_ tickets: [JobTicket]) async throws -> [JobID] {
        try await dispatcher.enqueue(tickets)
        return tickets.map(\.id)
    }

    // MARK: Working by hand

    /// Hands in what has ended and takes up to `wanted` jobs.
    func exchange(
        _ wanted: Int, ending ends: [LeaseEnd] = [], queues: [QueueName] = [.evaluations],
        lease: Duration = .seconds(60), epoch: Int64 = 1
    ) async throws -> [Lease] {
        try await dispatcher.exchange(
            JobDispatcher.Exchange(
                epoch: epoch, worker: "by-hand", lease: lease, queues: queues, wanted: wanted, ends: ends)
        ).leases
    }

    /// Hands in leases with the same outcome.
    func end(_ leases: [Lease], _ outcome: LeaseEnd.Outcome) async throws {
        _ = try await exchange(0, ending: leases.map { LeaseEnd(lease: $0, outcome: outcome) })
    }

    @discardableResult
    func beat(_ leases: [Lease] = [], lease: Duration = .seconds(60)) async throws -> BeatReply {
        try await dispatcher.beat(
            epoch: 1, worker: "by-hand", lease: lease, report: nil, holding: leases, deadline: .after(.seconds(10)))
    }

    func reading(_ queue: QueueName = .evaluations) async throws -> QueueReading {
        try #require(try await dispatcher.queues([queue]).first)
    }

    /// Does jobs until there are none, `width` at a time, and returns their identifiers in the order of their leases.
    func drain(_ width: Int = 50, queues: [QueueName] = [.evaluations]) async throws -> [JobID] {
        var done: [JobID] = []
        var held: [Lease] = []
        repeat {
            let ends = held.map { LeaseEnd(lease: $0, outcome: .finished) }
            held = try await exchange(width, ending: ends, queues: queues)
            done += held.map(\.id)
        } while !held.isEmpty
        return done
    }
}

/// Asks until the answer is yes; false when it never is within the limit.
func eventually(within limit: Duration = .seconds(20), _ condition: () async throws -> Bool) async throws -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if try await condition() { return true }
        try await Loop.current?.sleep(for: .milliseconds(5))
    }
    return false
}

/// The kind of the error that `body` throws; nil when it throws none.
func kind<R>(_ body: () async throws -> R) async -> DispatchError.Kind? {
    do {
        _ = try await body()
        return nil
    } catch let error as DispatchError {
        return error.kind
    } catch {
        Issue.record(error)
        return nil
    }
}

/// A small generator with a seed, so that a failure can be seen again.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
