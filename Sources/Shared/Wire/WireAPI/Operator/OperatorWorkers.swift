package import FoundationEssentials

/// Who runs jobs, `GET /internal/workers`.
package struct OperatorWorkerList: Codable, Sendable, Hashable {
    /// Those that are not well first, then by name.
    package let results: [OperatorWorker]
    package let countedAt: Date
    /// Why the list may be incomplete, in one sentence.
    package let complaint: String?

    package init(results: [OperatorWorker], countedAt: Date, complaint: String?) {
        self.results = results
        self.countedAt = countedAt
        self.complaint = complaint
    }
}

/// A process that runs jobs.
package struct OperatorWorker: Codable, Sendable, Hashable {
    /// Where workers are; one is at `path/ID`.
    package static let path = "/internal/workers"

    /// What it calls itself: the `worker` of its jobs.
    package let id: String
    package let host: String
    package let pid: Int
    package let version: String
    package let startedAt: Date
    package let condition: Condition
    /// Why that condition, in one sentence.
    package let summary: String
    /// How many jobs it can run at the same time, and how many it runs.
    package let slots: Int
    package let busy: Int
    /// The queues that it takes jobs from, in its order.
    package let queues: [String]
    /// How long ago it was last heard of, and how long ago it last began or ended something; `nil` before the first.
    package let heartbeatSeconds: Double
    package let progressSeconds: Double?
    package let memoryBytes: Int64?
    /// Since its start.
    package let finished: Int
    package let failed: Int
    /// What it runs, the longest first; of other organisations only where the viewer's runs the installation.
    package let jobs: [Running]

    package init(
        id: String, host: String, pid: Int, version: String, startedAt: Date, condition: Condition, summary: String,
        slots: Int, busy: Int, queues: [String], heartbeatSeconds: Double, progressSeconds: Double?,
        memoryBytes: Int64?, finished: Int, failed: Int, jobs: [Running]
    ) {
        self.id = id
        self.host = host
        self.pid = pid
        self.version = version
        self.startedAt = startedAt
        self.condition = condition
        self.summary = summary
        self.slots = slots
        self.busy = busy
        self.queues = queues
        self.heartbeatSeconds = heartbeatSeconds
        self.progressSeconds = progressSeconds
        self.memoryBytes = memoryBytes
        self.finished = finished
        self.failed = failed
        self.jobs = jobs
    }

    /// How a worker is.
    package enum Condition: String, Codable, Sendable, Hashable, CaseIterable {
        case working
        case idle
        /// It finishes what it has and takes nothing more.
        case draining
        /// It says that it is there, and gets nothing done.
        case stuck
        /// It says nothing any more; its jobs go to others.
        case lost
    }

    /// What it runs in one of its slots.
    package struct Running: Codable, Sendable, Hashable {
        package let job: UUID
        package let kind: String
        package let queue: String
        package let organization: OperatorNamed?
        package let batchID: UUID?
        package let attempt: Int
        /// For how long, and how long it may.
        package let seconds: Double
        package let timeoutSeconds: Int

        package init(
            job: UUID, kind: String, queue: String, organization: OperatorNamed?, batchID: UUID?, attempt: Int,
            seconds: Double, timeoutSeconds: Int
        ) {
            self.job = job
            self.kind = kind
            self.queue = queue
            self.organization = organization
            self.batchID = batchID
            self.attempt = attempt
            self.seconds = seconds
            self.timeoutSeconds = timeoutSeconds
        }
    }
}

extension OperatorRequest where Reply == OperatorWorkerList {
    /// Every worker.
    package static var workers: Self { Self(.get, OperatorWorker.path) }
}
