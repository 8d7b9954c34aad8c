import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPServer
import HTTPServing
import JSON
import Logging
import Observability
import Operations
import Postgres
import Queueing
import Records
import Redis
import Stores
import Synchronization
import Tenancy
import Testing
import WireAPI

@testable import Jobs

/// A rig of its own, with workers that evaluate traces and an evaluation service that a test can take away.
struct TraceWorld: Sendable {
    let rig: Rig
    let service: EvaluationStandIn

    private static let shared = Task { try await TraceWorld() }

    /// Runs a test on one of the loops.
    static func run(_ body: @escaping @Sendable (TraceWorld) async throws -> Void) async throws {
        let world = try await shared.value
        try await world.rig.loops.next().run { try await body(world) }
    }

    private init() async throws {
        let service = EvaluationStandIn()
        try await service.start()
        rig = try await Rig(service: "http://127.0.0.1:\(service.port)")
        self.service = service
        let world = self
        try await rig.loops.next().run {
            try await world.queue.dispatcher.start()
            #expect(try await world.dispatching.seedIfEmpty())
        }
    }

    var queue: JobQueue { rig.product.queue }

    /// What every worker does beside working, at test speed.
    private var dispatching: Dispatching {
        var settings = DispatchingSettings()
        settings.interval = .milliseconds(20)
        settings.epochInterval = .milliseconds(20)
        settings.sweepAge = .zero
        return Dispatching(
            queue: queue, schedules: ScheduleLedger(database: rig.database, identifiers: rig.identifiers),
            settings: settings, logger: Self.logger)
    }

    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    // MARK: Workers

    var work: EvaluateTrace {
        EvaluateTrace(
            executions: rig.product.executions, filters: EvaluationFilterStore(database: rig.database),
            candidates: TraceCandidateStore(database: rig.database), traces: TraceStore(database: rig.database),
            users: UserStore(database: rig.database), events: EventPublisher(redis: rig.redis, loops: rig.loops),
            logger: Self.logger)
    }

    /// Runs `body` while a worker works.
    func whileWorking(_ body: () async throws -> Void) async throws {
        let worker = Worker(
            options: WorkerOptions(
                name: "worker-\(rig.identifiers.uuid())", release: "test", slots: 4, lease: .seconds(1)),
            dispatcher: queue.dispatcher, ledger: queue.ledger, works: [work], loops: rig.loops,
            redis: try RedisSettings(url: rig.redisURL), metrics: WorkerMetrics(Metrics()), logger: Self.logger,
            now: Date())
        let (drain, end) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let task = rig.loops.next().spawn { await worker.run { for await _ in drain {} } }
        let rounds = rig.loops.next().spawn { [dispatching] in
            do {
                try await dispatching.run()
            } catch {
                // Cancelled: the worker has stopped.
            }
        }
        let result: Result<Void, any Error>
        do {
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        end.finish()
        await task.value
        rounds.cancel()
        await rounds.value
        try result.get()
    }

    /// Claims what waits, as a worker does that is not heard of again.
    func claim(as worker: String) async throws -> [LeasedJob] {
        let epoch = try #require(try await queue.dispatcher.epoch()).epoch
        let leases = try await queue.dispatcher.exchange(
            JobDispatcher.Exchange(
                epoch: epoch, worker: worker, lease: .milliseconds(500), queues: [.evaluations], wanted: 100, ends: [])
        ).leases
        return try await queue.ledger.claim(
            leases.map { (id: $0.id, lease: LeaseMark(epoch: epoch, attempt: $0.attempt)) }, worker: worker
        ).jobs.map { LeasedJob(job: $0, deadline: .after(.seconds(30))) }
    }

    // MARK: What there is

    /// The jobs of an organisation's traces.
    func jobs(of tenant: Tenant) -> JobFilter {
        var filter = JobFilter()
        filter.organizationID = tenant.organization
        filter.kinds = [EvaluateTrace.kind]
        return filter
    }

    /// Decides about all traces whose time has come.
    func decide() async throws {
        while try await rig.decisions.decide(at: Date().addingTimeInterval(1)) > 0 {}
    }

    /// How many of an organisation's traces have come to what: every one is in one state.
    func states(of tenant: Tenant) async throws -> [CandidateState: Int] {
        let rows = try await rig.database.query(
            """
            SELECT state, count(*) AS count FROM trace_candidates WHERE organization_id = \(tenant.organization)
            GROUP BY state
            """)
        return Dictionary(uniqueKeysWithValues: try rows.map { (try $0.decode("state"), try $0.decode("count")) })
    }

    /// Waits until so many traces have come to what.
    func reaches(
        _ expected: [CandidateState: Int], _ tenant: Tenant, hurrying: Bool = false, _ location: SourceLocation
    ) async throws {
        var seen: [CandidateState: Int] = [:]
        let end = ContinuousClock.now + .seconds(40)
        while ContinuousClock.now < end {
            seen = try await states(of: tenant)
            if seen == expected { return }
            // What waits to be tried again is not what this is about.
            if hurrying { _ = try await queue.perform(.runNow, on: jobs(of: tenant)) }
            _ = try await rig.decisions.concludeLost()
            try await Loop.current?.sleep(for: .milliseconds(20))
        }
        Issue.record("\(seen) instead of \(expected)", sourceLocation: location)
    }

    /// How many executions of evaluators are recorded, and how many results stand in traces.
    func effects(_ tenant: Tenant) async throws -> (logs: Int, results: Int) {
        let rows = try await rig.database.query(
            """
            SELECT (SELECT count(*) FROM execution_logs WHERE organization_id = \(tenant.organization)) AS logs,
                (SELECT count(*) FROM trace_spans WHERE organization_id = \(tenant.organization)
                    AND name LIKE 'evaluate %') AS results
            """)
        let row = try #require(rows.first)
        return (try row.decode("logs"), try row.decode("results"))
    }
}

/// An evaluation service that does what a test wants of the calls of its organisation, and scores the others 0.75.
final class EvaluationStandIn: Sendable {
    typealias Script = @Sendable (EvaluationCall) async throws -> EvaluationReply

