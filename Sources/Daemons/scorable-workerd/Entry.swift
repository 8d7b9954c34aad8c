import BackgroundWork
import DaemonRuntime
import Jobs
import Operations
import Settings
import StoreConnections
import Stores

/// The worker: what is done in the background.
@main enum Entry {
    static func main() {
        Daemon(
            "workerd", summary: "the worker: what is done in the background", internalPort: 8083,
            settings: { reader throws(SettingsError) in try WorkerSettings(reader) },
            compose: { composition, settings in
                let database = composition.database(settings.database, program: "scorable-workerd")
                let reads = try composition.replicas(
                    of: database, settings.database, program: "scorable-workerd")
                let presence = RedisPresence()
                let redis = try composition.redis(settings.redis, .necessary, presence: presence)
                composition.announce(over: redis)
                composition.showStores(database, redis)
                let queue = JobQueue(
                    database: database, dispatcher: JobDispatcher(redis: redis),
                    metrics: DispatchMetrics(composition.metrics), logger: composition.logger)
                let works = Works(
                    settings, queue: queue, database: database, reads: reads, redis: redis, in: &composition)
                try composition.worker(settings, queue: queue, works: works.all, presence: presence)
                composition.dispatching(
                    queue, schedules: works, keeping: settings.retention, over: database)
                let sums = ExecutionSumStore(database: database)
                let events = EventPublisher(redis: redis, loops: composition.loops)
                let pulse = QueuePulse(
                    queue: queue, metrics: composition.metrics, events: events, redis: redis,
                    identifiers: composition.identifiers, logger: composition.logger)
                composition.work("queue pulse") { drain in try await drain.cancelling { try await pulse.run() } }
                let notices = Notices(
                    store: NoticeStore(database: database), events: events, identifiers: composition.identifiers)
                let summingUp = SummingUp(
                    store: sums, spikes: FailureSpikes(sums: sums, notices: notices, redis: redis),
                    logger: composition.logger)
                composition.settling(queue, over: database)
                composition.showInstallation(database, redis, queue)
                composition.watchingBackups(over: database)
                composition.measuring(settings, notices, redis, over: database)
                composition.work("sums") { drain in try await drain.cancelling { try await summingUp.run() } }
            }
        ).run()
    }
}
