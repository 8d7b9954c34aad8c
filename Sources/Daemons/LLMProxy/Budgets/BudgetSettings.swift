/// How budgets are kept.
package struct BudgetSettings: Sendable, Hashable {
    /// How long a part of a budget is ours without being renewed: what a proxy had that died counts as spent after this
    /// time.
    package var leaseLifetime: Duration = .seconds(10)
    /// How long a call waits for money that is set aside for others, here or at other proxies, and may come back.
    package var patience: Duration = .milliseconds(500)
    /// How long a call waits for a database that does not answer.
    package var databasePatience: Duration = .seconds(2)

    package init() {}
}
