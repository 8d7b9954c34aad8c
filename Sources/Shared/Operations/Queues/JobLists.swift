package import FoundationEssentials
internal import Jobs
package import Queueing
internal import Records
internal import Stores
internal import Tenancy
package import WireAPI

/// Jobs, as operators look at them.
package struct JobLists: Sendable {
    private let queue: JobQueue
    private let names: TenantNameStore
    private let reaches: JobReaches

    init(queue: JobQueue, names: TenantNameStore, reaches: JobReaches) {
        self.queue = queue
        self.names = names
        self.reaches = reaches
    }

    /// A page of jobs, those behind `place` in the order.
    /// - Throws: `OperatorInvalidParameter` when the filter asks for what there is not.
    package func page(
        _ wanted: OperatorJobFilter, _ order: OperatorJobOrder, behind place: JobID?, limit: Int,
        for actor: AuditActor
    ) async throws -> (rows: [OperatorJobRow], next: JobID?, searchedThrough: Date?) {
        try actor.require(.queueRead)
        let now = Date()
        let filter = try await reaches.reach(of: actor).narrowed(JobFilter(wanted, now: now))
        let page = try await queue.page(
            filter, newestFirst: order == .newest, behind: place, limit: limit)
        return (
            try await rows(of: page.jobs, now: now), page.next ?? page.lookedThrough,
            page.lookedThrough?.uuid.versionSevenDate
        )
    }

    /// How many jobs match, by state.
    package func counts(_ wanted: OperatorJobFilter, for actor: AuditActor) async throws
        -> OperatorJobCounts
    {
        try actor.require(.queueRead)
        let filter = try await reaches.reach(of: actor).narrowed(JobFilter(wanted, now: Date()))
        let counts = try await queue.readings.counts(filter)
        let numbers: [(OperatorJobState, Int)] = [
            (.waiting, (counts.states[.waiting] ?? 0) - counts.later), (.scheduled, counts.later),
            (.running, counts.states[.running] ?? 0), (.finished, counts.states[.finished] ?? 0),
            (.dead, counts.states[.dead] ?? 0), (.cancelled, counts.states[.cancelled] ?? 0),
        ]
        return OperatorJobCounts(
            states: numbers.filter { $0.1 > 0 }.map {
                OperatorJobCount(name: $0.0.rawValue, count: $0.1)
            },
            isCut: counts.isCut)
    }

    /// Jobs that were given up, grouped by cause.
    package func deadLetters(
        in name: String?, of batch: BatchID?, for actor: AuditActor
    ) async throws -> OperatorDeadLetters {
        try actor.require(.queueRead)
        var filter = JobFilter()
        filter.states = [.dead]
        filter.queues = Set([name].compactMap(\.self).map { QueueName($0) })
        filter.batchID = batch
        filter = try await reaches.reach(of: actor).narrowed(filter)
        let now = Date()
        let groups = try await queue.readings.deadGroups(filter)
        let counts = try await queue.readings.counts(filter)
        let count = counts.states[.dead] ?? 0
        let samples = try await rows(of: groups.map(\.sample), now: now)
        return OperatorDeadLetters(
            groups: zip(groups, samples).map { OperatorDeadLetters.Group($0, sample: $1, batch: batch) },
            count: count, isCut: counts.isCut || groups.reduce(0) { $0 + $1.count } < count,
            countedAt: now)
    }

    /// The rows of jobs.
    func rows(of jobs: [Job], now: Date) async throws -> [OperatorJobRow] {
        let names = try await TenantNames(
            organizations: names.organizations(Set(jobs.compactMap(\.organizationID))),
            projects: names.projects(Set(jobs.compactMap(\.projectID))))
        return jobs.map { OperatorJobRow($0, now: now, names) }
    }
}

extension OperatorDeadLetters.Group {
    fileprivate init(_ group: DeadGroup, sample: OperatorJobRow, batch: BatchID?) {
        var filter = OperatorJobFilter()
        filter.states = [.dead]
        filter.queues = [sample.queue]
        filter.kinds = [sample.kind]
        filter.errorClasses = [sample.errorClass].compactMap(\.self)
        filter.cause = group.cause
        filter.batchID = batch?.uuid
        self.init(
            queue: sample.queue, kind: sample.kind, errorClass: sample.errorClass,
            cause: group.cause ?? "",
            count: group.count, firstAt: group.first, lastAt: group.last, sample: sample,
            filter: filter.parameters.map { OperatorPlanDraft.Parameter(name: $0.name, value: $0.value) })
    }
}
