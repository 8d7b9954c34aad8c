import EventLoop
import FoundationEssentials
import Logging
import Observability
import Postgres
import Queueing
import Redis
import Synchronization
import Tenancy
import TestSupport
import Testing

@testable import Jobs

/// Work of tests: does what a closure says.
struct ScriptedWork: JobWork {
    let kind: JobKind
    var retryRule = RetryRule(first: .milliseconds(20), longest: .milliseconds(50))
    let body: @Sendable (LeasedJob) async throws -> JobEffect

    init(_ kind: String = "work", _ body: @escaping @Sendable (LeasedJob) async throws -> JobEffect) {
        self.kind = JobKind(kind)
        self.body = body
    }

    func perform(_ job: LeasedJob) async throws -> JobEffect { try await body(job) }
}

/// What a scripted work has seen, from any loop.
final class Notes: Sendable {
    private let state = Mutex(State())

    private struct State {
        var starts: [JobID: Int] = [:]
        var running = 0
        var most = 0
        var cancelled = 0
    }

    func begin(_ id: JobID) {
        state.withLock { state in
            state.starts[id, default: 0] += 1
            state.running += 1
            state.most = max(state.most, state.running)
        }
    }

    func end() { state.withLock { $0.running -= 1 } }
    func sawCancellation() { state.withLock { $0.cancelled += 1 } }

    var starts: [JobID: Int] { state.withLock { $0.starts } }
    var running: Int { state.withLock { $0.running } }
    var most: Int { state.withLock { $0.most } }
    var cancelled: Int { state.withLock { $0.cancelled } }

    /// Sleeps as a job that waits for something does, and notes when it is told to stop.
    func sleep(_ job: LeasedJob, for duration: Duration) async throws {
        begin(job.job.id)
        defer { end() }
        do {
            try await Loop.current?.sleep(for: duration)
        } catch {
            sawCancellation()
            throw error
        }
    }
}

/// A worker of a test, and how it is told to stop.
final class RunningWorker: Sendable {
    let worker: Worker
    private let drain = Gate()
    private let task: Task<Void, Never>

    init(
        in world: LedgerWorld, _ works: [any JobWork], name: String = "w", slots: Int = 16,
        lease: Duration = .seconds(1), redis: RedisSettings? = nil, dispatcher: JobDispatcher? = nil
    ) throws {
        let settings = if let redis { redis } else { try RedisSettings(url: world.redisURL) }
        worker = Worker(
            options: WorkerOptions(name: name, release: "test", slots: slots, lease: lease),
            dispatcher: dispatcher ?? world.dispatcher, ledger: world.ledger, works: works, loops: world.loops,
            redis: settings,
            metrics: WorkerMetrics(Metrics()), logger: world.queue.logger,
            now: world.identifiers.nextDated(Job.self).1)
        let (worker, drain) = (worker, drain)
        task = world.loops.next().spawn { await worker.run { await drain.wait() } }
    }

    /// Lets it finish what it does.
    func stop() async {
        drain.open()
        await task.value
    }

    /// Has it give back what it does.
    func abort() async {
        drain.open()
        task.cancel()
        await task.value
    }
}

/// Opens once.
final class Gate: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1)) }

    func open() { continuation.finish() }
    func wait() async { for await _ in stream {} }
}

extension LedgerWorld {
    /// Begins what every worker does beside working; the caller cancels it and waits for its end.
    func startDispatching() -> Task<Void, Never> {
        let parts = dispatching()
        return loops.next().spawn {
            do {
                try await parts.run()
            } catch {
                // Cancelled: the test is over.
            }
        }
    }

    /// Runs `body` while a worker works, and stops it.
    func whileWorking(
        _ works: [any JobWork], slots: Int = 16, lease: Duration = .seconds(1),
        _ body: (RunningWorker) async throws -> Void
    ) async throws {
        let running = try RunningWorker(in: self, works, slots: slots, lease: lease)
        do {
            try await body(running)
        } catch {
            await running.abort()
            throw error
        }
        await running.stop()
    }

    /// How many jobs are in each state.
    func states() async throws -> [JobState: Int] {
        var counts: [JobState: Int] = [:]
        for row in try await database.query("SELECT state, count(*) FROM jobs GROUP BY 1") {
            let state = try #require(JobState(rawValue: try row.decode(0, as: String.self)))
            counts[state] = try row.decode(1, as: Int.self)
        }
        return counts
    }

    /// Waits until so many jobs are in each state.
    func reaches(_ states: [JobState: Int], within limit: Duration = .seconds(20)) async throws {
        var seen: [JobState: Int] = [:]
        let isReached = try await JobsTests.eventually(within: limit) {
            seen = try await self.states()
            return seen == states
        }
        #expect(isReached, "\(seen) instead of \(states)")
    }

    /// An effect that can be counted afterwards: a second one for the same job fails.
    static func effect(_ id: JobID) -> JobEffect {
        JobEffect(
            apply: { connection in
                try await connection.execute("INSERT INTO effects (job) VALUES (\(id.uuid))")
            })
    }
}
