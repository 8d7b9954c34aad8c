package import FoundationEssentials
import Postgres
package import Records
import Scoring
import Tenancy

extension ExecutionSumStore {
    /// How often executions failed, by organisation and reason, in the `length` before `through` compared with the hour
    /// before that. Reasons that did not come up lately are left out.
    package func failureTrends(through: Date, length: TimeInterval) async throws -> [FailureTrend] {
        let begin = through.addingTimeInterval(-length)
        let before = begin.addingTimeInterval(-3600)
        let rows = try await database.query(
            """
            WITH minutes AS MATERIALIZED (
                SELECT organization_id, start, ok + failed AS executions, failures FROM execution_minutes
                WHERE start >= \(before) AND start < \(through) AND item_id = \(SumStatements.whole)
            ), totals AS (
                SELECT organization_id, sum(executions)::bigint AS executions FROM minutes
                WHERE start >= \(begin) GROUP BY organization_id
            )
            SELECT organization_id, f.code, f.provider,
                coalesce(sum(f.count) FILTER (WHERE start >= \(begin)), 0)::bigint AS recent,
                coalesce(sum(f.count) FILTER (WHERE start < \(begin)), 0)::float8 AS earlier,
                max(t.executions) AS executions
            FROM minutes CROSS JOIN \(fragment: SumStatements.reasons) JOIN totals t USING (organization_id)
            GROUP BY organization_id, f.code, f.provider
            HAVING sum(f.count) FILTER (WHERE start >= \(begin)) > 0
            """)
        return try rows.map { row in
            FailureTrend(
                organizationID: try row.decode("organization_id"),
                code: EvaluationFailure.Code(rawValue: try row.decode("code")) ?? .internal,
                provider: try row.decode("provider"), recent: try row.decode("recent"),
                usual: try row.decode("earlier", as: Double.self) * length / 3600,
                executions: try row.decode("executions"))
        }
    }
}
