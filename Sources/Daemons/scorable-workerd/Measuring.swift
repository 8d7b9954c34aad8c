import DaemonRuntime
import EventLoop
import FoundationEssentials
import Operations
import Postgres
import Records
import Redis
import StoreConnections
import Settings
import Stores

extension Composition {
    /// What measures the disks and how everything grows.
    mutating func measuring(
        _ settings: WorkerSettings, _ notices: Notices, _ redis: RedisClient, over database: PostgresClient
    ) {
        let threads = WorkerThreads(name: "disks", count: 1, queueLimit: 16)
        add(Service("disks", stop: { _ in threads.shutdown() }))
        let storage = settings.storage
        let watch = StorageWatch(
            sizes: StorageSizeStore(database: database), partitions: RetainedPartitions(database: database),
            retention: RetentionStore(database: database), redis: redis,
            places: StoragePlaces(
                databaseDirectory: storage.databaseDirectory,
                databaseDiskSize: storage.databaseDiskSize.map { Int64($0.bytes) },
                objectsDirectory: settings.blobs.kind == .local ? settings.blobs.directory : nil),
            watermark: StorageWatermark(
                stopBelow: Int64(storage.stopBelow.bytes), warnBelow: Int64(storage.warnBelow.bytes)),
            notices: notices, threads: threads, source: ProcessInfo.processInfo.hostName, metrics: metrics,
            logger: logger)
        work("disks") { drain in try await drain.cancelling { try await watch.run() } }
    }
}
