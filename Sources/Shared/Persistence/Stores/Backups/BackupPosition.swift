package import FoundationEssentials

/// Where a database cluster is.
package struct BackupPosition: Sendable, Hashable {
    /// On the server's clock.
    package let now: Date
    /// What tells the cluster from others.
    package let system: String
    /// The segment of the write-ahead log that is written.
    package let segment: String
    /// Such as 15.
    package let serverVersion: Int
    package let schema: Int
    package let database: String
    package let role: String
    /// Whether the server hands its log to an archive.
    package let isArchiving: Bool

    package init(
        now: Date, system: String, segment: String, serverVersion: Int, schema: Int, database: String, role: String,
        isArchiving: Bool
    ) {
        self.now = now
        self.system = system
        self.segment = segment
        self.serverVersion = serverVersion
        self.schema = schema
        self.database = database
        self.role = role
        self.isArchiving = isArchiving
    }
}
