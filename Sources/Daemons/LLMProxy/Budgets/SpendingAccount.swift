internal import EventLoop
internal import FoundationEssentials
internal import Scoring
internal import Spending
internal import Tenancy

/// What calls have cost that the ledger does not know of yet, gathered by payer and day.
///
/// One batch at a time is under way, and it is tried again unchanged until it is known to have arrived.
struct SpendingAccount {
    /// Whether the ledger wants to know who has spent it, and not only what it is taken from.
    private let namesSpenders: Bool
    /// Those who have something to report.
    private var payers: [PayerAccount] = []
    private var underWay: SpendingBatch?
    private var gatheringSince: Moment?

    init(namesSpenders: Bool) { self.namesSpenders = namesSpenders }

    /// How long a call's cost is gathered with that of others.
    var pace: Duration { namesSpenders ? BudgetPace.report : BudgetPace.ownReport }

    /// When there is something to report.
    var due: Moment? { gatheringSince.map { $0 + pace } }

    /// A call has ended.
    mutating func add(_ sum: SpendingSum, of payer: PayerAccount, at now: Moment) {
        // Every sum is of one call or more.
        if payer.unreported.calls == 0 { payers.append(payer) }
        payer.unreported += sum
        if gatheringSince == nil { gatheringSince = now }
    }

    /// What is to be reported at `now`, or at once when that is `nil`: the batch that has not arrived yet, or a new one,
    /// for which `id` is made: chance costs calls of the system, and mostly there is nothing to report.
    mutating func takeBatch(at now: Moment?, id: @autoclosure () -> UUID) -> SpendingBatch? {
        guard let due, now.map({ due <= $0 }) ?? true else { return nil }
        if let underWay { return underWay }
        guard !payers.isEmpty else {
            gatheringSince = nil
            return nil
        }
        let batch = SpendingBatch(id: id(), scopes: namesSpenders ? scopes : [], leased: leased)
        for payer in payers { payer.unreported = SpendingSum() }
        payers.removeAll(keepingCapacity: true)
        underWay = batch
        return batch
    }

    private var scopes: [(scope: SpendingScope, sum: SpendingSum)] {
        var scopes: [SpendingScope: SpendingSum] = [:]
        for account in payers {
            let payer = account.payer
            for case let owner? in [payer.organization.uuid, payer.project?.uuid, payer.apiKey?.uuid] {
                let scope = SpendingScope(organization: payer.organization, id: owner, day: account.day)
                scopes[scope, default: SpendingSum()] += account.unreported
            }
        }
        return scopes.map { (scope: $0, sum: $1) }
    }

    private var leased: [(key: BudgetWindowKey, cost: Money)] {
        // The budgets of one payer are different ones, so that there is nothing to add up.
        if payers.count == 1, let payer = payers.first {
            return payer.budgets.map { (key: $0.key, cost: payer.unreported.cost) }
        }
        var leased: [BudgetWindowKey: Money] = [:]
        for payer in payers {
            for budget in payer.budgets { leased[budget.key] = (leased[budget.key] ?? .zero) + payer.unreported.cost }
        }
        return leased.map { (key: $0, cost: $1) }
    }

    /// The batch that was under way has arrived, or is to be tried again.
    mutating func end(isRecorded: Bool, at now: Moment) {
        guard isRecorded else { return }
        underWay = nil
        gatheringSince = payers.isEmpty ? nil : now
    }
}
