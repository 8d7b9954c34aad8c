internal import EventLoop
internal import FoundationEssentials
internal import Scoring
internal import Spending
internal import Tenancy

/// All budgets as this proxy knows them, and what its calls have spent.
///
/// It is told the time; ``Budgets`` keeps it behind a lock and does what it says. It has identity, and is not copied.
struct BudgetState: ~Copyable {
    /// What is known of an organisation.
    private final class Known {
        var standings: [BudgetStanding] = []
        /// The present periods of those budgets, in the same order, as they are on `windowsDay`.
        var windows: [BudgetWindowKey] = []
        var windowsDay: UTCDay?
        /// When they were looked up; `nil` while they never were.
        var loadedAt: Moment?
        var loadedOn = UTCDay(number: 0)
        var lastUse: Moment
        /// When they are looked up again; `nil` for not before the next call.
        var loadDue: Moment?
        /// Whether the last attempt failed: then calls go on with what was known.
        var isOrphaned = false

        init(lastUse: Moment) { self.lastUse = lastUse }

        /// Whether what is known is good enough to decide by.
        func isUsable(at now: Moment) -> Bool {
            guard let loadedAt else { return false }
            return isOrphaned || loadedAt + BudgetPace.usable > now
        }

        /// A call has come. Returns when the budgets are to be looked up again, unless that is known already.
        func touch(at now: Moment) -> Moment? {
            lastUse = now
            guard loadDue == nil else { return nil }
            let due = loadedAt.map { $0 + BudgetPace.refresh } ?? now
            loadDue = due
            return due
        }
    }

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
    private var organizations: [OrganizationID: Known] = [:]
    private(set) var accounts: [BudgetWindowKey: BudgetAccount] = [:]
    private var waiting: [WaitingPayment] = []
    private var account = SpendingAccount()
    private var nextDue: Moment?
    private var isDueEarlier = false
    /// Not before then, after the database did not answer.
    private var retryAt: Moment?
    private var retryPause = BudgetPace.firstRetry

    init(_ settings: BudgetSettings) { self.settings = settings }

    var isAway: Bool { retryAt != nil }

    // MARK: Calls

    /// Sets money aside, or puts the call in line.
    mutating func reserve(
        _ payer: Payer, _ worstCase: Money, on loop: Loop, at now: Moment, _ date: Date
    ) -> Decision {
        touch(payer.organization, at: now)
        if case .granted(let grant) = attempt(payer, worstCase, since: nil, at: now, date) { return .granted(grant) }
        let payment = WaitingPayment(payer, worstCase, on: loop, since: now)
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
        let cost = sum?.cost ?? .zero
        for key in grant.windows {
            guard let known = accounts[key] else { continue }
            known.settle(grant.worstCase, cost: cost)
            // Somebody may wait for just what this call has not cost.
            guard !waiting.isEmpty else { continue }
            known.hasten(at: now)
            noteExchange(of: known)
        }
        guard let sum else { return }
        account.add(sum, grant, at: now)
        note(now + BudgetPace.report)
    }

    /// How an organisation's budgets stand, as far as this proxy knows.
    func standings(of organization: OrganizationID) -> [BudgetStanding] {
        accounts.values.filter { $0.budget.organizationID == organization }.map(\.standing)
    }

    /// How all budgets stand, as far as this proxy knows.
    var standings: [BudgetStanding] { accounts.values.map(\.standing) }

    // MARK: Organisations

    private mutating func touch(_ organization: OrganizationID, at now: Moment) {
        let known = organizations[organization] ?? Known(lastUse: now)
        if let due = known.touch(at: now) { note(due) }
        // Only while it is new: the dictionary need not be changed for what changes in it.
        if known.loadedAt == nil { organizations[organization] = known }
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
        guard organizations[organization] != nil else { return [] }
        if let standings {
            organizations[organization]?.standings = standings
            organizations[organization]?.windowsDay = nil
            organizations[organization]?.loadedAt = now
            organizations[organization]?.loadedOn = UTCDay(date)
            organizations[organization]?.isOrphaned = false
            organizations[organization]?.loadDue = nil
            adopt(standings, on: date)
        } else {
            organizations[organization]?.isOrphaned = true
            organizations[organization]?.loadDue = now + BudgetPace.firstRetry
        }
        return serveWaiting(at: now, date)
    }

    private mutating func adopt(_ standings: [BudgetStanding], on date: Date) {
        for standing in standings {
            let window = standing.budget.period.window(around: date)
            accounts[BudgetWindowKey(budget: standing.budget.id, firstDay: window.first)]?.adopt(standing)
        }
    }

    /// The present periods of the budgets that a payer's calls count for; `nil` while they are not known.
    private mutating func windows(for payer: Payer, at now: Moment, _ date: Date) -> [BudgetWindowKey]? {
        guard let known = organizations[payer.organization], known.isUsable(at: now) else { return nil }
        guard !known.standings.isEmpty else { return [] }
        let day = UTCDay(date)
        if known.windowsDay != day {
            known.windows = known.standings.map { open($0, loadedOn: known.loadedOn, date) }
            known.windowsDay = day
        }
        return known.standings.indices.filter { known.standings[$0].budget.scope.covers(payer) }
            .map { known.windows[$0] }
    }

    // MARK: Money

