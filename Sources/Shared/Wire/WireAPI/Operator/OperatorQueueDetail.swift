package import FoundationEssentials

/// One queue, `GET /internal/queues/NAME`, with `window` as the dashboard has it.
package struct OperatorQueueDetail: Codable, Sendable, Hashable {
    package let queue: OperatorQueue
    package let window: OperatorDashboardWindow
    package let series: OperatorQueueSeries
    /// Whose jobs wait or run, those with the most waiting first; of other organisations only where the viewer's runs
    /// the installation.
    package let tenants: [OperatorQueueTenant]
    /// Whether there are more than are listed.
    package let tenantsAreCut: Bool
    /// What bounds its jobs beside its own limit.
    package let limits: [OperatorQueueLimit]
    /// The kinds of its jobs with how many of each wait or run, the most frequent first.
    package let kinds: [OperatorJobCount]
    package let countedAt: Date

    package init(
        queue: OperatorQueue, window: OperatorDashboardWindow, series: OperatorQueueSeries,
        tenants: [OperatorQueueTenant], tenantsAreCut: Bool, limits: [OperatorQueueLimit], kinds: [OperatorJobCount],
        countedAt: Date
    ) {
        self.queue = queue
        self.window = window
        self.series = series
        self.tenants = tenants
        self.tenantsAreCut = tenantsAreCut
        self.limits = limits
        self.kinds = kinds
        self.countedAt = countedAt
    }
}

/// What a queue did, in buckets of equal length: every list has the same number of elements, the oldest first; the last
/// bucket is not over.
package struct OperatorQueueSeries: Codable, Sendable, Hashable {
    /// When the first bucket began.
    package let from: Date
    package let bucketSeconds: Int
    package let enqueued: [Int]
    package let started: [Int]
    /// Jobs that succeeded.
    package let finished: [Int]
    /// Attempts that failed.
    package let failed: [Int]
    /// Jobs that were given up.
    package let dead: [Int]
    /// Jobs that waited at the end of the bucket; `nil` where nobody counted.
    package let depth: [Int?]
    /// Milliseconds; `nil` where nothing started or ended. Exact to a factor of two.
    package let waitP50Ms: [Double?]
    package let waitP95Ms: [Double?]
    package let runP50Ms: [Double?]
    package let runP95Ms: [Double?]

    package init(
        from: Date, bucketSeconds: Int, enqueued: [Int], started: [Int], finished: [Int], failed: [Int], dead: [Int],
        depth: [Int?], waitP50Ms: [Double?], waitP95Ms: [Double?], runP50Ms: [Double?], runP95Ms: [Double?]
    ) {
        self.from = from
        self.bucketSeconds = bucketSeconds
        self.enqueued = enqueued
        self.started = started
        self.finished = finished
        self.failed = failed
        self.dead = dead
        self.depth = depth
        self.waitP50Ms = waitP50Ms
        self.waitP95Ms = waitP95Ms
        self.runP50Ms = runP50Ms
        self.runP95Ms = runP95Ms
    }
}

/// Whose jobs are in a queue.
package struct OperatorQueueTenant: Codable, Sendable, Hashable {
    /// `nil` for the installation's own work.
    package let organization: OperatorNamed?
    package let project: OperatorNamed?
    package let waiting: Int
    package let running: Int
    /// How long the oldest of those that wait could have run already.
    package let oldestSeconds: Double?
    /// Its share among those that wait, by weight: from 0 to 1.
    package let share: Double
    /// Of the installation's own work, its queue's.
    package let organizationControl: OperatorQueueControl
    package let projectControl: OperatorQueueControl?

    package init(
        organization: OperatorNamed?, project: OperatorNamed?, waiting: Int, running: Int, oldestSeconds: Double?,
        share: Double, organizationControl: OperatorQueueControl, projectControl: OperatorQueueControl? = nil
    ) {
        self.organization = organization
        self.project = project
        self.waiting = waiting
        self.running = running
        self.oldestSeconds = oldestSeconds
        self.share = share
        self.organizationControl = organizationControl
        self.projectControl = projectControl
    }
}

/// Something by its identifier and the name that people say, `nil` where it is not known any more.
package struct OperatorNamed: Codable, Sendable, Hashable {
    package let id: UUID
    package let name: String?

    package init(id: UUID, name: String?) {
        self.id = id
        self.name = name
    }
}

/// What bounds how many jobs of a kind of work run at once, across queues: a provider, a key, an organisation, a project.
package struct OperatorQueueLimit: Codable, Sendable, Hashable {
    /// As of a control, such as `provider:openai`.
    package let subject: String
    /// What people call it; `nil` where that is the subject's own text.
    package let name: String?
    /// How many may run at the same time; `nil` where nothing is set.
    package let concurrency: Int?
    /// How many start in a minute; `nil` where nothing is set.
    package let perMinute: Int?
    package let running: Int
    /// How many tenants' jobs wait for nothing else.
    package let parked: Int
    /// Until when nothing of it is begun, because whoever is called wants it so.
    package let blockedUntil: Date?
    /// Why its jobs wait, in one sentence; `nil` when they do not.
    package let reason: String?
    package let isPaused: Bool

    package init(
        subject: String, name: String?, concurrency: Int?, perMinute: Int? = nil, running: Int, parked: Int,
        blockedUntil: Date?,
        reason: String?, isPaused: Bool
    ) {
        self.subject = subject
        self.name = name
        self.concurrency = concurrency
        self.perMinute = perMinute
        self.running = running
        self.parked = parked
        self.blockedUntil = blockedUntil
        self.reason = reason
        self.isPaused = isPaused
    }
}

/// Everything that bounds jobs at this moment, `GET /internal/queue-limits`.
package struct OperatorQueueLimits: Codable, Sendable, Hashable {
    package static let path = "/internal/queue-limits"

    package let results: [OperatorQueueLimit]
    package let countedAt: Date

    package init(results: [OperatorQueueLimit], countedAt: Date) {
        self.results = results
        self.countedAt = countedAt
    }
}

extension OperatorRequest where Reply == OperatorQueueDetail {
    /// One queue over a window.
    package static func queue(_ name: String, window: OperatorDashboardWindow = .hour) -> Self {
        Self(.get, "\(OperatorQueue.path)/\(name)", [Parameter("window", window.rawValue)])
    }
}

extension OperatorRequest where Reply == OperatorQueueLimits {
    /// Everything that bounds jobs.
    package static var queueLimits: Self { Self(.get, OperatorQueueLimits.path) }
}
