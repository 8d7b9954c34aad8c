import EventLoop
import FoundationEssentials
import Glibc
import Jobs
import Logging
import Observability
import Postgres
import Queueing
import Redis
import Schema
import Tenancy

/// The queue's side of the comparison with its peers: puts jobs in, or works until it is killed.
///
/// - `prepare DATABASE`: makes the tables.
/// - `enqueue REDIS KIND COUNT GROUP PAUSE_MS [DATABASE]`: puts jobs in, so many a call, with a pause behind each call, and
///   prints how many a second. With a database they are accepted there first.
/// - `dispatch REDIS DATABASE`: keeps Redis in step with the database, as every worker does beside working.
/// - `work REDIS SLOTS LOG [DATABASE]`: works. With a database jobs are claimed and their ends committed there.
///
/// Jobs of kind `noop` append a byte to the log, those of kind `stamp` how many microseconds ago they were put in, those
/// of kind `long` a line when they begin and one when they end. The environment's `QUEUE` is the queue that they are put in
/// and done of, `evaluations` without it.
@main
enum QueueBenchmark {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch (arguments.first, arguments.count) {
        case ("prepare", 2):
            try await prepare(arguments[1])
        case ("enqueue", 6...7):
            guard let count = Int(arguments[3]), let group = Int(arguments[4]), let pause = Int(arguments[5]) else {
                return usage()
            }
            let bench = try Bench(redis: arguments[1], database: arguments.count > 6 ? arguments[6] : nil)
            try await bench.enqueue(
                count, of: JobKind(arguments[2]), by: group, pause: .milliseconds(pause))
        case ("dispatch", 3):
            try await Bench(redis: arguments[1], database: arguments[2]).dispatch()
        case ("work", 4...5):
            guard let slots = Int(arguments[2]) else { return usage() }
            let bench = try Bench(redis: arguments[1], database: arguments.count > 4 ? arguments[4] : nil)
            try await bench.work(slots: slots, log: arguments[3])
        default: usage()
        }
    }

    private static func usage() {
        say("usage: queue-benchmark prepare|enqueue|dispatch|work …; see QueueBenchmark.swift\n")
    }

    private static func prepare(_ connection: String) async throws {
        let loops = LoopGroup(count: 1, name: "benchmark")
        let database = PostgresClient(loops: loops, settings: PostgresSettings(connection: connection))
        try await loops.next().run {
            _ = try await SchemaMigrator(client: database, logger: Logger(label: "benchmark")).migrate()
        }
        await database.close()
        await loops.shutdown()
    }

    static func say(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe write(STDOUT_FILENO, bytes, bytes.count)
    }
}

/// One process's end of the queue.
struct Bench: Sendable {
    let loops = LoopGroup(count: 1, name: "benchmark")
    let redis: RedisClient
    let settings: RedisSettings
    let database: PostgresClient?
    let dispatcher: JobDispatcher
    let logger: Logger
    let queue: JobQueue?

    init(redis url: String, database connection: String?) throws {
        var logger = Logger(label: "benchmark")
        logger.logLevel = .warning
        self.logger = logger
        settings = try RedisSettings(url: url)
        redis = RedisClient(loops: loops, settings: settings)
        dispatcher = JobDispatcher(redis: redis)
        let loops = loops
        database = connection.map { PostgresClient(loops: loops, settings: PostgresSettings(connection: $0)) }
        let dispatcher = dispatcher
        queue = database.map {
            JobQueue(database: $0, dispatcher: dispatcher, metrics: DispatchMetrics(Metrics()), logger: logger)
        }
    }

    // MARK: Putting in

    func enqueue(_ count: Int, of kind: JobKind, by group: Int, pause: Duration) async throws {
        let rate = try await loops.next().run { () -> Double in
            try await begin()
            let identifiers = IdentifierSource { Date() }
            let began = ContinuousClock.now
            for start in stride(from: 0, to: count, by: group) {
                let size = min(group, count - start)
                if let queue {
                    let jobs = (0..<size).map { _ in
                        NewJob(id: identifiers.next(), kind: kind, queue: Self.queueName, runAt: nil)
                    }
                    try await queue.submit(jobs)
                } else {
                    try await dispatcher.enqueue((0..<size).map { _ in Self.ticket(identifiers.next(), kind) })
                }
                if pause > .zero { try await Loop.current?.sleep(for: pause) }
            }
            return Double(count) / ((ContinuousClock.now - began) / .seconds(1))
        }
        QueueBenchmark.say("\(Int(rate))\n")
    }

    /// Redis is empty at first: somebody has to begin.
    private func begin() async throws {
        try await dispatcher.start()
        if try await dispatcher.epoch() == nil { try await dispatcher.begin(epoch: 1) }
    }

