package import FoundationEssentials
package import Tenancy

/// Work that is to be accepted.
package struct NewJob: Sendable, Hashable {
    /// The most bytes of a payload: what is larger is kept elsewhere and named in it.
    package static let largestPayload = 4096

    package let id: JobID
    package let kind: JobKind
    package var queue: QueueName
    package var priority: JobPriority
    /// `nil` for the installation's own work.
    package var organizationID: OrganizationID?
    package var projectID: ProjectID?
    /// A JSON object.
    package var payload: [UInt8]
    package var limits: [JobLimit]
    /// Not before this moment; `nil` for at once, by whatever clock.
    package var runAt: Date?
    package var maxAttempts: Int
    /// How long one attempt may take.
    package var timeout: Duration
    /// Of all jobs with the same key at most one waits or runs: another one is not accepted.
    package var uniqueKey: String?
    /// W3C trace context of whoever asked for it.
    package var traceParent: String?
    package var batch: BatchPlace?
    package var scheduleID: ScheduleID?

    package init(
        id: JobID, kind: JobKind, queue: QueueName, priority: JobPriority = .normal,
        organizationID: OrganizationID? = nil, projectID: ProjectID? = nil, payload: [UInt8] = Array("{}".utf8),
        limits: [JobLimit] = [], runAt: Date? = nil, maxAttempts: Int = 5, timeout: Duration = .seconds(300),
        uniqueKey: String? = nil, traceParent: String? = nil, batch: BatchPlace? = nil, scheduleID: ScheduleID? = nil
    ) {
        precondition(payload.count <= Self.largestPayload, "the payload of a job has \(payload.count) bytes")
        precondition((1...100).contains(maxAttempts), "a job has 1 to 100 attempts")
        self.id = id
        self.kind = kind
        self.queue = queue
        self.priority = priority
        self.organizationID = organizationID
        self.projectID = projectID
        self.payload = payload
        self.limits = limits
        self.runAt = runAt
        self.maxAttempts = maxAttempts
        self.timeout = timeout
        self.uniqueKey = uniqueKey
        self.traceParent = traceParent
        self.batch = batch
        self.scheduleID = scheduleID
    }
}

/// What the dispatcher needs to know of a job: everything else stays in the database until a worker claims it.
package struct JobTicket: Sendable, Hashable {
    package let id: JobID
    package let kind: JobKind
    package let queue: QueueName
    package let priority: JobPriority
    package let organizationID: OrganizationID?
    package let projectID: ProjectID?
    package let batchID: BatchID?
    package let limits: [JobLimit]
    /// When it may run; the distant past for what is due, so that no difference of clocks delays it.
    package let runAt: Date
    /// How many leases of it the database knows: the next one gets a greater number, also when Redis has forgotten.
    package let attempt: Int

    package init(
        id: JobID, kind: JobKind, queue: QueueName, priority: JobPriority, organizationID: OrganizationID?,
        projectID: ProjectID?, batchID: BatchID?, limits: [JobLimit], runAt: Date, attempt: Int
    ) {
        self.id = id
        self.kind = kind
        self.queue = queue
        self.priority = priority
        self.organizationID = organizationID
        self.projectID = projectID
        self.batchID = batchID
        self.limits = limits
        self.runAt = runAt
        self.attempt = attempt
    }
}
