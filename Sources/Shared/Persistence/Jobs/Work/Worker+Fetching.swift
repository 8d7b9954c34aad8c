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
            let wanted = course.phase == .running && isTrusted ? min(room, Self.most) : 0
            let ends = Array(course.ends.prefix(Self.most))
            guard !ends.isEmpty || wanted > 0 && course.hasHint else {
                course.isHungry = wanted > 0
                return (nil, course.isHungry)
            }
            course.ends.removeFirst(ends.count)
            course.isExchanging = true
            return (Plan(ends: ends, wanted: wanted), false)
        }
        if isHungry { hunger.raise() }
        return plan
    }

    private func exchange(_ plan: Plan) async throws(DispatchError) {
        let epoch = try await dispatcher.currentEpoch()
        if plan.wanted > 0 { metrics.fetches.increment() }
        // What ended in another epoch has no lease here.
        let reply = try await dispatcher.exchange(
            JobDispatcher.Exchange(
                epoch: epoch, worker: options.name, lease: options.lease, queues: options.queues, wanted: plan.wanted,
                ends: plan.ends.compactMap { $0.epoch == epoch ? $0.end : nil }))
        if let wait = reply.untilDue { heart.hasten(to: .now + max(wait, Self.shortestPause)) }
        let leases = slots.withLock { $0.take(reply.leases, epoch: epoch, at: .now) }
        course.withLock { course in
            if plan.wanted > 0 { course.hasHint = reply.leases.count >= plan.wanted }
            course.isExchanging = false
        }
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

    /// Sleeps at Redis whenever there is room for work and none is known.
    func waitForWork() async {
        while !Task.isCancelled {
            guard course.withLock({ $0.isHungry }) else {
                await hunger.wait(atMost: .seconds(1))
                continue
            }
            do {
                let isWoken = try await dispatcher.waitForWork(in: options.queues, atMost: Self.longestSleep)
                if isWoken, !canTakeMore {
                    try await dispatcher.rouse(epoch: dispatcher.currentEpoch(), queues: options.queues)
                }
            } catch {
                await home.pause(.milliseconds(500) * Double.random(in: 0.5...1))
            }
            course.withLock { course in
                course.isHungry = false
                course.hasHint = true
            }
            news.raise()
        }
    }

    private var canTakeMore: Bool {
        course.withLock { $0.phase == .running } && slots.withLock { $0.room > 0 }
    }
}
