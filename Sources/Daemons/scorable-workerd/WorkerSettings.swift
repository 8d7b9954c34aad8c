import DaemonRuntime
import Jobs
import Queueing
import Settings
import StoreConnections

/// What the worker can be told.
struct WorkerSettings: Sendable {
    let database: DatabaseSettings
    let redis: RedisConnectionSettings
    let blobs: BlobSettings
    let storage: StorageSettings
    let keeping: RetentionSettings
    let serviceToken: Secret
    let evaluationService: String
    /// Where each replica of the proxy is; the one address where they are not told apart.
    let proxies: [String]
    let monthsAhead: Int
    let exportsKept: Duration
    let queues: [QueueName]
    let slots: Int
    let retention: JobRetention
    let lease: Duration

    init(_ reader: SettingsReader) throws(SettingsError) {
        database = try DatabaseSettings(from: reader.root.section("database"))
        redis = try RedisConnectionSettings(from: reader.root.section("redis"))
        blobs = try BlobSettings(from: reader.root.section("blobs"))
        // For the administration tool: here a mistake is found at the start.
        _ = try BackupSettings(from: reader.root.section("backup"))
        storage = try StorageSettings(from: reader.root)
        keeping = try RetentionSettings(from: reader.root)
        serviceToken = try reader.root.secret(
            "service_token", help: "What the daemons of one deployment know each other by.")
        evaluationService = try NeighbourAddresses.evaluationService(reader.root)
        proxies = try NeighbourAddresses.proxies(reader.root)
        // For the others: the daemons share one settings file.
        _ = try NeighbourAddresses.workers(reader.root)
        monthsAhead = try reader.own.int(
            "partition_months_ahead", default: 3, range: 1...60,
            help: "For how many months to come execution logs and spans have a partition.")
        exportsKept = try reader.own.duration(
            "exports_kept", default: .seconds(7 * 86_400), range: .seconds(3600) ... .seconds(366 * 86_400),
            help: "How long the file of an export is kept.")
        queues = try reader.own.strings(
            "queues", default: QueueName.builtIn.map(\.rawValue),
            help: "The queues whose jobs this worker does, of all that there are."
        ).map { QueueName($0) }
        slots = try reader.own.int(
            "slots", default: 16, range: 1...1000, help: "How many jobs this worker does at once.")
        retention = JobRetention(
            finishedDays: try reader.own.int(
                "finished_jobs_kept_days", default: 3, range: 1...3650,
                help: "For how many days jobs are kept that succeeded or were cancelled, except those of batches."),
            deadDays: try reader.own.int(
                "dead_jobs_kept_days", default: 30, range: 1...3650,
                help: "For how many days jobs are kept that were given up, except those of batches."))
        lease = try reader.own.duration(
            "lease", default: .seconds(4), range: .seconds(1) ... .seconds(60),
            help: "How long after its last heartbeat a worker counts as gone, and others do its jobs.")
    }
}
