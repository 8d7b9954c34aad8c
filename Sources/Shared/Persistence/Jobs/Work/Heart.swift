internal import EventLoop
internal import Logging
internal import Observability
internal import Queueing
internal import Redis
internal import Synchronization
internal import Tenancy

/// The heartbeat of a worker, on a thread and a connection of its own: a job that holds up an event loop, or a thousand
/// commands in line, must not cost all the others their leases.
final class Heart: Sendable {
    private let loops = LoopGroup(count: 1, name: "heartbeat")
    private let redis: RedisClient
    private let dispatcher: JobDispatcher
    /// Cancelled and awaited by `stop`.
    private let task = Mutex<Task<Void, Never>?>(nil)
    private let alarm: LoopSignal
    /// When something is due before the next beat would be.
    private let due = Mutex(Moment.never)

    init(dispatcher: JobDispatcher, settings: RedisSettings) {
        var settings = settings
        settings.clientName += "-heartbeat"
        redis = RedisClient(loops: loops, settings: settings)
        alarm = LoopSignal(on: loops.loops[0])
        self.dispatcher = dispatcher.over(redis)
    }

    /// Calls `beat` again and again, after the time that it returns.
    func start(_ beat: @escaping @Sendable (JobDispatcher) async -> Duration) {
        let loop = loops.loops[0]
        let started = loop.spawn { [self] in
            while !Task.isCancelled { await rest(until: .now + (await beat(dispatcher))) }
        }
        task.withLock { $0 = started }
    }

    /// Has it beat at that moment at the latest: something is due then.
    func hasten(to moment: Moment) {
        let isNews = due.withLock { due in
            guard moment < due else { return false }
            due = moment
            return true
        }
        if isNews { alarm.raise() }
    }

    private func rest(until end: Moment) async {
        while !Task.isCancelled {
            let next = min(end, due.withLock { $0 })
            guard next > .now else { break }
            await alarm.wait(atMost: Moment.now.duration(to: next))
        }
        due.withLock { $0 = .never }
    }

    /// Ends it, and says that the worker is gone.
    func stop(worker: String) async {
        let running = task.withLock { $0 }
        running?.cancel()
        await running?.value
        do {
            try await dispatcher.leave(epoch: dispatcher.currentEpoch(), worker: worker)
        } catch {
            // It is forgotten when it has not been heard of for a while.
        }
        await redis.close()
        await loops.shutdown()
    }
}

extension Worker {
    /// How soon after its time what is due is looked for at the earliest: many workers wait for the same.
    static let shortestPause = Duration.milliseconds(5)

    /// A worker without work says what it does with every so many beats.
    private static let idleReports = 3

    /// Renews the leases, has jobs stopped that are to stop; returns the time until the next beat. On the heart's loop.
    func beat(_ dispatcher: JobDispatcher) async -> Duration {
        let now = Moment.now
        stop(.timedOut) { $0.deadline < now }
        do {
            let epoch = try await dispatcher.currentEpoch()
            try await carryOver(to: epoch, dispatcher)
            let leases = slots.withLock { $0.renewable(at: now, slack: options.patience) { $0.epoch == epoch } }
            let isTold = pulse.countBeat().isMultiple(of: Self.idleReports) || !leases.isEmpty
            let reply = try await dispatcher.beat(
                epoch: epoch, worker: options.name, lease: options.lease, report: isTold ? report().json : nil,
                holding: leases,
                deadline: .after(options.beat))
            pulse.beatAccepted(at: now)
            metrics.renewals.increment(by: UInt64(max(0, leases.count - reply.lost.count)))
            news.raise()
            let lost = try await reclaim(reply.lost, in: epoch, dispatcher)
            stop(.leaseLost) { $0.epoch != epoch || lost.contains($0.lease.name) }
            if !reply.cancelled.isEmpty || !reply.cancelledBatches.isEmpty {
                stop(.cancelled) { entry in
                    reply.cancelled.contains(entry.lease.id)
                        || entry.lease.batchID.map(reply.cancelledBatches.contains) ?? false
                }
            }
            guard let next = reply.untilNext else { return options.beat }
            return min(options.beat, max(next, Self.shortestPause) + .milliseconds(Int.random(in: 0...10)))
        } catch {
            if error.isAnswer { pulse.heard(at: .now) }
            if error.kind == .epochChanged { dispatcher.forgetEpoch() }
            logger.debug("a heartbeat was not accepted", metadata: ["reason": "\(error)"])
            return options.beat / 4
        }
    }

    /// Redis begins anew: what runs here goes on in the new epoch. It is not given to others meanwhile, for whoever fills
    /// Redis waits a moment with all that was running. What was not claimed yet is not said to be: its number may be
    /// another's by now.
    private func carryOver(to epoch: Int64, _ dispatcher: JobDispatcher) async throws(DispatchError) {
        let leases = slots.withLock { slots in
            slots.renewable(at: .now, slack: options.patience) {
                $0.epoch != epoch && $0.stopReason == nil && $0.job != nil
            }
        }
        guard !leases.isEmpty else { return }
        let kept = try await dispatcher.adopt(
            epoch: epoch, worker: options.name, lease: options.lease, isRefilled: true, leases,
            deadline: .after(options.beat))
        slots.withLock { $0.carryOver(kept, to: epoch) }
        logger.notice(
            "Redis begins anew, and jobs that run go on", metadata: ["jobs": "\(kept.count)", "epoch": "\(epoch)"])
    }

    /// Takes leases back that nobody else has: Redis forgot them in a fail-over, or took this worker for dead. Returns those
    /// that are lost for good.
    private func reclaim(
        _ names: Set<LeaseName>, in epoch: Int64, _ dispatcher: JobDispatcher
    ) async throws(DispatchError) -> Set<LeaseName> {
        guard !names.isEmpty else { return [] }
        let leases = slots.withLock { slots in
            slots.renewable(at: .now, slack: options.patience) {
                names.contains($0.lease.name) && $0.stopReason == nil && !$0.isEnding
            }
        }
        guard !leases.isEmpty else { return names }
        return names.subtracting(
            try await dispatcher.adopt(
                epoch: epoch, worker: options.name, lease: options.lease, isRefilled: false, leases,
                deadline: .after(options.beat)))
    }

    private func stop(_ reason: Slots.StopReason, where isMeant: (Slots.Entry) -> Bool) {
        let tasks = slots.withLock { $0.stop(reason, where: isMeant) }
        for task in tasks { task.cancel() }
    }
}
