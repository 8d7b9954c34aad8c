package import EventLoop
package import FoundationEssentials
package import Postgres
package import Queueing
package import Tenancy

extension JobReadings {
    /// How many dead jobs are looked at for their causes, and how many that are far off are counted.
    private static let deadLook = 10_000
    private static let laterCount = 10_000

    /// What the database knows of queues that Redis does not: together they are all that waits. Of each queue dead jobs
    /// are counted up to `mostDead`: this is asked again and again while somebody looks, and has to stay quick with any
    /// number of them.
    package func standings(countingDeadTo mostDead: Int) async throws(PostgresError) -> [QueueStanding] {
        let rows = try await database.query(Self.standing(mostDead))
        return try rows.map { row throws(PostgresError) in
            QueueStanding(
                queue: QueueName(try row.decode(0)), held: try row.decode(1), later: try row.decode(2),
                dead: try row.decode(3), oldestDue: try row.decode(4))
        }
    }

    static func standing(_ mostDead: Int) -> SQL {
        """
        WITH RECURSIVE \(fragment: JobListing.openQueues), \(fragment: JobListing.deadQueues), held AS (
            SELECT queue, sum(total - finished - dead - cancelled
                - (SELECT count(*) FROM jobs WHERE jobs.batch_id = batches.id AND jobs.ending IS NULL
                    AND jobs.is_dispatched))::int8 AS held
            FROM batches WHERE state <> 'ended' GROUP BY queue
        ), later AS (
            SELECT queue, count(*) AS later FROM (
                SELECT queue FROM jobs WHERE ending IS NULL AND NOT is_dispatched AND batch_id IS NULL
                AND run_at > now() + interval '60 s' ORDER BY run_at LIMIT \(laterCount)) AS unsent
            GROUP BY queue
        ), buried AS (
            SELECT queue, (SELECT count(*) FROM (
                SELECT FROM jobs WHERE jobs.ending = 'dead' AND jobs.queue = dead_queues.queue
                LIMIT \(mostDead)) AS counted) AS dead
            FROM dead_queues WHERE queue IS NOT NULL
        ), names AS (
            SELECT queue FROM open_queues WHERE queue IS NOT NULL
            UNION SELECT queue FROM held UNION SELECT queue FROM buried
        )
        SELECT names.queue, coalesce(held, 0), coalesce(later, 0), coalesce(dead, 0), oldest.run_at
        FROM names LEFT JOIN held USING (queue) LEFT JOIN later USING (queue) LEFT JOIN buried USING (queue)
        LEFT JOIN LATERAL (
            SELECT run_at FROM (
                SELECT run_at, state FROM jobs WHERE \(fragment: JobListing.isOpen(in: "names.queue"))
                \(fragment: JobListing.queueOrder) LIMIT 2000) AS first
            WHERE state = 'waiting' AND run_at <= now() LIMIT 1) AS oldest ON true
        ORDER BY names.queue
        """
    }

    /// The organisations with the most open jobs in batches of a queue.
    package func batchBacklog(
        of queue: QueueName, limit: Int = 100
    ) async throws(PostgresError) -> [(organizationID: OrganizationID, open: Int)] {
        let rows = try await database.query(
            """
            SELECT organization_id, sum(total - finished - dead - cancelled)::int8 AS open FROM batches
            WHERE state <> 'ended' AND queue = \(queue.rawValue)
            GROUP BY organization_id ORDER BY open DESC LIMIT \(limit)
            """)
        return try rows.map { row throws(PostgresError) in
            (OrganizationID(uuid: try row.decode(0)), try row.decode(1))
        }
    }

    /// The kinds of the oldest open jobs of a queue, the most frequent first.
    package func kinds(
        of queue: QueueName, look: Int = 2000
    ) async throws(PostgresError) -> [(kind: JobKind, count: Int)] {
        let rows = try await database.query(
            """
            SELECT kind, count(*) FROM (
                SELECT kind FROM jobs WHERE \(fragment: JobListing.isOpen(in: "\(queue.rawValue)"))
                \(fragment: JobListing.queueOrder) LIMIT \(look)) AS first
            GROUP BY kind ORDER BY count(*) DESC
            """)
        return try rows.map { row throws(PostgresError) in (JobKind(try row.decode(0)), try row.decode(1)) }
    }