    private let loops = LoopGroup(count: 1, name: "evaluation-test")
    private let state = Mutex(State())

    private struct State {
        var listener: HTTPListener?
        var port = 0
        var scripts: [UUID: Script] = [:]
        var calls: [UUID: [EvaluationCall]] = [:]
    }

    var port: Int { state.withLock { $0.port } }

    /// What an organisation has had evaluated.
    func calls(of organization: OrganizationID) -> [EvaluationCall] {
        state.withLock { $0.calls[organization.uuid] ?? [] }
    }

    /// How the calls of an organisation are answered from now on.
    func answer(_ organization: OrganizationID, by script: @escaping Script) {
        state.withLock { $0.scripts[organization.uuid] = script }
    }

    /// Serves, on the port on which it served before.
    func start() async throws {
        let listener = HTTPListener(settings: HTTPListenerSettings(port: port), loops: loops) { [self] request in
            await answer(request)
        }
        try await loops.next().run { try await listener.start() }
        state.withLock { ($0.listener, $0.port) = (listener, listener.port) }
    }

    /// Is not there any more.
    func stop() async {
        await state.withLock { $0.listener }?.drain(within: .milliseconds(100))
    }

    private func answer(_ request: HTTPRequest) async -> HTTPResponse {
        do {
            let call = try JSONCodec.decode(EvaluationCall.self, from: try await request.body.collect(upTo: 1 << 24))
            let script = state.withLock { state in
                state.calls[call.organizationID, default: []].append(call)
                return state.scripts[call.organizationID]
            }
            return .json(try await script?(call) ?? Self.score(0.75, call))
        } catch {
            return .text("\(error)", status: 500)
        }
    }

    static func score(_ score: Double, _ call: EvaluationCall) -> EvaluationReply {
        EvaluationReply(
            results: call.evaluators.map { _ in
                var result = EvaluationReply.Result()
                result.score = score
                result.costNanodollars = 1000
                return result
            })
    }

    static func failure(_ failure: EvaluationReply.Failure, _ call: EvaluationCall) -> EvaluationReply {
        EvaluationReply(
            results: call.evaluators.map { _ in
                var result = EvaluationReply.Result()
                result.failure = failure
                return result
            })
    }
}
