package import FoundationEssentials
package import Tenancy

/// Which jobs are meant. What is `nil` or empty does not matter; everything else must hold.
package struct JobFilter: Sendable, Hashable {
    package var ids: [JobID]?
    package var states: Set<JobState> = []
    package var queues: Set<QueueName> = []
    package var kinds: Set<JobKind> = []
    /// Of those that wait: whether their time has come.
    package var isDue: Bool?
    package var organizationID: OrganizationID?
    package var projectID: ProjectID?
    /// What people call the organisation and the project, in any case; several may be called so.
    package var organizationName: String?
    package var projectName: String?
    package var batchID: BatchID?
    package var scheduleID: ScheduleID?
    package var worker: String?
    package var errorClasses: Set<ErrorClass> = []
    /// ``JobFailure/cause`` of the last failure.
    package var cause: String?
    package var minimumFailures: Int?
    /// A part of the last failure's message.
    package var error: String?
    /// An identifier of a job or a batch, or a part of the last failure's message.
    package var text: String?
    package var createdFrom: Date?
    package var createdBefore: Date?

    package init() {}

    /// The jobs with these identifiers.
    package init(ids: [JobID]) { self.ids = ids }
}
