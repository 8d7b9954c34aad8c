package import FoundationEssentials
package import Postgres

/// How the database server itself does: for those who look after it.
package struct DatabaseReadings: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// What the server says of itself and of who asks.
    package struct Server: Sendable {
        /// Such as 150018 for 15.18.
        package let number: Int
        package let version: String
        package let isSuperuser: Bool
        package let bypassesRowSecurity: Bool
        /// Whether it is a replica, which takes no writes.
        package let isReplica: Bool
        package let storesSafely: Bool
        package let hasChecksums: Bool
        package let connections: Int
        /// How many there may be for roles like ours.
        package let mostConnections: Int
        /// Of the clock there.
        package let now: Date
        /// The age of the oldest transaction number that is not frozen.
        package let wraparoundAge: Int64
        package let timeZone: String
        package let sizeBytes: Int64
    }

    /// The server as it is now.
    package func server() async throws -> Server? {
        try await database.query(
            """
            SELECT current_setting('server_version_num')::int4 AS number, current_setting('server_version') AS version,
                rolsuper, rolbypassrls, pg_is_in_recovery() AS replica,
                current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on'
                    AND current_setting('synchronous_commit') <> 'off' AS safe,
                current_setting('data_checksums') = 'on' AS checksums,
                (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS connections,
                current_setting('max_connections')::int4
                    - current_setting('superuser_reserved_connections')::int4 AS most,
                clock_timestamp() AS now, (SELECT max(age(datfrozenxid))::int8 FROM pg_database) AS age,
                current_setting('TimeZone') AS zone, pg_database_size(current_database()) AS size
            FROM pg_roles WHERE rolname = current_user
            """
        ).first.map { row in
            Server(
                number: try row.decode("number"), version: try row.decode("version"),
                isSuperuser: try row.decode("rolsuper"), bypassesRowSecurity: try row.decode("rolbypassrls"),
                isReplica: try row.decode("replica"), storesSafely: try row.decode("safe"),
                hasChecksums: try row.decode("checksums"), connections: try row.decode("connections"),
                mostConnections: try row.decode("most"), now: try row.decode("now"),
                wraparoundAge: try row.decode("age"), timeZone: try row.decode("zone"),
                sizeBytes: try row.decode("size"))
        }
    }

    /// The tables with rows of organisations that no policy guards.
    package func unguardedTables() async throws -> [String] {
        try await database.query(
            """
            SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
            WHERE nspname = current_schema() AND relkind IN ('r', 'p') AND NOT relispartition AND NOT relrowsecurity
                AND EXISTS (SELECT FROM pg_attribute
                    WHERE attrelid = pg_class.oid AND attname = 'organization_id' AND NOT attisdropped)
            ORDER BY relname
            """
        ).map { try $0.decode("relname") }
    }

    /// What goes on there that may be in the way.
    package struct Activity: Sendable {
        /// Transactions of more than five minutes.
        package let long: Int
        package let oldestSeconds: Double?
        /// Transactions that have done nothing for more than a minute.
        package let idle: Int
        /// Statements that wait for a lock.
        package let locked: Int
    }

    /// What others do there at the moment.
    package func activity() async throws -> Activity? {
        try await database.query(
            """
            SELECT count(*) FILTER (WHERE now() - xact_start > interval '5 minutes') AS long,
                max(extract(epoch FROM now() - xact_start))::float8 AS oldest,
                count(*) FILTER (WHERE state = 'idle in transaction' AND now() - state_change > interval '1 minute')
                    AS idle,
                count(*) FILTER (WHERE wait_event_type = 'Lock') AS locked
            FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
            """
        ).first.map { row in
            Activity(
                long: try row.decode("long"), oldestSeconds: try row.decode("oldest"), idle: try row.decode("idle"),
                locked: try row.decode("locked"))
        }
    }

    /// A server that follows this one.
    package struct Replica: Sendable {
        package let name: String
        package let state: String?
        /// `nil` where the role may not see it.
        package let behindBytes: Int64?
        package let behindSeconds: Double?
    }

    /// Those that follow at the moment.
    package func replicas() async throws -> [Replica] {
        try await database.query(
            """
            SELECT coalesce(application_name, '') AS name, state,
                pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::int8 AS bytes,
                extract(epoch FROM replay_lag)::float8 AS seconds
            FROM pg_stat_replication WHERE NOT pg_is_in_recovery() ORDER BY 1
            """
        ).map { row in
            Replica(
                name: try row.decode("name"), state: try row.decode("state"), behindBytes: try row.decode("bytes"),
                behindSeconds: try row.decode("seconds"))
        }
    }

    /// Whether what is written is kept elsewhere, too, for a restore to any moment.
    package struct Archiving: Sendable {
        package let isOn: Bool
        package let lastAt: Date?
        package let lastFailureAt: Date?
    }

    /// How the archive of the write-ahead log does.
    package func archiving() async throws -> Archiving? {
        try await database.query(
            """
            SELECT current_setting('archive_mode') <> 'off' AS is_on, last_archived_time AS last, \
            last_failed_time AS failed FROM pg_stat_archiver
            """
        ).first.map { row in
            Archiving(
                isOn: try row.decode("is_on"), lastAt: try row.decode("last"), lastFailureAt: try row.decode("failed"))
        }
    }

    /// A partitioned table, and through which month it has partitions, such as `2027_05`.
    package struct Partitions: Sendable {
        package let table: String
        package let lastMonth: String
        /// How many whole months are left from this one on.
        package let monthsAhead: Int
    }

    /// For how long new rows have a place.
    package func partitions() async throws -> [Partitions] {
        try await database.query(
            """
            WITH lasts AS (
                SELECT parent.relname AS name, max(right(child.relname, 7)) AS last
                FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
                    JOIN pg_class AS parent ON parent.oid = inhparent
                    JOIN pg_namespace ON pg_namespace.oid = parent.relnamespace
                WHERE nspname = current_schema() AND child.relname ~ '_[0-9]{4}_[0-9]{2}$' GROUP BY 1)
            SELECT name, last, ((left(last, 4)::int4 - extract(year FROM now() AT TIME ZONE 'UTC')) * 12
                + right(last, 2)::int4 - extract(month FROM now() AT TIME ZONE 'UTC'))::int4 AS ahead
            FROM lasts ORDER BY name
            """
        ).map { row in
            Partitions(
                table: try row.decode("name"), lastMonth: try row.decode("last"), monthsAhead: try row.decode("ahead"))
        }
    }

    /// How much room a table takes, with its indexes.
    package struct Table: Sendable {
        package let name: String
        package let bytes: Int64
        /// As the server estimates.
        package let rows: Int64
    }

    /// The largest tables; partitions by themselves.
    package func tables(limit: Int) async throws -> [Table] {
        try await database.query(
            """
            SELECT relname, pg_total_relation_size(pg_class.oid) AS bytes, greatest(reltuples, 0)::int8 AS rows
            FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
            WHERE nspname = current_schema() AND relkind = 'r' ORDER BY 2 DESC, 1 LIMIT \(limit)
            """
        ).map { row in
            Table(name: try row.decode("relname"), bytes: try row.decode("bytes"), rows: try row.decode("rows"))
        }
    }
}
