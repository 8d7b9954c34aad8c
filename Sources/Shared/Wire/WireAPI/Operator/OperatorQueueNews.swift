package import FoundationEssentials

/// How queues stand and what happened in them since the event before, the data of `queues.changed`. Queues in which
/// nothing has changed are left out.
package struct OperatorQueueNews: Codable, Sendable, Hashable {
    package let countedAt: Date
    package let queues: [Queue]

    package init(countedAt: Date, queues: [Queue]) {
        self.countedAt = countedAt
        self.queues = queues
    }

    /// How one queue stands.
    package struct Queue: Codable, Sendable, Hashable {
        package let name: String
        package let waiting: Int
        package let scheduled: Int
        package let running: Int
        package let oldestSeconds: Double?
        package let isPaused: Bool
        /// Since the event before: jobs that came in, were begun, succeeded; attempts that failed; jobs given up and
        /// cancelled.
        package let enqueued: Int
        package let started: Int
        package let finished: Int
        package let failed: Int
        package let dead: Int
        package let cancelled: Int

        package init(
            name: String, waiting: Int, scheduled: Int, running: Int, oldestSeconds: Double?, isPaused: Bool,
            enqueued: Int, started: Int, finished: Int, failed: Int, dead: Int, cancelled: Int
        ) {
            self.name = name
            self.waiting = waiting
            self.scheduled = scheduled
            self.running = running
            self.oldestSeconds = oldestSeconds
            self.isPaused = isPaused
            self.enqueued = enqueued
            self.started = started
            self.finished = finished
            self.failed = failed
            self.dead = dead
            self.cancelled = cancelled
        }
    }
}
