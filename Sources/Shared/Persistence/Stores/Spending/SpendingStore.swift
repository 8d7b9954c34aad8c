internal import FoundationEssentials
package import Postgres
internal import Scoring
package import Spending
package import Tenancy

/// Something that spends: all of an organisation, one of its projects or one of its API keys.
package struct Spender: Sendable {
    package let scope: BudgetScope
    /// What people call it.
    package let name: String
    package let today: SpendingSum
    package let month: SpendingSum
}

/// Where the money of organisations went.
package struct SpendingStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Everything of the organisation that can spend, with what it spent on a day and in the month up to it: the
    /// organisation, its projects and its keys that are not revoked, each the dearest of the month first.
    package func spenders(of organization: OrganizationID, on day: UTCDay) async throws -> [Spender] {
        let rows = try await database.query(
            """
            WITH spenders AS (
                SELECT 0 AS rank, id, NULL::uuid AS project_id, NULL::uuid AS api_key_id, name
                FROM organizations WHERE id = \(organization)
                UNION ALL SELECT 1, id, id, NULL, name FROM projects WHERE organization_id = \(organization)
                UNION ALL SELECT 2, id, NULL, id, name FROM api_keys
                WHERE organization_id = \(organization) AND revoked_at IS NULL
            ), sums AS (
                SELECT scope_id, \(fragment: Self.sums("month_", "true")), \
                \(fragment: Self.sums("day_", "day = \(day)"))
                FROM spending WHERE organization_id = \(organization) AND day >= \(day.startOfMonth) AND day <= \(day)
                GROUP BY scope_id
            )
            SELECT s.project_id, s.api_key_id, s.name, sums.* FROM spenders s LEFT JOIN sums ON sums.scope_id = s.id
            ORDER BY s.rank, sums.month_cost DESC NULLS LAST, s.name, s.id LIMIT 2000
            """)
        return try rows.map { row in
            let project = try row.decode("project_id", as: ProjectID?.self).map(BudgetScope.project)
            let key = try row.decode("api_key_id", as: APIKeyID?.self).map(BudgetScope.apiKey)
            return Spender(
                scope: project ?? key ?? .organization, name: try row.decode("name"),
                today: try SpendingSum(row: row, prefix: "day_"), month: try SpendingSum(row: row, prefix: "month_"))
        }
    }

    /// What a scope of the organisation spent on the days `[from, through]` on which it did.
    package func days(
        of scope: BudgetScope, in organization: OrganizationID, from first: UTCDay, through last: UTCDay
    ) async throws -> [UTCDay: SpendingSum] {
        let id =
            switch scope {
            case .organization: organization.uuid
            case .project(let id): id.uuid
            case .apiKey(let id): id.uuid
            }
        let rows = try await database.query(
            """
            SELECT day - '1970-01-01'::date AS number, \(fragment: Self.sums("", "true")) FROM spending
            WHERE organization_id = \(organization) AND scope_id = \(id) AND day >= \(first) AND day <= \(last)
            GROUP BY day
            """)
        return Dictionary(
            uniqueKeysWithValues: try rows.map { row in
                (try row.decodeDay("number"), try SpendingSum(row: row, prefix: ""))
            })
    }

    private static func sums(_ prefix: String, _ condition: SQL) -> SQL {
        """
        sum(cost_nano_dollars) FILTER (WHERE \(fragment: condition))::bigint AS \(identifier: prefix + "cost"), \
        sum(calls) FILTER (WHERE \(fragment: condition))::bigint AS \(identifier: prefix + "calls"), \
        sum(prompt_tokens) FILTER (WHERE \(fragment: condition))::bigint AS \(identifier: prefix + "prompt"), \
        sum(completion_tokens) FILTER (WHERE \(fragment: condition))::bigint AS \(identifier: prefix + "completion")
        """
    }
}

extension SpendingSum {
    fileprivate init(row: PostgresRow, prefix: String) throws {
        self.init(
            cost: try row.decode(prefix + "cost", as: Money?.self) ?? .zero,
            calls: try row.decode(prefix + "calls", as: Int?.self) ?? 0,
            promptTokens: try row.decode(prefix + "prompt", as: Int?.self) ?? 0,
            completionTokens: try row.decode(prefix + "completion", as: Int?.self) ?? 0)
    }
}
