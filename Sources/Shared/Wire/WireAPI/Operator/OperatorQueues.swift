package import FoundationEssentials

/// Every queue of background work, `GET /internal/queues`, by name.
package struct OperatorQueueList: Codable, Sendable, Hashable {
    package let results: [OperatorQueue]
    /// When the server counted, by its own clock.
    package let countedAt: Date
    /// Why some numbers are missing or old, in one sentence; `nil` when all are as they should be.
    package let complaint: String?
    /// Whether the viewer's organisation runs the installation: others see the sums of queues, but only their own jobs.
    package let runsInstallation: Bool
    /// An id of the event stream, read before the queues were; `nil` when the stream is unavailable.
    package let eventsThrough: String?

    package init(
        results: [OperatorQueue], countedAt: Date, complaint: String?, runsInstallation: Bool, eventsThrough: String?
    ) {
        self.results = results
        self.countedAt = countedAt
        self.complaint = complaint
        self.runsInstallation = runsInstallation
        self.eventsThrough = eventsThrough
    }
}

/// A queue as a row.
package struct OperatorQueue: Codable, Sendable, Hashable {
    /// Where queues are; one is at `path/NAME`.
    package static let path = "/internal/queues"
    /// How far ``dead`` is counted.
    package static let mostDead = 10_000

    package let name: String
    /// What belongs into it, in one sentence; `nil` of a queue that somebody named.
    package let summary: String?
    /// Jobs whose turn it could be now.
    package let waiting: Int
    /// Jobs that are to run later: at a time, or again after a failure.
    package let scheduled: Int
    package let running: Int
    /// Jobs that were given up and that nobody has dealt with; ``mostDead`` stands for any number from there on.
    package let dead: Int
    /// How long the oldest of those that wait could have run already; `nil` when none waits.
    package let oldestSeconds: Double?
    /// Over the last minute.
    package let enqueuedPerSecond: Double
    package let finishedPerSecond: Double
    /// From the moment that a job could run to its start, of jobs started in the last quarter of an hour.
    package let wait: OperatorLatency
    /// From start to end, of attempts that ended in the last quarter of an hour.
    package let run: OperatorLatency
    /// Of the last hour: jobs that succeeded, attempts that failed, jobs given up.
    package let finishedLastHour: Int
    package let failedLastHour: Int
    package let deadLastHour: Int
    package let control: OperatorQueueControl
    /// When it will be empty.
    package let forecast: OperatorForecast
    /// The last sixty minutes, one by one.
    package let hour: OperatorQueueSeries

    package init(
        name: String, summary: String?, waiting: Int, scheduled: Int, running: Int, dead: Int, oldestSeconds: Double?,
        enqueuedPerSecond: Double, finishedPerSecond: Double, wait: OperatorLatency, run: OperatorLatency,
        finishedLastHour: Int, failedLastHour: Int, deadLastHour: Int, control: OperatorQueueControl,
        forecast: OperatorForecast, hour: OperatorQueueSeries
    ) {
        self.name = name
        self.summary = summary
        self.waiting = waiting
        self.scheduled = scheduled
        self.running = running
        self.dead = dead
        self.oldestSeconds = oldestSeconds
        self.enqueuedPerSecond = enqueuedPerSecond
        self.finishedPerSecond = finishedPerSecond
        self.wait = wait
        self.run = run
        self.finishedLastHour = finishedLastHour
        self.failedLastHour = failedLastHour
        self.deadLastHour = deadLastHour
        self.control = control
        self.forecast = forecast
        self.hour = hour
    }
}

