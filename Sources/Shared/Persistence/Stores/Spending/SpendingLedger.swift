package import FoundationEssentials
package import Postgres
internal import Scoring
package import Spending
internal import Tenancy

/// What was spent, and the parts of budgets that proxies have taken to spend. Every change is one statement that either
/// happens wholly or not at all.
package struct SpendingLedger: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Adds a batch of spending, once, however often it is called with it. Returns the leases of which others want what
    /// is idle.
    package func record(_ batch: SpendingBatch, of holder: UUID) async throws(PostgresError) -> [BudgetWindowKey] {
        let (scopes, leased) = (batch.scopes, batch.leased)
        let rows = try await database.query(
            """
            SELECT budget_id, first_day - '1970-01-01'::date AS first_day
            FROM record_spending(\(batch.id), \(holder), \(scopes.map(\.scope.organization)), \
            \(scopes.map(\.scope.id)), \(scopes.map(\.scope.day)), \(scopes.map(\.sum.cost)), \
            \(scopes.map(\.sum.calls)), \(scopes.map(\.sum.promptTokens)), \(scopes.map(\.sum.completionTokens)), \
            \(leased.map(\.key.budget)), \(leased.map(\.key.firstDay)), \(leased.map(\.cost)))
            """)
        return try rows.map { row throws(PostgresError) in try BudgetWindowKey(row: row) }
    }

    /// Renews leases, and moves money between them and their budgets. A lease that is not renewed in its lifetime counts as
    /// spent until its holder renews it after all. A budget that is gone is not in the answer.
    package func exchange(
        _ requests: [LeaseRequest], of holder: UUID, lifetime: Duration
    ) async throws(PostgresError) -> [BudgetLease] {
        let rows = try await database.query(
            """
            SELECT budget_id, first_day - '1970-01-01'::date AS first_day, amount, spent, elsewhere, remaining
            FROM exchange_budget_leases(\(holder), \(lifetime), \(requests.map(\.key.budget)), \
            \(requests.map(\.key.firstDay)), \(requests.map(\.returned)), \(requests.map(\.minimum)), \
            \(requests.map(\.wish)))
            """)
        return try rows.map { row throws(PostgresError) in
            BudgetLease(
                key: try BudgetWindowKey(row: row), amount: try row.decode("amount"), spent: try row.decode("spent"),
                elsewhere: try row.decode("elsewhere"), left: try row.decode("remaining"))
        }
    }

    /// Forgets which batches were added before `moment`, because nobody repeats one for that long, and what proxies had
    /// taken that were dead by then, of periods that had ended.
    package func forget(before moment: Date) async throws(PostgresError) {
        try await database.execute("DELETE FROM spending_batches WHERE recorded_at < \(moment)")
        try await database.execute(
            """
            DELETE FROM budget_leases l USING budgets b
            WHERE b.id = l.budget_id AND l.expires_at < \(moment)
                AND budget_next_day(b.period, l.first_day) <= (\(moment)::timestamptz AT TIME ZONE 'UTC')::date
            """)
    }
}

extension BudgetWindowKey {
    fileprivate init(row: PostgresRow) throws(PostgresError) {
        self.init(budget: try row.decode("budget_id"), firstDay: try row.decodeDay("first_day"))
    }
}
