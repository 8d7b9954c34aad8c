internal import EventLoop
internal import Scoring
internal import Spending

/// What this proxy may spend of one period of a budget, and what it will ask for.
///
/// It is told the time. Three kinds of money make up the lease: what calls that run may still cost, what
/// calls have cost that the ledger does not know of yet, and what is idle.
///
/// A class, so that what a call changes is changed in place; it never leaves its ``BudgetState``.
final class BudgetAccount {
    var budget: Budget
    let window: BudgetWindow
    /// Reported as spent, by whatever proxy.
    private(set) var spent = Money.zero
    /// What other proxies have taken.
    private(set) var elsewhere = Money.zero
    /// What is set aside for calls of this proxy that run.
    private(set) var reserved = Money.zero
    /// What calls have cost that is not reported.
    private(set) var unreported = Money.zero
    /// When the ledger is to be asked again; `nil` while there is nothing to ask.
    private(set) var exchangeDue: Moment?
    /// Whether somebody has been told that it is nearly or wholly used.
    var toldOf: BudgetWarning.Level?
    /// Whether the budget is not kept any more, or this period of it; calls that run may still have this account in hand.
    var isGone = false

    /// What the ledger has given us and does not know to be spent.
    private var amount = Money.zero
    private var validUntil: Moment?
    private var lastExchange: Moment?
    /// When the exchange began that was answered last.
    private(set) var answeredAt: Moment?
    private var lastReservation: Moment?
    /// What was set aside since the last exchange, and what usually is in that time.
    private var recent = Money.zero
    private var usual = Money.zero
    private var isWanted = false
    /// What the last answer left in the budget.
    private(set) var left = Money.zero

    init(_ budget: Budget, _ window: BudgetWindow) {
        self.budget = budget
        self.window = window
    }

    var key: BudgetWindowKey { BudgetWindowKey(budget: budget.id, firstDay: window.first) }
    var isHard: Bool { budget.enforcement == .hard }

    /// What of the lease nothing needs.
    var spare: Money { max(.zero, amount - reserved - unreported) }

    /// What could be set aside at once: less than is spare where the leases and what is spent are more than the limit, which
    /// somebody has lowered.
    var idle: Money { max(.zero, amount - reserved - unreported + min(.zero, left)) }

    /// How much of it is used, if that is worth telling.
    var level: BudgetWarning.Level? {
        let used = spent + unreported
        if used >= budget.limit { return .used }
        return budget.warnAt.map { used >= $0 } ?? false ? .nearlyUsed : nil
    }

    /// Whether others have some of it and nothing is left.
    var isShort: Bool { isHard && elsewhere > .zero && exchangeDue != nil }

    /// Everything that is spent or may be, as far as is known here.
    var standing: BudgetStanding {
        BudgetStanding(budget: budget, spent: spent + unreported, leased: elsewhere + reserved)
    }

    /// Whether the ledger is to be asked now.
    func isDue(at now: Moment) -> Bool { exchangeDue.map { $0 <= now } ?? false }

    /// Whether the ledger may have given us something.
    var hasAsked: Bool { lastExchange != nil }

    /// Whether nothing of it is in use any more.
    var isAtRest: Bool { reserved == .zero && unreported == .zero && amount == .zero }

    // MARK: Calls

    func covers(_ cost: Money, at now: Moment) -> Bool {
        guard let validUntil, now < validUntil else { return false }
        return idle >= cost
    }

    func reserve(_ cost: Money, at now: Moment) {
        reserved = reserved + cost
        recent = recent + cost
        lastReservation = now
        if isHard, idle.nanoDollars < usual.nanoDollars / 2, left > .zero { hasten(at: now) }
        if isHard, exchangeDue == nil { exchangeDue = now + BudgetPace.renewal }
    }

    func settle(_ reservation: Money, cost: Money) {
        reserved = max(.zero, reserved - reservation)
        unreported = unreported + cost
    }

    /// The ledger knows of it now.
    func report(_ cost: Money) {
        unreported = max(.zero, unreported - cost)
        amount = max(.zero, amount - cost)
        spent = spent + cost
    }

