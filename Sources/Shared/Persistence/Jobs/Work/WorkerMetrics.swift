package import Observability
internal import Queueing
internal import Synchronization

/// What a worker counts.
package final class WorkerMetrics: Sendable {
    let slots: Gauge
    let busy: Gauge
    let fetches: Counter
    let commits: Counter
    let fenced: Counter
    let renewals: Counter
    private let metrics: Metrics
    private let known: Mutex<Known>

    /// How an attempt ended.
    enum Outcome: String, Sendable, CaseIterable {
        case finished, failed, deferred, dead, cancelled, released, fenced
    }

    private struct Known {
        var kinds: [Pair: KindMetrics] = [:]
        var waits: [QueueName: Histogram] = [:]
    }

    private struct Pair: Hashable {
        let queue: QueueName
        let kind: JobKind
    }

    struct KindMetrics: Sendable {
        let started: Counter
        let ended: [Outcome: Counter]
        let runTime: Histogram
    }

    package init(_ metrics: Metrics) {
        self.metrics = metrics
        known = Mutex(Known())
        slots = metrics.gauge("scorable_job_slots", "How many jobs the worker may do at once.")
        busy = metrics.gauge("scorable_job_slots_busy", "How many jobs the worker does now.")
        fetches = metrics.counter("scorable_job_fetches_total", "Calls that asked for work.")
        commits = metrics.counter("scorable_job_commits_total", "Transactions that ended jobs.")
        renewals = metrics.counter(
            "scorable_lease_renewals_total", "Leases of jobs that this worker renewed by its heartbeats.")
        fenced = metrics.counter(
            "scorable_job_results_fenced_total", "Results that were refused, the lease being somebody else's.")
    }

    /// The counts of one kind in one queue; both come from what is registered and configured.
    func of(_ job: Job) -> KindMetrics {
        known.withLock { known in
            let pair = Pair(queue: job.queue, kind: job.kind)
            if let found = known.kinds[pair] { return found }
            let labels: Labels = ["queue": job.queue.rawValue, "kind": job.kind.rawValue]
            var ended: [Outcome: Counter] = [:]
            for outcome in Outcome.allCases {
                ended[outcome] = metrics.counter(
                    "scorable_jobs_ended_total", "Attempts that ended.",
                    labels: labels.adding("outcome", outcome.rawValue))
            }
            let made = KindMetrics(
                started: metrics.counter("scorable_jobs_started_total", "Attempts that began.", labels: labels),
                ended: ended,
                runTime: metrics.histogram(
                    "scorable_job_duration_seconds", "How long attempts took.", labels: labels, bounds: Self.bounds))
            known.kinds[pair] = made
            return made
        }
    }

    /// How long jobs of a queue wait for their start.
    func wait(in queue: QueueName) -> Histogram {
        known.withLock { known in
            if let found = known.waits[queue] { return found }
            let made = metrics.histogram(
                "scorable_job_wait_seconds", "How long jobs waited from when they might run to their start.",
                labels: ["queue": queue.rawValue], bounds: Self.bounds)
            known.waits[queue] = made
            return made
        }
    }

    private static let bounds: [Double] = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800]
}
