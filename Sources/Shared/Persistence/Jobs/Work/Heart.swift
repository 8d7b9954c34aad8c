internal import EventLoop
internal import Logging
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

    init(dispatcher: JobDispatcher, settings: RedisSettings) {
        var settings = settings
        settings.clientName += "-heartbeat"
        redis = RedisClient(loops: loops, settings: settings)
        self.dispatcher = dispatcher.over(redis)
    }

    /// Calls `beat` again and again, after the time that it returns.
    func start(_ beat: @escaping @Sendable (JobDispatcher) async -> Duration) {
        let loop = loops.loops[0]
        let started = loop.spawn { [dispatcher] in
            while !Task.isCancelled { await loop.pause(await beat(dispatcher)) }
        }
        task.withLock { $0 = started }
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
    private static let shortestPause = Duration.milliseconds(5)

    /// A worker without work says what it does with every so many beats.
    private static let idleReports = 3

    /// Renews the leases, has jobs stopped that are to stop; returns the time until the next beat. On the heart's loop.
    func beat(_ dispatcher: JobDispatcher) async -> Duration {
        let now = Moment.now
        stop(.timedOut) { $0.deadline < now }
        do {
            let epoch = try await dispatcher.currentEpoch()
            let leases = slots.withLock { $0.renewable(at: now, slack: options.patience, epoch: epoch) }
            let isTold = pulse.countBeat().isMultiple(of: Self.idleReports) || !leases.isEmpty
            let reply = try await dispatcher.beat(
                epoch: epoch, worker: options.name, lease: options.lease, report: isTold ? report().json : nil,
                holding: leases,
                deadline: .after(options.beat))
            pulse.beatAccepted(at: now)
            news.raise()
            stop(.leaseLost) { $0.epoch != epoch || reply.lost.contains($0.lease.name) }
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

    private func stop(_ reason: Slots.StopReason, where isMeant: (Slots.Entry) -> Bool) {
        let tasks = slots.withLock { $0.stop(reason, where: isMeant) }
        for task in tasks { task.cancel() }
    }
}
