internal import FoundationEssentials
internal import Jobs
package import Queueing
internal import Stores
internal import Tenancy
package import WireAPI

/// What is done again and again.
package struct Schedules: Sendable {
    private let ledger: ScheduleLedger
    private let queue: JobQueue
    private let names: TenantNameStore
    private let reaches: JobReaches
    private let audit: Audit
    private let identifiers: IdentifierSource

    init(
        ledger: ScheduleLedger, queue: JobQueue, names: TenantNameStore, reaches: JobReaches,
        audit: Audit, identifiers: IdentifierSource
    ) {
        self.ledger = ledger
        self.queue = queue
        self.names = names
        self.reaches = reaches
        self.audit = audit
        self.identifiers = identifiers
    }

    /// Every schedule within reach, by name.
    package func list(for actor: AuditActor) async throws -> OperatorScheduleList {
        try actor.require(.queueRead)
        let reach = try await reaches.reach(of: actor)
        let schedules = try await ledger.list().filter { reach.contains($0.organizationID) }
        return OperatorScheduleList(results: try await shown(schedules), countedAt: Date())
    }

    /// Lets no more runs begin.
    /// - Throws: `PermissionDenied`; `NotFound`.
    package func pause(_ id: ScheduleID, by actor: AuditActor) async throws -> OperatorSchedule {
        try await setPaused(true, id, by: actor)
    }

    /// Goes on with the next time of the rule.
    /// - Throws: `PermissionDenied`; `NotFound`.
    package func resume(_ id: ScheduleID, by actor: AuditActor) async throws -> OperatorSchedule {
        try await setPaused(false, id, by: actor)
    }

    /// Makes a job of it now.
    /// - Throws: `PermissionDenied`; `NotFound`; `JobNotInState` when its job waits or runs already.
    package func run(_ id: ScheduleID, by actor: AuditActor) async throws -> OperatorScheduledRun {
        let known = try await known(id, for: actor)
        let job: JobID = identifiers.next()
        let tickets = try await audit.perform(
            Audit.Deed("schedule.run", on: "schedule:\(id)"), by: actor, needs: .queueUpdate
        ) { connection in
            guard known != nil, let tickets = try await ScheduleLedger.runNow(id, as: job, on: connection)
            else {
                throw NotFound("Schedule")
            }
            guard !tickets.isEmpty else {
                throw JobNotInState("A job of this schedule waits or runs already.")
            }
            return Audit.Change(tickets, after: ["job": job.description])
        }
        await queue.dispatch(tickets)
        return OperatorScheduledRun(jobID: job.uuid)
    }

    private func setPaused(
        _ isPaused: Bool, _ id: ScheduleID, by actor: AuditActor
    ) async throws -> OperatorSchedule {
        let known = try await known(id, for: actor)
        let schedule = try await audit.perform(
            Audit.Deed(isPaused ? "schedule.pause" : "schedule.resume", on: "schedule:\(id)"), by: actor,
            needs: .queueUpdate
        ) { connection in
            guard let known,
                let schedule = try await ScheduleLedger.setPaused(id, isPaused, on: connection)
            else {
                throw NotFound("Schedule")
            }
            return Audit.Change(
                schedule, before: ["is_paused": known.isPaused], after: ["is_paused": schedule.isPaused])
        }
        return try await shown([schedule])[0]
    }

    /// A schedule within reach.
    private func known(_ id: ScheduleID, for actor: AuditActor) async throws -> Schedule? {
        let reach = try await reaches.reach(of: actor)
        return try await ledger.list().first { $0.id == id && reach.contains($0.organizationID) }
    }

    private func shown(_ schedules: [Schedule]) async throws -> [OperatorSchedule] {
        let now = Date()
        let ids = schedules.compactMap(\.lastJobID)
        let jobs =
            ids.isEmpty ? [] : try await queue.readings.page(JobFilter(ids: ids), limit: ids.count).jobs
        let states = Dictionary(jobs.map { ($0.id, OperatorJobState(of: $0, now: now)) }) { first, _ in
            first
        }
        let names = TenantNames(
            organizations: try await names.organizations(Set(schedules.compactMap(\.organizationID))))
        return schedules.map { schedule in
            OperatorSchedule(schedule, names, lastState: schedule.lastJobID.flatMap { states[$0] })
        }
    }
}

extension OperatorSchedule {
    fileprivate init(_ schedule: Schedule, _ names: TenantNames, lastState: OperatorJobState?) {
        let catchUp: CatchUp =
            switch schedule.catchUp {
            case .none: .none
            case .one: .one
            case .all: .all
            }
        self.init(
            id: schedule.id.uuid, name: schedule.name,
            organization: names.organization(schedule.organizationID),
            kind: schedule.kind.rawValue, queue: schedule.queue.rawValue, rule: schedule.rule.description,
            isPaused: schedule.isPaused, catchUp: catchUp, nextRunAt: schedule.nextRunAt,
            lastRunAt: schedule.lastRunAt, lastJobID: schedule.lastJobID?.uuid, lastState: lastState,
            updatedAt: schedule.updatedAt)
    }
}
