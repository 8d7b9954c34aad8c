internal import FoundationEssentials
internal import Jobs
package import Queueing
internal import Records
internal import Stores
internal import Tenancy
package import WireAPI

/// One job with its life, and why it stands where it does.
package struct JobDetails: Sendable {
    private let lists: JobLists
    private let queue: JobQueue
    private let schedules: ScheduleLedger
    private let audit: AuditStore
    private let reaches: JobReaches
    private let items: BatchItemStore

    /// How many changes by operators are told.
    private static let changes = 50
    private static let attempts = 100

    init(
        lists: JobLists, queue: JobQueue, schedules: ScheduleLedger, audit: AuditStore,
        reaches: JobReaches, items: BatchItemStore
    ) {
        self.lists = lists
        self.queue = queue
        self.schedules = schedules
        self.audit = audit
        self.reaches = reaches
        self.items = items
    }

    /// The job.
    /// - Throws: `NotFound`.
    package func find(_ id: JobID, for actor: AuditActor) async throws -> OperatorJobDetail {
        try actor.require(.queueRead)
        let reach = try await reaches.reach(of: actor)
        guard let history = try await queue.readings.find(id),
            reach.contains(history.job.organizationID)
        else {
            throw NotFound("Job")
        }
        let (job, now) = (history.job, Date())
        let row = try await lists.rows(of: [job], now: now)[0]
        let circumstances = try await circumstances(of: job)
        let timeline = JobTimeline(
            job, attempts: history.attempts,
            changes: try await audit.entries(about: "job:\(id)", limit: Self.changes), now: now)
        let payload = try JobPayload(
            job.payload, showsContent: actor.principal?.may(.executionLogRead) ?? true)
        let mayChange = actor.principal?.may(.queueUpdate) ?? true
        let actions = OperatorJobAction.allCases.filter { $0.states.contains(row.state) }
        return OperatorJobDetail(
            job: row, explanation: JobWords.explanation(of: job, circumstances, now: now),
            position: circumstances.ahead?.count, timeline: timeline.all,
            timelineIsCut: history.attempts.count == Self.attempts, limits: job.limits.map(\.text),
            timeoutSeconds: Int(job.timeout.components.seconds), uniqueKey: job.uniqueKey,
            traceParent: job.traceParent, payload: payload.facts,
            isContentHidden: payload.isContentHidden,
            batchName: try await batchName(of: job), executionLogIDs: try await executionLogs(of: job),
            scheduleName: try await scheduleName(of: job),
            actions: mayChange ? actions.filter { $0 != .delete || row.batchID == nil } : [])
    }

    /// What Redis and the database know of a job that waits.
    private func circumstances(of job: Job) async throws -> JobCircumstances {
        var circumstances = JobCircumstances()
        guard job.state == .waiting else { return circumstances }
        let reading: JobReading?
        do throws(DispatchError) {
            reading = try await queue.dispatcher.job(job.id)
            circumstances.workers = try await queue.dispatcher.workers().count {
                $0.report.queues.contains(job.queue.rawValue) && !$0.report.isDraining
            }
            let limits = try await queue.dispatcher.limits()
            circumstances.blocked = Dictionary(
                limits.compactMap { limit in limit.blockedFor.map { (limit.subject, $0) } }
            ) { first, _ in first }
        } catch {
            circumstances.isUnknown = true
            return circumstances
        }
        guard let reading else {
            circumstances.isHeld = true
            circumstances.ahead = .inQueue(try await queue.readings.ahead(of: job))
            return circumstances
        }
        circumstances.obstacles = reading.obstacles
        if case .ready(_, let ahead) = reading.standing {
            circumstances.ahead = ahead.map(JobCircumstances.Ahead.inLine) ?? .moreThan(1000)
        }
        return circumstances
    }

    private func batchName(of job: Job) async throws -> String? {
        guard let id = job.batch?.batchID else { return nil }
        return try await queue.batches.find(id)?.name
    }

    private func executionLogs(of job: Job) async throws -> [UUID] {
        guard let place = job.batch, let organization = job.organizationID else { return [] }
        let items = try await items.items(of: place.batchID, in: organization, from: place.index, limit: 1)
        guard let item = items.first, item.index == place.index else { return [] }
        // Evaluators without a judge have a log each.
        return item.executionLogID.map { [$0.uuid] } ?? item.results.compactMap(\.executionLogID)
    }

    private func scheduleName(of job: Job) async throws -> String? {
        guard let id = job.scheduleID else { return nil }
        return try await schedules.list().first { $0.id == id }?.name
    }
}
