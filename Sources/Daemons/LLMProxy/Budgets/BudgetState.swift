internal import EventLoop
internal import FoundationEssentials
internal import Scoring
internal import Spending
internal import Tenancy

/// All budgets as this proxy knows them, and what its calls have spent.
///
/// It is told the time; ``Budgets`` keeps it behind a lock and does what it says. It has identity, and is not copied.
struct BudgetState: ~Copyable {
    /// What is to be done about a call.
    enum Decision: Sendable {
        case granted(Grant)
        case queued(WaitingPayment)
    }

    /// What the database is asked next.
    enum Work: Sendable {
        case load(OrganizationID)
        case exchange([LeaseRequest])
        case report(SpendingBatch)
    }

    private let settings: BudgetSettings
    private var organizations: [OrganizationID: OrganizationBudgets] = [:]
    private var payers = PayerTable()
    private var accounts: [BudgetWindowKey: BudgetAccount] = [:]
    private var waiting: [WaitingPayment] = []
    private var spending: SpendingAccount
    private var nextDue: Moment?
    private var isDueEarlier = false
    /// Not before then, after the database did not answer.
    private var retryAt: Moment?
    private var retryPause = BudgetPace.firstRetry

    /// `namesSpenders` tells whether the ledger wants to know who has spent what.
    init(_ settings: BudgetSettings, namesSpenders: Bool) {
        self.settings = settings
        spending = SpendingAccount(namesSpenders: namesSpenders)
    }

    var isAway: Bool { retryAt != nil }

    // MARK: Calls

    /// Sets money aside, or puts the call in line, which waits on `loop`.
    mutating func reserve(
        _ payer: Payer, _ worstCase: Money, on loop: @autoclosure () -> Loop, at now: Moment, _ date: Date
    ) -> Decision {
        let known = payers[payer]
        let organization = known?.organization ?? organization(payer.organization, at: now)
        if let due = organization.touch(at: now) { note(due) }
        if let account = account(of: payer, known, organization, at: now, date),
            case .granted(let grant) = attempt(account, worstCase, since: nil, at: now)
        {
            return .granted(grant)
        }
        let payment = WaitingPayment(payer, worstCase, on: loop(), since: now)
        waiting.append(payment)
        return .queued(payment)
    }

    /// A call no longer waits; what became of it.
    mutating func abandon(_ payment: WaitingPayment) -> WaitingPayment.Outcome {
        guard case .waiting = payment.outcome else { return payment.outcome }
        payment.outcome = .gone
        waiting.removeAll { $0 === payment }
        return .gone
    }

    /// A call has ended: it cost something, or, when `sum` is `nil`, was never made.
    mutating func settle(_ grant: Grant, _ sum: SpendingSum?, at now: Moment) {
        let payer = payers.end(grant.number)
        let cost = sum?.cost ?? .zero
        for budget in payer.budgets {
            // Of a budget that was gone for a while there is another account now.
            guard let account = budget.isGone ? accounts[budget.key] : budget else { continue }
            account.settle(grant.worstCase, cost: cost)
            // Somebody may wait for just what this call has not cost.
            guard !waiting.isEmpty else { continue }
            account.hasten(at: now)
            noteExchange(of: account)
        }
        guard let sum else { return }
        spending.add(sum, of: payer, at: now)
        note(now + spending.pace)
    }

    /// How an organisation's budgets stand, as far as this proxy knows.
    func standings(of organization: OrganizationID) -> [BudgetStanding] {
        accounts.values.filter { $0.budget.organizationID == organization }.map(\.standing)
    }

    /// How all budgets stand, as far as this proxy knows.
    var standings: [BudgetStanding] { accounts.values.map(\.standing) }

    // MARK: Organisations

    private mutating func organization(_ id: OrganizationID, at now: Moment) -> OrganizationBudgets {
        if let known = organizations[id] { return known }
        let organization = OrganizationBudgets(lastUse: now)
        organizations[id] = organization
        return organization
    }

    /// Looks an organisation's budgets up again, or everybody's.
    mutating func invalidate(_ organization: OrganizationID?, at now: Moment) {
        for id in organization.map({ [$0] }) ?? Array(organizations.keys) { organizations[id]?.loadDue = now }
        note(now)
    }

    /// The budgets have been looked up; `nil` when they could not be. Returns the calls that need not wait any more.
    mutating func loaded(
        _ organization: OrganizationID, _ standings: [BudgetStanding]?, at now: Moment, _ date: Date
    ) -> [WaitingPayment] {
        answered(standings != nil, at: now)
        guard let known = organizations[organization] else { return [] }
        known.loaded(standings, at: now, on: UTCDay(date))
        if let standings { adopt(standings, on: date) }
        return serveWaiting(at: now, date)
    }

