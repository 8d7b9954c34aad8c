package import FoundationEssentials
package import Postgres

/// Backups that were made and drills that were done.
package struct BackupRunStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// One of them.
    package struct Run: Sendable, Hashable {
        /// What was done.
        package enum Kind: String, Sendable, PostgresBindable, PostgresDecodable {
            /// A backup was made.
            case backup
            /// One was restored, to see whether it can be.
            case drill
        }

        package let id: UUID
        package let kind: Kind
        package let backup: String
        package let beganAt: Date
        package let endedAt: Date
        package let succeeded: Bool
        package var bytes: Int64 = 0
        /// How much of the latest would have been lost.
        package var lost: Duration?
        package var reason: String?

        package init(id: UUID, kind: Kind, backup: String, beganAt: Date, endedAt: Date, succeeded: Bool) {
            self.id = id
            self.kind = kind
            self.backup = backup
            self.beganAt = beganAt
            self.endedAt = endedAt
            self.succeeded = succeeded
        }
    }

    /// Keeps a run; those older than a year go.
    package func add(_ run: Run) async throws {
        try await database.execute(
            """
            INSERT INTO backup_runs (id, kind, backup, began_at, ended_at, succeeded, bytes, lost, reason)
            VALUES (\(run.id), \(run.kind), \(run.backup), \(run.beganAt), \(run.endedAt), \(run.succeeded),
                \(run.bytes), \(run.lost), \(run.reason))
            """)
        try await database.execute("DELETE FROM backup_runs WHERE ended_at < now() - interval '400 days'")
    }

    /// When the last success of a kind ended; `nil` where there was none.
    package func lastSuccess(of kind: Run.Kind) async throws -> Date? {
        let rows = try await database.query(
            "SELECT max(ended_at) AS last FROM backup_runs WHERE kind = \(kind) AND succeeded")
        return try rows.first?.decode("last", as: Date?.self)
    }

    /// What those who watch want to know.
    package struct Figures: Sendable, Hashable {
        /// Since the last backup became whole; `nil` where there was none.
        package let backupAge: Double?
        /// Since the last segment of the write-ahead log was archived, or while nothing had to be, 0; `nil` where it is not
        /// archived.
        package let archiveAge: Double?
        /// Whether the last drill was a success; `nil` before the first.
        package let drillSucceeded: Bool?
        /// How long it took, in seconds.
        package let drillSeconds: Double?
        /// How much would have been lost then, in seconds.
        package let drillLost: Double?
    }

    /// As they are now.
    package func figures() async throws -> Figures {
        let rows = try await database.query(
            """
            SELECT
                (SELECT extract(epoch FROM now() - max(ended_at))::float8 FROM backup_runs
                    WHERE kind = 'backup' AND succeeded) AS backup_age,
                CASE WHEN current_setting('archive_mode') = 'off' THEN NULL
                    ELSE (SELECT greatest(0, extract(epoch FROM
                        now() - coalesce(last_archived_time, stats_reset)))::float8 FROM pg_stat_archiver)
                END AS archive_age,
                drill.succeeded, extract(epoch FROM drill.ended_at - drill.began_at)::float8 AS took,
                extract(epoch FROM drill.lost)::float8 AS lost
            FROM (SELECT 1) AS one LEFT JOIN LATERAL
                (SELECT * FROM backup_runs WHERE kind = 'drill' ORDER BY ended_at DESC LIMIT 1) AS drill ON true
            """)
        guard let row = rows.first else {
            return Figures(backupAge: nil, archiveAge: nil, drillSucceeded: nil, drillSeconds: nil, drillLost: nil)
        }
        return Figures(
            backupAge: try row.decode("backup_age"), archiveAge: try row.decode("archive_age"),
            drillSucceeded: try row.decode("succeeded"), drillSeconds: try row.decode("took"),
            drillLost: try row.decode("lost"))
    }
}
