package import FoundationEssentials
package import Postgres
package import Records
import Scoring
import Tenancy

/// The sums of executions by minute and hour, and how they are read: with the logs that are not summed up yet, so that
/// what is read is right at any moment.
package struct ExecutionSumStore: Sendable {
    let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// How far the sums have come. Whoever reads asks first: what is summed up then stays so.
    package func progress() async throws -> SumProgress {
        let rows = try await database.query("SELECT minutes_through, hours_through FROM execution_sums")
        guard let row = rows.first else { return SumProgress(minutesThrough: nil, hoursThrough: nil) }
        return SumProgress(
            minutesThrough: try row.decode("minutes_through"), hoursThrough: try row.decode("hours_through"))
    }

    /// What a subject came to from `from`, which begins a minute, to `to`, in stretches of `bucket` counted from `from`; of
    /// an item, by version. Stretches in which nothing happened are left out. Hours are read only where `from` begins one
    /// and `bucket` is made of them.
    package func spans(
        of subject: SumSubject, from: Date, to: Date, every bucket: Duration, _ progress: SumProgress
    ) async throws -> [ExecutionSpan] {
        let rows = try await database.query(
            """
            WITH parts AS MATERIALIZED (
                SELECT date_bin(\(bucket), start, \(from)) AS bucket, sums.*
                FROM (\(fragment: sums(of: subject, from: from, to: to, every: bucket, progress))) AS sums
            ), \(fragment: SumStatements.added(by: "bucket, version_id"))
            SELECT bucket, version_id, ok, failed, score_sum, cost_nano_dollars, prompt_tokens, completion_tokens, \
            coalesce(score_bins, '{}') AS score_bins, coalesce(score_counts, '{}') AS score_counts, \
            coalesce(latency_bins, '{}') AS latency_bins, coalesce(latency_counts, '{}') AS latency_counts
            FROM measures LEFT JOIN scores USING (bucket, version_id) LEFT JOIN latencies USING (bucket, version_id)
            ORDER BY bucket, version_id
            """)
        return try rows.map { try ExecutionSpan(row: $0, of: subject) }
    }

    /// Why executions of a subject failed from `from` to `to`, the most frequent reason first.
    package func failures(
        of subject: SumSubject, from: Date, to: Date, every bucket: Duration, _ progress: SumProgress
    ) async throws -> [FailureSum] {
        let rows = try await database.query(
            """
            SELECT f.code, f.provider, sum(f.count)::bigint AS failed, \
            sum(f.within_judges)::bigint AS within_judges, max(f.last_seen) AS last_seen
            FROM (\(fragment: sums(of: subject, from: from, to: to, every: bucket, progress))) AS sums, \
            \(fragment: SumStatements.reasons)
            GROUP BY f.code, f.provider ORDER BY failed DESC, within_judges DESC, last_seen DESC
            """)
        return try rows.map(FailureSum.init(row:))
    }

    private func sums(
        of subject: SumSubject, from: Date, to: Date, every bucket: Duration, _ progress: SumProgress
    ) -> SQL {
        let hour = 3600
        let inHours =
            bucket.components.seconds % Int64(hour) == 0 && bucket.components.attoseconds == 0
            && from.timeIntervalSince1970.truncatingRemainder(dividingBy: Double(hour)) == 0
        return SumStatements.sums(of: subject, from: from, to: to, inHours: inHours, progress)
    }
}

extension ExecutionSpan {
    fileprivate init(row: PostgresRow, of subject: SumSubject) throws {
        var sums = ExecutionSums()
        sums.ok = try row.decode("ok")
        sums.failed = try row.decode("failed")
        sums.scoreSum = try row.decode("score_sum")
        sums.cost = try row.decode("cost_nano_dollars")
        sums.promptTokens = try row.decode("prompt_tokens")
        sums.completionTokens = try row.decode("completion_tokens")
        let scores = zip(try row.decode("score_bins", as: [Int].self), try row.decode("score_counts", as: [Int].self))
        for (bin, count) in scores where sums.scoreBins.indices.contains(bin) { sums.scoreBins[bin] += count }
        let latencies = zip(
            try row.decode("latency_bins", as: [Int].self), try row.decode("latency_counts", as: [Int].self))
        for (bin, count) in latencies { sums.latencies.add(count, in: bin) }
        let version: UUID? =
            switch subject {
            case .executions: nil
            case .item: try row.decode("version_id")
            }
        self.init(start: try row.decode("bucket"), versionID: version, sums: sums)
    }
}

extension FailureSum {
    fileprivate init(row: PostgresRow) throws {
        let code = try row.decode("code", as: String.self)
        self.init(
            // A code of a newer release is still a failure.
            code: EvaluationFailure.Code(rawValue: code) ?? .internal, provider: try row.decode("provider"),
            count: try row.decode("failed"), withinJudges: try row.decode("within_judges"),
            lastSeen: try row.decode("last_seen"))
    }
}
