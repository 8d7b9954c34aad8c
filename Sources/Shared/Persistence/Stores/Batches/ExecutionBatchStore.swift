package import FoundationEssentials
package import Postgres
package import Queueing
package import Records
package import Scoring
package import Tenancy

/// What is looked up about batches of executions before and after they are jobs.
package struct ExecutionBatchStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// The identifiers of an organisation's batches of a kind within `reach` that pass the filter, with their places in the
    /// list.
    package func list(
        _ kind: JobKind, _ filter: ExecutionBatchFilter, in organization: OrganizationID,
        within reach: ProjectReach = .organization, page: PageRequest
    ) async throws -> Slice<(id: BatchID, createdAt: Date)> {
        let keyset = KeysetQuery(page, createdAt: "created_at", id: "id")
        let conditions: [SQL?] = [
            "organization_id = \(organization)", "kind = \(kind.rawValue)",
            SQL.within(reach, "project_id"),
            filter.judgeID.map { "definition -> 'judge' ->> 'id' = \($0.description)" },
            filter.projectID.map { "project_id = \($0)" }, filter.progress.map(Self.condition),
            filter.from.map { "created_at >= \($0)" }, filter.to.map { "created_at <= \($0)" }, keyset.condition,
        ]
        let rows = try await database.query(
            """
            SELECT id, created_at FROM batches\(fragment: .matching(all: conditions.compactMap { $0 }))\
            \(fragment: keyset.orderAndLimit)
            """)
        return try keyset.slice(rows) { row in (try row.decode("id"), try row.decode("created_at")) }
    }

    private static func condition(of progress: BatchProgress) -> SQL {
        let hasBegun: SQL = "(started_at IS NOT NULL OR finished + dead + cancelled > 0)"
        return switch progress {
        case .pending: "state <> 'ended' AND NOT \(fragment: hasBegun)"
        case .processing: "state <> 'ended' AND \(fragment: hasBegun)"
        case .completed: "state = 'ended' AND dead + cancelled = 0"
        case .failed: "state = 'ended' AND dead + cancelled > 0 AND finished = 0"
        case .partial: "state = 'ended' AND dead + cancelled > 0 AND finished > 0"
        }
    }

    /// The mean cost of the newest executions of these evaluators and judges, of each; those without one are left out.
    package func meanCosts(of items: [UUID], in organization: OrganizationID) async throws -> [UUID: Money] {
        let rows = try await database.query(
            """
            SELECT item.id, recent.cost::bigint FROM unnest(\(items)) AS item (id)
            CROSS JOIN LATERAL (
                SELECT avg(newest.cost_nano_dollars) AS cost FROM (
                    SELECT l.cost_nano_dollars FROM execution_logs l
                    WHERE l.organization_id = \(organization) AND l.executed_item_id = item.id
                        AND l.cost_nano_dollars IS NOT NULL
                    ORDER BY l.created_at DESC LIMIT 100
                ) newest
            ) recent
            WHERE recent.cost IS NOT NULL
            """)
        var costs: [UUID: Money] = [:]
        for row in rows {
            var columns = ColumnReader(row)
            costs[try columns.next(UUID.self)] = try columns.next(Money.self)
        }
        return costs
    }
}