/// What operators have decided about a queue, or about whoever else's jobs are held back.
package struct OperatorQueueControl: Codable, Sendable, Hashable {
    /// `queue:NAME`, `organization:ID`, `project:ID`, `provider:NAME`, `key:ID` or `kind:NAME`.
    package let subject: String
    /// While it is paused nothing of it is begun; what runs is finished.
    package let isPaused: Bool
    /// How many run at the same time; `nil` for as many as there are slots.
    package let concurrency: Int?
    /// Its share beside its likes, 1 unless somebody has decided otherwise.
    package let weight: Int
    /// How many start in a minute; `nil` for any number.
    package let perMinute: Int?
    /// When this was decided, and by whom; `nil` when nobody has.
    package let updatedAt: Date?
    package let updatedBy: OperatorPerson?

    package init(
        subject: String, isPaused: Bool, concurrency: Int?, weight: Int, perMinute: Int? = nil, updatedAt: Date?,
        updatedBy: OperatorPerson?
    ) {
        self.subject = subject
        self.isPaused = isPaused
        self.concurrency = concurrency
        self.weight = weight
        self.perMinute = perMinute
        self.updatedAt = updatedAt
        self.updatedBy = updatedBy
    }

    /// The largest weight.
    package static let largestWeight = 1000
    /// The largest number of jobs a minute that can be said.
    package static let largestRate = 1_000_000
}

/// Decides something about a subject, `PUT /internal/queue-controls`; what is `nil` stays as it is. Done twice, it is
/// done once.
package struct OperatorQueueControlChange: Codable, Sendable, Hashable {
    package static let path = "/internal/queue-controls"

    package let subject: String
    package let isPaused: Bool?
    /// 0 for as many as there are slots.
    package let concurrency: Int?
    /// From 1 to 1000.
    package let weight: Int?
    /// How many may start in a minute; 0 for any number.
    package let perMinute: Int?

    package init(
        subject: String, isPaused: Bool? = nil, concurrency: Int? = nil, weight: Int? = nil, perMinute: Int? = nil
    ) {
        self.subject = subject
        self.isPaused = isPaused
        self.concurrency = concurrency
        self.weight = weight
        self.perMinute = perMinute
    }
}

/// What was decided, and what held before: sending that makes it undone.
package struct OperatorQueueControlReceipt: Codable, Sendable, Hashable {
    package let control: OperatorQueueControl
    package let before: OperatorQueueControl

    package init(control: OperatorQueueControl, before: OperatorQueueControl) {
        self.control = control
        self.before = before
    }

    /// The change that brings back what held before.
    package var undo: OperatorQueueControlChange {
        OperatorQueueControlChange(
            subject: before.subject, isPaused: before.isPaused, concurrency: before.concurrency ?? 0,
            weight: before.weight, perMinute: before.perMinute ?? 0)
    }
}

/// Everything that is not as usual, `GET /internal/queue-controls`.
package struct OperatorQueueControls: Codable, Sendable, Hashable {
    package let results: [OperatorQueueControl]

    package init(results: [OperatorQueueControl]) {
        self.results = results
    }
}

/// When something that waits will have ended, and what that was reckoned from.
package struct OperatorForecast: Codable, Sendable, Hashable {
    /// From now on; `nil` where it cannot be said, such as when more comes in than goes out.
    package let seconds: Double?
    /// Why that, or why not, in one sentence.
    package let basis: String
    /// How many jobs there are to do.
    package let remaining: Int
    /// What came in and went out on average over the last `windowSeconds`.
    package let inPerSecond: Double
    package let outPerSecond: Double
    package let windowSeconds: Int

    package init(
        seconds: Double?, basis: String, remaining: Int, inPerSecond: Double, outPerSecond: Double, windowSeconds: Int
    ) {
        self.seconds = seconds
        self.basis = basis
        self.remaining = remaining
        self.inPerSecond = inPerSecond
        self.outPerSecond = outPerSecond
        self.windowSeconds = windowSeconds
    }
}

extension OperatorRequest where Reply == OperatorQueueList {
    /// Every queue.
    package static var queues: Self { Self(.get, OperatorQueue.path) }
}

extension OperatorRequest where Reply == OperatorQueueControls {
    /// Everything that is paused, limited or weighted.
    package static var queueControls: Self { Self(.get, OperatorQueueControlChange.path) }
}

extension OperatorRequest where Reply == OperatorQueueControlReceipt {
    /// Pauses, resumes, limits or weights something.
    package static func controlQueue(_ change: OperatorQueueControlChange) -> Self {
        Self(.put, OperatorQueueControlChange.path, body: change)
    }
}
