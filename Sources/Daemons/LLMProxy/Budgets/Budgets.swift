package import EventLoop
package import FoundationEssentials
package import Logging
package import Observability
package import Scoring
package import Spending
internal import Synchronization
package import Tenancy

/// Holds the spending of organisations, projects and API keys to their budgets.
///
/// Before a call all that it may cost is set aside; after it, what it did cost is booked and the rest is free again. The
/// truth is in the ledger. A proxy takes a part of a budget from it, for a few seconds and renewed as it is used, and sets
/// money aside from that part: what is spent and all parts together never exceed the limit, and a call costs no round
/// trip. What calls have cost is reported within a few hundredths of a second, or a quarter of one where the ledger is in this
/// process, many calls at once. The part of a proxy that has died counts as spent when its lease ends: what had been asked of
/// providers they will want to be paid for.
package final class Budgets: Sendable {
    private let source: BudgetSource
    private let settings: BudgetSettings
    private let keeper: Keeper
    private let metrics: BudgetMetrics
    private let logger: Logger
    private let now: @Sendable () -> Date
    private let state: Mutex<BudgetState>

    /// Budgets that are looked after on `loop`. `now` is the wall clock: days and months are by it.
    package init(
        source: BudgetSource, loop: Loop, settings: BudgetSettings, metrics: Metrics, logger: Logger,
        now: @escaping @Sendable () -> Date
    ) {
        self.source = source
        self.settings = settings
        keeper = Keeper(on: loop)
        self.metrics = BudgetMetrics(metrics)
        self.logger = logger
        self.now = now
        state = Mutex(BudgetState(settings, namesSpenders: !source.isLocal))
    }

    /// Sets aside what a call may cost at most, from every budget that it counts for. Call it on a loop.
    package func reserve(
        _ payer: Payer, _ worstCase: Money, until deadline: Deadline
    ) async throws(BudgetRefusal) -> Reservation {
        switch begin(payer, worstCase) {
        case .reserved(let reservation): return reservation
        case .queued(let payment): return try await wait(payment, until: deadline)
        }
    }

    /// What becomes of a call at once.
    enum Entry {
        case reserved(Reservation)
        /// It has to ``wait(_:until:)``.
        case queued(WaitingPayment)
    }

    /// Sets aside what a call may cost at most, or puts the call in line. Call it on a loop.
    func begin(_ payer: Payer, _ worstCase: Money) -> Entry {
        switch withState({ $0.reserve(payer, worstCase, on: Self.loop, at: .turn, now()) }) {
        case .granted(let grant): .reserved(reservation(grant))
        case .queued(let payment): .queued(payment)
        }
    }

    private static var loop: Loop {
        guard let loop = Loop.current else { preconditionFailure("money is set aside on a loop") }
        return loop
    }

    /// Waits until a call in line gets its money.
    func wait(_ payment: WaitingPayment, until deadline: Deadline) async throws(BudgetRefusal) -> Reservation {
        var wasCancelled = false
        do {
            try await payment.waiter.wait(until: deadline.earlier(.after(settings.databasePatience)))
        } catch {
            wasCancelled = error == .cancelled
        }
        let refusal: BudgetRefusal
        switch withState({ $0.abandon(payment) }) {
        case .granted(let grant):
            let reservation = reservation(grant)
            guard wasCancelled else { return reservation }
            reservation.release()
            refusal = BudgetRefusal(.cancelled, worstCase: payment.worstCase)
        case .refused(let known): refusal = known
        case .waiting, .gone:
            refusal = BudgetRefusal(wasCancelled ? .cancelled : .unavailable, worstCase: payment.worstCase)
        }
        metrics.refusals[refusal.kind].increment()
        throw refusal
    }

    private func reservation(_ grant: Grant) -> Reservation {
        for warning in grant.news {
            metrics.warnings[warning.level].increment()
            logger.warning(
                "a budget is used to the point where somebody wants to be told",
                metadata: ["budget.id": "\(warning.budget)", "level": .string(warning.level.rawValue)])
        }
        return Reservation(budgets: self, grant: grant)
    }

    func settle(_ grant: Grant, _ sum: SpendingSum?) { withState { $0.settle(grant, sum, at: .turn) } }

    /// Looks budgets up again before long, because somebody has changed them; `nil` for those of all organisations.
    package func invalidate(_ organization: OrganizationID?) { withState { $0.invalidate(organization, at: .now) } }

    /// How an organisation's budgets stand, as far as this proxy knows; the ledger knows better.
    package func standings(of organization: OrganizationID) -> [BudgetStanding] {
        withState { $0.standings(of: organization) }
    }

    /// How all budgets that were asked for lately stand, as far as this proxy knows.
    var standings: [BudgetStanding] { withState { $0.standings } }

    /// Whether the database answers.
    package var isAvailable: Bool { withState { !$0.isAway } }

    private func withState<R: Sendable>(_ body: (inout BudgetState) -> R) -> R {
        let (result, due) = state.withLock { state in (body(&state), state.takeEarlierDue()) }
        if let due { keeper.wake(by: due) }
        return result
    }

    // MARK: The keeper

    /// Begins to look after the budgets; until then nothing is let through.
    package func start() { keeper.start { [self] in await keep() } }

    /// Reports what is not reported yet and gives back what is idle; within `time`, if the database answers.
    package func stop(within time: Duration) async {
        await keeper.stop()
        await keeper.loop.run { [self] in await finish(by: .after(time)) }
    }

    private func keep() async {
        var cleaned = Moment.now
        while !Task.isCancelled {
            if let work = nextWork() {
                await perform(work)
                continue
            }
            if cleaned + .seconds(60) < .now {
                cleaned = .now
                withState { $0.forget(at: .now, now()) }
                await forgetOld()
            }
            await keeper.rest { withState { $0.findNextDue() } }
        }
    }

    private func nextWork() -> BudgetState.Work? {
        withState { $0.nextWork(at: .now, now(), batch: batchName) }
    }

    /// What a batch is known by where it is booked; chance costs calls of the system.
    private var batchName: UUID { source.isLocal ? UUID(high: 0, low: 0) : .chance }

    private func perform(_ work: BudgetState.Work) async {
        let began = Moment.now
        let decided: [WaitingPayment]
        switch work {
        case .load(let organization):
            let standings = await answer("looking up budgets") { [source, now] in
                try await source.standings(organization, now())
            }
            decided = withState { $0.loaded(organization, standings, at: .now, now()) }
        case .exchange(let requests):
            let leases = await answer("taking parts of budgets") { [source, settings] in
                try await source.exchange(requests, settings.leaseLifetime)
            }
            decided = withState { $0.exchanged(requests, leases, began: began, at: .now, now()) }
        case .report(let batch):
            let wanted = await answer("reporting what was spent") { [source] in try await source.record(batch) }
            withState { $0.reported(batch, wanted: wanted, at: .now) }
            decided = []
        }
        for payment in decided { payment.resume() }
    }

    /// What the database answers; `nil` when it does not.
    private func answer<R: Sendable>(
        _ deed: String, _ body: @escaping @Sendable () async throws -> R
    ) async -> R? {
        do {
            // What is in this process needs no patience, which would take two tasks and a timer.
            let result =
                source.isLocal ? try await body() : try await withDeadline(.after(settings.databasePatience), body)
            metrics.isAvailable.set(1)
            return result
        } catch {
            metrics.failures.increment()
            metrics.isAvailable.set(0)
            if withState({ !$0.isAway }), !Task.isCancelled {
                logger.warning(
                    "the ledger of budgets cannot be reached",
                    metadata: ["attempt": .string(deed), "reason": "\(error)"])
            }
            return nil
        }
    }

    private func forgetOld() async {
        _ = await answer("forgetting what is over") { [source, now] in try await source.forget(now() - 86_400) }
    }

    private func finish(by deadline: Deadline) async {
        while !deadline.hasPassed, let batch = withState({ $0.lastBatch(batchName) }) {
            let wanted = await answer("reporting what was spent") { [source] in try await source.record(batch) }
            withState { $0.reported(batch, wanted: wanted, at: .now) }
            guard wanted != nil else { break }
        }
        let requests = withState { $0.lastExchange() }
        guard !requests.isEmpty, !deadline.hasPassed else { return }
        _ = await answer("giving parts of budgets back") { [source, settings] in
            try await source.exchange(requests, settings.leaseLifetime)
        }
    }
}

extension UUID {
    /// A new one by chance, as `UUID()` makes it, which opens a device for that.
    fileprivate static var chance: UUID {
        let (high, low) = (UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max))
        return UUID(
            high: high & 0xFFFF_FFFF_FFFF_0FFF | 0x4000, low: low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }
}
