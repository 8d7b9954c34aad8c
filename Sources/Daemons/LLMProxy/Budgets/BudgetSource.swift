package import FoundationEssentials
internal import Scoring
package import Spending
package import Stores
internal import Synchronization
internal import Tenancy

/// Where budgets are kept. What it throws means that it cannot be asked now.
package struct BudgetSource: Sendable {
    /// Whether it is in this process, and answers at once. Then it does not ask who has spent what, and nothing is told to
    /// it twice.
    let isLocal: Bool
    /// An organisation's budgets and how they stand.
    let standings: @Sendable (OrganizationID, Date) async throws -> [BudgetStanding]
    /// Renews leases and moves money; see ``SpendingLedger/exchange(_:of:lifetime:)``.
    let exchange: @Sendable ([LeaseRequest], Duration) async throws -> [BudgetLease]
    /// Adds what was spent, once; returns the leases of which others want what is idle.
    let record: @Sendable (SpendingBatch) async throws -> [BudgetWindowKey]
    /// Forgets what is not needed any more.
    let forget: @Sendable (Date) async throws -> Void

    /// The budgets in the database, of which this proxy takes parts under the name `holder`, which is new with each start.
    package static func stored(_ budgets: BudgetStore, _ ledger: SpendingLedger, holder: UUID) -> BudgetSource {
        BudgetSource(
            isLocal: false,
            standings: { try await budgets.standings(of: $0, at: $1) },
            exchange: { try await ledger.exchange($0, of: holder, lifetime: $1) },
            record: { try await ledger.record($0, of: holder) }, forget: { try await ledger.forget(before: $0) })
    }
}

/// Budgets of this one proxy, out of a file, for as long as it runs.
package final class FixedBudgets: Sendable {
    private struct Window {
        var amount = Money.zero
        var spent = Money.zero

        mutating func spend(_ cost: Money) {
            spent = spent + cost
            amount = max(.zero, amount - cost)
        }
    }

    private let budgets: Mutex<[BudgetID: Budget]>
    private let windows = Mutex<[BudgetWindowKey: Window]>([:])

    package init(_ budgets: [Budget]) { self.budgets = Mutex(Self.table(budgets)) }

    /// Takes others from now on; those that keep their identifier keep what is spent. ``Budgets/invalidate(_:)`` makes
    /// them known.
    package func replace(with budgets: [Budget]) {
        let table = Self.table(budgets)
        self.budgets.withLock { $0 = table }
    }

    /// The same for ``Budgets``.
    package var source: BudgetSource {
        BudgetSource(
            isLocal: true,
            standings: { [self] organization, _ in standings(of: organization) },
            exchange: { [self] requests, _ in exchange(requests) }, record: { [self] batch in record(batch) },
            forget: { _ in })
    }

    private static func table(_ budgets: [Budget]) -> [BudgetID: Budget] {
        Dictionary(budgets.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private func standings(of organization: OrganizationID) -> [BudgetStanding] {
        budgets.withLock { Array($0.values) }.filter { $0.organizationID == organization }.map {
            BudgetStanding(budget: $0, spent: .zero, leased: .zero)
        }
    }

    private func exchange(_ requests: [LeaseRequest]) -> [BudgetLease] {
        let budgets = budgets.withLock { $0 }
        return windows.withLock { windows in
            requests.compactMap { request in
                guard let budget = budgets[request.key.budget] else { return nil }
                var window = windows[request.key] ?? Window()
                window.amount = max(.zero, window.amount - request.returned)
                let free = budget.limit - window.spent - window.amount
                if free >= request.minimum { window.amount = window.amount + max(.zero, min(request.wish, free)) }
                windows[request.key] = window
                return BudgetLease(
                    key: request.key, amount: window.amount, spent: window.spent, elsewhere: .zero,
                    left: budget.limit - window.spent - window.amount)
            }
        }
    }

    private func record(_ batch: SpendingBatch) -> [BudgetWindowKey] {
        windows.withLock { windows in
            for (key, cost) in batch.leased { windows[key, default: Window()].spend(cost) }
            return []
        }
    }
}
