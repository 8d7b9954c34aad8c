internal import EventLoop
internal import FoundationEssentials
internal import Logging
internal import Observability
internal import Queueing
internal import Synchronization
internal import Tenancy

/// How a worker does jobs.
extension Worker {
    /// Claims leases and starts their jobs. While the database is away it goes on trying: the leases are renewed.
    func begin(_ leases: [Lease], epoch: Int64) async {
        let marks = leases.map { (id: $0.id, lease: LeaseMark(epoch: epoch, attempt: $0.attempt)) }
        var pause = Duration.milliseconds(50)
        while true {
            do {
                return start(leases, epoch: epoch, try await claim(marks, options.name))
            } catch {
                logger.warning(
                    "jobs could not be claimed", metadata: ["count": "\(leases.count)", "reason": "\(error)"])
            }
            // Nobody wants them any more: the worker stops, or the leases were lost.
            let isPointless = slots.withLock { slots in
                leases.allSatisfy { slots.entries[$0.name]?.stopReason != nil }
            }
            if isPointless { return abandon(leases, epoch: epoch) }
            await home.pause(pause * Double.random(in: 0.5...1))
            pause = min(pause * 2, .seconds(1))
        }
    }

    private func start(_ leases: [Lease], epoch: Int64, _ claimed: ClaimedJobs) {
        let jobs = Dictionary(claimed.jobs.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        for lease in leases {
            if let job = jobs[lease.id] {
                start(lease, epoch: epoch, job)
                continue
            }
            let entry = slots.withLock { $0.remove(lease.name) }
            // Whoever runs it renews the same lease, or takes it back.
            if !claimed.others.contains(lease.id) {
                handIn(LeaseEnd(lease: lease, outcome: .gone), epoch: entry?.epoch ?? epoch)
            }
        }
    }

    /// Gives leases back that were never claimed; each goes before the others that wait.
    private func abandon(_ leases: [Lease], epoch: Int64) {
        for lease in leases.reversed() {
            let entry = slots.withLock { $0.remove(lease.name) }
            guard entry?.stopReason != .leaseLost else { continue }
            handIn(LeaseEnd(lease: lease, outcome: .handedBack), epoch: entry?.epoch ?? epoch)
        }
    }

    private func start(_ lease: Lease, epoch: Int64, _ job: Job) {
        let now = Moment.now
        guard let work = works[job.kind] else {
            // Another release may know it; that costs the job nothing.
            let failure = JobFailure(
                .rateLimited, "no worker of this release does jobs of kind \(job.kind)", retryAfter: .seconds(30))
            return conclude(lease, epoch: epoch, job, .failed(failure, effect: nil), since: now)
        }
        let deadline = Deadline.after(job.timeout)
        let loop = loops.next()
        let trace = tracing.trace(of: job)
        let start = slots.withLock { slots in
            slots.start(lease.name, job, deadline) {
                loop.spawn {
                    let leased = LeasedJob(job: job, deadline: deadline, traceParent: trace.traceparent)
                    await self.perform(work, leased, trace, lease, epoch: epoch, since: now)
                }
            }
        }
        switch start {
        case .shelved: return
        case .refused: conclude(lease, epoch: epoch, job, .released, since: now)
        case .started:
            metrics.busy.set(Int64(slots.withLock { $0.running }))
            metrics.of(job).started.increment()
            if let startedAt = job.startedAt {
                metrics.wait(in: job.queue).observe(.seconds(max(0, startedAt.timeIntervalSince(job.runAt))))
            }
        }
    }

    /// Begins jobs that wait for a place, as far as there are some.
    private func startShelved() {
        while let next = slots.withLock({ $0.nextShelved() }) {
            guard let job = next.job else { continue }
            start(next.lease, epoch: next.epoch, job)
        }
    }

    /// How long a limit is left alone that does not say how long it lasts, until the job's own wait is known.
    private static let usualBlock = Duration.seconds(1)

    private func perform(
        _ work: any JobWork, _ leased: LeasedJob, _ trace: TraceContext, _ lease: Lease, epoch: Int64, since: Moment
    ) async {
        var outcome: JobEnding.Outcome
        do {
            outcome = .finished(try await work.perform(leased))
        } catch let failure as JobFailure {
            outcome = .failed(failure, effect: nil)
        } catch let failed as JobFailed {
            outcome = .failed(failed.failure, effect: failed.effect)
        } catch {
            outcome = .failed(JobFailure(.internal, "\(error)"), effect: nil)
        }
        tracing.record(trace, leased, outcome, took: since.duration(to: .now))
        if case .failed(let failure, _) = outcome, failure.errorClass == .rateLimited, let limit = failure.limit {
            // Before its place is free: whoever took it would meet the same limit.
            await block(limit, for: failure.retryAfter ?? Self.usualBlock)
        }
        conclude(lease, epoch: epoch, leased.job, outcome, since: since)
    }

    /// Takes note of how a job ended, and has it stored; what was told to stop ended for that reason, unless it has
    /// succeeded all the same.
    func conclude(_ lease: Lease, epoch: Int64, _ job: Job?, _ outcome: JobEnding.Outcome, since: Moment) {
        let (reason, isKnown, running) = slots.withLock { slots in
            let isKnown = slots.entries[lease.name].map { !$0.isEnding } ?? false
            return (slots.end(lease.name, after: since.duration(to: .now)), isKnown, slots.running)
        }
        guard isKnown else { return }
        metrics.busy.set(Int64(running))
        startShelved()
        guard let job else {
            let entry = slots.withLock { $0.remove(lease.name) }
            return handIn(LeaseEnd(lease: lease, outcome: .handedBack), epoch: entry?.epoch ?? epoch)
        }
        var outcome = outcome
        if case .finished = outcome {
        } else if let reason {
            switch reason {
            case .cancelled: outcome = .cancelled
            case .timedOut:
                outcome = .failed(JobFailure(.timeout, "it took longer than \(job.timeout)"), effect: outcome.effect)
            case .released: outcome = .released
            case .leaseLost:
                slots.withLock { _ = $0.remove(lease.name) }
                metrics.of(job).ended[.fenced]?.increment()
                return news.raise()
            }
        }
        let ending = JobEnding(of: job, outcome, rule: works[job.kind]?.retryRule ?? RetryRule())
        store(EndedJob(lease: lease, epoch: epoch, ending: ending, runTime: since.duration(to: .now)))
    }
}

extension JobEnding.Outcome {
    fileprivate var effect: JobEffect? {
        switch self {
        case .finished(let effect): effect
        case .failed(_, let effect): effect
        case .released, .cancelled: nil
        }
    }
}
