internal import EventLoop
internal import Scoring
internal import Spending

/// What becomes of a call for which there is no money here now.
enum BudgetVerdict {
    case refused(BudgetRefusal)
    /// The ledger knows whether there is some.
    case isToBeAsked
    /// Calls that run here have set some aside, and will not need all of it.
    case waits(until: Moment)

    /// The verdict on a call that waits `since` then, or has come now when that is `nil`.
    init(_ account: BudgetAccount, _ worstCase: Money, since: Moment?, patience: Duration, at now: Moment) {
        guard let since, let answeredAt = account.answeredAt, answeredAt >= since else {
            self = .isToBeAsked
            return
        }
        let lacking = worstCase - account.idle - account.left
        guard lacking > .zero else {
            self = .isToBeAsked
            return
        }
        let end = since + patience
        guard end > now, lacking <= account.elsewhere + account.reserved else {
            self = .refused(
                BudgetRefusal(
                    .exhausted, worstCase: worstCase, standing: account.standing,
                    resetsAt: account.window.next?.start))
            return
        }
        // Others may have some that they do not use.
        self = account.elsewhere > .zero ? .isToBeAsked : .waits(until: end)
    }
}