    /// The latest dead jobs that are meant by why they died, the most frequent cause first.
    package func deadGroups(_ filter: JobFilter = JobFilter(), limit: Int = 200) async throws(PostgresError)
        -> [DeadGroup]
    {
        var filter = filter
        filter.states = [.dead]
        let rows = try await database.query(
            """
            WITH causes AS (
                SELECT queue, kind, error_class, cause, count(*) AS count, min(ended_at) AS first, max(ended_at) AS last,
                    (array_agg(id ORDER BY id DESC))[1] AS sample
                FROM (
                    SELECT queue, kind, error_class, cause, ended_at, id FROM jobs
                    WHERE \(fragment: JobConditions(filter).all.conjunction)
                    ORDER BY id DESC LIMIT \(Self.deadLook)) AS latest
                GROUP BY queue, kind, error_class, cause ORDER BY count DESC, last DESC LIMIT \(limit)
            )
            SELECT \(fragment: JobRow.columns), causes.cause, causes.count, causes.first, causes.last
            FROM causes JOIN jobs ON jobs.id = causes.sample ORDER BY causes.count DESC, causes.last DESC
            """)
        return try rows.map { row throws(PostgresError) in
            DeadGroup(
                cause: try row.decode(28), count: try row.decode(29), first: try row.decode(30),
                last: try row.decode(31), sample: try Job(row: row))
        }
    }

    /// What the history says of every queue in a span, summed up by `width` seconds; the oldest first.
    package func minutes(
        of queues: [QueueName], from start: Date, to end: Date, width: Int = 60
    ) async throws(PostgresError) -> [QueueMinute] {
        try await QueueMinuteLedger(database: database).minutes(of: queues, from: start, to: end, width: width)
    }

    /// Whether everything adds up: batches whose counters are not what their jobs say. It may take a while; batches that
    /// ended more than a day ago, whose jobs may be going already, are not looked at, nor more than ten thousand.
    package func discrepancies(until deadline: Deadline) async throws(PostgresError) -> [BatchDiscrepancy] {
        let rows = try await database.query(
            """
            SELECT batches.id, finished, dead, cancelled, counted.* FROM (
                SELECT * FROM batches WHERE ended_at IS NULL OR ended_at > now() - interval '1 day'
                ORDER BY id DESC LIMIT 10000) AS batches
            CROSS JOIN LATERAL (
                SELECT count(*) AS jobs, count(*) FILTER (WHERE ending = 'finished') AS finished_jobs,
                    count(*) FILTER (WHERE ending = 'dead') AS dead_jobs,
                    count(*) FILTER (WHERE ending = 'cancelled') AS cancelled_jobs
                FROM jobs WHERE jobs.batch_id = batches.id) AS counted
            WHERE finished <> finished_jobs OR dead <> dead_jobs OR expanded <> jobs
            OR cancelled <> cancelled_jobs + CASE WHEN state IN ('cancelling', 'ended') THEN total - expanded ELSE 0 END
            """, until: deadline)
        return try rows.map { row throws(PostgresError) in
            BatchDiscrepancy(
                batchID: BatchID(uuid: try row.decode(0)),
                counters: [try row.decode(1), try row.decode(2), try row.decode(3)],
                jobs: [try row.decode(5), try row.decode(6), try row.decode(7)])
        }
    }
}

/// What the database knows of a queue.
package struct QueueStanding: Sendable, Hashable {
    package let queue: QueueName
    /// Open jobs of batches that Redis has not been given yet, those that are yet to be made among them.
    package let held: Int
    /// Jobs of their own that Redis has not been given because their time is far off: those among the ten thousand of
    /// all queues that come next.
    package let later: Int
    /// Up to the bound that was asked for.
    package let dead: Int
    /// When the job that waits longest could have begun; `nil` when none waits, or thousands of older ones run.
    package let oldestDue: Date?
}

/// Dead jobs of one queue and kind with the same cause.
package struct DeadGroup: Sendable {
    /// Those without a message have none.
    package let cause: String?
    package let count: Int
    package let first: Date
    package let last: Date
    /// The latest of them.
    package let sample: Job
}

/// A batch whose counters are not what its jobs say: of each finished, dead and cancelled ones.
package struct BatchDiscrepancy: Sendable, Hashable {
    package let batchID: BatchID
    package let counters: [Int]
    package let jobs: [Int]
}
