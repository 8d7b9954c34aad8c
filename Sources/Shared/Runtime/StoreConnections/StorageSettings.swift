package import Records
package import Settings

/// How much room there has to be for what is new, and how long what is recorded is kept where nobody says otherwise.
package struct StorageSettings: Sendable {
    /// Below so many free bytes nothing new is taken, and below so many people are warned.
    package let stopBelow: ByteCount
    package let warnBelow: ByteCount
    /// The directory of the database's data on this machine; `nil` to ask the server.
    package let databaseDirectory: String?
    /// How large the database's disk is where it is not on this machine, in bytes.
    package let databaseDiskSize: ByteCount?

    private static let range = ByteCount(bytes: 0)...ByteCount(bytes: 1 << 60)

    package init(from root: SettingsScope) throws(SettingsError) {
        let ingest = root.section("ingest")
        stopBelow = try ingest.byteCount(
            "stop_below", default: ByteCount(bytes: 2 << 30), range: Self.range,
            help: """
                With less than this free on the disk of the database or of the object storage, new executions, batches, traces \
                and uploads are refused (507, code storage_full); at most 5 % of the disk. 0 refuses nothing.
                """)
        warnBelow = try ingest.byteCount(
            "warn_below", default: ByteCount(bytes: 10 << 30), range: Self.range,
            help: "With less than this free people are warned; at most 15 % of the disk.")
        let database = root.section("database")
        databaseDirectory = try database.optionalString(
            "data_directory", example: "/var/lib/postgresql/15/main",
            help: """
                The directory of the database's data, where it is on a disk of the workers' machine: to measure that disk. \
                Without it the server is asked where it runs on the same machine.
                """)
        let size = try database.byteCount(
            "disk_size", default: ByteCount(bytes: 0), range: Self.range,
            help: """
                How large the database's disk is where it is on another machine: what is free is then reckoned by the sizes of \
                its databases. 0 where nobody knows: then nothing is refused before the database itself does.
                """)
        databaseDiskSize = size.bytes == 0 ? nil : size
    }
}

/// For how many days what is recorded is kept where an organisation or a project says nothing.
package struct RetentionSettings: Sendable {
    /// What is not in it is kept for ever.
    package let standard: [RetentionClass: Int]

    package init(from root: SettingsScope) throws(SettingsError) {
        let scope = root.section("retention")
        func days(_ key: String, _ default: Int, _ what: String) throws(SettingsError) -> Int? {
            let days = try scope.int(
                key, default: `default`, range: 0...36_500,
                help:
                    "For how many days \(what) where no rule of an organisation or project says otherwise; 0 for ever.")
            return days == 0 ? nil : days
        }
        standard = [
            .executionLogs: try days("execution_logs_days", 0, "execution logs are kept"),
            .traces: try days("traces_days", 0, "traces are kept, from their last span on,"),
            .files: try days("files_days", 0, "an uploaded file is kept that nobody uses and no judge has"),
            .exports: try days("exports_days", 90, "exports are remembered from their end on"),
            .batches: try days("batches_days", 0, "batches are kept with their jobs from their end on"),
        ].compactMapValues { $0 }
    }
}
