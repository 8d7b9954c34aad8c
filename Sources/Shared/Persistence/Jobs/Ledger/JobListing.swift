internal import Postgres
internal import Queueing

/// The statements of one page of a list of jobs, in the order of their identifiers: both look at a bounded number of jobs.
struct JobListing {
    let conditions: JobConditions
    /// Conditions beside those of the filter, which an index serves or which are met by most.
    let further: [SQL]
    let newestFirst: Bool

    /// How many jobs are looked at for conditions that no index serves; with several queues, of each.
    static let look = 20_000

    private var quick: SQL { (conditions.quick + further).conjunction }
    private var slow: SQL { conditions.slow.conjunction }
    private var order: SQL { newestFirst ? "ORDER BY jobs.id DESC" : "ORDER BY jobs.id" }

    /// The first jobs that are meant, as far as is looked.
    func page(_ count: Int) -> SQL {
        "SELECT \(fragment: JobRow.columns) FROM (\(fragment: jobs(count))) AS jobs \(fragment: order)"
    }

    /// The same, with all their columns and in no order.
    func jobs(_ count: Int) -> SQL {
        switch conditions.path {
        case .table: first(count, of: quick, in: order)
        case .queue(let name): first(count, of: ofQueue(name), in: queueOrder)
        case .openQueues: merged(count)
        }
    }

    /// The job up to which is looked when fewer than `count` are found; no row when that is all.
    func end(_ count: Int) -> SQL {
        switch conditions.path {
        case .table: last(of: quick, in: order)
        case .queue(let name): last(of: ofQueue(name), in: queueOrder)
        case .openQueues: "\(fragment: queues(count)), \(fragment: ends(count)) SELECT id FROM ends"
        }
    }

    private func first(_ count: Int, of list: SQL, in order: SQL) -> SQL {
        guard !conditions.slow.isEmpty else {
            return "SELECT jobs.* FROM jobs WHERE \(fragment: list) \(fragment: order) LIMIT \(count)"
        }
        return """
            SELECT jobs.* FROM (
                SELECT jobs.* FROM jobs WHERE \(fragment: list) \(fragment: order) LIMIT \(Self.look)) AS jobs
            WHERE \(fragment: slow) \(fragment: order) LIMIT \(count)
            """
    }

    private func last(of list: SQL, in order: SQL) -> SQL {
        "SELECT jobs.id FROM jobs WHERE \(fragment: list) \(fragment: order) OFFSET \(Self.look - 1) LIMIT 1"
    }

    // MARK: Queue by queue

    // What is open has one index that begins with the queue, and none of all queues together, which would have to be
    // written with every job. So the first jobs of each queue are merged: there are few queues, however many jobs.

    private func merged(_ count: Int) -> SQL {
        guard !conditions.slow.isEmpty else {
            return "\(fragment: queues(count)) SELECT jobs.* FROM found AS jobs \(fragment: order) LIMIT \(count)"
        }
        // Behind the place to which one queue was looked through, what the others have is not all there is.
        return """
            \(fragment: queues(count)), \(fragment: ends(count))
            SELECT jobs.* FROM found AS jobs
            WHERE NOT EXISTS (SELECT FROM ends WHERE \(fragment: newestFirst ? "jobs.id < ends.id" : "jobs.id > ends.id"))
            \(fragment: order) LIMIT \(count)
            """
    }

    private var ofEachQueue: SQL { "\(fragment: quick) AND \(fragment: Self.isOpen(in: "open_queues.queue"))" }

    private func queues(_ count: Int) -> SQL {
        """
        WITH RECURSIVE \(fragment: Self.openQueues), found AS (
            SELECT jobs.* FROM open_queues
            CROSS JOIN LATERAL (\(fragment: first(count, of: ofEachQueue, in: queueOrder))) AS jobs
            WHERE \(fragment: wanted))
        """
    }

    private func ends(_ count: Int) -> SQL {
        """
        ends AS (
            SELECT jobs.id FROM open_queues
            CROSS JOIN LATERAL (\(fragment: last(of: ofEachQueue, in: queueOrder))) AS jobs
            WHERE \(fragment: wanted)
            AND (SELECT count(*) FROM found WHERE found.queue = open_queues.queue) < \(count)
            \(fragment: order) LIMIT 1)
        """
    }

    /// The queues that are meant.
    private var wanted: SQL {
        guard !conditions.queues.isEmpty else { return "open_queues.queue IS NOT NULL" }
        return "open_queues.queue = ANY(\(conditions.queues))"
    }

    // MARK: The indexes that begin with the queue

    private func ofQueue(_ name: String) -> SQL { "\(fragment: quick) AND \(fragment: Self.isOf("\(name)"))" }
    private var queueOrder: SQL { newestFirst ? "ORDER BY jobs.queue DESC, jobs.id DESC" : Self.queueOrder }

    /// The queues that have open jobs, as a recursive part of a statement: one look at the index for each, however many
    /// jobs there are. The last one is `NULL`.
    static let openQueues = queues("open_queues", of: "jobs.ending IS NULL")

    /// The same of those that have dead jobs.
    static let deadQueues = queues("dead_queues", of: "jobs.ending = 'dead'")

    private static func queues(_ name: SQL, of condition: SQL) -> SQL {
        """
        \(fragment: name) (queue) AS (
            (SELECT queue FROM jobs WHERE \(fragment: condition) ORDER BY queue LIMIT 1)
            UNION ALL
            SELECT (SELECT jobs.queue FROM jobs
                WHERE \(fragment: condition) AND jobs.queue > \(fragment: name).queue
                ORDER BY jobs.queue LIMIT 1) FROM \(fragment: name) WHERE \(fragment: name).queue IS NOT NULL)
        """
    }

    /// Met by the jobs of a queue. With ``queueOrder`` it has PostgreSQL go along an index that begins with the queue: an
    /// equation would do away with the queue in the order, so that the primary key served it too, and looked cheaper
    /// although it leads through the jobs of all other queues and through all that have ended.
    private static func isOf(_ queue: SQL) -> SQL {
        "jobs.queue BETWEEN \(fragment: queue) AND \(fragment: queue)"
    }

    /// Met by the open jobs of a queue, in the same way.
    static func isOpen(in queue: SQL) -> SQL { "jobs.ending IS NULL AND \(fragment: isOf(queue))" }

    /// The oldest job of a queue first.
    static let queueOrder: SQL = "ORDER BY jobs.queue, jobs.id"
}
