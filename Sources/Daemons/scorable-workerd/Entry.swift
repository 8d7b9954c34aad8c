import BackgroundWork
import DaemonRuntime
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
                let redis = try composition.redis(settings.redis)
                let sums = ExecutionSumStore(database: database)
                let noticeStore = NoticeStore(database: database)
                let upkeep = Upkeep(
                    partitions: PartitionStore(database: database), sessions: SessionStore(database: database),
                    sums: sums, notices: noticeStore, monthsAhead: settings.monthsAhead, logger: composition.logger)
                composition.work("upkeep") { drain in try await drain.cancelling { try await upkeep.run() } }
                let notices = Notices(
                    store: noticeStore, events: EventPublisher(redis: redis, loops: composition.loops),
                    identifiers: composition.identifiers)
                let summingUp = SummingUp(
                    store: sums, spikes: FailureSpikes(sums: sums, notices: notices, redis: redis),
                    logger: composition.logger)
                composition.work("sums") { drain in try await drain.cancelling { try await summingUp.run() } }
            }
        ).run()
    }
}
