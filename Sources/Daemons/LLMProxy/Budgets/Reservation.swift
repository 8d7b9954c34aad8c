package import Scoring
internal import Spending
internal import Synchronization

/// What is set aside for one call, from every budget that it counts for. It is free again when it is settled, released or
/// dropped, wherever and however the call ends.
package final class Reservation: Sendable {
    private let budgets: Budgets
    private let grant: Grant
    private let isOpen = Mutex(true)

    init(budgets: Budgets, grant: Grant) {
        self.budgets = budgets
        self.grant = grant
    }

    deinit { release() }

    /// The budgets that are nearly or wholly used.
    package var warnings: [BudgetWarning] { grant.warnings }

    /// Books what the call has cost. Whoever does not know says what he must assume. Further calls are without effect.
    package func settle(_ cost: Money, promptTokens: Int, completionTokens: Int) {
        guard close() else { return }
        budgets.settle(
            grant,
            SpendingSum(
                cost: max(.zero, cost), calls: 1, promptTokens: max(0, promptTokens),
                completionTokens: max(0, completionTokens)))
    }

    /// The call was not made, or cost nothing.
    package func release() {
        guard close() else { return }
        budgets.settle(grant, nil)
    }

    private func close() -> Bool {
        isOpen.withLock { isOpen in
            defer { isOpen = false }
            return isOpen
        }
    }
}
