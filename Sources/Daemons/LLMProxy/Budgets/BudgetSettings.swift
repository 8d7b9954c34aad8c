/// How budgets are kept.
package struct BudgetSettings: Sendable, Hashable {
    /// How long a part of a budget is ours without being renewed: what a proxy that died had is free again after this
    /// time.
    package var leaseLifetime: Duration = .seconds(10)
    /// How long a call waits for money that other proxies hold and may give back.
    package var patience: Duration = .milliseconds(500)
    /// How long a call waits for a database that does not answer.
    package var databasePatience: Duration = .seconds(2)

    package init() {}
}
