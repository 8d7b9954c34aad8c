internal import FoundationEssentials
package import Postgres
package import Queueing
internal import Tenancy

/// The truth about jobs: what is accepted, who may end it, and how it ended.
///
/// Everything is done by the database's clock.
package struct JobLedger: Sendable {
    let database: PostgresClient
    /// Tells Redis of jobs that were accepted with the end of another.
    let dispatch: @Sendable ([JobTicket]) async -> Void

    /// The most jobs of one statement.
    static let group = 1000

    /// `dispatch` is called after the commit with the jobs that follow others.
    package init(database: PostgresClient, dispatch: @escaping @Sendable ([JobTicket]) async -> Void) {
        self.database = database
        self.dispatch = dispatch
    }

    /// Accepts jobs in the caller's transaction, and returns those that are new: not those whose identifier is known, or
    /// whose key another one has that waits or runs.
    package static func add(
        _ jobs: [NewJob], on connection: PostgresConnection
    ) async throws(PostgresError) -> [JobTicket] {
        var tickets: [JobTicket] = []
        for group in jobs.groups(of: Self.group) {
            let rows = try await connection.query(insertion(of: Array(group)))
            for row in rows { tickets.append(try JobTicket(row: row)) }
        }
        return tickets
    }

    /// Accepts jobs in a transaction of their own, which is their statement where one is enough: that spares two round
    /// trips.
    func accept(_ jobs: [NewJob]) async throws -> [JobTicket] {
        guard jobs.count <= Self.group else {
            return try await database.transaction { try await Self.add(jobs, on: $0) }
        }
        guard !jobs.isEmpty else { return [] }
        return try await database.query(Self.insertion(of: jobs)).map { row throws(PostgresError) in
            try JobTicket(row: row)
        }
    }

    private static func insertion(of jobs: [NewJob]) -> SQL {
        """
        INSERT INTO jobs (id, organization_id, project_id, kind, queue, priority, limits, payload, batch_id, batch_index,
            run_at, max_attempts, timeout_seconds, unique_key, schedule_id, trace_parent, created_at)
        SELECT id, organization_id, project_id, kind, queue, priority, string_to_array(limits, ','), payload, batch_id,
            batch_index, coalesce(run_at, now()), max_attempts, timeout_seconds, unique_key, schedule_id, trace_parent,
            now()
        FROM unnest(\(jobs.map(\.id.uuid)), \(jobs.map { $0.organizationID?.uuid }), \(jobs.map { $0.projectID?.uuid }), \
        \(jobs.map(\.kind.rawValue)), \(jobs.map(\.queue.rawValue)), \(jobs.map(\.priority.rawValue)), \
        \(jobs.map { $0.limits.map(\.text).joined(separator: ",") }), \(jobs.map { JSONText($0.payload) }), \
        \(jobs.map { $0.batch?.batchID.uuid }), \(jobs.map { $0.batch?.index }), \(jobs.map(\.runAt)), \
        \(jobs.map(\.maxAttempts)), \(jobs.map { max(1, Int($0.timeout.components.seconds)) }), \
        \(jobs.map(\.uniqueKey)), \(jobs.map { $0.scheduleID?.uuid }), \(jobs.map(\.traceParent)))
            AS new (id, organization_id, project_id, kind, queue, priority, limits, payload, batch_id, batch_index, run_at,
                max_attempts, timeout_seconds, unique_key, schedule_id, trace_parent)
        ON CONFLICT DO NOTHING
        RETURNING \(fragment: JobRow.ticketColumns)
        """
    }

    /// Notes that a worker has leases, and returns the jobs that it may run. One that is missing has ended, or somebody
    /// has a younger lease of it: Redis is to forget this one.
    ///
    /// What was still running had a worker that is gone. When that happened too often the job is given up here.
    package func claim(_ leases: [(id: JobID, lease: LeaseMark)], worker: String) async throws -> [Job] {
        guard !leases.isEmpty else { return [] }
        let rows = try await database.query(Self.claiming(leases, worker: worker))
        var jobs: [Job] = []
        var poison: [JobEnding] = []
        for row in rows {
            let job = try Job(row: row)
            if job.crashes <= RetryRule.mostCrashes {
                jobs.append(job)
            } else {
                let failure = JobFailure(.poison, "its worker died \(job.crashes) times while it ran")
                poison.append(JobEnding(of: job, .failed(failure, effect: nil)))
            }
        }
        if !poison.isEmpty { _ = try await commit(poison) }
        return jobs
    }

    // Losing this statement with a crash of the server costs nothing: the row then has an older lease, and whoever has
    // the younger one may end the job all the same. So nobody waits for the disk. The setting is read before any row is
    // touched, and ends with the statement.
    static func claiming(_ leases: [(id: JobID, lease: LeaseMark)], worker: String) -> SQL {
        """
        WITH claimed AS (
            UPDATE jobs SET state = 'running', is_dispatched = true, epoch = mine.epoch, attempt = mine.attempt,
                worker = \(worker), started_at = now(),
                crashes = jobs.crashes
                    + (old.state = 'running' AND old.epoch = mine.epoch AND old.attempt > 0)::int
            FROM unnest(\(leases.map(\.id.uuid)), \(leases.map(\.lease.epoch)), \(leases.map(\.lease.attempt)))
                AS mine (id, epoch, attempt)
            JOIN jobs AS old USING (id),
            (SELECT set_config('synchronous_commit', 'off', true) AS setting) AS quick
            WHERE jobs.id = mine.id AND jobs.ending IS NULL AND quick.setting = 'off'
            AND (jobs.epoch, jobs.attempt) < (mine.epoch, mine.attempt)
            RETURNING \(fragment: JobRow.columns), old.state AS old_state, old.epoch AS old_epoch,
                old.attempt AS old_attempt, old.worker AS old_worker, old.started_at AS old_started_at
        ), lost AS (
            INSERT INTO job_attempts (job_id, epoch, attempt, organization_id, worker, started_at, ended_at, outcome)
            SELECT id, old_epoch, old_attempt, organization_id, old_worker, old_started_at, now(), 'lost'
            FROM claimed WHERE old_state = 'running'
            ON CONFLICT DO NOTHING
        )
        SELECT * FROM claimed
        """
    }
}
