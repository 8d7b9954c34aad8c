internal import EventLoop
internal import Scoring
internal import Spending
internal import Synchronization

/// A call that waits until it is known whether there is money for it.
final class WaitingPayment: Sendable {
    /// What became of it. Changed under the lock of the budgets only.
    enum Outcome: Sendable {
        case waiting
        case granted(Grant)
        case refused(BudgetRefusal)
        case gone
    }

    let payer: Payer
    let worstCase: Money
    let since: Moment
    let loop: Loop
    let waiter: Waiter
    private let state = Mutex(Outcome.waiting)

    init(_ payer: Payer, _ worstCase: Money, on loop: Loop, since: Moment) {
        self.payer = payer
        self.worstCase = worstCase
        self.since = since
        self.loop = loop
        waiter = Waiter(on: loop)
    }

    var outcome: Outcome {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }

    /// Lets its task go on; from any thread.
    func resume() { loop.submit { self.waiter.resume() } }
}

/// What is set aside for a call.
struct Grant: Sendable {
    let payer: Payer
    /// Of the account that it is paid from, in the ``PayerTable``.
    let number: Int
    let worstCase: Money
    let warnings: [BudgetWarning]
    /// Those that nobody has been told of yet.
    let news: [BudgetWarning]
}
