package import FoundationEssentials
package import Tenancy

package typealias JobID = EntityID<Job>

/// Where a job is in its life. The last three are final, except that an operator may have a dead or cancelled job done
/// again.
package enum JobState: String, Sendable, Hashable, CaseIterable {
    /// It is to be done; its time may be yet to come.
    case waiting
    /// A worker has it.
    case running
    case finished
    /// It failed for good.
    case dead
    case cancelled

    /// Whether nothing more happens by itself.
    package var isFinal: Bool {
        switch self {
        case .waiting, .running: false
        case .finished, .dead, .cancelled: true
        }
    }
}

/// A job as it is stored.
package struct Job: Sendable, Hashable {
    package let id: JobID
    package let kind: JobKind
    package let queue: QueueName
    package let priority: JobPriority
    /// `nil` for the installation's own work.
    package let organizationID: OrganizationID?
    package let projectID: ProjectID?
    package let batch: BatchPlace?
    package let limits: [JobLimit]
    /// A JSON object.
    package let payload: [UInt8]
    package let state: JobState
    /// When it may run next; of one that has ended, when it last might.
    package let runAt: Date
    package let lease: LeaseMark
    /// How many attempts failed, and how many ended because their worker did.
    package let failures: Int
    package let crashes: Int
    package let maxAttempts: Int
    package let timeout: Duration
    package let worker: String?
    package let uniqueKey: String?
    package let scheduleID: ScheduleID?
    package let traceParent: String?
    /// Of the last failure.
    package let errorClass: ErrorClass?
    package let error: String?
    /// Somebody asked that it be stopped, and its worker has not yet.
    package let isCancelRequested: Bool
    package let createdAt: Date
    package let startedAt: Date?
    package let endedAt: Date?

    package init(
        id: JobID, kind: JobKind, queue: QueueName, priority: JobPriority, organizationID: OrganizationID?,
        projectID: ProjectID?, batch: BatchPlace?, limits: [JobLimit], payload: [UInt8], state: JobState, runAt: Date,
        lease: LeaseMark, failures: Int, crashes: Int, maxAttempts: Int, timeout: Duration, worker: String?,
        uniqueKey: String?, scheduleID: ScheduleID?, traceParent: String?, errorClass: ErrorClass?, error: String?,
        isCancelRequested: Bool, createdAt: Date, startedAt: Date?, endedAt: Date?
    ) {
        self.id = id
        self.kind = kind
        self.queue = queue
        self.priority = priority
        self.organizationID = organizationID
        self.projectID = projectID
        self.batch = batch
        self.limits = limits
        self.payload = payload
        self.state = state
        self.runAt = runAt
        self.lease = lease
        self.failures = failures
        self.crashes = crashes
        self.maxAttempts = maxAttempts
        self.timeout = timeout
        self.worker = worker
        self.uniqueKey = uniqueKey
        self.scheduleID = scheduleID
        self.traceParent = traceParent
        self.errorClass = errorClass
        self.error = error
        self.isCancelRequested = isCancelRequested
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.endedAt = endedAt
    }
}

/// Which lease of a job: of two, the greater one is the younger, and only the youngest may end the job.
package struct LeaseMark: Sendable, Hashable, Comparable {
    /// Raised whenever Redis is filled again.
    package let epoch: Int64
    /// Counts the leases of the job.
    package let attempt: Int

    package init(epoch: Int64, attempt: Int) {
        self.epoch = epoch
        self.attempt = attempt
    }

    package static func < (left: LeaseMark, right: LeaseMark) -> Bool {
        (left.epoch, left.attempt) < (right.epoch, right.attempt)
    }
}

/// The place of a job in its batch.
package struct BatchPlace: Sendable, Hashable {
    package let batchID: BatchID
    /// Counted from 0.
    package let index: Int

    package init(batchID: BatchID, index: Int) {
        self.batchID = batchID
        self.index = index
    }
}
