package import FoundationEssentials
package import Jobs
package import Operations
package import Queueing
package import Tenancy

/// Has an evaluation go the whole way every minute: accepted, leased, executed over the evaluation service and the LLM
/// proxy. What it finds is told by ``PathCheck``.
package struct HealthCanary: JobWork {
    private let check: PathCheck

    package init(check: PathCheck) { self.check = check }

    package var kind: JobKind { JobKind("health_canary") }

    /// One that is late says nothing about now.
    package var retryRule: RetryRule { RetryRule(first: .seconds(5), longest: .seconds(10)) }

    /// When it is done.
    package func schedule(_ identifiers: IdentifierSource, now: Date) throws -> Schedule {
        Schedule(
            id: identifiers.next(), name: "health canary", kind: kind, queue: .interactive, maxAttempts: 1,
            timeout: .seconds(30), rule: try ScheduleRule("@every 1m"), catchUp: .none, nextRunAt: now,
            updatedAt: now)
    }

    package func perform(_ job: LeasedJob) async throws -> JobEffect {
        try await check.run(acceptedAt: job.job.runAt, deadline: job.deadline, traceParent: job.traceParent)
        return .none
    }
}