    /// What becomes of a call now; `nil` when that is not known yet. `since` tells since when it waits.
    private mutating func attempt(
        _ payer: Payer, _ worstCase: Money, since: Moment?, at now: Moment,
        _ date: Date
    ) -> WaitingPayment.Outcome? {
        guard let windows = windows(for: payer, at: now, date) else { return nil }
        // Looked up once: to hash a key costs more than what is done with what it finds.
        let held = windows.map { accounts[$0] }
        for case let known? in held where known.isHard && worstCase > .zero && !known.covers(worstCase, at: now) {
            switch BudgetVerdict(known, worstCase, since: since, patience: settings.patience, at: now) {
            case .refused(let refusal): return .refused(refusal)
            case .isToBeAsked: known.hasten(at: now)
            case .waits(let end): known.ask(by: end)
            }
            noteExchange(of: known)
            return nil
        }
        for case let account? in held {
            account.reserve(worstCase, at: now)
            noteExchange(of: account)
        }
        let (warnings, news) = warnings(held)
        return .granted(
            Grant(
                payer: payer, worstCase: worstCase, windows: windows, day: UTCDay(date), warnings: warnings, news: news)
        )
    }

    /// The account of a budget in its present period.
    private mutating func open(_ standing: BudgetStanding, loadedOn day: UTCDay, _ date: Date) -> BudgetWindowKey {
        let window = standing.budget.period.window(around: date)
        let key = BudgetWindowKey(budget: standing.budget.id, firstDay: window.first)
        if accounts[key] == nil {
            let account = BudgetAccount(standing.budget, window)
            if window.contains(day.start) { account.adopt(standing) }
            accounts[key] = account
        }
        return key
    }

    private func warnings(_ held: [BudgetAccount?]) -> (all: [BudgetWarning], news: [BudgetWarning]) {
        var (all, news): ([BudgetWarning], [BudgetWarning]) = ([], [])
        for case let account? in held {
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
            if let outcome = attempt(payment.payer, payment.worstCase, since: payment.since, at: now, date) {
                payment.outcome = outcome
                decided.append(payment)
            } else {
                rest.append(payment)
            }
        }
        waiting = rest
        return decided
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
        let due = [
            organizations.values.compactMap(\.loadDue).min(), accounts.values.compactMap(\.exchangeDue).min(),
            account.due,
        ].compactMap { $0 }.min()
        nextDue = due.map { max($0, retryAt ?? $0) }
        return nextDue
    }

    /// What the database is asked now; `nil` for nothing.
    mutating func nextWork(at now: Moment, _ date: Date, batch id: @autoclosure () -> UUID) -> Work? {
        if let retryAt, retryAt > now { return nil }
        if let organization = organizations.first(where: { $0.value.loadDue.map { $0 <= now } ?? false })?.key {
            organizations[organization]?.loadDue = nil
            return .load(organization)
        }
        let due = accounts.values.filter { $0.exchangeDue.map { $0 <= now } ?? false }.map(\.key)
        if !due.isEmpty {
            var requests: [LeaseRequest] = []
            for key in due.prefix(200) {
                if let request = beginExchange(key, at: now) { requests.append(request) }
            }
            return .exchange(requests)
        }
        return account.takeBatch(at: now, id: id()).map(Work.report)
    }

    private mutating func beginExchange(_ key: BudgetWindowKey, at now: Moment) -> LeaseRequest? {
        guard let account = accounts[key] else { return nil }
        let needs = waiting.filter { payment in
            payment.payer.organization == account.budget.organizationID && account.budget.scope.covers(payment.payer)
        }.map(\.worstCase)
        let (first, all) = (needs.min() ?? .zero, needs.reduce(.zero, +))
        return accounts[key]?.beginExchange(first: first, all: all, at: now)
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
            guard let lease = answers[request.key], let account = accounts[request.key] else {
                // The budget is gone.
                accounts[request.key] = nil
                continue
            }
            account.endExchange(lease, began: began, lifetime: settings.leaseLifetime)
            accounts[request.key] = account.isAtRest && !account.window.contains(date) ? nil : account
        }
        let decided = serveWaiting(at: now, date)
        postponeShortOnes(at: now)
        return decided
    }

    /// Those that still wait are waiting for others to give back, which takes a moment.
    private mutating func postponeShortOnes(at now: Moment) {
        guard !waiting.isEmpty else { return }
        for (key, account) in accounts where account.isShort {
            accounts[key]?.postpone(to: now + BudgetPace.short)
        }
    }

    /// What became of a report.
    mutating func reported(
        _ batch: SpendingBatch, wanted: [BudgetWindowKey]?, at now: Moment
    ) {
        answered(wanted != nil, at: now)
        account.end(isRecorded: wanted != nil, at: now)
        guard let wanted else { return }
        for (key, cost) in batch.leased { accounts[key]?.report(cost) }
        for account in wanted.compactMap({ accounts[$0] }) {
            account.want(at: now)
            noteExchange(of: account)
        }
    }

    /// Forgets organisations that have not called for long, and periods that are over.
    mutating func forget(at now: Moment, _ date: Date) {
        organizations = organizations.filter { $0.value.lastUse + BudgetPace.forgetting > now }
        accounts = accounts.filter { !$0.value.isAtRest || $0.value.window.contains(date) }
    }

    /// What is not reported yet, whether it is due or not.
    mutating func lastBatch(_ id: UUID) -> SpendingBatch? { account.takeBatch(at: nil, id: id) }

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
}
