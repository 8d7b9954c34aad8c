internal import Observability
internal import EventLoop
internal import FoundationEssentials
internal import Logging
internal import Queueing
internal import Synchronization

/// How a worker comes by jobs, and gives their leases back.
extension Worker {
    /// The most leases of one exchange.
    private static let most = 200
    /// How long it sleeps at most before it looks for work that nobody has woken it for.
    private static let longestSleep = Duration.seconds(10)

    /// What is to be exchanged now.
    private struct Plan {
        var ends: [(epoch: Int64, end: LeaseEnd)]
        var wanted: Int
    }

    /// Exchanges what has ended for new leases, again and again, until the worker stops.
    func fetchAndHandIn() async {
        var failures = 0
        while !Task.isCancelled {
            pulse.fetched(at: .now)
            guard let plan = nextPlan() else {
                await news.wait(atMost: .seconds(1))
                continue
            }
            do {
                try await exchange(plan)
                if failures > 0 { tellRecovery() }
                failures = 0
            } catch {
                failures += 1
                keep(plan, after: error)
                await home.pause(.milliseconds(min(50 << min(failures, 4), 500)) * Double.random(in: 0.5...1))
            }
        }
    }

    /// `nil` when there is nothing to hand in, and no room or no hint of work.
    private func nextPlan() -> Plan? {
        let isTrusted = pulse.isTrusted(at: .now, within: options.trust)
        let room = slots.withLock { $0.room }
        let (plan, isHungry) = course.withLock { course -> (Plan?, Bool) in
            // What there is while the sleeper lies there without a hint comes with its wake-up, into the same room.
            let mayAsk = course.phase == .running && isTrusted && (course.hasHint || !course.isAsleep)
            let wanted = mayAsk ? min(room, Self.most) : 0
            let ends = Array(course.ends.prefix(Self.most))
            guard !ends.isEmpty || wanted > 0 && course.hasHint else {
                course.appetite = wanted
                return (nil, wanted > 0)
            }
            course.ends.removeFirst(ends.count)
            course.isExchanging = true
            course.appetite = 0
            return (Plan(ends: ends, wanted: wanted), false)
        }
        if isHungry { hunger.raise() }
        return plan
    }

    private func exchange(_ plan: Plan) async throws(DispatchError) {
        let epoch = try await dispatcher.currentEpoch()
        let reply = try await dispatcher.exchange(request(plan, in: epoch))
        receive(reply, to: plan, in: epoch, room: slots.withLock { $0.room })
        course.withLock { $0.isExchanging = false }
    }

    private func request(_ plan: Plan, in epoch: Int64) -> JobDispatcher.Exchange {
        if plan.wanted > 0 { metrics.fetches.increment() }
        // What ended in another epoch has no lease here.
        return JobDispatcher.Exchange(
            epoch: epoch, worker: options.name, lease: options.lease, queues: options.queues, wanted: plan.wanted,
            ends: plan.ends.compactMap { $0.epoch == epoch ? $0.end : nil })
    }

    /// Begins what an exchange has brought, as far as there is room, and gives the rest back.
    private func receive(_ reply: ExchangeReply, to plan: Plan, in epoch: Int64, room: Int) {
        if let wait = reply.untilDue { heart.hasten(to: .now + max(wait, Self.shortestPause)) }
        let (leases, excess) = slots.withLock { $0.take(reply.leases, atMost: room, epoch: epoch, at: .now) }
        // Each goes before the others that wait.
        for lease in excess.reversed() { handIn(LeaseEnd(lease: lease, outcome: .handedBack), epoch: epoch) }
        if plan.wanted > 0 { course.withLock { $0.hasHint = reply.leases.count >= plan.wanted } }
        progress.withLock { $0.at = .now }
        guard !leases.isEmpty else { return }
        // Ends when all of them are claimed; the drain waits for what they become.
        home.spawn { await self.begin(leases, epoch: epoch) }
    }

    private func keep(_ plan: Plan, after error: DispatchError) {
        let isNews = course.withLock { course in
            course.ends.insert(contentsOf: plan.ends, at: 0)
            course.hasHint = true
            course.isExchanging = false
            defer { course.isAway = true }
            return !course.isAway
        }
        if error.kind == .epochChanged { dispatcher.forgetEpoch() }
        if isNews { logger.warning("no work can be fetched", metadata: ["reason": "\(error)"]) }
    }

    private func tellRecovery() {
        course.withLock { $0.isAway = false }
        logger.notice("work can be fetched again")
    }

    /// Sleeps at Redis whenever there is room for work and none is known; leases come with the wake-up.
    func waitForWork() async {
        while !Task.isCancelled {
            guard let plan = lieDown() else {
                await hunger.wait(atMost: .seconds(1))
                continue
            }
            do {
                let epoch = try await dispatcher.currentEpoch()
                let reply = try await dispatcher.sleep(request(plan, in: epoch), atMost: Self.longestSleep)
                // Meanwhile others may have taken the room, or the worker stops.
                receive(reply, to: plan, in: epoch, room: roomNow)
                getUp()
            } catch {
                // There may be work all the same: the wake-up is lost with the error.
                course.withLock { $0.hasHint = true }
                getUp()
                if error.kind == .epochChanged {
                    dispatcher.forgetEpoch()
                } else {
                    await home.pause(.milliseconds(500) * Double.random(in: 0.5...1))
                }
            }
            news.raise()
        }
    }

    /// What the sleeper asks for; `nil` when there is no reason to sleep.
    private func lieDown() -> Plan? {
        course.withLock { course in
            guard course.appetite > 0, course.phase == .running else { return nil }
            course.isAsleep = true
            return Plan(ends: [], wanted: course.appetite)
        }
    }

    /// What was wanted before the sleep is no longer true: whoever fetches says it anew, behind those who begin what the
    /// sleep has brought.
    private func getUp() {
        course.withLock { course in
            course.isAsleep = false
            course.appetite = 0
        }
    }

    private var roomNow: Int {
        let mayBegin =
            course.withLock { $0.phase == .running } && pulse.isTrusted(at: .now, within: options.trust)
        return mayBegin ? slots.withLock { $0.room } : 0
    }

    /// Has the sleeper get up: what it is given while it sleeps would be nobody's when its connection is closed.
    func rouse() async {
        guard course.withLock({ $0.isAsleep }) else { return }
        do {
            try await dispatcher.rouse(worker: options.name)
        } catch {
            // It gets up with the same error, or when its time is over.
            logger.debug("the worker sleeps on", metadata: ["reason": "\(error)"])
        }
    }
}
