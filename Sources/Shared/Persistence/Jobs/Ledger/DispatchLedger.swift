internal import EventLoop
internal import FoundationEssentials
internal import Postgres
internal import Queueing
internal import Tenancy

/// What Redis has been given and what it is still to be given. Jobs are marked in the transaction in which they are sent,
/// and after they were: what is lost between the two is sent again, which changes nothing.
struct DispatchLedger: Sendable {
    /// What one worker at a time does for all.
    enum Duty: Int32, Sendable {
        case seeding = 1
        case windows = 2
        case reconciling = 3
        case minutes = 4
    }

    /// The first half of the keys of our advisory locks.
    static let lockClass: Int32 = 0x6A_6F_62
    /// The second half of the one that whoever claims shares, and whoever begins an epoch has alone.
    static let epochLock: Int32 = 5
    /// What is marked and then lost is marked again.
    private static let lenience = "SET LOCAL synchronous_commit = off"

    let database: PostgresClient

    /// What there is to do.
    struct Pending: Sendable {
        let hasUnsentJobs: Bool
        let hasUnsentBatchJobs: Bool
        let hasCancelledBatches: Bool
        let hasSchedules: Bool
    }

    /// What there is to do, given that jobs younger than `age` are left to whoever accepted them.
    func pending(olderThan age: Duration) async throws(PostgresError) -> Pending {
        let rows = try await database.query(
            """
            SELECT EXISTS (
                SELECT FROM jobs WHERE ending IS NULL AND NOT is_dispatched AND batch_id IS NULL
                AND run_at <= now() + interval '60 s' AND created_at <= now() - \(age)),
            EXISTS (
                SELECT FROM batches WHERE state IN ('expanding', 'open') AND EXISTS (
                    SELECT FROM jobs WHERE jobs.batch_id = batches.id AND jobs.ending IS NULL
                    AND NOT jobs.is_dispatched)),
            EXISTS (SELECT FROM batches WHERE state = 'cancelling'),
            EXISTS (SELECT FROM schedules WHERE NOT is_paused AND next_run_at <= now())
            """)
        guard let row = rows.first else { throw PostgresError(.decoding, "a question was not answered") }
        return Pending(
            hasUnsentJobs: try row.decode(0), hasUnsentBatchJobs: try row.decode(1),
            hasCancelledBatches: try row.decode(2), hasSchedules: try row.decode(3))
    }

    // MARK: Jobs of their own

    /// Sends jobs that nobody has sent although they were accepted `age` ago, and those whose time comes within a
    /// minute. Returns how many.
    func sweep(
        olderThan age: Duration, limit: Int, send: @Sendable ([JobTicket]) async throws -> Void
    ) async throws -> Int {
        try await database.transaction { connection in
            try await connection.run(script: Self.lenience)
            let rows = try await connection.query(
                """
                SELECT \(fragment: JobRow.ticketColumns) FROM jobs
                WHERE ending IS NULL AND NOT is_dispatched AND batch_id IS NULL
                AND run_at <= now() + interval '60 s' AND created_at <= now() - \(age)
                ORDER BY run_at, id LIMIT \(limit) FOR NO KEY UPDATE SKIP LOCKED
                """)
            return try await Self.give(rows, on: connection, send: send)
        }
    }

    private static func give(
        _ rows: PostgresRows, on connection: PostgresConnection, send: ([JobTicket]) async throws -> Void
    ) async throws -> Int {
        let tickets = try rows.map { row throws(PostgresError) in try JobTicket(row: row) }
        guard !tickets.isEmpty else { return 0 }
        try await send(tickets)
        try await connection.execute(
            "UPDATE jobs SET is_dispatched = true WHERE id = ANY(\(tickets.map(\.id.uuid)))")
        return tickets.count
    }

    // MARK: Jobs of batches

    /// Sends the next jobs of batches of which Redis has at most half a window. Returns how many jobs, and whether more
    /// batches want some.
    func refill(
        window: Int, batches: Int, send: @Sendable ([JobTicket]) async throws -> Void
    ) async throws -> (sent: Int, isBehind: Bool) {
        try await leading(.windows) { connection in
            let thirsty = try await connection.query(
                """
                SELECT batches.id, there.count FROM batches CROSS JOIN LATERAL (
                    SELECT count(*) FROM (
                        SELECT FROM jobs WHERE jobs.batch_id = batches.id AND jobs.ending IS NULL AND jobs.is_dispatched
                        LIMIT \(window)) AS sent) AS there
                WHERE batches.state IN ('expanding', 'open') AND there.count <= \(window / 2) AND EXISTS (
                    SELECT FROM jobs WHERE jobs.batch_id = batches.id AND jobs.ending IS NULL AND NOT jobs.is_dispatched)
                ORDER BY there.count, batches.id LIMIT \(batches)
                """)
            var sent = 0
            for batch in thirsty {
                let room = window - (try batch.decode(1, as: Int.self))
                let rows = try await connection.query(
                    """
                    SELECT \(fragment: JobRow.ticketColumns) FROM jobs
                    WHERE batch_id = \(try batch.decode(0, as: UUID.self)) AND ending IS NULL AND NOT is_dispatched
                    ORDER BY batch_index LIMIT \(room) FOR NO KEY UPDATE SKIP LOCKED
                    """)
                sent += try await Self.give(rows, on: connection, send: send)
            }
            return (sent, thirsty.count == batches)
        } ?? (0, false)
    }

    // MARK: What Redis should have

