internal import Observability
package import EventLoop
package import FoundationEssentials
package import Logging
package import Queueing
package import Redis
internal import Synchronization
internal import Tenancy

/// Does jobs, many at once, until it is told to stop.
///
/// Four loops of its own keep it going: one fetches and hands in (`Worker+Fetching`), one sleeps until there is work,
/// two store what became of jobs in groups (`Worker+Committing`). Its heart beats on a thread and a connection of its own
/// (`Heart`). Jobs run as tasks on all event loops (`Worker+Running`).
///
/// What it may never do is run a job that another worker has as well and have both results stored: leases are renewed, and
/// every result is stored only if its lease is still the youngest.
package final class Worker: Sendable {
    /// Claims leases in the database.
    package typealias Claim =
        @Sendable (_ leases: [(id: JobID, lease: LeaseMark)], _ worker: String) async throws -> ClaimedJobs
    /// Stores what became of jobs, and answers with what that means for each.
    package typealias Commit = @Sendable (_ endings: [JobEnding]) async throws -> [JobVerdict]

    let options: WorkerOptions
    let dispatcher: JobDispatcher
    let works: [JobKind: any JobWork]
    let claim: Claim
    let commit: Commit
    let loops: LoopGroup
    let home: Loop
    let logger: Logger
    let metrics: WorkerMetrics
    let tracing: JobTracing

    let slots: Mutex<Slots>
    let line = Mutex(CommitLine())
    let course = Mutex(Course())
    let pulse = Pulse(now: .now)
    let news: LoopSignal
    let hunger: LoopSignal
    let commitSignals: [LoopSignal]
    let progress: Mutex<WorkerReport.Progress>
    let heart: Heart
    private let startedAt: Date

    /// How far the worker's life has come, and whether there is work to fetch.
    struct Course {
        enum Phase { case new, running, draining, stopped }
        var phase = Phase.new
        /// There may be work: the last fetch brought as much as it asked for, or came to nothing.
        var hasHint = true
        /// How many jobs it has room for while it knows of no work: somebody is to wait for some, unless it is 0.
        var appetite = 0
        /// It sleeps at Redis until there is work: whoever stops it has to rouse it, for it may be given leases.
        var isAsleep = false
        /// Ended leases that Redis is to be told of, with their epochs.
        var ends: [(epoch: Int64, end: LeaseEnd)] = []
        /// An exchange is under way: its answer may bring leases, and what it hands in may have to be handed in again.
        var isExchanging = false
        /// Whether the last exchange failed: that is logged once.
        var isAway = false
    }

    /// A worker whose jobs are claimed and ended elsewhere than in a ledger. `redis` is how its heart reaches Redis, over a
    /// connection of its own.
    package init(
        options: WorkerOptions, dispatcher: JobDispatcher, works: [any JobWork], claim: @escaping Claim,
        commit: @escaping Commit, loops: LoopGroup, redis: RedisSettings, metrics: WorkerMetrics,
        tracing: JobTracing = .off, logger: Logger, now: Date
    ) {
        self.tracing = tracing
        self.options = options
        self.dispatcher = dispatcher
        self.works = Dictionary(uniqueKeysWithValues: works.map { ($0.kind, $0) })
        self.claim = claim
        self.commit = commit
        self.loops = loops
        self.metrics = metrics
        self.logger = logger
        startedAt = now
        progress = Mutex(WorkerReport.Progress(at: .now))
        home = loops.next()
        slots = Mutex(Slots(capacity: options.slots, backlog: options.backlog))
        news = LoopSignal(on: home)
        hunger = LoopSignal(on: home)
        commitSignals = [LoopSignal(on: home), LoopSignal(on: home)]
        heart = Heart(dispatcher: dispatcher, settings: redis)
        metrics.slots.set(Int64(options.slots))
    }

    /// A worker whose jobs are in a ledger.
    package convenience init(
        options: WorkerOptions, dispatcher: JobDispatcher, ledger: JobLedger, works: [any JobWork], loops: LoopGroup,
        redis: RedisSettings, metrics: WorkerMetrics, tracing: JobTracing = .off, logger: Logger, now: Date
    ) {
        self.init(
            options: options, dispatcher: dispatcher, works: works,
            claim: { leases, worker in try await ledger.claim(leases, worker: worker) },
            commit: { endings in try await ledger.commit(endings) },
            loops: loops, redis: redis, metrics: metrics, tracing: tracing, logger: logger, now: now)
    }

    // MARK: Life

    /// Works until `drain` returns; then takes no more jobs and returns when those that run have ended. When its task is
    /// cancelled, the rest is stopped and given back to others at once.
    package func run(until drain: @escaping @Sendable () async -> Void) async {
        await home.run { await self.live(until: drain) }
    }

    private func live(until drain: @Sendable () async -> Void) async {
        pulse.heard(at: .now)
        pulse.fetched(at: .now)
        course.withLock { $0.phase = .running }
        do {
            try await dispatcher.start()
        } catch {
            // The client knows the functions now, and loads them with the first call that misses them.
            logger.warning("Redis cannot be given the queue's functions yet", metadata: ["reason": "\(error)"])
        }
        heart.start { [self] beat in await self.beat(beat) }
        let parts = [
            home.spawn { await self.fetchAndHandIn() },
            home.spawn { await self.waitForWork() },
            home.spawn { await self.commitGroups(woken: self.commitSignals[0]) },
            home.spawn { await self.commitGroups(woken: self.commitSignals[1]) },
        ]
        await drain()
        course.withLock { $0.phase = .draining }
        news.raise()
        // Whoever drains may be cancelled by now; rousing the sleeper and giving back what is left must not be.
        let rousing = home.spawn { await self.rouse() }
        while !isIdle, !Task.isCancelled { await home.pause(.milliseconds(20)) }
        await home.spawn { await self.end(parts + [rousing]) }.value
    }

    private func end(_ parts: [Task<Void, Never>]) async {
        await giveBack()
        course.withLock { $0.phase = .stopped }
        for part in parts { part.cancel() }
        for part in parts { await part.value }
        await heart.stop(worker: options.name)
    }

    /// Nothing runs, all that ended is stored and handed in, and nothing can be given to it any more.
    private var isIdle: Bool {
        slots.withLock { $0.isEmpty } && course.withLock { $0.ends.isEmpty && !$0.isExchanging && !$0.isAsleep }
    }

    /// How long jobs may take to stop when they are told to.
    private static let farewell = Duration.seconds(2)

    private func giveBack() async {
        let deadline = Deadline.after(Self.farewell)
        while !isIdle, !deadline.hasPassed {
            // Again and again: an exchange that is under way may still bring some.
            releaseAll()
            await home.pause(.milliseconds(10))
        }
        let rest = slots.withLock { $0.entries.values.filter { !$0.isEnding } }
        guard !rest.isEmpty else { return }
        logger.warning("jobs did not stop when told to", metadata: ["count": "\(rest.count)"])
        for entry in rest { conclude(entry.lease, epoch: entry.epoch, entry.job, .released, since: entry.began) }
        while !isIdle, !(deadline.moment + Self.farewell <= .now) { await home.pause(.milliseconds(10)) }
    }

    /// Tells what runs to stop, and gives back what waits for a place.
    private func releaseAll() {
        let tasks = slots.withLock { $0.stop(.released) { _ in true } }
        for task in tasks { task.cancel() }
        for entry in slots.withLock({ $0.clearShelf() }) {
            conclude(entry.lease, epoch: entry.epoch, entry.job, .released, since: entry.began)
        }
    }

    // MARK: How it is

    /// What keeps the worker from getting on; `nil` when it does. Any thread may ask.
    package var complaint: String? { complaint(whileRedisIsAway: false) }

    /// Why the worker counts as stuck, so that starting it again may help; `nil` when it does not. That Redis does not answer
    /// it says nothing where it answers nobody else either.
    package func complaint(whileRedisIsAway isAway: Bool) -> String? {
        switch course.withLock({ $0.phase }) {
        case .new, .stopped: return nil
        case .running, .draining: break
        }
        let now = Moment.now
        if let complaint = pulse.complaint(at: now, patience: options.patience, whileRedisIsAway: isAway) {
            return complaint
        }
        let stuck = slots.withLock { $0.stuck(at: now, slack: options.patience) }
        guard stuck * 2 >= options.slots else { return nil }
        return "\(stuck) of \(options.slots) jobs go on after their time"
    }

    /// What it says of itself with its heartbeats.
    func report() -> WorkerReport {
        let isDraining = course.withLock { $0.phase != .running }
        return WorkerReport(
            options: options, startedAt: startedAt, isDraining: isDraining, complaint: complaint,
            progress: progress.withLock { $0 }, running: slots.withLock { $0.report() })
    }
}

extension Loop {
    /// Suspends the calling task for a while, or less when it is cancelled.
    func pause(_ duration: Duration) async {
        do {
            try await sleep(for: duration)
        } catch {
            // The caller looks whether it goes on.
        }
    }
}
