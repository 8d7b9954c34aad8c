import FoundationEssentials
import Postgres
package import Records
import Scoring
package import Tenancy

// Reading all of many logs, page by page.
extension ExecutionSearchStore {
    /// Logs in full, the oldest first, behind a place, and where to go on; `nil` at the end. A page may be short, or
    /// empty, where few of the logs that were looked at match.
    package func details(
        _ search: ExecutionSearch, in organization: OrganizationID, behind place: Keyset?, limit: Int
    ) async throws -> (items: [ExecutionLogDetails], next: Keyset?) {
        guard let walk = try await walk(search, organization, .oldestFirst)?.behind(place) else { return ([], nil) }
        let found = try await WalkedLogs(database: database, reach: reach).find(
            limit: limit, along: walk,
            at: { (details: ExecutionLogDetails) in
                Keyset(createdAt: details.log.createdAt, id: details.log.id.uuid)
            }
        ) { matching in
            try await ExecutionLogStore(database: database).details(of: matching, in: organization, walk.order)
        }
        return (found.items, found.next)
    }

    /// How many of the next logs match, of those that one statement looks at, and where to go on; `nil` at the end.
    package func count(
        _ search: ExecutionSearch, in organization: OrganizationID, behind place: Keyset?
    ) async throws -> (count: Int, next: Keyset?) {
        guard let walk = try await walk(search, organization, .oldestFirst)?.behind(place) else { return (0, nil) }
        let (near, stretch) = try await WalkedLogs(database: database, reach: Self.counted).near(walk)
        let rows = try await database.query(
            "SELECT count(*) FROM (\(fragment: near.matching())) AS l")
        return (try rows.first?.decode(0) ?? 0, stretch?.end)
    }
}

extension ExecutionLogStore {
    /// The logs in full that a query gives, in an order.
    func details(
        of logs: SQL, in organization: OrganizationID, _ order: SQL
    ) async throws -> [ExecutionLogDetails] {
        let rows = try await database.query(
            """
            SELECT \(fragment: ExecutionLogRow.detailColumns) FROM (\(fragment: logs)) AS l
            LEFT JOIN users o ON o.id = l.owner_id
            LEFT JOIN evaluator_versions v ON v.id = l.executed_item_version_id AND l.scoring_criteria IS NULL
            \(fragment: order)
            """)
        let found = try rows.map(ExecutionLogRow.details(of:))
        let results = try await evaluatorResults(of: found.map(\.0).filter { $0.type == .judge }, in: organization)
        return found.map { log, owner in
            ExecutionLogDetails(log: log, owner: owner, evaluatorResults: results[log.id] ?? [])
        }
    }

    /// What the evaluators of judges' executions found, by the judge's log, each in the judge's order.
    func evaluatorResults(
        of judges: [ExecutionLog], in organization: OrganizationID
    ) async throws -> [ExecutionLogID: [EvaluatorResultSummary]] {
        guard let first = judges.map(\.createdAt).min(), let last = judges.map(\.createdAt).max() else { return [:] }
        let rows = try await database.query(
            """
            SELECT parent_id, id, executed_item_id, executed_item_name, score, justification, failure_code, \
            failure_message, model, cost_nano_dollars, call_duration_us
            FROM execution_logs
            WHERE parent_id = ANY (\(judges.map(\.id))) AND organization_id = \(organization)
                AND created_at BETWEEN \(first.addingTimeInterval(-Self.slack)) \
                AND \(last.addingTimeInterval(Self.longestExecution))
            ORDER BY id
            """)
        var results: [ExecutionLogID: [EvaluatorResultSummary]] = [:]
        for row in rows {
            results[try row.decode("parent_id"), default: []].append(try EvaluatorResultSummary(row: row))
        }
        return results
    }
}
