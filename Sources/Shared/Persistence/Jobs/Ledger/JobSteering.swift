internal import FoundationEssentials
package import Postgres
package import Queueing
internal import Tenancy

/// What people do to jobs.
package enum JobChange: Sendable, Hashable {
    /// What waits is cancelled; what runs is told to stop.
    case cancel
    /// What is dead or cancelled is done again, with all its attempts.
    case retry
    /// What has ended and belongs to no batch is forgotten.
    case delete
    /// What waits goes to another queue.
    case move(to: QueueName)
    /// What waits for its time need not.
    case runNow
}

/// Jobs that were changed: what Redis is to be told after the commit.
package struct SteeredJobs: Sendable {
    package let change: JobChange
    package let ids: [JobID]
    /// Those of which Redis may know.
    let told: [JobID]
    /// Those that Redis is to be given.
    let tickets: [JobTicket]
    /// The batches that some of them belong to.
    let batches: Set<BatchID>
    /// Where the next piece begins; `nil` when there is none.
    package let next: JobID?
}

extension JobLedger {
    /// Changes those of the jobs that are meant and can be changed so: at most `limit` of them, in the order of their
    /// identifiers, behind `behind`. In the caller's transaction, so that what says who did it is written with it.
    package static func change(
        _ change: JobChange, _ filter: JobFilter, behind: JobID? = nil, limit: Int = 1000,
        on connection: PostgresConnection
    ) async throws(PostgresError) -> SteeredJobs {
        var conditions = JobConditions(filter).all
        conditions.append(change.condition)
        if let behind { conditions.append("jobs.id > \(behind.uuid)") }
        return try await self.change(
            change, picking: "\(fragment: conditions.conjunction) ORDER BY jobs.id", limit: limit, on: connection)
    }

    /// Changes the first jobs of a list, given as the conditions and the order of a query.
    static func change(
        _ change: JobChange, picking list: SQL, limit: Int, on connection: PostgresConnection
    ) async throws(PostgresError) -> SteeredJobs {
        let picked = try await connection.query(
            """
            SELECT jobs.id, jobs.state, jobs.batch_id, jobs.is_dispatched FROM jobs WHERE \(fragment: list) LIMIT \(limit)
            FOR NO KEY UPDATE
            """)
        let jobs = try picked.map { row throws(PostgresError) in
            Picked(
                id: JobID(uuid: try row.decode(0)), state: try row.choice(1), batchID: try row.identifier(2),
                isDispatched: try row.decode(3))
        }
        let next = jobs.count == limit ? jobs.last?.id : nil
        let rows = try await connection.query(change.statement(for: jobs.map(\.id.uuid)))
        var changed: [JobID] = []
        var tickets: [JobTicket] = []
        for row in rows {
            changed.append(JobID(uuid: try row.decode(0)))
            // Jobs of batches are given to Redis by their windows.
            if change.mustDispatch, try row.identifier(6) as BatchID? == nil { tickets.append(try JobTicket(row: row)) }
        }
        let those = Set(changed)
        let steered = jobs.filter { those.contains($0.id) }
        try await tally(change, steered).write(on: connection)
        return SteeredJobs(
            change: change, ids: changed, told: steered.filter(\.mayBeInRedis).map(\.id), tickets: tickets,
            batches: Set(steered.compactMap(\.batchID)), next: next)
    }

    private static func tally(_ change: JobChange, _ jobs: [Picked]) -> BatchTally {
        var tally = BatchTally()
        for job in jobs {
            guard let batchID = job.batchID else { continue }
            switch change {
            case .cancel where job.state == .waiting: tally.add(.cancelled, of: batchID)
            case .retry: tally.remove(job.state, of: batchID)
            case .cancel, .delete, .move, .runNow: break
            }
        }
        return tally
    }

    private struct Picked {
        let id: JobID
        let state: JobState
        let batchID: BatchID?
        let isDispatched: Bool

        /// Jobs of their own are told to Redis before they are marked.
        var mayBeInRedis: Bool { isDispatched || batchID == nil }
    }
}

extension JobChange {
    /// To which jobs it can be done.
    var condition: SQL {
        switch self {
        case .cancel: "jobs.ending IS NULL AND jobs.cancel_requested_at IS NULL"
        case .retry: "jobs.ending IN ('dead', 'cancelled')"
        case .delete: "jobs.ending IS NOT NULL AND jobs.batch_id IS NULL"
        case .move(let queue):
            "jobs.ending IS NULL AND jobs.state = 'waiting' AND jobs.queue <> \(queue.rawValue)"
        case .runNow: "jobs.ending IS NULL AND jobs.state = 'waiting' AND jobs.run_at > now()"
        }
    }

    /// Does it to jobs that are locked, and returns those to which it was done, with their tickets where Redis is to be
    /// given them.
    fileprivate func statement(for ids: [UUID]) -> SQL {
        switch self {
        case .cancel:
            """
            UPDATE jobs SET cancel_requested_at = now(),
                state = CASE WHEN state = 'waiting' THEN 'cancelled' ELSE state END,
                ended_at = CASE WHEN state = 'waiting' THEN now() END
            WHERE id = ANY(\(ids)) RETURNING id
            """
        case .retry:
            // Of those with the same key the latest, and none while another one is open.
            """
            UPDATE jobs SET state = 'waiting', ended_at = NULL, run_at = now(), failures = 0, crashes = 0,
                is_dispatched = false, cancel_requested_at = NULL
            FROM (
                SELECT id AS latest, unique_key AS key,
                    row_number() OVER (PARTITION BY coalesce(unique_key, id::text) ORDER BY id DESC) AS number
                FROM jobs WHERE id = ANY(\(ids))) AS mine
            WHERE jobs.id = mine.latest AND mine.number = 1 AND (mine.key IS NULL OR NOT EXISTS (
                SELECT FROM jobs AS other WHERE other.unique_key = mine.key AND other.ending IS NULL))
            RETURNING \(fragment: JobRow.ticketColumns)
            """
        case .delete:
            "DELETE FROM jobs WHERE id = ANY(\(ids)) RETURNING id"
        case .move(let queue):
            """
            UPDATE jobs SET queue = \(queue.rawValue), is_dispatched = false WHERE id = ANY(\(ids))
            RETURNING \(fragment: JobRow.ticketColumns)
            """
        case .runNow:
            "UPDATE jobs SET run_at = now() WHERE id = ANY(\(ids)) RETURNING \(fragment: JobRow.ticketColumns)"
        }
    }

    /// Whether Redis is to be given the jobs.
    fileprivate var mustDispatch: Bool {
        switch self {
        case .retry, .move, .runNow: true
        case .cancel, .delete: false
        }
    }
}
