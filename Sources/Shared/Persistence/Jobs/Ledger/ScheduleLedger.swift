package import FoundationEssentials
package import Postgres
package import Queueing
package import Tenancy

/// What is done again and again, and when each was done last.
package struct ScheduleLedger: Sendable {
    private let database: PostgresClient
    private let identifiers: IdentifierSource

    /// How many schedules one round serves.
    private static let round = 20

    package init(database: PostgresClient, identifiers: IdentifierSource) {
        self.database = database
        self.identifiers = identifiers
    }

    /// What the database's clock says, by which schedules come.
    package func now() async throws(PostgresError) -> Date { try await JobReadings(database: database).now() }

    /// Adds a schedule, or makes the one with its name what this one is; when it comes next stays as it was while its rule
    /// does, and so does a pause.
    package func put(_ schedule: Schedule) async throws(PostgresError) {
        try await database.execute(
            """
            INSERT INTO schedules AS known (id, name, organization_id, kind, queue, payload, max_attempts, timeout_seconds,
                rule, catch_up, is_paused, next_run_at, updated_at)
            VALUES (\(schedule.id.uuid), \(schedule.name), \(schedule.organizationID?.uuid), \(schedule.kind.rawValue),
                \(schedule.queue.rawValue), \(JSONText(schedule.payload)), \(schedule.maxAttempts),
                \(Int(schedule.timeout.components.seconds)), \(schedule.rule.description), \(schedule.catchUp.rawValue),
                \(schedule.isPaused), \(schedule.nextRunAt), now())
            ON CONFLICT (name) DO UPDATE SET organization_id = excluded.organization_id, kind = excluded.kind,
                queue = excluded.queue, payload = excluded.payload, max_attempts = excluded.max_attempts,
                timeout_seconds = excluded.timeout_seconds, catch_up = excluded.catch_up, updated_at = now(),
                rule = excluded.rule,
                next_run_at = CASE WHEN known.rule = excluded.rule THEN known.next_run_at
                    ELSE excluded.next_run_at END
            """)
    }

    /// All of them by name.
    package func list() async throws(PostgresError) -> [Schedule] {
        let rows = try await database.query("SELECT \(fragment: Schedule.columns) FROM schedules ORDER BY name")
        var schedules: [Schedule] = []
        for row in rows {
            if let schedule = try Schedule(row: row) { schedules.append(schedule) }
        }
        return schedules
    }

    /// Removes the one with this name; whether there was one.
    package func remove(_ name: String) async throws(PostgresError) -> Bool {
        try await database.execute("DELETE FROM schedules WHERE name = \(name)") > 0
    }

    /// Pauses a schedule, or lets it go on from now: what it missed meanwhile is not caught up. In the caller's
    /// transaction; `nil` when there is none.
    package static func setPaused(
        _ id: ScheduleID, _ isPaused: Bool, on connection: PostgresConnection
    ) async throws(PostgresError) -> Schedule? {
        guard let (schedule, now) = try await lock(id, on: connection) else { return nil }
        let next = schedule.isPaused && !isPaused ? schedule.rule.next(after: now) : schedule.nextRunAt
        let rows = try await connection.query(
            """
            UPDATE schedules SET is_paused = \(isPaused), next_run_at = \(next), updated_at = now()
            WHERE id = \(id.uuid) RETURNING \(fragment: Schedule.columns)
            """)
        return try rows.first.flatMap { row throws(PostgresError) in try Schedule(row: row) }
    }

    /// Has it done once now, beside its times, in the caller's transaction. There is no ticket when its job waits or runs
    /// already, and `nil` when there is no such schedule.
    package static func runNow(
        _ id: ScheduleID, as job: JobID, on connection: PostgresConnection
    ) async throws(PostgresError) -> [JobTicket]? {
        guard let (schedule, now) = try await lock(id, on: connection) else { return nil }
        let tickets = try await JobLedger.add([schedule.job(for: now, id: job)], on: connection)
        if let ticket = tickets.last {
            try await connection.execute(
                "UPDATE schedules SET last_run_at = now(), last_job_id = \(ticket.id.uuid) WHERE id = \(id.uuid)")
        }
        return tickets
    }

    private static func lock(
        _ id: ScheduleID, on connection: PostgresConnection
    ) async throws(PostgresError) -> (Schedule, Date)? {
        let rows = try await connection.query(
            "SELECT \(fragment: Schedule.columns), now() FROM schedules WHERE id = \(id.uuid) FOR UPDATE")
        guard let row = rows.first, let schedule = try Schedule(row: row) else { return nil }
        return (schedule, try row.decode(15))
    }

    /// Makes the jobs of all moments that have come. However many do this at once, a moment has its job once: it is made
    /// in the transaction that moves the schedule on.
    func tick() async throws -> (tickets: [JobTicket], unreadable: [String]) {
        try await database.transaction { connection in
            let rows = try await connection.query(
                """
                SELECT \(fragment: Schedule.columns), now() FROM schedules WHERE NOT is_paused AND next_run_at <= now()
                ORDER BY next_run_at LIMIT \(Self.round) FOR UPDATE SKIP LOCKED
                """)
            var tickets: [JobTicket] = []
            var unreadable: [String] = []
            for row in rows {
                guard let schedule = try Schedule(row: row) else {
                    // Somebody wrote it by hand. It stops rather than being tried each second.
                    unreadable.append(try row.decode(1))
                    try await connection.execute(
                        "UPDATE schedules SET is_paused = true WHERE id = \(try row.decode(0, as: UUID.self))")
                    continue
                }
                tickets += try await tick(schedule, now: try row.decode(15), on: connection)
            }
            return (tickets, unreadable)
        }
    }

    private func tick(
        _ schedule: Schedule, now: Date, on connection: PostgresConnection
    ) async throws(PostgresError) -> [JobTicket] {
        let due = schedule.due(at: now)
        let jobs = due.moments.map { schedule.job(for: $0, id: identifiers.next()) }
        let tickets = try await JobLedger.add(jobs, on: connection)
        try await connection.execute(
            """
            UPDATE schedules SET next_run_at = \(due.next), last_run_at = coalesce(\(due.moments.last), last_run_at),
                last_job_id = coalesce(\(tickets.last?.id.uuid), last_job_id)
            WHERE id = \(schedule.id.uuid)
            """)
        return tickets
    }
}

extension Schedule {
    static let columns: SQL = """
        id, name, organization_id, kind, queue, payload, max_attempts::int8, timeout_seconds::int8, rule, catch_up, \
        is_paused, next_run_at, last_run_at, last_job_id, updated_at
        """

    /// `nil` when its rule cannot be read.
    fileprivate init?(row: PostgresRow) throws(PostgresError) {
        let text = try row.decode(8, as: String.self)
        guard let rule = Self.rule(text) else { return nil }
        self.init(
            id: ScheduleID(uuid: try row.decode(0)), name: try row.decode(1), organizationID: try row.identifier(2),
            kind: JobKind(try row.decode(3)), queue: QueueName(try row.decode(4)),
            payload: try row.decode(5, as: JSONText.self).bytes, maxAttempts: try row.decode(6),
            timeout: .seconds(try row.decode(7, as: Int.self)), rule: rule, catchUp: try row.choice(9),
            isPaused: try row.decode(10), nextRunAt: try row.decode(11), lastRunAt: try row.decode(12),
            lastJobID: try row.identifier(13), updatedAt: try row.decode(14))
    }

    private static func rule(_ text: String) -> ScheduleRule? {
        do {
            return try ScheduleRule(text)
        } catch {
            return nil
        }
    }
}
