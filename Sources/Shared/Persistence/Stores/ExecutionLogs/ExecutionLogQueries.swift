import FoundationEssentials
import Postgres
package import Records
import Scoring
package import Tenancy

// Listing logs.
extension ExecutionLogStore {
    /// The organisation's logs that pass the filter, with the long fields that are asked for.
    package func list(
        in organization: OrganizationID, _ filter: ExecutionLogFilter, including includes: ExecutionLogIncludes = [],
        page: PageRequest
    ) async throws -> Slice<ExecutionLogSummary> {
        let keyset = KeysetQuery(page, createdAt: "l.created_at", id: "l.id")
        let rows = try await database.query(listing(in: organization, filter, including: includes, keyset))
        return try keyset.slice(rows, ExecutionLogRow.summary(of:))
    }

    func listing(
        in organization: OrganizationID, _ filter: ExecutionLogFilter, including includes: ExecutionLogIncludes,
        _ keyset: KeysetQuery
    ) -> SQL {
        // Planning for every empty partition ahead takes ten times as long as reading the page. The bound is a
        // constant, which now() is not, and a day ahead of any clock that may have given a log its time.
        let soon: SQL = "l.created_at < \(now().addingTimeInterval(86_400))"
        let conditions = Self.conditions(of: filter, in: organization) + [soon]
        guard !filter.newestPerItem else { return Self.newestPerItem(in: organization, conditions, keyset, includes) }
        return """
            SELECT \(fragment: ExecutionLogRow.listColumns(including: includes)) FROM execution_logs l
            LEFT JOIN users o ON o.id = l.owner_id\
            \(fragment: .matching(all: conditions + [keyset.condition].compactMap { $0 }))\
            \(fragment: keyset.orderAndLimit)
            """
    }

    /// Steps from one executed item to the next along the index, and takes the newest matching log of each.
    private static func newestPerItem(
        in organization: OrganizationID, _ conditions: [SQL], _ keyset: KeysetQuery, _ includes: ExecutionLogIncludes
    ) -> SQL {
        """
        WITH RECURSIVE items (id) AS (
            (SELECT executed_item_id FROM execution_logs
            WHERE organization_id = \(organization) AND executed_item_id IS NOT NULL
            ORDER BY executed_item_id LIMIT 1)
            UNION ALL
            SELECT (SELECT n.executed_item_id FROM execution_logs n
                WHERE n.organization_id = \(organization) AND n.executed_item_id > items.id
                ORDER BY n.executed_item_id LIMIT 1)
            FROM items WHERE items.id IS NOT NULL
        )
        SELECT \(fragment: ExecutionLogRow.listColumns(including: includes)) FROM items
        CROSS JOIN LATERAL (
            SELECT l.* FROM execution_logs l
            \(fragment: .matching(all: ["l.executed_item_id = items.id"] + conditions))
            ORDER BY l.created_at DESC, l.id DESC LIMIT 1
        ) l
        LEFT JOIN users o ON o.id = l.owner_id
        WHERE items.id IS NOT NULL\(fragment: keyset.condition.map { " AND \(fragment: $0)" } ?? "")\
        \(fragment: keyset.orderAndLimit)
        """
    }

    private static func conditions(of filter: ExecutionLogFilter, in organization: OrganizationID) -> [SQL] {
        [
            "l.organization_id = \(organization)",
            filter.projectID.map { "l.project_id = \($0)" },
            filter.type.map { "l.type = \($0)" },
            filter.executedItemID.map { "l.executed_item_id = \($0)" },
            filter.judgeID.map { "l.judge_id = \($0)" },
            filter.parentID.map { "l.parent_id = \($0)" },
            filter.batchID.map { "l.batch_id = \($0)" },
            // The second half lets the index of tags be used, which holds only rows with tags.
            filter.tags.isEmpty ? nil : "l.tags @> \(filter.tags) AND l.tags <> '{}'",
            filter.search.map(isFound(by:)),
            filter.model.map { "l.model = \($0)" },
            filter.ownerEmail.map { email in
                "l.owner_id = (SELECT u.id FROM users u WHERE lower(u.email) = lower(\(email)))"
            },
            filter.sessionID.map { "l.session_id = \($0)" },
            filter.userID.map { "l.user_id = \($0)" },
            filter.hasSessionID.map { $0 ? "l.session_id IS NOT NULL" : "l.session_id IS NULL" },
            filter.minimumScore.map { "l.score >= \($0)" },
            filter.maximumScore.map { "l.score <= \($0)" },
            filter.minimumCost.map { "l.cost_nano_dollars >= \($0)" },
            filter.maximumCost.map { "l.cost_nano_dollars <= \($0)" },
            filter.from.map { "l.created_at >= \($0)" },
            filter.to.map { "l.created_at <= \($0)" },
        ].compactMap { $0 as SQL? }
    }

    private static func isFound(by search: String) -> SQL {
        let pattern = SearchPattern.containing(search)
        guard let id = UUID(uuidString: search) else { return "l.executed_item_name ILIKE \(pattern)" }
        return "(l.executed_item_id = \(id) OR l.executed_item_name ILIKE \(pattern))"
    }
}
