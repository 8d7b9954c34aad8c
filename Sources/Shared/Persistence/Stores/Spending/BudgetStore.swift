package import FoundationEssentials
package import Postgres
internal import Scoring
package import Spending
package import Tenancy

/// The budgets of organisations, and how far each is used.
package struct BudgetStore: Sendable {
    let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Stores a budget; one of the same scope and period is replaced and keeps its identifier. What was spent before
    /// counts.
    package func put(_ budget: Budget) async throws {
        do {
            try await database.execute(
                """
                \(fragment: Self.insertion(of: budget))
                ON CONFLICT (organization_id, project_id, api_key_id, period) DO UPDATE SET
                    limit_nano_dollars = excluded.limit_nano_dollars,
                    warn_at_nano_dollars = excluded.warn_at_nano_dollars,
                    enforcement = excluded.enforcement, updated_at = excluded.updated_at
                """)
        } catch {
            throw error.asConflict()
        }
    }

    static func insertion(of budget: Budget) -> SQL {
        let (project, key) = budget.scope.columns
        return """
            INSERT INTO budgets (id, organization_id, project_id, api_key_id, period, limit_nano_dollars, \
            warn_at_nano_dollars, enforcement, created_at, updated_at)
            VALUES (\(budget.id), \(budget.organizationID), \(project), \(key), \(budget.period), \(budget.limit), \
            \(budget.warnAt), \(budget.enforcement), \(budget.createdAt), \(budget.createdAt))
            """
    }

    /// Lifts a budget; `false` when there is no such budget.
    package func delete(_ id: BudgetID, of organization: OrganizationID) async throws -> Bool {
        let deleted = try await database.execute(
            "DELETE FROM budgets WHERE id = \(id) AND organization_id = \(organization)")
        return deleted == 1
    }

    /// The organisation's budgets with what is used of each at `moment`, the widest first.
    package func standings(of organization: OrganizationID, at moment: Date) async throws -> [BudgetStanding] {
        try await revisedStandings(of: organization, at: moment).map(\.value)
    }

    /// The same with how often each budget was changed.
    package func revisedStandings(
        of organization: OrganizationID, at moment: Date
    ) async throws -> [Revised<BudgetStanding>] {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns), b.revision, \
            budget_spending(b, budget_first_day(b.period, \(moment))) AS spent, leased.amount AS leased
            FROM budgets b CROSS JOIN LATERAL (
                SELECT coalesce(sum(l.amount), 0)::bigint AS amount FROM budget_leases l
                WHERE l.budget_id = b.id AND l.first_day = budget_first_day(b.period, \(moment))
                    AND l.expires_at > now()) AS leased
            WHERE b.organization_id = \(organization)
            ORDER BY num_nonnulls(b.project_id, b.api_key_id), b.project_id, b.api_key_id, b.period, b.id
            """)
        return try rows.map { row in
            Revised(
                BudgetStanding(
                    budget: try Budget(row: row), spent: try row.decode("spent"), leased: try row.decode("leased")),
                revision: try row.decode("revision"))
        }
    }

    /// Of the table under the name `b`.
    static let columns: SQL = """
        b.id, b.organization_id, b.project_id, b.api_key_id, b.period, b.limit_nano_dollars, \
        b.warn_at_nano_dollars, b.enforcement, b.created_at
        """
}

extension BudgetScope {
    var columns: (project: ProjectID?, apiKey: APIKeyID?) {
        switch self {
        case .organization: (nil, nil)
        case .project(let id): (id, nil)
        case .apiKey(let id): (nil, id)
        }
    }
}

extension Budget {
    /// Reads `BudgetStore.columns`.
    init(row: PostgresRow) throws {
        let project = try row.decode("project_id", as: ProjectID?.self).map(BudgetScope.project)
        let key = try row.decode("api_key_id", as: APIKeyID?.self).map(BudgetScope.apiKey)
        self.init(
            id: try row.decode("id"), organizationID: try row.decode("organization_id"),
            scope: project ?? key ?? .organization, period: try row.decode("period"),
            limit: try row.decode("limit_nano_dollars"), warnAt: try row.decode("warn_at_nano_dollars"),
            enforcement: try row.decode("enforcement"), createdAt: try row.decode("created_at"))
    }
}