    // MARK: Exchanges

    func hasten(at now: Moment) {
        let earliest = max(now, (lastExchange ?? now - BudgetPace.least) + BudgetPace.least)
        exchangeDue = min(exchangeDue ?? earliest, earliest)
    }

    /// The next exchange comes at a moment at the latest.
    func ask(by moment: Moment) { exchangeDue = min(exchangeDue ?? moment, moment) }

    /// The next exchange does not come before a moment.
    func postpone(to moment: Moment) { exchangeDue = exchangeDue.map { max($0, moment) } }

    /// Others are short of it.
    func want(at now: Moment) {
        isWanted = true
        hasten(at: now)
    }

    /// What is asked of the ledger now. `first` is what the call needs that waits first, `all` what all of them need.
    func beginExchange(first: Money, all: Money, at now: Moment) -> LeaseRequest {
        usual = max(recent, Money(nanoDollars: usual.nanoDollars / 2))
        recent = .zero
        let isQuiet = lastReservation.map { $0 + BudgetPace.quiet < now } ?? true
        // Where others are short, or the limit is lower than it was, nobody keeps a store.
        let store = isWanted || isQuiet || left < .zero ? .zero : usual
        let wanted = all + store
        let given = spare > wanted ? spare - wanted : .zero
        amount = amount - given
        let wish = wanted > idle ? wanted - idle : .zero
        let minimum = first > idle ? first - idle : .zero
        isWanted = false
        lastExchange = now
        exchangeDue = nil
        return LeaseRequest(key: key, returned: given, minimum: minimum, wish: isHard ? wish : .zero)
    }

    /// The ledger's answer to what was asked when `began`.
    func endExchange(_ lease: BudgetLease, began: Moment, lifetime: Duration) {
        amount = lease.amount
        spent = lease.spent
        elsewhere = lease.elsewhere
        left = lease.left
        answeredAt = began
        // From when it was asked for, and not quite as long as the ledger believes.
        validUntil = began + lifetime * 0.8
        if isHard, amount > .zero {
            exchangeDue = min(exchangeDue ?? began + BudgetPace.renewal, began + BudgetPace.renewal)
        }
    }

    /// What others have found out about it.
    func adopt(_ standing: BudgetStanding) {
        // What is held may be more than there is now: the ledger is asked first.
        if standing.budget.limit < budget.limit { validUntil = nil }
        budget = standing.budget
        guard !isHard || lastExchange == nil else { return }
        spent = max(spent, standing.spent)
    }
}

/// When a proxy talks to the ledger of budgets.
enum BudgetPace {
    /// Between any two exchanges about the same budget.
    static let least: Duration = .milliseconds(5)
    /// Between exchanges while a call waits for money that others hold.
    static let short: Duration = .milliseconds(50)
    static let renewal: Duration = .seconds(2)
    /// What is idle for so long is given back.
    static let quiet: Duration = .seconds(1)
    /// From the end of a call to its report.
    static let report: Duration = .milliseconds(25)
    /// The same where the ledger is in this process, and ends when this does: there is no hurry.
    static let ownReport: Duration = .milliseconds(250)
    /// How long the list of an organisation's budgets is used.
    static let refresh: Duration = .seconds(5)
    /// How long it is when it cannot be looked up.
    static let usable: Duration = .seconds(30)
    /// An organisation that has made no call for so long is forgotten.
    static let forgetting: Duration = .seconds(600)
    /// Between attempts when the database does not answer; doubled from one to the next.
    static let firstRetry: Duration = .milliseconds(100)
    static let longestRetry: Duration = .seconds(2)
}

extension Money {
    static func - (left: Money, right: Money) -> Money {
        let (difference, overflow) = left.nanoDollars.subtractingReportingOverflow(right.nanoDollars)
        guard overflow else { return Money(nanoDollars: difference) }
        return Money(nanoDollars: left.nanoDollars < 0 ? .min : .max)
    }
}