    private mutating func adopt(_ standings: [BudgetStanding], on date: Date) {
        for standing in standings {
            let window = standing.budget.period.window(around: date)
            accounts[BudgetWindowKey(budget: standing.budget.id, firstDay: window.first)]?.adopt(standing)
        }
    }

    /// The account from which a payer's calls are paid today; `nil` while its budgets are not known. `known` is the one
    /// that it had last.
    private mutating func account(
        of payer: Payer, _ known: PayerAccount?, _ organization: OrganizationBudgets, at now: Moment, _ date: Date
    ) -> PayerAccount? {
        guard organization.isUsable(at: now) else { return nil }
        let day = UTCDay(date)
        if let known, known.day == day, known.isCurrent { return known }
        if organization.day != day {
            let accounts = organization.standings.map { open($0, loadedOn: organization.loadedOn, date) }
            organization.open(accounts, on: day)
        }
        return payers.open(payer, of: organization, on: day)
    }

    /// The account of a budget in its present period.
    private mutating func open(_ standing: BudgetStanding, loadedOn day: UTCDay, _ date: Date) -> BudgetAccount {
        let window = standing.budget.period.window(around: date)
        let key = BudgetWindowKey(budget: standing.budget.id, firstDay: window.first)
        if let known = accounts[key] { return known }
        let account = BudgetAccount(standing.budget, window)
        if window.contains(day.start) { account.adopt(standing) }
        accounts[key] = account
        return account
    }

    // MARK: Money

    /// What becomes of a call now; `nil` when that is not known yet. `since` tells since when it waits.
    private mutating func attempt(
        _ payer: PayerAccount, _ worstCase: Money, since: Moment?, at now: Moment
    ) -> WaitingPayment.Outcome? {
        for account in payer.budgets
        where account.isHard && worstCase > .zero && !account.isGone && !account.covers(worstCase, at: now) {
            switch BudgetVerdict(account, worstCase, since: since, patience: settings.patience, at: now) {
            case .refused(let refusal): return .refused(refusal)
            case .isToBeAsked: account.hasten(at: now)
            case .waits(let end): account.ask(by: end)
            }
            noteExchange(of: account)
            return nil
        }
        for account in payer.budgets where !account.isGone {
            account.reserve(worstCase, at: now)
            noteExchange(of: account)
        }
        let (warnings, news) = warnings(payer.budgets)
        return .granted(
            Grant(
                payer: payer.payer, number: payers.begin(payer), worstCase: worstCase, warnings: warnings, news: news))
    }

    private func warnings(_ accounts: [BudgetAccount]) -> (all: [BudgetWarning], news: [BudgetWarning]) {
        var (all, news): ([BudgetWarning], [BudgetWarning]) = ([], [])
        for account in accounts where !account.isGone {
            guard let level = account.level else { continue }
            let warning = BudgetWarning(budget: account.budget.id, level: level)
            all.append(warning)
            if account.toldOf.map({ $0 < level }) ?? true {
                account.toldOf = level
                news.append(warning)
            }
        }
        return (all, news)
    }

    /// Lets those go on whose case is decided.
    private mutating func serveWaiting(at now: Moment, _ date: Date) -> [WaitingPayment] {
        var decided: [WaitingPayment] = []
        var rest: [WaitingPayment] = []
        for payment in waiting {
            if let outcome = attempt(payment, at: now, date) {
                payment.outcome = outcome
                decided.append(payment)
            } else {
                rest.append(payment)
            }
        }
        waiting = rest
        return decided
    }

    private mutating func attempt(_ payment: WaitingPayment, at now: Moment, _ date: Date) -> WaitingPayment.Outcome? {
        let payer = payment.payer
        guard let organization = organizations[payer.organization],
            let account = account(of: payer, payers[payer], organization, at: now, date)
        else { return nil }
        return attempt(account, payment.worstCase, since: payment.since, at: now)
    }

    // MARK: The database

    private mutating func note(_ due: Moment) {
        guard nextDue.map({ due < $0 }) ?? true else { return }
        nextDue = due
        isDueEarlier = true
    }

    private mutating func noteExchange(of account: BudgetAccount) {
        if let due = account.exchangeDue { note(due) }
    }

    /// When the database is asked next, if that is earlier than it was; told once.
    mutating func takeEarlierDue() -> Moment? {
        guard isDueEarlier else { return nil }
        isDueEarlier = false
        return nextDue
    }

