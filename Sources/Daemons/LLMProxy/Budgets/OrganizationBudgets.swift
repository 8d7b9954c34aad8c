internal import EventLoop
internal import Spending

/// What is known of an organisation's budgets.
///
/// A class, so that what a call changes is changed in place; it never leaves its ``BudgetState``.
final class OrganizationBudgets {
    private(set) var standings: [BudgetStanding] = []
    /// The accounts of those budgets in their present periods, in the same order, as they are on `day`.
    private(set) var accounts: [BudgetAccount] = []
    private(set) var day: UTCDay?
    /// Tells what was made of these accounts from what was made of earlier ones.
    private(set) var edition = 0
    private(set) var loadedOn = UTCDay(number: 0)
    /// When they were looked up; `nil` while they never were.
    private var loadedAt: Moment?
    private var lastUse: Moment
    /// When they are looked up again; `nil` for not before the next call.
    var loadDue: Moment?
    /// Whether the last attempt failed: then calls go on with what was known.
    private var isOrphaned = false

    init(lastUse: Moment) { self.lastUse = lastUse }

    /// Whether what is known is good enough to decide by.
    func isUsable(at now: Moment) -> Bool {
        guard let loadedAt else { return false }
        return isOrphaned || loadedAt + BudgetPace.usable > now
    }

    /// Whether it has made a call lately.
    func isRemembered(at now: Moment) -> Bool { lastUse + BudgetPace.forgetting > now }

    /// Whether they are to be looked up now.
    func isDue(at now: Moment) -> Bool { loadDue.map { $0 <= now } ?? false }

    /// A call has come. Returns when the budgets are to be looked up again, unless that is known already.
    func touch(at now: Moment) -> Moment? {
        lastUse = now
        guard loadDue == nil else { return nil }
        let due = loadedAt.map { $0 + BudgetPace.refresh } ?? now
        loadDue = due
        return due
    }

    /// They have been looked up; `nil` when they could not be.
    func loaded(_ standings: [BudgetStanding]?, at now: Moment, on day: UTCDay) {
        guard let standings else {
            isOrphaned = true
            loadDue = now + BudgetPace.firstRetry
            return
        }
        self.standings = standings
        accounts = []
        self.day = nil
        edition += 1
        loadedAt = now
        loadedOn = day
        isOrphaned = false
        loadDue = nil
    }

    /// A day has begun, or the budgets are others; these are their accounts now.
    func open(_ accounts: [BudgetAccount], on day: UTCDay) {
        self.accounts = accounts
        self.day = day
        edition += 1
    }
}
