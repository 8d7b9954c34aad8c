internal import Observability

/// What is counted of budgets. Budgets themselves are no labels: they are made by users and have no end.
struct BudgetMetrics: Sendable {
    let refusals: CounterSet<BudgetRefusal.Kind>
    let warnings: CounterSet<BudgetWarning.Level>
    let failures: Counter
    let isAvailable: Gauge

    init(_ metrics: Metrics) {
        refusals = metrics.counters(
            "scorable_llm_budget_refusals_total", "Calls that were refused for their budget, by reason.", by: "reason",
            of: BudgetRefusal.Kind.self)
        warnings = metrics.counters(
            "scorable_llm_budget_warnings_total", "Budgets that came to where somebody wants to be told.", by: "level",
            of: BudgetWarning.Level.self)
        failures = metrics.counter(
            "scorable_llm_budget_ledger_failures_total", "Exchanges with the ledger of budgets that failed.")
        isAvailable = metrics.gauge(
            "scorable_llm_budget_ledger_available",
            "1 while the ledger of budgets answers; 0 while calls go on with what was set aside for this proxy.")
    }
}