    /// When the database is asked next.
    mutating func findNextDue() -> Moment? {
        isDueEarlier = false
        var due = spending.due
        for organization in organizations.values { due = Self.earlier(due, organization.loadDue) }
        for account in accounts.values { due = Self.earlier(due, account.exchangeDue) }
        nextDue = due.map { max($0, retryAt ?? $0) }
        return nextDue
    }

    private static func earlier(_ one: Moment?, _ other: Moment?) -> Moment? {
        guard let one, let other else { return one ?? other }
        return min(one, other)
    }

    /// What the database is asked now; `nil` for nothing.
    mutating func nextWork(at now: Moment, _ date: Date, batch id: @autoclosure () -> UUID) -> Work? {
        if let retryAt, retryAt > now { return nil }
        for (id, organization) in organizations where organization.isDue(at: now) {
            organization.loadDue = nil
            return .load(id)
        }
        var requests: [LeaseRequest] = []
        for account in accounts.values where account.isDue(at: now) && requests.count < Self.mostAtOnce {
            requests.append(beginExchange(account, at: now))
        }
        if !requests.isEmpty { return .exchange(requests) }
        return spending.takeBatch(at: now, id: id()).map(Work.report)
    }

    private func beginExchange(_ account: BudgetAccount, at now: Moment) -> LeaseRequest {
        let needs = waiting.filter { payment in
            payment.payer.organization == account.budget.organizationID && account.budget.scope.covers(payment.payer)
        }.map(\.worstCase)
        return account.beginExchange(first: needs.min() ?? .zero, all: needs.reduce(.zero, +), at: now)
    }

    /// The answers to an exchange that began at `began`; `nil` when there were none.
    mutating func exchanged(
        _ requests: [LeaseRequest], _ leases: [BudgetLease]?, began: Moment,
        at now: Moment, _ date: Date
    ) -> [WaitingPayment] {
        answered(leases != nil, at: now)
        guard let leases else {
            for request in requests { accounts[request.key]?.hasten(at: now) }
            return []
        }
        let answers = Dictionary(leases.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        for request in requests {
            guard let account = accounts[request.key] else { continue }
            guard let lease = answers[request.key] else {
                // The budget is gone.
                forget(account)
                continue
            }
            account.endExchange(lease, began: began, lifetime: settings.leaseLifetime)
            if account.isAtRest, !account.window.contains(date) { forget(account) }
        }
        let decided = serveWaiting(at: now, date)
        postponeShortOnes(at: now)
        return decided
    }

    /// Those that still wait are waiting for others to give back, which takes a moment.
    private mutating func postponeShortOnes(at now: Moment) {
        guard !waiting.isEmpty else { return }
        for account in accounts.values where account.isShort { account.postpone(to: now + BudgetPace.short) }
    }

    /// What became of a report.
    mutating func reported(
        _ batch: SpendingBatch, wanted: [BudgetWindowKey]?, at now: Moment
    ) {
        answered(wanted != nil, at: now)
        spending.end(isRecorded: wanted != nil, at: now)
        guard let wanted else { return }
        for (key, cost) in batch.leased { accounts[key]?.report(cost) }
        for account in wanted.compactMap({ accounts[$0] }) {
            account.want(at: now)
            noteExchange(of: account)
        }
    }

    /// Forgets organisations that have not called for long, and periods that are over.
    mutating func forget(at now: Moment, _ date: Date) {
        payers.forget { !$0.isCurrent || !$0.organization.isRemembered(at: now) }
        organizations = organizations.filter { $0.value.isRemembered(at: now) }
        for account in accounts.values where account.isAtRest && !account.window.contains(date) { forget(account) }
    }

    private mutating func forget(_ account: BudgetAccount) {
        account.isGone = true
        accounts[account.key] = nil
    }

    /// What is not reported yet, whether it is due or not.
    mutating func lastBatch(_ id: UUID) -> SpendingBatch? { spending.takeBatch(at: nil, id: id) }

    /// Gives back all that no call needs that still runs, as the last thing.
    func lastExchange() -> [LeaseRequest] {
        accounts.values.compactMap { account in
            guard account.isHard, account.hasAsked else { return nil }
            // An answer may have been missed, and then more is held than is known here.
            let given = account.reserved == .zero ? Money(nanoDollars: .max) : account.spare
            return LeaseRequest(key: account.key, returned: given, minimum: .zero, wish: .zero)
        }
    }

    private mutating func answered(_ isAnswer: Bool, at now: Moment) {
        guard !isAnswer else {
            retryAt = nil
            retryPause = BudgetPace.firstRetry
            return
        }
        retryAt = now + retryPause
        retryPause = min(retryPause * 2, BudgetPace.longestRetry)
    }

    /// Of how many budgets the database is asked at once.
    private static let mostAtOnce = 200
}
