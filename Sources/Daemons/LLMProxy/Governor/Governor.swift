package import EventLoop
package import FoundationEssentials
package import Logging
package import Observability
package import Redis
package import Spending
internal import Synchronization

/// Holds the calls of all proxies together to the limits of providers, keys and models, and shares what is scarce fairly
/// between projects.
///
/// Each proxy has a share of every limit, for a few seconds and renewed as it is used, so that a call costs no round trip:
/// it is let through on what is here. Where shares do not suffice, calls wait; the proxies then say every few
/// milliseconds who waits, and what becomes free goes in one common order: by lane, and within a lane to the project that
/// has had least. What a proxy held that has died is free again when its lease ends.
///
/// While Redis does not answer, every proxy keeps to a cautious part of the limits on its own.
package final class Governor: Sendable {
    let settings: GovernorSettings
    let redis: RedisClient?
    let logger: Logger
    let metrics: GovernorMetrics
    /// This proxy, among all that share limits.
    let me: String
    let connection = SharedAccount()
    private let state: Mutex<GovernorState>
    let keeper: Keeper

    /// A governor whose turns are taken on `loop`; `proxy` is new with each start. Without Redis there is only this one proxy.
    package init(
        redis: RedisClient?, loop: Loop, settings: GovernorSettings, proxy: UUID, metrics: Metrics, logger: Logger
    ) {
        me = proxy.uuidString.lowercased()
        self.redis = redis
        keeper = Keeper(on: loop)
        self.settings = settings
        self.logger = logger
        self.metrics = GovernorMetrics(metrics)
        state = Mutex(GovernorState(settings))
    }

    /// The place of that name with these limits; they replace those it had. Of several that would do, one of twice the
    /// weight is given twice the calls.
    package func place(_ name: String, _ limits: CallLimits, weight: Int = 1) -> GovernedPlace {
        withState { $0.place(name, limits, weight: weight, at: .now) }
    }

    /// Lets a call through when everything it needs is free, at the latest at the deadline. Call it on a loop.
    package func admit(
        _ demand: CallDemand, until deadline: Deadline
    ) async throws(GovernorRefusal) -> Admission {
        switch try enter(demand, until: deadline) {
        case .admitted(let admission): return admission
        case .queued(let call): return try await wait(call, until: deadline)
        }
    }

    /// What becomes of a call at once.
    enum Entry {
        case admitted(Admission)
        /// It has to ``wait(_:until:)``.
        case queued(WaitingCall)
    }

    /// Lets a call through when everything it needs is free, or puts it in line. Call it on a loop.
    func enter(_ demand: CallDemand, until deadline: Deadline) throws(GovernorRefusal) -> Entry {
        let now = Moment.turn
        switch withState({ $0.admit(demand, until: deadline, on: Loop.current, at: now) }) {
        case .admitted(let key):
            return .admitted(Admission(governor: self, demand: demand, key: key, waited: .zero))
        case .refused(let refusal):
            metrics.refusals[refusal.kind].increment()
            throw refusal
        case .queued(let call):
            return .queued(call)
        }
    }

    /// Waits until a call in line is let through.
    func wait(_ call: WaitingCall, until deadline: Deadline) async throws(GovernorRefusal) -> Admission {
        metrics.waiting.add(1)
        var failure: WaitError?
        do {
            try await call.waiter.wait(until: deadline)
        } catch {
            failure = error
        }
        metrics.waiting.add(-1)
        let late = failure == .timedOut ? withState { $0.lateness(of: call, at: .now) } : nil
        let hasPlace = withState { $0.abandon(call) }
        let waited = call.since.duration(to: .now)
        guard case .admitted(let key) = call.outcome, hasPlace else {
            let refusal = late ?? GovernorRefusal(.cancelled, at: call.demand.places.first?.name ?? "")
            metrics.refusals[refusal.kind].increment()
            throw refusal
        }
        let admission = Admission(governor: self, demand: call.demand, key: key, waited: waited)
        guard failure != .cancelled else {
            // It had got its place at that very moment; dropping the admission gives it back.
            admission.end()
            metrics.refusals[.cancelled].increment()
            throw GovernorRefusal(.cancelled, at: call.demand.places.first?.name ?? "")
        }
        return admission
    }

    /// Lets no call begin at a place for a while, in this proxy.
    package func block(_ place: GovernedPlace, for pause: Duration) {
        withState { $0.block(place, for: pause, at: .now) }
    }

    /// Lets calls begin at a place again before a pause is over.
    func unblock(_ place: GovernedPlace) { withState { $0.unblock(place, at: .now) } }

    /// How much of its limits is in use at a place, from 0 to about 1.
    package func load(of place: GovernedPlace) -> Double { withState { $0.accounts[place.index].load } }

    func end(_ demand: CallDemand, key: Int?, correction: Int) {
        let begun = withState { $0.end(demand, key: key, correction: correction, at: .turn) }
        for call in begun { call.resume() }
    }

    func learn(_ report: LimitReport, at place: GovernedPlace?) {
        guard let place else { return }
        metrics.reports.increment()
        withState { $0.learn(report, at: place, now: .turn) }
    }

    /// Reads or changes what is known, and wakes the keeper when that makes a turn due before it would wake by itself.
    func withState<R: Sendable>(_ body: (inout GovernorState) -> R) -> R {
        let (result, due) = state.withLock { state in (body(&state), state.takeEarlierTurn()) }
        if let due { keeper.wake(by: due) }
        return result
    }

    // MARK: The keeper

    /// Begins to take turns.
    package func start() { keeper.start { [self] in await keep() } }

    /// Takes no more turns and gives back what is held here. Calls that run are not waited for.
    package func stop() async {
        await keeper.stop()
        await keeper.loop.run { [self] in await leave() }
    }
}