    private static func ticket(_ id: JobID, _ kind: JobKind) -> JobTicket {
        JobTicket(
            id: id, kind: kind, queue: queueName, priority: .normal, organizationID: nil, projectID: nil,
            batchID: nil, limits: [], runAt: .distantPast, attempt: 0)
    }

    // MARK: Keeping Redis in step

    func dispatch() async throws {
        guard let database, let queue else { preconditionFailure("what is dispatched is in a database") }
        let schedules = ScheduleLedger(database: database, identifiers: IdentifierSource { Date() })
        let dispatching = Dispatching(queue: queue, schedules: schedules, logger: logger)
        try await dispatcher.start()
        // Until it is killed.
        try await loops.next().run { try await dispatching.run() }
    }

    // MARK: Working

    func work(slots: Int, log path: String) async throws {
        let log = try JobLog(path)
        let works: [any JobWork] = [
            RecordedWork(kind: JobKind("noop")) { _ in log.append(".") },
            RecordedWork(kind: JobKind("stamp")) { job in
                let created = job.job.id.uuid.versionSevenDate ?? Date()
                log.append("\(Int(Date().timeIntervalSince(created) * 1_000_000))\n")
            },
            RecordedWork(kind: JobKind("long")) { job in
                log.append("S \(job.job.id) \(getpid()) \(Date().timeIntervalSince1970)\n")
                try await Loop.current?.sleep(for: .seconds(log.isHurried ? 0 : 120))
                log.append("E \(job.job.id) \(getpid()) \(Date().timeIntervalSince1970)\n")
            },
        ]
        let options = WorkerOptions(
            name: "worker-\(getpid())", release: "benchmark", queues: [Self.queueName], slots: slots)
        let worker: Worker
        if let queue {
            worker = Worker(
                options: options, dispatcher: dispatcher, ledger: queue.ledger, works: works, loops: loops,
                redis: settings, metrics: WorkerMetrics(Metrics()), logger: logger, now: Date())
        } else {
            worker = Worker(
                options: options, dispatcher: dispatcher, works: works, claim: Self.claim,
                commit: { endings in endings.map { _ in .finished } }, loops: loops, redis: settings,
                metrics: WorkerMetrics(Metrics()), logger: logger, now: Date())
        }
        try await loops.next().run { try await begin() }
        // Until it is killed: nobody ends the stream.
        let (stream, end) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await worker.run { for await _ in stream {} }
        end.finish()
    }

    /// The queue of all jobs.
    private static let queueName = QueueName(ProcessInfo.processInfo.environment["QUEUE"] ?? "evaluations")

    /// The kind of all jobs in a run without a database.
    private static let kind = JobKind(ProcessInfo.processInfo.environment["KIND"] ?? "noop")

    /// The jobs as a database would answer: what dispatching alone costs is measured without one.
    @Sendable private static func claim(
        _ leases: [(id: JobID, lease: LeaseMark)], _ worker: String
    ) async throws -> ClaimedJobs {
        let now = Date()
        let jobs = leases.map { id, lease in
            Job(
                id: id, kind: kind, queue: queueName, priority: .normal, organizationID: nil, projectID: nil,
                batch: nil, limits: [], payload: [],
                state: .running, runAt: now, lease: lease, failures: 0, crashes: 0, maxAttempts: 5,
                timeout: .seconds(600), worker: worker, uniqueKey: nil, scheduleID: nil, traceParent: nil,
                errorClass: nil, error: nil, isCancelRequested: false, createdAt: now, startedAt: now, endedAt: nil)
        }
        return ClaimedJobs(jobs: jobs)
    }
}

/// Work that leaves a trace.
struct RecordedWork: JobWork {
    let kind: JobKind
    let body: @Sendable (LeasedJob) async throws -> Void

    init(kind: JobKind, _ body: @escaping @Sendable (LeasedJob) async throws -> Void) {
        self.kind = kind
        self.body = body
    }

    func perform(_ job: LeasedJob) async throws -> JobEffect {
        try await body(job)
        return .none
    }
}

/// Where jobs leave their traces: in memory-backed files one write is about a microsecond.
final class JobLog: Sendable {
    private let path: String
    private let file: Int32

    init(_ path: String) throws {
        self.path = path
        file = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT, 0o600)
        guard file >= 0 else { throw SystemError.last("open \(path)") }
    }

    /// Whether long jobs are to be short from now on.
    var isHurried: Bool { unsafe access(path + ".hurry", F_OK) == 0 }

    func append(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe write(file, bytes, bytes.count)
    }
}
