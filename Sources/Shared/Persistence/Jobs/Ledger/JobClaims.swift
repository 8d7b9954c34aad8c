internal import FoundationEssentials
internal import Postgres
package import Queueing
internal import Tenancy

/// What came of claiming leases.
package struct ClaimedJobs: Sendable {
    /// The worker may run these.
    package let jobs: [Job]
    /// These run by another worker's lease, which a server that forgot it has given out again: they are not to be begun,
    /// and Redis is to keep what it has.
    package let others: Set<JobID>

    package init(jobs: [Job], others: Set<JobID> = []) {
        self.jobs = jobs
        self.others = others
    }
}

extension JobLedger {
    /// Notes that a worker has leases, and returns the jobs that it may run. One that is in neither part of the answer has
    /// ended, or the lease is of an epoch that is over: Redis is to forget it.
    ///
    /// What was still running had a worker that is gone. When that happened too often the job is given up here.
    package func claim(_ leases: [(id: JobID, lease: LeaseMark)], worker: String) async throws -> ClaimedJobs {
        guard !leases.isEmpty else { return ClaimedJobs(jobs: []) }
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
        guard rows.count < leases.count else { return ClaimedJobs(jobs: jobs) }
        let claimed = Set(jobs.map(\.id) + poison.map(\.job.id))
        let held = try await running(leases.filter { !claimed.contains($0.id) })
        let marks = Dictionary(leases.map { ($0.id, $0.lease) }) { $1 }
        // An earlier try may have been done although its answer was lost.
        let own = held.filter { $0.worker == worker && $0.lease == marks[$0.id] }
        return ClaimedJobs(
            jobs: jobs + own, others: Set(held.map(\.id)).subtracting(own.map(\.id)))
    }

    /// Those that run by these leases or by younger ones.
    private func running(_ leases: [(id: JobID, lease: LeaseMark)]) async throws(PostgresError) -> [Job] {
        let rows = try await database.query(
            """
            SELECT \(fragment: JobRow.columns)
            FROM unnest(\(leases.map(\.id.uuid)), \(leases.map(\.lease.epoch)), \(leases.map(\.lease.attempt)))
                AS mine (id, epoch, attempt)
            JOIN jobs USING (id)
            WHERE jobs.ending IS NULL AND jobs.state = 'running'
            AND (jobs.epoch, jobs.attempt) >= (mine.epoch, mine.attempt)
            """)
        return try rows.map { row throws(PostgresError) in try Job(row: row) }
    }

    // Losing this statement with a crash of the server costs nothing: the row then has an older lease, and whoever has
    // the younger one may end the job all the same. So nobody waits for the disk. The setting is read before any row is
    // touched, and ends with the statement.
    //
    // A lease of an epoch that is over is refused: the job is being given to Redis again as one that waits. Whoever begins
    // an epoch waits for the claims that are under way, and sees what they claimed as running: that is what the lock is
    // for.
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
            (SELECT set_config('synchronous_commit', 'off', true) AS setting,
                pg_advisory_xact_lock_shared(\(DispatchLedger.lockClass), \(DispatchLedger.epochLock)) AS gate,
                (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM job_epochs) AS epoch) AS quick
            WHERE jobs.id = mine.id AND jobs.ending IS NULL AND quick.setting = 'off' AND mine.epoch >= quick.epoch
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
