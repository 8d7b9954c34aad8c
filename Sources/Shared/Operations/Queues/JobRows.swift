package import FoundationEssentials
package import Queueing
internal import Tenancy
package import WireAPI

extension OperatorJobRow {
    /// A job as operators see it at a moment.
    package init(_ job: Job, now: Date, _ names: TenantNames) {
        self.init(
            id: job.id.uuid, kind: job.kind.rawValue, queue: job.queue.rawValue, priority: job.priority.rawValue,
            state: OperatorJobState(of: job, now: now), organization: names.organization(job.organizationID),
            project: names.project(job.projectID), batchID: job.batch?.batchID.uuid, batchIndex: job.batch?.index,
            scheduleID: job.scheduleID?.uuid, attempt: job.lease.attempt, failures: job.failures, crashes: job.crashes,
            maxAttempts: job.maxAttempts, createdAt: job.createdAt, runAt: job.runAt, startedAt: job.startedAt,
            endedAt: job.endedAt, worker: job.worker, errorClass: job.errorClass?.rawValue, error: job.error)
    }
}

extension OperatorJobState {
    /// Where a job stands at a moment.
    package init(of job: Job, now: Date) {
        self =
            switch job.state {
            case .waiting: job.runAt > now ? .scheduled : .waiting
            case .running: .running
            case .finished: .finished
            case .dead: .dead
            case .cancelled: .cancelled
            }
    }
}
