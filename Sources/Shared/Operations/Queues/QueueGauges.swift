internal import FoundationEssentials
internal import Jobs
package import Observability
internal import Queueing
internal import Synchronization

/// How queues stand, for Prometheus; the dashboard finds them there too. Every worker tells of all jobs, so what several
/// of them say is not to be added up.
package final class QueueGauges: Sendable {
    private let metrics: Metrics
    private let shown = Mutex<[QueueName: Standing]>([:])

    /// More queues than this are not shown: their names come from people.
    private static let most = 100

    /// What is shown of a queue.
    private struct Standing: Sendable {
        var queue: QueueSnapshot.Queue
        var control: QueueControl?
        var imbalance: Double
        var retried = 0
        var lost = 0
        /// The minute that ran at the last look, and what had happened in it by then.
        var minute: Date
        var counted: QueueMinute?

        /// Takes in what has happened since the last look.
        mutating func count(_ figures: QueueFigures, now: Date) {
            let since = figures.sum(from: minute)
            retried += max(0, (since?.retried ?? 0) - (counted?.retried ?? 0))
            lost += max(0, (since?.lost ?? 0) - (counted?.lost ?? 0))
            minute = Self.minute(of: now)
            counted = figures.sum(from: minute)
        }

        static func minute(of moment: Date) -> Date {
            Date(timeIntervalSince1970: (moment.timeIntervalSince1970 / 60).rounded(.down) * 60)
        }
    }

    package init(_ metrics: Metrics) { self.metrics = metrics }

    /// Shows how queues stand. An imbalance is 0 when all tenants that wait get what is theirs, and towards 1 when one
    /// has it all.
    func show(_ snapshot: QueueSnapshot, imbalances: [QueueName: Double]) {
        for queue in snapshot.queues {
            let figures = snapshot.minutes[queue.name] ?? QueueFigures([])
            let isNew = shown.withLock { shown in
                if var standing = shown[queue.name] {
                    standing.queue = queue
                    standing.control = snapshot.controls[.queue(queue.name)]
                    standing.imbalance = imbalances[queue.name] ?? 0
                    standing.count(figures, now: snapshot.takenAt)
                    shown[queue.name] = standing
                    return false
                }
                guard shown.count < Self.most else { return false }
                let minute = Standing.minute(of: snapshot.takenAt)
                shown[queue.name] = Standing(
                    queue: queue, control: snapshot.controls[.queue(queue.name)],
                    imbalance: imbalances[queue.name] ?? 0, minute: minute, counted: figures.sum(from: minute))
                return true
            }
            if isNew { register(queue.name) }
        }
    }

    private func register(_ queue: QueueName) {
        let labels: Labels = ["queue": queue.rawValue]
        func gauge(_ name: String, _ help: String, _ value: @escaping @Sendable (Standing) -> Double) {
            metrics.gauge(name, help, labels: labels) { [self] in reading(of: queue, value) }
        }
        func counter(_ metric: String, _ help: String, _ value: @escaping @Sendable (Standing) -> Double) {
            metrics.counter(metric, help, labels: labels) { [self] in reading(of: queue, value) }
        }
        func depth(_ state: String, _ value: @escaping @Sendable (Standing) -> Double) {
            metrics.gauge(
                "scorable_queue_depth",
                "Jobs of a queue by what they do: waiting could run, scheduled wait for their time, running run, dead "
                    + "were given up (counted up to ten thousand). Of the installation: max(), not sum(), over workers.",
                labels: labels.adding("state", state)
            ) { [self] in reading(of: queue, value) }
        }
        depth("waiting") { Double($0.queue.waiting) }
        depth("scheduled") { Double($0.queue.scheduled) }
        depth("running") { Double($0.queue.running) }
        depth("dead") { Double($0.queue.dead) }
        gauge(
            "scorable_queue_concurrency_limit",
            "How many jobs may run at the same time; 0 for as many as there are slots."
        ) {
            Double($0.control?.concurrency ?? 0)
        }
        gauge("scorable_queue_rate_limit_per_minute", "How many jobs may start in a minute; 0 for any number.") {
            Double($0.control?.perMinute ?? 0)
        }
        gauge(
            "scorable_queue_oldest_age_seconds",
            "How long the oldest of the jobs that could run has waited. Of the installation: max() over workers."
        ) {
            $0.queue.oldest.map { $0 / .seconds(1) } ?? 0
        }
        gauge(
            "scorable_queue_tenant_imbalance",
            "How far the places are from being shared by weight among the tenants that wait, from 0 to 1."
        ) { $0.imbalance }
        counter(
            "scorable_job_retries_total",
            "Attempts that failed and are made again, as this worker saw it: max() over workers."
        ) { Double($0.retried) }
        counter(
            "scorable_lease_expired_total",
            "Leases of jobs whose worker was not heard of any more, as this worker saw it: max() over workers."
        ) {
            Double($0.lost)
        }
    }

    private func reading(of name: QueueName, _ value: (Standing) -> Double) -> Double {
        shown.withLock { $0[name] }.map(value) ?? 0
    }
}
