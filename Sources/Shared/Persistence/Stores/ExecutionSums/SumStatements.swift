package import FoundationEssentials
import Postgres
import Records
package import Tenancy

/// What is summed up.
package enum SumSubject: Sendable, Hashable {
    /// What was executed for its own sake in the organisation, or in one project of it.
    case executions(OrganizationID, ProjectID?)
    /// Every execution of one evaluator or judge in the organisation, also as a part of a judge.
    case item(UUID, OrganizationID)
}

/// Statements that sum executions up. Their rows have the columns of `execution_minutes`, whether they come from there, from
/// `execution_hours`, or are made of logs on the spot: whoever reads adds up rows of all three.
enum SumStatements {
    /// The item that stands for all of a project.
    static let whole = UUID(high: 0, low: 0)

    private static let key: SQL = "organization_id, item_id, start, project_id, version_id"
    static let columns: SQL = """
        \(fragment: key), ok, failed, score_sum, score_bins, score_counts, latency_bins, latency_counts, \
        cost_nano_dollars, prompt_tokens, completion_tokens, failures
        """

    /// The sums of a subject in `[from, to)`: from hours and minutes as far as `progress` says that they are there, from
    /// logs for the rest but what would take too long.
    static func sums(
        of subject: SumSubject, from: Date, to: Date, inHours: Bool, _ progress: SumProgress
    ) -> SQL {
        let hoursEnd = inHours ? max(from, progress.hoursThrough ?? from) : from
        let minutesEnd = max(hoursEnd, progress.minutesThrough ?? from)
        let condition = stored(subject)
        return """
            SELECT \(fragment: columns) FROM execution_hours
            WHERE \(fragment: condition) AND start >= \(from) AND start < \(hoursEnd)
            UNION ALL
            SELECT \(fragment: columns) FROM execution_minutes
            WHERE \(fragment: condition) AND start >= \(hoursEnd) AND start < \(min(minutesEnd, to))
            UNION ALL
            \(fragment: ofLogs(logs(of: subject), from: progress.countBegins(from: from, to: to), to: to))
            """
    }

    /// Sums all logs of `[from, to)` up by minute; affects those rows that are new or different.
    static func makeMinutes(from: Date, to: Date) -> SQL {
        let everything: SQL = """
            FROM organizations o JOIN execution_logs l ON l.organization_id = o.id
            CROSS JOIN LATERAL (VALUES (\(whole), \(whole), l.parent_id IS NULL), \
            (l.executed_item_id, coalesce(l.executed_item_version_id, \(whole)), true)) \
            AS s(item_id, version_id, counts)
            WHERE s.item_id IS NOT NULL
            """
        return """
            INSERT INTO execution_minutes AS known (\(fragment: columns))
            \(fragment: ofLogs(everything, from: from, to: to))
            ON CONFLICT (organization_id, item_id, start, project_id, version_id) DO UPDATE SET \
            \(fragment: replacement)
            WHERE known.ok + known.failed <> excluded.ok + excluded.failed
            """
    }

    /// Makes the hours of `[from, to)`, bounds included, of their minutes.
    static func makeHours(from: Date, to: Date) -> SQL {
        """
        WITH parts AS MATERIALIZED (
            SELECT organization_id, item_id, date_trunc('hour', start, 'UTC') AS start, project_id, version_id, ok, \
            failed, score_sum, score_bins, score_counts, latency_bins, latency_counts, cost_nano_dollars, \
            prompt_tokens, completion_tokens, failures
            FROM execution_minutes WHERE start >= \(from) AND start < \(to)
        ), reasons AS (
            SELECT \(fragment: key), jsonb_agg(jsonb_build_object('code', code, 'provider', provider, 'count', n, \
            'within_judges', within_judges, 'last_seen', last_seen)) AS failures
            FROM (
                SELECT \(fragment: key), code, provider, sum(f.count)::bigint AS n, \
                sum(f.within_judges)::bigint AS within_judges, max(f.last_seen) AS last_seen
                FROM parts, \(fragment: reasons)
                GROUP BY \(fragment: key), code, provider
            ) AS summed
            GROUP BY \(fragment: key)
        ), \(fragment: added(by: key))
        INSERT INTO execution_hours (\(fragment: columns))
        SELECT \(fragment: key), ok, failed, score_sum, coalesce(score_bins, '{}'), coalesce(score_counts, '{}'), \
        coalesce(latency_bins, '{}'), coalesce(latency_counts, '{}'), cost_nano_dollars, prompt_tokens, \
        completion_tokens, failures
        FROM measures LEFT JOIN scores USING (\(fragment: key)) LEFT JOIN latencies USING (\(fragment: key))
        LEFT JOIN reasons USING (\(fragment: key))
        ON CONFLICT (organization_id, item_id, start, project_id, version_id) DO UPDATE SET \(fragment: replacement)
        """
    }

    /// The failures of a row of sums, as a relation `f`.
    static let reasons: SQL = """
        jsonb_to_recordset(failures) \
        AS f(code text, provider text, count bigint, within_judges bigint, last_seen timestamptz)
        """

