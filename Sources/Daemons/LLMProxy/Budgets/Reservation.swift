package import EventLoop
package import Scoring
internal import Spending
internal import Synchronization

/// What is set aside for one call, from every budget that it counts for. It is free again when it is settled, released or
/// dropped, wherever and however the call ends.
package final class Reservation: Sendable {
    private let budgets: Budgets
    private let grant: Grant
    private let state = Mutex(State())

    private struct State {
        var isOpen = true
        /// What was set aside later.
        var additions: [Reservation] = []
    }

    init(budgets: Budgets, grant: Grant) {
        self.budgets = budgets
        self.grant = grant
    }

    deinit { release() }

    /// The budgets that are nearly or wholly used.
    package var warnings: [BudgetWarning] { grant.warnings }

    /// Sets aside `cost` more for the same call: what it has cost already, before something is tried again that may cost all
    /// that was set aside at first. Call it on a loop.
    package func extend(by cost: Money, until deadline: Deadline) async throws(BudgetRefusal) {
        guard cost > .zero else { return }
        let more = try await budgets.reserve(grant.payer, cost, until: deadline)
        let isTaken = state.withLock { state in
            if state.isOpen { state.additions.append(more) }
            return state.isOpen
        }
        if !isTaken { more.release() }
    }

    /// Books what the call has cost. Whoever does not know says what he must assume. Further calls are without effect.
    package func settle(_ cost: Money, promptTokens: Int, completionTokens: Int) {
        guard let additions = close() else { return }
        budgets.settle(
            grant,
            SpendingSum(
                cost: max(.zero, cost), calls: 1, promptTokens: max(0, promptTokens),
                completionTokens: max(0, completionTokens)))
        // Only now: until the cost is booked what was added is a part of what covers it.
        for addition in additions { addition.release() }
    }

    /// The call was not made, or cost nothing.
    package func release() {
        guard let additions = close() else { return }
        budgets.settle(grant, nil)
        for addition in additions { addition.release() }
    }

    /// Ends the reservation and returns what was added to it; `nil` when it has ended before.
    private func close() -> [Reservation]? {
        state.withLock { state in
            guard state.isOpen else { return nil }
            state.isOpen = false
            return state.additions
        }
    }
}
