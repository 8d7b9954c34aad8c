package import FoundationEssentials
package import Postgres
package import Queueing
internal import Tenancy

/// Jobs for people to look at. Every reading is bounded: how many jobs there are makes none of them slow.
package struct JobReadings: Sendable {
    let database: PostgresClient

    private static let attemptsShown = 100
    /// How many jobs before another one are counted.
    package static let mostAhead = 2000

    package init(database: PostgresClient) { self.database = database }

    /// What the database's clock says: the one that jobs are accepted and due by, whatever other machines believe.
    package func now() async throws(PostgresError) -> Date {
        let rows = try await database.query("SELECT now()")
        guard let row = rows.first else { throw PostgresError(.decoding, "a question was not answered") }
        return try row.decode(0)
    }

    /// Jobs in the order of creation, those behind `behind` in that order; of a change only those to which it can be done.
    package func page(
        _ filter: JobFilter, for change: JobChange? = nil, newestFirst: Bool = true, behind: JobID? = nil, limit: Int
    ) async throws(PostgresError) -> JobPage {
        var further: [SQL] = []
        if let change { further.append(change.condition) }
        if let behind { further.append(newestFirst ? "jobs.id < \(behind.uuid)" : "jobs.id > \(behind.uuid)") }
        let listing = JobListing(conditions: JobConditions(filter), further: further, newestFirst: newestFirst)
        let page = try JobPage(try await database.query(listing.page(limit + 1)), limit: limit)
        guard page.next == nil, !listing.conditions.slow.isEmpty else { return page }
        // Fewer than were asked for: is that all, or only as far as was looked?
        let ends = try await database.query(listing.end(limit + 1))
        return JobPage(jobs: page.jobs, next: nil, lookedThrough: try ends.first?.identifier(0))
    }

    /// How many of the newest jobs that are meant there are in each state, as far as is looked; no more than `limit` are
    /// counted.
    package func counts(_ filter: JobFilter, atMost limit: Int = 10_000) async throws(PostgresError) -> JobCounts {
        let listing = JobListing(conditions: JobConditions(filter), further: [], newestFirst: true)
        let rows = try await database.query(
            """
            SELECT state, state = 'waiting' AND run_at > now() AS later, count(*)
            FROM (\(fragment: listing.jobs(limit + 1))) AS counted GROUP BY 1, 2
            """)
        var counts = JobCounts()
        for row in rows {
            let count = try row.decode(2, as: Int.self)
            counts.states[try row.choice(0), default: 0] += count
            if try row.decode(1) { counts.later += count }
        }
        counts.isCut = counts.states.values.reduce(0, +) > limit
        if !counts.isCut, !listing.conditions.slow.isEmpty {
            counts.isCut = try await !database.query(listing.end(limit + 1)).isEmpty
        }
        return counts
    }

    /// How many jobs are meant, all of them counted; of a change only those to which it can be done.
    package func count(_ filter: JobFilter, for change: JobChange? = nil) async throws(PostgresError) -> Int {
        let conditions = JobConditions(filter).all + [change?.condition].compactMap { $0 }
        let rows = try await database.query("SELECT count(*) FROM jobs WHERE \(fragment: conditions.conjunction)")
        return try rows.first?.decode(0) ?? 0
    }

    /// One job with its latest attempts that did not end well, the oldest of them first.
    package func find(_ id: JobID) async throws(PostgresError) -> JobHistory? {
        let rows = try await database.query(
            "SELECT \(fragment: JobRow.columns), jobs.is_dispatched FROM jobs WHERE jobs.id = \(id.uuid)")
        guard let row = rows.first else { return nil }
        let attempts = try await database.query(
            """
            SELECT epoch, attempt::int8, worker, started_at, ended_at, outcome, error_class, error, next_run_at
            FROM job_attempts WHERE job_id = \(id.uuid) ORDER BY epoch DESC, attempt DESC LIMIT \(Self.attemptsShown)
            """)
        return JobHistory(
            job: try Job(row: row), isDispatched: try row.decode(28),
            attempts: try attempts.reversed().map { row throws(PostgresError) in try JobAttempt(row: row) })
    }

    /// How many jobs of its queue were there before a job and go first; of more than `limit` that many.
    package func ahead(of job: Job, atMost limit: Int = mostAhead) async throws(PostgresError) -> Int {
        let rows = try await database.query(
            """
            SELECT count(*) FROM (
                SELECT state, priority, run_at FROM jobs
                WHERE \(fragment: JobListing.isOpen(in: "\(job.queue.rawValue)")) AND id < \(job.id.uuid)
                ORDER BY jobs.queue DESC, jobs.id DESC LIMIT \(limit)) AS earlier
            WHERE state = 'waiting' AND run_at <= now() AND priority <= \(job.priority.rawValue)
            """)
        return try rows.first?.decode(0) ?? 0
    }
}

/// Some jobs of a list.
package struct JobPage: Sendable {
    package let jobs: [Job]
    /// Where the list goes on; `nil` at its end.
    package let next: JobID?
    /// The job up to which was looked, when the list may go on behind it: as many were looked at as a page may cost.
    package let lookedThrough: JobID?

    init(jobs: [Job], next: JobID?, lookedThrough: JobID?) {
        self.jobs = jobs
        self.next = next
        self.lookedThrough = lookedThrough
    }

    fileprivate init(_ rows: PostgresRows, limit: Int) throws(PostgresError) {
        jobs = try rows.prefix(limit).map { row throws(PostgresError) in try Job(row: row) }
        next = rows.count > limit ? jobs.last?.id : nil
        lookedThrough = nil
    }
}

/// How many jobs there are.
package struct JobCounts: Sendable, Hashable {
    package var states: [JobState: Int] = [:]
    /// Those of the waiting ones whose time is yet to come.
    package var later = 0
    /// There are more.
    package var isCut = false
}

/// One job and what happened to it.
package struct JobHistory: Sendable {
    package let job: Job
    /// Whether Redis has been given it.
    package let isDispatched: Bool
    package let attempts: [JobAttempt]
}

/// An attempt that did not end well.
package struct JobAttempt: Sendable, Hashable {
    /// How it ended.
    package enum Outcome: String, Sendable, Hashable, CaseIterable {
        case failed
        /// It was not its turn, which counts as no attempt.
        case deferred
        /// Its worker is gone.
        case lost
        /// Its worker was stopped, which counts as no attempt.
        case released
        case timedOut = "timed_out"
        case cancelled
    }

    package let lease: LeaseMark
    package let worker: String?
    package let startedAt: Date?
    package let endedAt: Date
    package let outcome: Outcome
    package let errorClass: ErrorClass?
    package let error: String?
    package let nextRunAt: Date?

    fileprivate init(row: PostgresRow) throws(PostgresError) {
        lease = LeaseMark(epoch: try row.decode(0), attempt: try row.decode(1))
        worker = try row.decode(2)
        startedAt = try row.decode(3)
        endedAt = try row.decode(4)
        outcome = try row.choice(5)
        errorClass = try row.decode(6, as: String?.self).flatMap(ErrorClass.init)
        error = try row.decode(7)
        nextRunAt = try row.decode(8)
    }
}
