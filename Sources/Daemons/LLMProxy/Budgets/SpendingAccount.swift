internal import EventLoop
internal import FoundationEssentials
internal import Scoring
internal import Spending
internal import Tenancy

/// What calls have cost that the ledger does not know of yet, gathered by payer and day.
///
/// A plain value. One batch at a time is under way, and it is tried again unchanged until it is known to have arrived.
struct SpendingAccount: Sendable {
    private struct Entry: Hashable {
        let payer: Payer
        let day: UTCDay
    }

    private var sums: [Entry: SpendingSum] = [:]
    private var leased: [BudgetWindowKey: Money] = [:]
    private var underWay: SpendingBatch?
    private var gatheringSince: Moment?

    /// When there is something to report.
    var due: Moment? { gatheringSince.map { $0 + BudgetPace.report } }

    /// A call has ended.
    mutating func add(_ sum: SpendingSum, _ grant: Grant, at now: Moment) {
        sums[Entry(payer: grant.payer, day: grant.day), default: SpendingSum()] += sum
        for key in grant.windows { leased[key] = (leased[key] ?? .zero) + sum.cost }
        if gatheringSince == nil { gatheringSince = now }
    }

    /// What is to be reported at `now`, or at once when that is `nil`: the batch that has not arrived yet, or a new one, for
    /// which `id` is made: chance costs calls of the system, and mostly there is nothing to report.
    mutating func takeBatch(at now: Moment?, id: @autoclosure () -> UUID) -> SpendingBatch? {
        guard let due, now.map({ due <= $0 }) ?? true else { return nil }
        if let underWay { return underWay }
        guard !sums.isEmpty else {
            gatheringSince = nil
            return nil
        }
        var scopes: [SpendingScope: SpendingSum] = [:]
        for (entry, sum) in sums {
            let owners = [entry.payer.organization.uuid, entry.payer.project?.uuid, entry.payer.apiKey?.uuid]
            for owner in owners.compactMap({ $0 }) {
                let scope = SpendingScope(organization: entry.payer.organization, id: owner, day: entry.day)
                scopes[scope, default: SpendingSum()] += sum
            }
        }
        let batch = SpendingBatch(
            id: id(), scopes: scopes.map { (scope: $0, sum: $1) }, leased: leased.map { (key: $0, cost: $1) })
        sums = [:]
        leased = [:]
        underWay = batch
        return batch
    }

    /// The batch that was under way has arrived, or is to be tried again.
    mutating func end(isRecorded: Bool, at now: Moment) {
        guard isRecorded else { return }
        underWay = nil
        gatheringSince = sums.isEmpty ? nil : now
    }
}
