package import FoundationEssentials
package import Jobs
package import Queueing
internal import Tenancy
package import WireAPI

/// Doing something to jobs: to one, to some, or step by step to all that match.
package struct JobActions: Sendable {
    private let queue: JobQueue
    private let reaches: JobReaches
    private let audit: Audit

    /// How many jobs one transaction changes at most.
    package static let step = 1000

    init(queue: JobQueue, reaches: JobReaches, audit: Audit) {
        self.queue = queue
        self.reaches = reaches
        self.audit = audit
    }

    /// Does it to one job.
    /// - Throws: `PermissionDenied`; `NotFound`; `JobNotInState` when it cannot be done to it as it is.
    package func act(_ change: JobChange, on id: JobID, by actor: AuditActor) async throws {
        let reach = try await reaches.reach(of: actor)
        let found = try await queue.readings.find(id)?.job
        let steered = try await audit.perform(
            Audit.Deed(change.auditName, on: "job:\(id)"), by: actor, needs: .queueUpdate
        ) { connection in
            guard let job = found, reach.contains(job.organizationID) else { throw NotFound("Job") }
            let steered = try await JobLedger.change(
                change, JobFilter(ids: [id]), limit: 1, on: connection)
            guard !steered.ids.isEmpty else {
                throw JobNotInState(change.refusal(of: job, now: Date()))
            }
            return Audit.Change(
                steered, before: ["state": job.state.rawValue, "queue": job.queue.rawValue],
                after: change.destination.map { ["queue": $0.rawValue] })
        }
        await queue.tell(steered)
    }

    /// Does what an interface asks for to one job.
    /// - Throws: also `InvalidDefinition`.
    package func act(_ order: OperatorJobOrderDraft, on id: JobID, by actor: AuditActor) async throws {
        try await act(try JobChange(order.action, to: order.queue), on: id, by: actor)
    }

    /// The moment that what is planned now is about: jobs are accepted by the database's clock.
    package func moment() async throws -> Date { try await queue.readings.now() }

    /// How many of the jobs that a filter means, and that were there at a moment, it would be done to.
    /// - Throws: `OperatorInvalidParameter`.
    package func count(
        _ change: JobChange, _ filter: OperatorJobFilter, at moment: Date, for actor: AuditActor
    ) async throws -> Int {
        try await queue.readings.count(try await frozen(filter, at: moment, for: actor), for: change)
    }

    /// The first of the jobs that it would be done to, in the order of their creation.
    package func first(
        _ limit: Int, for change: JobChange, _ filter: OperatorJobFilter, at moment: Date,
        for actor: AuditActor
    ) async throws -> [Job] {
        try await queue.readings.page(
            try await frozen(filter, at: moment, for: actor), for: change, newestFirst: false,
            limit: limit
        ).jobs
    }

    /// Does it to the next of the jobs that a filter means and that were there at a moment: to those behind `place`.
    /// - Returns: what was changed, and where the next step begins; `nil` when there is nothing left.
    package func step(
        _ change: JobChange, _ filter: OperatorJobFilter, at moment: Date, behind place: JobID?,
        by actor: AuditActor
    ) async throws -> (changed: [JobID], next: JobID?) {
        try await act(
            change, on: try await frozen(filter, at: moment, for: actor), behind: place, by: actor)
    }

    /// Does it to those of some jobs that it can be done to, and returns them.
    package func act(_ change: JobChange, on ids: [JobID], by actor: AuditActor) async throws -> Set<
        JobID
    > {
        precondition(ids.count <= Self.step, "a step has a limit")
        let filter = try await reaches.reach(of: actor).narrowed(JobFilter(ids: ids))
        return Set(try await act(change, on: filter, behind: nil, by: actor).changed)
    }

    /// Some jobs as they are; those that are gone are missing.
    func jobs(_ ids: [JobID]) async throws -> [Job] {
        try await queue.readings.page(JobFilter(ids: ids), limit: max(1, ids.count)).jobs
    }

    private func act(
        _ change: JobChange, on filter: JobFilter, behind place: JobID?, by actor: AuditActor
    ) async throws -> (changed: [JobID], next: JobID?) {
        let steered = try await audit.perform(
            Audit.Deed(change.auditName, on: "jobs"), by: actor, needs: .queueUpdate
        ) { connection in
            let steered = try await JobLedger.change(
                change, filter, behind: place, limit: Self.step, on: connection)
            guard let first = steered.ids.first, let last = steered.ids.last else {
                return .nothing(steered)
            }
            let report = StepReport(
                count: steered.ids.count, first: first.uuid, last: last.uuid,
                queue: change.destination?.rawValue)
            return Audit.Change(steered, after: report)
        }
        if !steered.ids.isEmpty { await queue.tell(steered) }
        return (steered.ids, steered.next)
    }

    /// What a filter means at a moment, within reach.
    private func frozen(
        _ filter: OperatorJobFilter, at moment: Date, for actor: AuditActor
    ) async throws -> JobFilter {
        try await reaches.reach(of: actor).narrowed(JobFilter(filter, now: moment).until(moment))
    }

    /// What the audit keeps of a step.
    private struct StepReport: Encodable, Sendable {
        let count: Int
        let first: UUID
        let last: UUID
        let queue: String?
    }
}

/// What was asked for cannot be done to a job as it is.
package struct JobNotInState: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
