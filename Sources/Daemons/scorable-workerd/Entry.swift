import BackgroundWork
import DaemonRuntime
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
                _ = try composition.redis(settings.redis)
                let upkeep = Upkeep(
                    partitions: PartitionStore(database: database), sessions: SessionStore(database: database),
                    monthsAhead: settings.monthsAhead, logger: composition.logger)
                composition.work("upkeep") { drain in try await drain.cancelling { try await upkeep.run() } }
            }
        ).run()
    }
}