    /// Three queries over `parts`, rows of sums, that add them up by columns: `measures`, `scores` and `latencies`.
    static func added(by columns: SQL) -> SQL {
        """
        measures AS (
            SELECT \(fragment: columns), sum(ok)::bigint AS ok, sum(failed)::bigint AS failed, \
            sum(score_sum) AS score_sum, sum(cost_nano_dollars)::bigint AS cost_nano_dollars, \
            sum(prompt_tokens)::bigint AS prompt_tokens, sum(completion_tokens)::bigint AS completion_tokens
            FROM parts GROUP BY \(fragment: columns)
        ), scores AS (
            SELECT \(fragment: columns), array_agg(bin) AS score_bins, array_agg(n) AS score_counts
            FROM (
                SELECT \(fragment: columns), bin, sum(n)::bigint AS n
                FROM parts, unnest(score_bins, score_counts) AS b(bin, n) GROUP BY \(fragment: columns), bin
            ) AS summed GROUP BY \(fragment: columns)
        ), latencies AS (
            SELECT \(fragment: columns), array_agg(bin) AS latency_bins, array_agg(n) AS latency_counts
            FROM (
                SELECT \(fragment: columns), bin, sum(n)::bigint AS n
                FROM parts, unnest(latency_bins, latency_counts) AS b(bin, n) GROUP BY \(fragment: columns), bin
            ) AS summed GROUP BY \(fragment: columns)
        )
        """
    }

    private static let replacement: SQL = """
        (ok, failed, score_sum, score_bins, score_counts, latency_bins, latency_counts, cost_nano_dollars, \
        prompt_tokens, completion_tokens, failures) = (excluded.ok, excluded.failed, excluded.score_sum, \
        excluded.score_bins, excluded.score_counts, excluded.latency_bins, excluded.latency_counts, \
        excluded.cost_nano_dollars, excluded.prompt_tokens, excluded.completion_tokens, excluded.failures)
        """

    private static func stored(_ subject: SumSubject) -> SQL {
        switch subject {
        case .executions(let organization, nil): "organization_id = \(organization) AND item_id = \(whole)"
        case .executions(let organization, let project?):
            "organization_id = \(organization) AND item_id = \(whole) AND project_id = \(project)"
        case .item(let id, let organization): "organization_id = \(organization) AND item_id = \(id)"
        }
    }

    /// The logs of a subject as `l`, each with the item that it counts for as `s`.
    private static func logs(of subject: SumSubject) -> SQL {
        switch subject {
        case .executions(let organization, let project):
            """
            FROM execution_logs l
            CROSS JOIN LATERAL (VALUES (\(whole), \(whole), l.parent_id IS NULL)) AS s(item_id, version_id, counts)
            WHERE l.organization_id = \(organization)\
            \(fragment: project.map { " AND l.project_id = \($0)" } ?? "")
            """
        case .item(let id, let organization):
            """
            FROM execution_logs l
            CROSS JOIN LATERAL (VALUES (\(id), coalesce(l.executed_item_version_id, \(whole)), true)) \
            AS s(item_id, version_id, counts)
            WHERE l.organization_id = \(organization) AND l.executed_item_id = \(id)
            """
        }
    }

    /// Logs of `[from, to)` summed up by minute. Those that do not count, the parts of judges in the sums of a project,
    /// come into its failures alone. First everything that is alike is counted, so that the histograms are made of a few
    /// rows.
    private static func ofLogs(_ logs: SQL, from: Date, to: Date) -> SQL {
        """
        SELECT \(fragment: key), \
        coalesce(sum(n) FILTER (WHERE counts AND code IS NULL), 0)::bigint AS ok, \
        coalesce(sum(n) FILTER (WHERE counts AND code IS NOT NULL), 0)::bigint AS failed, \
        coalesce(sum(score_sum) FILTER (WHERE counts), 0) AS score_sum, \
        coalesce(array_agg(score_bin) FILTER (WHERE counts AND score_bin IS NOT NULL), '{}') AS score_bins, \
        coalesce(array_agg(n) FILTER (WHERE counts AND score_bin IS NOT NULL), '{}') AS score_counts, \
        coalesce(array_agg(latency_bin) FILTER (WHERE counts AND latency_bin IS NOT NULL), '{}') AS latency_bins, \
        coalesce(array_agg(n) FILTER (WHERE counts AND latency_bin IS NOT NULL), '{}') AS latency_counts, \
        coalesce(sum(cost) FILTER (WHERE counts), 0)::bigint AS cost_nano_dollars, \
        coalesce(sum(prompt_tokens) FILTER (WHERE counts), 0)::bigint AS prompt_tokens, \
        coalesce(sum(completion_tokens) FILTER (WHERE counts), 0)::bigint AS completion_tokens, \
        jsonb_agg(jsonb_build_object('code', code, 'provider', provider, \
        'count', CASE WHEN counts THEN n ELSE 0 END, 'within_judges', CASE WHEN is_part THEN n ELSE 0 END, \
        'last_seen', last_seen)) FILTER (WHERE code IS NOT NULL) AS failures
        FROM (
            SELECT \(fragment: key), counts, is_part, code, provider, score_bin, latency_bin, count(*) AS n, \
            sum(score) AS score_sum, sum(cost_nano_dollars) AS cost, sum(prompt_tokens) AS prompt_tokens, \
            sum(completion_tokens) AS completion_tokens, max(created_at) AS last_seen
            FROM (
                SELECT l.organization_id, s.item_id, date_trunc('minute', l.created_at) AS start, l.project_id, \
                s.version_id, s.counts, l.parent_id IS NOT NULL AS is_part, l.failure_code AS code, \
                CASE WHEN l.failure_code IS NOT NULL THEN l.provider END AS provider, \
                score_bin(l.score) AS score_bin, latency_bin(l.call_duration_us) AS latency_bin, l.score, \
                l.cost_nano_dollars, l.prompt_tokens, l.completion_tokens, l.created_at
                \(fragment: logs) AND l.created_at >= \(from) AND l.created_at < \(to) \
                AND (s.counts OR l.failure_code IS NOT NULL)
            ) AS counted
            GROUP BY \(fragment: key), counts, is_part, code, provider, score_bin, latency_bin
        ) AS alike
        GROUP BY \(fragment: key)
        """
    }
}
