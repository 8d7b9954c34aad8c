import Settings
import StoreConnections

/// What the worker can be told.
struct WorkerSettings: Sendable {
    let database: DatabaseSettings
    let redis: RedisConnectionSettings
    let monthsAhead: Int

    init(_ reader: SettingsReader) throws(SettingsError) {
        database = try DatabaseSettings(from: reader.root.section("database"))
        redis = try RedisConnectionSettings(from: reader.root.section("redis"))
        // For the others: the daemons share one settings file.
        _ = try reader.own.strings(
            "urls", default: ["http://127.0.0.1:8083"], help: "Where the other daemons find the workers.")
        monthsAhead = try reader.own.int(
            "partition_months_ahead", default: 3, range: 1...60,
            help: "For how many months to come the execution logs have a partition.")
    }
}
