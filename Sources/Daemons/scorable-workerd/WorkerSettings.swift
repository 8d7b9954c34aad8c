import Queueing
import Settings
import StoreConnections

/// What the worker can be told.
struct WorkerSettings: Sendable {
    let database: DatabaseSettings
    let redis: RedisConnectionSettings
    let serviceToken: Secret
    let evaluationService: String
    let monthsAhead: Int
    let queues: [QueueName]
    let slots: Int
    let lease: Duration

    init(_ reader: SettingsReader) throws(SettingsError) {
        database = try DatabaseSettings(from: reader.root.section("database"))
        redis = try RedisConnectionSettings(from: reader.root.section("redis"))
        serviceToken = try reader.root.secret(
            "service_token", help: "What the daemons of one deployment know each other by.")
        evaluationService = try reader.root.section("evald").string(
            "url", default: "http://127.0.0.1:8081", help: "Where the evaluation service is.")
        // For the others: the daemons share one settings file.
        _ = try reader.own.strings(
            "urls", default: ["http://127.0.0.1:8083"], help: "Where the other daemons find the workers.")
        monthsAhead = try reader.own.int(
            "partition_months_ahead", default: 3, range: 1...60,
            help: "For how many months to come the execution logs have a partition.")
        queues = try reader.own.strings(
            "queues", default: QueueName.builtIn.map(\.rawValue),
            help: "The queues whose jobs this worker does, of all that there are."
        ).map { QueueName($0) }
        slots = try reader.own.int(
            "slots", default: 16, range: 1...1000, help: "How many jobs this worker does at once.")
        lease = try reader.own.duration(
            "lease", default: .seconds(4), range: .seconds(1) ... .seconds(60),
            help: "How long after its last heartbeat a worker counts as gone, and others do its jobs.")
    }
}
