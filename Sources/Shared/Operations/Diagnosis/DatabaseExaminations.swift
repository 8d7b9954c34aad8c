internal import EventLoop
package import FoundationEssentials
package import Postgres
package import Stores
internal import WireAPI

/// How PostgreSQL does.
package struct DatabaseExaminations: Sendable {
    private let readings: DatabaseReadings
    private let isPrivate: Bool
    private let now: @Sendable () -> Date

    /// How far clocks may differ, in seconds.
    static let tolerableSkew = 2.0

    /// `isPrivate` says that the server was started by the launcher for this installation alone, whose one role may do
    /// everything; `now` is the wall clock.
    package init(
        database: PostgresClient, isPrivate: Bool, now: @escaping @Sendable () -> Date = Date.init
    ) {
        readings = DatabaseReadings(database: database)
        self.isPrivate = isPrivate
        self.now = now
    }

    private static let unreachable =
        "See that PostgreSQL runs and that database.url names it; try: psql with the same connection string. Where it "
        + "knows the users of the machine by their names, be that user: runuser -u scorable -- scorable doctor"

    /// What is looked at.
    package var all: [Examination] {
        [
            Examination(.database, "server", remedy: Self.unreachable, server),
            Examination(.database, "row-level security", rowSecurity),
            Examination(.database, "activity", activity),
            Examination(.database, "replicas", replicas),
            Examination(.database, "partitions", partitions),
        ]
    }

    private func server() async throws -> [Examination.Finding] {
        guard let server = try await readings.server() else { return [] }
        return [
            version(server), role(server), safety(server), connections(server), clock(server), wraparound(server),
            Examination.Finding(.database, "size", .ok, "The database has \(Amounts.bytes(server.sizeBytes))."),
        ]
    }

    private func version(_ server: DatabaseReadings.Server) -> Examination.Finding {
        guard server.number >= 150_000 else {
            return Examination.Finding(
                .database, "version", .fail, "PostgreSQL \(server.version) is too old.",
                remedy: "Upgrade the server to PostgreSQL 15 or newer.")
        }
        guard !server.isReplica else {
            return Examination.Finding(
                .database, "version", .fail, "PostgreSQL \(server.version) is a replica, which takes no writes.",
                remedy: "Name the primary in database.url, or several hosts with target_session_attrs=read-write.")
        }
        return Examination.Finding(.database, "version", .ok, "PostgreSQL \(server.version), which takes writes.")
    }

    private func role(_ server: DatabaseReadings.Server) -> Examination.Finding {
        guard server.isSuperuser || server.bypassesRowSecurity else {
            return Examination.Finding(.database, "role", .ok, "The daemons' role is no superuser.")
        }
        guard !isPrivate else {
            return Examination.Finding(
                .database, "role", .ok, "The role may do everything: the server is this installation's alone.")
        }
        return Examination.Finding(
            .database, "role", .warn,
            "The role of database.url \(server.isSuperuser ? "is a superuser" : "bypasses row-level security"), so that "
                + "a fault of ours has no second wall.",
            remedy: "ALTER ROLE … NOSUPERUSER NOBYPASSRLS; it needs to own the schema only.")
    }

    private func safety(_ server: DatabaseReadings.Server) -> Examination.Finding {
        guard server.storesSafely else {
            return Examination.Finding(
                .database, "durability", .fail,
                "fsync, full_page_writes or synchronous_commit is off: a power cut loses what was confirmed.",
                remedy: "Turn them on in postgresql.conf and reload.")
        }
        guard server.hasChecksums else {
            return Examination.Finding(
                .database, "durability", .warn, "Commits are stored, but pages have no checksums.",
                remedy: "Stop the server and run: pg_checksums --enable")
        }
        return Examination.Finding(.database, "durability", .ok, "Commits are stored, and pages have checksums.")
    }

    private func connections(_ server: DatabaseReadings.Server) -> Examination.Finding {
        let share = Double(server.connections) / Double(max(1, server.mostConnections))
        let detail = "\(server.connections) of \(server.mostConnections) connections are in use."
        guard share >= 0.8 else { return Examination.Finding(.database, "connections", .ok, detail) }
        return Examination.Finding(
            .database, "connections", share >= 0.95 ? .fail : .warn, detail,
            remedy: "Raise max_connections, lower database.pool_size, or put a pooler in session mode before it.")
    }

    private func clock(_ server: DatabaseReadings.Server) -> Examination.Finding {
        let skew = abs(server.now.timeIntervalSince(now()))
        let zone = "The server's time zone is \(server.timeZone)."
        guard skew > Self.tolerableSkew else {
            return Examination.Finding(.database, "clock", .ok, "Its clock agrees with ours. \(zone)")
        }
        return Examination.Finding(
            .database, "clock", skew > 30 ? .fail : .warn,
            "Its clock differs from ours by \(Amounts.time(skew)). \(zone)",
            remedy: "Run a time service (chrony, systemd-timesyncd) on every host.")
    }

    private func wraparound(_ server: DatabaseReadings.Server) -> Examination.Finding {
        let detail = "The oldest transaction number that is not frozen is \(server.wraparoundAge) old."
        guard server.wraparoundAge > 500_000_000 else {
            return Examination.Finding(.database, "wraparound", .ok, detail)
        }
        return Examination.Finding(
            .database, "wraparound", server.wraparoundAge > 1_500_000_000 ? .fail : .warn,
            detail + " At 2 147 000 000 the server stops.",
            remedy:
                "Find what holds vacuum back (long transactions, replication slots), and run: vacuumdb --all --freeze")
    }

    private func rowSecurity() async throws -> [Examination.Finding] {
        let tables = try await readings.unguardedTables()
        guard !tables.isEmpty else {
            return [
                Examination.Finding(
                    .database, "row-level security", .ok, "Every table with rows of organisations has its policy.")
            ]
        }
        return [
            Examination.Finding(
                .database, "row-level security", .fail,
                "\(tables.joined(separator: ", ")): rows of organisations that no policy guards.",
                remedy: "Run: scorable migrate. If that does not help, somebody has changed the schema by hand.")
        ]
    }

    private func activity() async throws -> [Examination.Finding] {
        guard let activity = try await readings.activity() else { return [] }
        let detail =
            "The oldest transaction is \(Amounts.time(activity.oldestSeconds ?? 0)) old; \(activity.idle) idle in a "
            + "transaction, \(activity.locked) waiting for a lock."
        guard activity.long > 0 || activity.idle > 0 || activity.locked > 20 else {
            return [Examination.Finding(.database, "activity", .ok, detail)]
        }
        return [
            Examination.Finding(
                .database, "activity", .warn, detail,
                remedy: "See who it is in pg_stat_activity, by application_name, state and xact_start.")
        ]
    }

    private func replicas() async throws -> [Examination.Finding] {
        let replicas = try await readings.replicas()
        guard !replicas.isEmpty else {
            return [Examination.Finding(.database, "replicas", .skipped, "No replica follows this server.")]
        }
        return replicas.map { replica in
            let lag = replica.behindBytes.map { Amounts.bytes(max(0, $0)) } ?? "an unknown amount"
            let detail =
                "\(replica.state ?? "unknown"), behind by \(lag)"
                + (replica.behindSeconds.map { " and \(Amounts.time($0))" } ?? "") + "."
            let isLate = (replica.behindBytes ?? 0) > 64 << 20 || (replica.behindSeconds ?? 0) > 30
            let isWell = replica.state == "streaming" && !isLate
            return Examination.Finding(
                .database, "replica \(replica.name)", isWell || replica.state == nil ? .ok : .warn, detail,
                remedy: isWell || replica.state == nil
                    ? nil : "Look at the replica's log, its disk and the network between the two.")
        }
    }

    private func partitions() async throws -> [Examination.Finding] {
        try await readings.partitions().map { table in
            let detail = "Partitions are there through \(table.lastMonth.replacing("_", with: "-"))."
            guard table.monthsAhead < 1 else {
                return Examination.Finding(.database, "partitions of \(table.table)", .ok, detail)
            }
            return Examination.Finding(
                .database, "partitions of \(table.table)", table.monthsAhead < 0 ? .fail : .warn, detail,
                remedy: "The workers make them every hour: see that scorable-workerd runs, and scorable queue dead.")
        }
    }
}