    /// A place in the list of all jobs that Redis should have: first those of their own, then batch by batch.
    struct Place: Sendable {
        /// The batches that are yet to be listed, the first of them being at it; `nil` while at jobs of their own.
        fileprivate var batches: [UUID]?
        fileprivate var id: UUID?
        fileprivate var index = -1

        static let start = Place()
    }

    /// One of those jobs.
    struct Sent: Sendable {
        let ticket: JobTicket
        /// A worker has it, unless that is gone.
        let isRunning: Bool
        /// Its worker is to be told that it is cancelled.
        let isCancelRequested: Bool
    }

    /// The next jobs that Redis should have, and the place behind them; `nil` at the end.
    func sent(from place: Place, limit: Int) async throws(PostgresError) -> (jobs: [Sent], next: Place?) {
        let columns: SQL = "\(fragment: JobRow.ticketColumns), \(fragment: Sent.furtherColumns), jobs.batch_index"
        var next = place
        guard let batch = place.batches?.first else {
            let rows = try await database.query(
                """
                SELECT \(fragment: columns) FROM jobs
                WHERE ending IS NULL AND batch_id IS NULL AND is_dispatched AND batch_index IS NULL
                AND id > \(place.id ?? UUID(high: 0, low: 0)) ORDER BY batch_id, batch_index, id LIMIT \(limit)
                """)
            let jobs = try rows.map { row throws(PostgresError) in try Sent(row: row) }
            next.id = jobs.last?.ticket.id.uuid
            if jobs.count < limit { next.batches = try await openBatches() }
            return (jobs, next.batches?.isEmpty == true ? nil : next)
        }
        let rows = try await database.query(
            """
            SELECT \(fragment: columns) FROM jobs
            WHERE ending IS NULL AND batch_id = \(batch) AND is_dispatched AND batch_index > \(place.index)
            ORDER BY batch_index LIMIT \(limit)
            """)
        let jobs = try rows.map { row throws(PostgresError) in try Sent(row: row) }
        if let last = rows.last, jobs.count == limit {
            next.index = try last.decode(12)
        } else {
            next.batches?.removeFirst()
            next.index = -1
        }
        return (jobs, next.batches?.isEmpty == true ? nil : next)
    }

    private func openBatches() async throws(PostgresError) -> [UUID] {
        let rows = try await database.query("SELECT id FROM batches WHERE state <> 'ended' ORDER BY id")
        return try rows.map { row throws(PostgresError) in try row.decode(0) }
    }

    /// Those of the jobs that Redis still should have.
    func stillSent(_ ids: [JobID]) async throws(PostgresError) -> [JobTicket] {
        let rows = try await database.query(
            """
            SELECT \(fragment: JobRow.ticketColumns) FROM jobs
            WHERE id = ANY(\(ids.map(\.uuid))) AND ending IS NULL AND is_dispatched
            """)
        return try rows.map { row throws(PostgresError) in try JobTicket(row: row) }
    }

    // MARK: Epochs

    /// The epoch in which Redis was filled last; 0 when it never was.
    func epoch() async throws(PostgresError) -> Int64 {
        let rows = try await database.query("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM job_epochs")
        return try rows.first?.decode(0) ?? 0
    }

    /// A new epoch, greater than all that were and than `known`. When this returns all claims of before are stored, and
    /// every other one will be refused.
    func raiseEpoch(above known: Int64) async throws(PostgresError) -> Int64 {
        let rows = try await database.query(
            """
            SELECT setval('job_epochs', greatest(nextval('job_epochs'), \(known) + 1))
            FROM (SELECT pg_advisory_xact_lock(\(Self.lockClass), \(Self.epochLock)) OFFSET 0) AS gate
            """)
        return try rows.first?.decode(0) ?? 0
    }

    // MARK: One at a time

    /// Does `body` in a transaction unless somebody else does; `nil` then.
    func leading<R: Sendable>(
        _ duty: Duty, _ body: @Sendable (PostgresConnection) async throws -> R
    ) async throws -> R? {
        try await database.transaction { connection in
            try await connection.run(script: Self.lenience)
            let rows = try await connection.query(
                "SELECT pg_try_advisory_xact_lock(\(Self.lockClass), \(duty.rawValue))")
            guard try rows.first?.decode(0) == true else { return nil }
            return try await body(connection)
        }
    }

    /// Does what may take long unless somebody else does; `nil` then. `body` is handed a call that it must make every few
    /// seconds: who makes none for long has lost the duty, and the call throws.
    func leadingLong<R: Sendable>(
        _ duty: Duty, _ body: @Sendable (@Sendable () async throws -> Void) async throws -> R
    ) async throws -> R? {
        try await database.withConnection { connection in
            // The lock is the session's, and so is its time-out: neither must be handed on.
            defer { connection.discard() }
            let rows = try await connection.query(
                """
                SELECT pg_try_advisory_lock(\(Self.lockClass), \(duty.rawValue)), \
                set_config('idle_session_timeout', '15s', false)
                """)
            guard try rows.first?.decode(0) == true else { return nil }
            let result = try await body { _ = try await connection.query("SELECT 1") }
            // The server ends a session some time after it was left; the duty is free from here on.
            _ = try await connection.query("SELECT pg_advisory_unlock(\(Self.lockClass), \(duty.rawValue))")
            return result
        }
    }
}

extension DispatchLedger.Sent {
    fileprivate static let furtherColumns: SQL = "jobs.state = 'running', jobs.cancel_requested_at IS NOT NULL"

    fileprivate init(row: PostgresRow) throws(PostgresError) {
        self.init(
            ticket: try JobTicket(row: row), isRunning: try row.decode(10), isCancelRequested: try row.decode(11))
    }
}
