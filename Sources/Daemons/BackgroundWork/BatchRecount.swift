package import FoundationEssentials
package import Jobs
package import Operations
package import Queueing
package import Tenancy

/// Counts the jobs of recent batches again every hour, and tells operators when the counters say otherwise.
package struct BatchRecount: JobWork {
    private let check: QueueCheck
    private let notices: Notices

    package init(check: QueueCheck, notices: Notices) {
        self.check = check
        self.notices = notices
    }

    package var kind: JobKind { JobKind("batch_recount") }

    /// When it is done.
    package func schedule(_ identifiers: IdentifierSource, now: Date) throws -> Schedule {
        Schedule(
            id: identifiers.next(), name: "recount of batches", kind: kind, queue: .maintenance, maxAttempts: 3,
            timeout: .seconds(600), rule: try ScheduleRule("@every 1h"), nextRunAt: now, updatedAt: now)
    }

    package func perform(_ job: LeasedJob) async throws -> JobEffect { try await check.perform(telling: notices) }
}
