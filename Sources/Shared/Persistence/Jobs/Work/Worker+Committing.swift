internal import EventLoop
internal import Logging
internal import Observability
internal import Queueing
internal import Synchronization

/// A job whose work is done, on its way into the database.
struct EndedJob: Sendable {
    let lease: Lease
    let epoch: Int64
    let ending: JobEnding
    let runTime: Duration
}

/// What waits to be stored.
struct CommitLine {
    /// The most of one transaction.
    static let group = 100

    private var waiting: [EndedJob] = []

    mutating func add(_ ended: EndedJob) { waiting.append(ended) }

    /// The next group; empty when nothing waits.
    mutating func take() -> [EndedJob] {
        let group = Array(waiting.prefix(Self.group))
        waiting.removeFirst(group.count)
        return group
    }
}

/// How what became of jobs is stored: while one transaction is on its way to the disk, the results of the next gather.
extension Worker {
    func store(_ ended: EndedJob) {
        line.withLock { $0.add(ended) }
        for signal in commitSignals { signal.raise() }
    }

    /// Stores what waits, a group at a time, until the worker stops.
    func commitGroups(woken signal: LoopSignal) async {
        while !Task.isCancelled {
            let group = line.withLock { $0.take() }
            guard !group.isEmpty else {
                await signal.wait(atMost: .seconds(60))
                continue
            }
            do {
                let verdicts = try await commit(group.map(\.ending))
                metrics.commits.increment()
                await settle(group, verdicts)
            } catch {
                // The worker stops while the database is away: the leases expire, and others do the jobs again.
                logger.error(
                    "results could not be stored", metadata: ["count": "\(group.count)", "reason": "\(error)"])
                slots.withLock { slots in
                    for ended in group { slots.remove(ended.lease.name) }
                }
            }
        }
    }

    private func settle(_ group: [EndedJob], _ verdicts: [JobVerdict]) async {
        await block(verdicts)
        var tellings: [@Sendable () async -> Void] = []
        for (ended, verdict) in zip(group, verdicts) {
            let job = ended.ending.job
            let counts = metrics.of(job)
            counts.ended[verdict.counted]?.increment()
            counts.runTime.observe(ended.runTime)
            if verdict == .fenced { metrics.fenced.increment() }
            note(verdict)
            let entry = slots.withLock { $0.remove(ended.lease.name) }
            handIn(
                LeaseEnd(lease: ended.lease, outcome: verdict.outcome, runTime: ended.runTime),
                epoch: entry?.epoch ?? ended.epoch, isLast: false)
            if let telling = ended.ending.telling(after: verdict) { tellings.append(telling) }
        }
        news.raise()
        for telling in tellings { await telling() }
    }

    private func note(_ verdict: JobVerdict) {
        progress.withLock { progress in
            switch verdict {
            case .finished: progress.finished += 1
            case .retry, .dead: progress.failed += 1
            case .deferral, .cancelled, .released, .fenced: break
            }
        }
    }

    /// Has the other jobs of limits wait as long as those that met them.
    private func block(_ verdicts: [JobVerdict]) async {
        var blocks: [JobLimit: Duration] = [:]
        for case .deferral(let wait, let limit?) in verdicts { blocks[limit] = max(blocks[limit] ?? .zero, wait) }
        for (limit, wait) in blocks { await block(limit, for: wait) }
    }

    /// Has nothing of a limit started for so long.
    func block(_ limit: JobLimit, for wait: Duration) async {
        do {
            try await dispatcher.block(.limit(limit), for: wait)
        } catch {
            logger.debug("a limit could not be passed on", metadata: ["limit": "\(limit)", "reason": "\(error)"])
        }
    }

    /// Has Redis told of the end of a lease with the next exchange.
    func handIn(_ end: LeaseEnd, epoch: Int64, isLast: Bool = true) {
        course.withLock { $0.ends.append((epoch, end)) }
        if isLast { news.raise() }
    }
}

extension JobVerdict {
    fileprivate var counted: WorkerMetrics.Outcome {
        switch self {
        case .finished: .finished
        case .retry: .failed
        case .deferral: .deferred
        case .dead: .dead
        case .cancelled: .cancelled
        case .released: .released
        case .fenced: .fenced
        }
    }

    fileprivate var outcome: LeaseEnd.Outcome {
        switch self {
        case .finished: .finished
        case .retry(let wait): .retry(after: wait)
        // What meets a limit goes back to its place and waits there with the others.
        case .deferral(let wait, let limit): limit == nil ? .retry(after: wait) : .handedBack
        case .dead: .dead
        case .cancelled: .cancelled
        case .released: .handedBack
        case .fenced: .gone
        }
    }
}

extension JobEnding {
    /// What is told to those who watch, when the effect was stored.
    fileprivate func telling(after verdict: JobVerdict) -> (@Sendable () async -> Void)? {
        switch (outcome, verdict) {
        case (.finished(let effect), .finished): effect.afterCommit
        case (.failed(_, let effect), .dead): effect?.afterCommit
        default: nil
        }
    }
}
