package import FoundationEssentials
internal import Records
internal import Scoring
internal import Spending
package import Stores
internal import Tenancy

/// Tells when budgets come to where somebody wants to be told, and to their limit: each once in its period, whichever
/// server notices.
package struct BudgetAlerts: Sendable {
    private let store: BudgetStore
    private let notices: Notices

    package init(store: BudgetStore, notices: Notices) {
        self.store = store
        self.notices = notices
    }

    /// Looks at all budgets at `moment`; how many notices came of it.
    package func look(at moment: Date) async throws -> Int {
        let alerts = try await store.takeAlerts(at: moment)
        for alert in alerts {
            let budget = alert.standing.budget
            try await notices.post(
                alert.severity, alert.summary,
                about: Notice.Subject(kind: .budget, id: budget.id.description, name: alert.scopeName),
                to: budget.organizationID, needs: .budgetRead)
        }
        return alerts.count
    }
}

extension BudgetAlert {
    fileprivate var severity: Notice.Severity {
        switch (level, standing.budget.enforcement) {
        case (.exhausted, .hard): .critical
        case (.exhausted, .soft), (.warned, _): .warning
        }
    }

    fileprivate var summary: String {
        let budget = standing.budget
        let scope =
            switch budget.scope {
            case .organization: "the organization"
            case .project: "the project “\(scopeName ?? "")”"
            case .apiKey: "the API key “\(scopeName ?? "")”"
            }
        let period =
            switch budget.period {
            case .total: ""
            case .day: " of the day"
            case .month: " of the month"
            }
        let amounts = "\(standing.spent.dollarText) of \(budget.limit.dollarText)"
        switch (level, budget.enforcement) {
        case (.warned, _): return "The budget\(period) of \(scope) has reached its warning: \(amounts) are spent."
        case (.exhausted, .hard):
            return "The budget\(period) of \(scope) is spent (\(amounts)): its calls of models are refused."
        case (.exhausted, .soft):
            return "The budget\(period) of \(scope) is spent (\(amounts)); calls go on."
        }
    }
}

extension Money {
    /// For people, such as `$12.34`; small amounts as exactly as they are small.
    fileprivate var dollarText: String {
        let digits = abs(nanoDollars) >= 1_000_000_000 ? 2 : 4
        let unit = digits == 2 ? Int64(10_000_000) : 100_000
        let units = (abs(nanoDollars) + unit / 2) / unit
        let whole = Int64(digits == 2 ? 100 : 10_000)
        let fraction = String(units % whole)
        return "$\(units / whole)." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
