package import FoundationEssentials
internal import Postgres
package import Scoring
package import Spending
package import Tenancy

/// A budget of which somebody has to be told.
package struct BudgetAlert: Sendable, Hashable {
    /// How far it is used.
    package enum Level: String, Sendable, Hashable, CaseIterable {
        /// What somebody wanted to be warned at is spent.
        case warned
        /// The limit is spent.
        case exhausted
    }

    package let standing: BudgetStanding
    package let level: Level
    /// What people call the project or the API key; `nil` for all of the organisation.
    package let scopeName: String?
}

// Budgets as operators make, change and watch them.
extension BudgetStore {
    /// Adds a budget; `false` when there is one of the same scope and period. What was spent before counts.
    package func add(_ budget: Budget) async throws -> Bool {
        let (project, key) = budget.scope.columns
        do {
            let added = try await database.execute(
                """
                INSERT INTO budgets (id, organization_id, project_id, api_key_id, period, limit_nano_dollars, \
                warn_at_nano_dollars, enforcement, created_at, updated_at)
                SELECT \(budget.id), \(budget.organizationID), \(project), \(key), \(budget.period), \
                \(budget.limit), \(budget.warnAt), \(budget.enforcement), \(budget.createdAt), \(budget.createdAt)
                WHERE \(key) IS NULL OR EXISTS (
                    SELECT FROM api_keys WHERE id = \(key) AND organization_id = \(budget.organizationID))
                ON CONFLICT (organization_id, project_id, api_key_id, period) DO NOTHING
                """)
            return added == 1
        } catch {
            throw error.asConflict()
        }
    }

    /// Changes a budget's amounts and what happens at the limit.
    package func change(
        _ id: BudgetID, of organization: OrganizationID, limit: Money, warnAt: Money?,
        _ enforcement: BudgetEnforcement, from revision: Int, at moment: Date
    ) async throws -> RevisedChange {
        let changed = try await database.execute(
            """
            UPDATE budgets SET limit_nano_dollars = \(limit), warn_at_nano_dollars = \(warnAt), \
                enforcement = \(enforcement), updated_at = \(moment)
            WHERE id = \(id) AND organization_id = \(organization) AND revision = \(Int32(clamping: revision))
            """)
        return RevisedChange(changed: changed, isThere: try await isThere(id, organization))
    }

    /// Lifts a budget.
    package func delete(
        _ id: BudgetID, of organization: OrganizationID, at revision: Int
    ) async throws -> RevisedChange {
        let deleted = try await database.execute(
            """
            DELETE FROM budgets
            WHERE id = \(id) AND organization_id = \(organization) AND revision = \(Int32(clamping: revision))
            """)
        return RevisedChange(changed: deleted, isThere: try await isThere(id, organization))
    }

    /// Notes which budgets, of whichever organisation, have come to their warning or their limit in the period of `moment`,
    /// and returns those of which nobody was told yet. Whoever gets one tells it: nobody else will.
    package func takeAlerts(at moment: Date) async throws -> [BudgetAlert] {
        let rows = try await database.query(
            """
            WITH used AS (
                SELECT b.id, b.organization_id, first.day, budget_spending(b, first.day) AS spent, b.limit_nano_dollars, \
                b.warn_at_nano_dollars
                FROM budgets b CROSS JOIN LATERAL (SELECT budget_first_day(b.period, \(moment)) AS day) AS first
            ), reached AS (
                SELECT u.*, CASE WHEN spent >= limit_nano_dollars THEN 'exhausted' ELSE 'warned' END AS level
                FROM used u WHERE spent >= least(limit_nano_dollars, warn_at_nano_dollars) AND spent > 0
            ), told AS (
                INSERT INTO budget_alerts (budget_id, first_day, level, organization_id, created_at)
                SELECT id, day, level, organization_id, \(moment) FROM reached
                ON CONFLICT DO NOTHING RETURNING budget_id, level
            )
            SELECT \(fragment: Self.columns), r.spent, t.level, coalesce(p.name, k.name) AS scope_name
            FROM told t JOIN reached r ON r.id = t.budget_id JOIN budgets b ON b.id = t.budget_id
            LEFT JOIN projects p ON p.id = b.project_id LEFT JOIN api_keys k ON k.id = b.api_key_id
            """)
        return try rows.map { row in
            BudgetAlert(
                standing: BudgetStanding(budget: try Budget(row: row), spent: try row.decode("spent"), leased: .zero),
                level: BudgetAlert.Level(rawValue: try row.decode("level")) ?? .warned,
                scopeName: try row.decode("scope_name"))
        }
    }

    private func isThere(_ id: BudgetID, _ organization: OrganizationID) async throws -> Bool {
        let rows = try await database.query(
            "SELECT FROM budgets WHERE id = \(id) AND organization_id = \(organization)")
        return !rows.isEmpty
    }
}
