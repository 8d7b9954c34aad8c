package import FoundationEssentials
package import Postgres
package import Queueing

/// What queues did, by minute: kept when Redis has forgotten.
package struct QueueMinuteLedger: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Keeps minutes. A minute that is known keeps the greater counts: Redis may have been emptied since.
    package func write(_ minutes: [QueueMinute]) async throws(PostgresError) {
        guard !minutes.isEmpty else { return }
        try await database.execute(
            """
            INSERT INTO queue_minutes AS known (queue, minute, enqueued, started, finished, failed, dead, cancelled,
                retried, lost, run_ms_sum, wait_ms_sum, run_buckets, wait_buckets, depth)
            SELECT queue, minute, enqueued, started, finished, failed, dead, cancelled, retried, lost, run_ms, wait_ms,
                string_to_array(run, ',')::bigint[], string_to_array(wait, ',')::bigint[], depth
            FROM unnest(\(minutes.map(\.queue.rawValue)), \(minutes.map(\.minute)), \(minutes.map(\.enqueued)), \
            \(minutes.map(\.started)), \(minutes.map(\.finished)), \(minutes.map(\.failed)), \(minutes.map(\.dead)), \
            \(minutes.map(\.cancelled)), \(minutes.map(\.retried)), \(minutes.map(\.lost)), \
            \(minutes.map(\.run.milliseconds)), \(minutes.map(\.wait.milliseconds)), \
            \(minutes.map { Self.text($0.run) }), \(minutes.map { Self.text($0.wait) }), \(minutes.map(\.depth)))
                AS new (queue, minute, enqueued, started, finished, failed, dead, cancelled, retried, lost, run_ms,
                    wait_ms, run, wait, depth)
            ON CONFLICT (queue, minute) DO UPDATE SET
                enqueued = greatest(known.enqueued, excluded.enqueued),
                started = greatest(known.started, excluded.started),
                finished = greatest(known.finished, excluded.finished),
                failed = greatest(known.failed, excluded.failed), dead = greatest(known.dead, excluded.dead),
                cancelled = greatest(known.cancelled, excluded.cancelled),
                retried = greatest(known.retried, excluded.retried), lost = greatest(known.lost, excluded.lost),
                run_ms_sum = greatest(known.run_ms_sum, excluded.run_ms_sum),
                wait_ms_sum = greatest(known.wait_ms_sum, excluded.wait_ms_sum),
                run_buckets = CASE WHEN excluded.run_ms_sum >= known.run_ms_sum THEN excluded.run_buckets
                    ELSE known.run_buckets END,
                wait_buckets = CASE WHEN excluded.wait_ms_sum >= known.wait_ms_sum THEN excluded.wait_buckets
                    ELSE known.wait_buckets END,
                depth = coalesce(excluded.depth, known.depth)
            """)
    }

    private static func text(_ buckets: TimeBuckets) -> String {
        buckets.counts.map(String.init).joined(separator: ",")
    }

    /// The minutes of some queues in a span, summed up by `width` seconds; the oldest first.
    package func minutes(
        of queues: [QueueName], from start: Date, to end: Date, width: Int
    ) async throws(PostgresError) -> [QueueMinute] {
        let rows = try await database.query(
            """
            SELECT queue, date_bin(make_interval(secs => \(Double(width))), minute, '1970-01-01T00:00:00Z') AS bin,
                sum(enqueued)::int8, sum(started)::int8, sum(finished)::int8, sum(failed)::int8, sum(dead)::int8,
                sum(cancelled)::int8, sum(retried)::int8, sum(lost)::int8, sum(run_ms_sum)::int8, sum(wait_ms_sum)::int8,
                (array_agg(depth ORDER BY minute DESC) FILTER (WHERE depth IS NOT NULL))[1],
                array_to_string(array_agg(array_to_string(run_buckets, ',')), ';'),
                array_to_string(array_agg(array_to_string(wait_buckets, ',')), ';')
            FROM queue_minutes
            WHERE queue = ANY(\(queues.map(\.rawValue))) AND minute >= \(start) AND minute < \(end)
            GROUP BY queue, bin ORDER BY bin, queue
            """)
        return try rows.map { row throws(PostgresError) in
            var minute = QueueMinute(queue: QueueName(try row.decode(0)), minute: try row.decode(1))
            minute.enqueued = try row.decode(2)
            minute.started = try row.decode(3)
            minute.finished = try row.decode(4)
            minute.failed = try row.decode(5)
            minute.dead = try row.decode(6)
            minute.cancelled = try row.decode(7)
            minute.retried = try row.decode(8)
            minute.lost = try row.decode(9)
            minute.run = Self.buckets(try row.decode(13), milliseconds: try row.decode(10))
            minute.wait = Self.buckets(try row.decode(14), milliseconds: try row.decode(11))
            minute.depth = try row.decode(12)
            return minute
        }
    }

    /// The sum of the lists of counts that are joined by `;`.
    private static func buckets(_ text: String, milliseconds: Int) -> TimeBuckets {
        var sum = TimeBuckets(counts: [], milliseconds: milliseconds)
        for list in text.split(separator: ";") {
            sum.add(TimeBuckets(counts: list.split(separator: ",").map { Int($0) ?? 0 }, milliseconds: 0))
        }
        return sum
    }

    /// Forgets what is older, at most `limit` minutes at once; says how many.
    package func delete(before date: Date, limit: Int) async throws(PostgresError) -> Int {
        try await database.execute(
            """
            DELETE FROM queue_minutes WHERE (queue, minute) IN (
                SELECT queue, minute FROM queue_minutes WHERE minute < \(date) LIMIT \(limit))
            """)
    }
}
