package import FoundationEssentials
package import Postgres
package import Records
import Scoring
package import Tenancy

/// What executions came to, for many evaluators, judges or projects at once. Counted from the sums that the worker keeps
/// and, for what is not summed up yet, from the logs.
package struct ExecutionFigureStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    private static let day = Duration.seconds(86_400)

    /// What each of the evaluators and judges came to in the organisation from `from`, which begins an hour, to `to`, by
    /// days counted from `from`; executions within judges count too. Items that were not executed are left out.
    package func days(
        ofItems ids: [UUID], in organization: OrganizationID, from: Date, to: Date, _ progress: SumProgress
    ) async throws -> [UUID: [Date: ExecutionFigures]] {
        let (hours, minutes) = Self.stored(
            "organization_id = \(organization) AND item_id = ANY (\(ids))", from: from, to: to, progress)
        let rows = try await database.query(
            """
            SELECT item_id, date_bin(\(Self.day), start, \(from)) AS day, \(fragment: Self.sums)
            FROM (
                \(fragment: hours) UNION ALL \(fragment: minutes) UNION ALL
                SELECT executed_item_id AS item_id, project_id, created_at AS start, \(fragment: Self.ofLog)
                FROM execution_logs
                WHERE organization_id = \(organization) AND executed_item_id = ANY (\(ids))
                    AND created_at >= \(progress.countBegins(from: from, to: to)) AND created_at < \(to)
            ) AS parts
            GROUP BY item_id, day
            """)
        var figures: [UUID: [Date: ExecutionFigures]] = [:]
        for row in rows {
            figures[try row.decode("item_id"), default: [:]][try row.decode("day")] = try ExecutionFigures(row: row)
        }
        return figures
    }

    /// What was executed for its own sake in each of the projects from `from`, which begins an hour, to `to`. Projects in
    /// which nothing was are left out.
    package func figures(
        ofProjects ids: [ProjectID], in organization: OrganizationID, from: Date, to: Date, _ progress: SumProgress
    ) async throws -> [ProjectID: ExecutionFigures] {
        let whole = SumStatements.whole
        let (hours, minutes) = Self.stored(
            "organization_id = \(organization) AND item_id = \(whole) AND project_id = ANY (\(ids))", from: from,
            to: to, progress)
        let rows = try await database.query(
            """
            SELECT project_id, \(fragment: Self.sums)
            FROM (
                \(fragment: hours) UNION ALL \(fragment: minutes) UNION ALL
                SELECT executed_item_id AS item_id, project_id, created_at AS start, \(fragment: Self.ofLog)
                FROM execution_logs
                WHERE organization_id = \(organization) AND project_id = ANY (\(ids)) AND parent_id IS NULL
                    AND created_at >= \(progress.countBegins(from: from, to: to)) AND created_at < \(to)
            ) AS parts
            GROUP BY project_id
            """)
        var figures: [ProjectID: ExecutionFigures] = [:]
        for row in rows { figures[try row.decode("project_id")] = try ExecutionFigures(row: row) }
        return figures
    }

    /// The rows of the hours and, behind those, of the minutes that `progress` says are there.
    private static func stored(
        _ condition: SQL, from: Date, to: Date, _ progress: SumProgress
    ) -> (hours: SQL, minutes: SQL) {
        let columns: SQL = "item_id, project_id, start, ok, failed, score_sum, cost_nano_dollars"
        let hoursEnd = max(from, progress.hoursThrough ?? from)
        let minutesEnd = min(max(hoursEnd, progress.minutesThrough ?? from), to)
        return (
            """
            SELECT \(fragment: columns) FROM execution_hours
            WHERE \(fragment: condition) AND start >= \(from) AND start < \(hoursEnd)
            """,
            """
            SELECT \(fragment: columns) FROM execution_minutes
            WHERE \(fragment: condition) AND start >= \(hoursEnd) AND start < \(minutesEnd)
            """
        )
    }

    private static let sums: SQL = """
        sum(ok)::bigint AS ok, sum(failed)::bigint AS failed, sum(score_sum) AS score_sum, \
        sum(cost_nano_dollars)::bigint AS cost
        """

    /// One log in the columns of the sums.
    private static let ofLog: SQL = """
        (failure_code IS NULL)::int::bigint AS ok, (failure_code IS NOT NULL)::int::bigint AS failed, \
        coalesce(score, 0) AS score_sum, coalesce(cost_nano_dollars, 0) AS cost_nano_dollars
        """
}

extension ExecutionFigures {
    fileprivate init(row: PostgresRow) throws {
        self.init()
        ok = try row.decode("ok")
        failed = try row.decode("failed")
        scoreSum = try row.decode("score_sum")
        cost = try row.decode("cost")
    }
}
