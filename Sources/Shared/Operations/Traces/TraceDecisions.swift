package import FoundationEssentials
internal import JSON
package import Jobs
package import Postgres
internal import Queueing
internal import Records
internal import Stores
package import Tenancy

/// Decides about traces that have been quiet for as long as their filters ask: whether they are evaluated.
///
/// Any number of workers may do it at the same time: each takes traces that no other one has. What is decided and the job
/// that it needs are stored together, so that a worker that dies leaves a trace undecided or decided, and nothing between.
package struct TraceDecisions: Sendable {
    private let database: PostgresClient
    private let filters: EvaluationFilterStore
    private let candidates: TraceCandidateStore
    private let traces: TraceStore
    private let queue: JobQueue
    private let identifiers: IdentifierSource

    /// How many traces are decided about in one transaction.
    package static let most = 200

    package init(database: PostgresClient, queue: JobQueue, identifiers: IdentifierSource) {
        self.database = database
        filters = EvaluationFilterStore(database: database)
        candidates = TraceCandidateStore(database: database)
        traces = TraceStore(database: database)
        self.queue = queue
        self.identifiers = identifiers
    }

    /// Decides about the traces whose time has come, at most ``most``; says how many those were.
    package func decide(at now: Date) async throws -> Int {
        let (count, tickets): (Int, [JobTicket]) = try await database.transaction { connection in
            let due = try await TraceCandidateStore.due(at: now, limit: Self.most, on: connection)
            var known: [EvaluationFilterID: DecidingFilter] = [:]
            var decisions: [TraceCandidateStore.Decision] = []
            var jobs: [NewJob] = []
            for one in due {
                if known[one.filterID] == nil {
                    known[one.filterID] = DecidingFilter(
                        try await filters.find(one.filterID, in: one.organizationID))
                }
                guard let filter = known[one.filterID] else { continue }
                let (decision, job) = try await decide(about: one, filter, at: now)
                decisions.append(decision)
                if let job { jobs.append(job) }
            }
            guard !decisions.isEmpty else { return (0, []) }
            let tickets = try await queue.add(jobs, on: connection)
            try await TraceCandidateStore.decide(decisions, on: connection)
            return (due.count, tickets)
        }
        await queue.dispatch(tickets)
        return count
    }

    /// Ends those whose job has ended without saying what came of it; says how many.
    package func concludeLost() async throws -> Int { try await candidates.concludeLost(limit: Self.most) }

    private func decide(
        about due: TraceCandidateStore.Due, _ filter: DecidingFilter, at now: Date
    ) async throws -> (TraceCandidateStore.Decision, NewJob?) {
        func decision(_ state: CandidateState, _ reason: String) -> (TraceCandidateStore.Decision, NewJob?) {
            (.init(about: due, state, reason: reason, dueAt: now), nil)
        }
        switch filter {
        case .gone: return decision(.superseded, "The filter was deleted.")
        case .inactive: return decision(.superseded, "The filter was switched off.")
        case .unreadable(let reason): return decision(.failed, reason)
        case .active(let filter, let plan):
            guard let settledAt = due.settledAt else { return decision(.failed, "The trace is not there any more.") }
            let dueAt = settledAt.addingTimeInterval(TimeInterval(filter.content.delaySeconds))
            guard dueAt <= now else { return (.init(about: due, .settling, dueAt: dueAt), nil) }
            guard try await traces.fulfils(plan.conditions, due.traceID, in: due.organizationID) else {
                return decision(.filteredOut, "The trace does not fulfil the criteria.")
            }
            guard filter.samples(due.traceID) else {
                return decision(
                    .sampledOut, "Not one of the share of \(filter.content.samplingRate) that is evaluated.")
            }
            let job = EvaluateTrace.job(identifiers.next(), filter, due.traceID)
            return (.init(about: due, .queued, jobID: job.id, dueAt: now), job)
        }
    }
}

/// A filter as decisions need it.
private enum DecidingFilter {
    case gone
    case inactive
    /// What it says was accepted, and cannot be read any more.
    case unreadable(String)
    case active(EvaluationFilter, FilterPlan)

    init(_ filter: EvaluationFilter?) {
        guard let filter else {
            self = .gone
            return
        }
        guard filter.content.isActive else {
            self = .inactive
            return
        }
        do {
            self = .active(filter, try FilterPlan(filter.content))
        } catch {
            self = .unreadable("The filter cannot be read: \(error)")
        }
    }
}
