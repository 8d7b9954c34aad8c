import BackgroundWork
import DaemonRuntime
import EventLoop
import FoundationEssentials
import Jobs
import Logging
import Operations
import Postgres
import Redis
import Settings
import StoreConnections
import Stores
import Tenancy

extension Composition {
    /// The worker proper: does the jobs of `queue` for which there are works, drains with the daemon, and has the daemon
    /// restarted when it is stuck.
    mutating func worker(
        _ settings: WorkerSettings, queue: JobQueue, works: [any JobWork], presence: RedisPresence
    ) throws {
        let (host, pid) = (ProcessInfo.processInfo.hostName, Int(ProcessInfo.processInfo.processIdentifier))
        // Processes get their numbers again; no two workers may share a name.
        let name = "\(host)-\(pid)-\(identifiers.uuid().lowercaseText.suffix(4))"
        let options = WorkerOptions(
            name: name, release: Release.version, host: host, pid: pid, queues: settings.queues, slots: settings.slots,
            lease: settings.lease)
        let worker = Worker(
            options: options, dispatcher: queue.dispatcher, ledger: queue.ledger, works: works, loops: loops,
            redis: try RedisSettings(url: settings.redis.url.reveal()), metrics: WorkerMetrics(metrics),
            tracing: JobTracing(spans, traceIdentifiers), logger: logger,
            now: Date())
        watch { worker.complaint(whileRedisIsAway: presence.isAway) }
        work("jobs") { drain in await worker.run { await drain.wait() } }
    }
}

extension Composition {
    /// What monitoring is told of the whole installation.
    mutating func showInstallation(_ database: PostgresClient, _ redis: RedisClient, _ queue: JobQueue) {
        let figures = InstallationFigures(
            database: database, queue: queue, redis: redis, metrics: metrics, identifiers: identifiers, logger: logger)
        work("figures") { drain in try await drain.cancelling { try await figures.run() } }
    }
}

extension Composition {
    /// What has traces evaluated once they are quiet.
    mutating func settling(_ queue: JobQueue, over database: PostgresClient) {
        let settling = TraceSettling(
            decisions: TraceDecisions(database: database, queue: queue, identifiers: identifiers), logger: logger)
        work("trace settling") { drain in try await drain.cancelling { try await settling.run() } }
    }

    /// What tells how old the backups are.
    mutating func watchingBackups(over database: PostgresClient) {
        let watch = BackupWatch(store: BackupRunStore(database: database), metrics: metrics, logger: logger)
        work("backup watch") { drain in try await drain.cancelling { try await watch.run() } }
    }

    /// What brings accepted jobs to the workers, and what is done again and again.
    mutating func dispatching(
        _ queue: JobQueue, schedules works: Works, keeping retention: JobRetention, over database: PostgresClient
    ) {
        var settings = DispatchingSettings()
        settings.retention = retention
        let ledger = ScheduleLedger(database: database, identifiers: identifiers)
        let dispatching = Dispatching(queue: queue, schedules: ledger, settings: settings, logger: logger)
        let (identifiers, logger) = (identifiers, logger)
        work("dispatching") { drain in
            try await drain.cancelling {
                try await Self.put(works, into: ledger, identifiers, logger)
                try await dispatching.run()
            }
        }
    }

    /// Makes the schedules what this release says they are; tried again while the database is away.
    private static func put(
        _ works: Works, into ledger: ScheduleLedger, _ identifiers: IdentifierSource, _ logger: Logger
    ) async throws {
        while true {
            do {
                let now = try await ledger.now()
                for schedule in try works.upkeep.schedules(identifiers, now: now) { try await ledger.put(schedule) }
                try await ledger.put(works.recount.schedule(identifiers, now: now))
                return try await ledger.put(works.canary.schedule(identifiers, now: now))
            } catch let error as PostgresError {
                logger.warning("the schedules could not be stored", metadata: ["reason": "\(error)"])
                try await Loop.current?.sleep(for: .seconds(1))
            }
        }
    }
}
