internal import EventLoop
internal import FoundationEssentials
internal import JSON
package import Jobs
package import Logging
internal import Postgres
package import Queueing
internal import Records
internal import Scoring
package import Stores
internal import Tenancy

/// Evaluates a trace as a filter asks, as its job, and writes what came of it back into the trace.
package struct EvaluateTrace: JobWork {
    /// Of the jobs that evaluate a trace.
    package static let kind = JobKind("trace_evaluation")

    private let executions: Executions
    private let filters: EvaluationFilterStore
    private let candidates: TraceCandidateStore
    private let traces: TraceStore
    private let users: UserStore
    private let events: EventPublisher
    private let logger: Logger

    /// What the job says.
    private struct Order: Codable {
        let filterId: UUID
        let traceId: String
    }

    package init(
        executions: Executions, filters: EvaluationFilterStore, candidates: TraceCandidateStore, traces: TraceStore,
        users: UserStore, events: EventPublisher, logger: Logger
    ) {
        self.executions = executions
        self.filters = filters
        self.candidates = candidates
        self.traces = traces
        self.users = users
        self.events = events
        self.logger = logger
    }

    package var kind: JobKind { Self.kind }

    /// The job that evaluates a trace.
    static func job(_ id: JobID, _ filter: EvaluationFilter, _ trace: TraceID) -> NewJob {
        NewJob(
            id: id, kind: kind, queue: .evaluations, organizationID: filter.organizationID,
            payload: JSONCodec.encode(Order(filterId: filter.id.uuid, traceId: trace.description)),
            uniqueKey: "\(kind):\(filter.id):\(trace)")
    }

    package func perform(_ job: LeasedJob) async throws -> JobEffect {
        let order = try job.order(Order.self)
        guard let organization = job.job.organizationID, let traceID = TraceID(order.traceId) else {
            throw JobFailure(.invalid, "the job is not about a trace")
        }
        let place = Place(filter: EvaluationFilterID(uuid: order.filterId), trace: traceID)
        guard let candidate = try await candidates.find(place.filter, traceID), candidate.state.mayBeEvaluated else {
            return .none
        }
        guard let filter = try await filters.find(place.filter, in: organization) else {
            return place.conclusion(.superseded, "The filter was deleted.")
        }
        guard filter.content.isActive else { return place.conclusion(.superseded, "The filter was switched off.") }
        guard let summary = try await traces.find(traceID, in: organization) else {
            return place.conclusion(.failed, "The trace is not there any more.")
        }
        guard let owner = try await users.find(filter.ownerID, in: organization) else {
            return place.conclusion(.failed, "Whoever made the filter is not there any more.")
        }
        let spans = try await traces.spans(of: traceID, in: organization).map(\.span)
        guard let input = TraceExtraction.input(of: spans, by: try FilterPlan(filter.content).rules) else {
            return place.conclusion(
                .failed, "The filter’s rules find no question with an answer in the trace’s \(spans.count) spans.")
        }
        let principal = Principal(standingFor: owner, in: summary.projectID)
        let wanted = ExecutionOrder(
            input: input, labels: TraceLabels.labels(of: spans), projectID: summary.projectID, isUnattended: true)
        let evaluated = try await evaluate(filter.content.target, wanted, as: principal, job)
        try Task.checkCancellation()
        return try effect(of: evaluated, at: place, filter, spans, summary)
    }

    private func evaluate(
        _ target: EvaluationFilter.Target, _ order: ExecutionOrder, as principal: Principal, _ job: LeasedJob
    ) async throws -> EvaluatedTrace {
        let context = CallContext(job, logger: logger)
        do {
            switch target {
            case .judge(let id):
                return EvaluatedTrace(
                    try await executions.evaluate(.id(id, nil), order, as: principal, context))
            case .evaluator(let id):
                return EvaluatedTrace(
                    try await executions.evaluate([.id(id, nil)], order, as: principal, context)[0])
            }
        } catch let missing as NotFound {
            throw JobFailure(.missing, "\(missing)")
        } catch let invalid as InvalidDefinition {
            throw JobFailure(.invalid, "\(invalid)")
        }
    }

    /// Stores the logs, the spans and what became of the trace, and then tells whoever watches.
    private func effect(
        of evaluated: EvaluatedTrace, at place: Place, _ filter: EvaluationFilter, _ spans: [TraceSpan],
        _ summary: TraceSummary
    ) throws -> JobEffect {
        let events = events
        let log = evaluated.execution.log
        let results = SpanBatch(
            organizationID: log.organizationID, projectID: summary.projectID,
            spans: evaluated.scores.map {
                TraceSpan(evaluation: $0, of: place.trace, under: spans.root, by: filter.id)
            }, receivedAt: Date())
        let effect = JobEffect(
            cost: evaluated.cost.nanoDollars,
            afterCommit: { events.publish(evaluated.execution) },
            apply: { connection in
                try await connection.execute(ExecutionLogStore.insertion(of: evaluated.execution.logs))
                if !results.spans.isEmpty { try await connection.execute(TraceStore.insertion(of: [results])) }
                try await TraceCandidateStore.conclude(
                    place.filter, place.trace, evaluated.failure == nil ? .scored : .failed,
                    reason: evaluated.failure?.summary ?? "", log: log.id, on: connection)
            })
        guard let failure = evaluated.failure else { return effect }
        throw JobFailed(JobFailure(failure, provider: log.outcome.provider), effect: effect)
    }

    /// A trace under a filter.
    private struct Place: Sendable {
        let filter: EvaluationFilterID
        let trace: TraceID

        /// Stores how it ended without an evaluation.
        func conclusion(_ state: CandidateState, _ reason: String) -> JobEffect {
            JobEffect(apply: { connection in
                try await TraceCandidateStore.conclude(
                    filter, trace, state, reason: reason, log: nil, on: connection)
            })
        }
    }
}

extension CandidateState {
    /// Whether an evaluation has something to say: it was decided for, or is tried again.
    fileprivate var mayBeEvaluated: Bool {
        switch self {
        case .queued, .failed: true
        case .settling, .scored, .sampledOut, .filteredOut, .superseded: false
        }
    }
}

/// The labels of an execution that a trace is evaluated by: whose session and user its spans name.
private enum TraceLabels {
    private static let sessions = ["session.id", "gen_ai.conversation.id"]
    private static let users = ["user.id", "enduser.id"]

    static func labels(of spans: [TraceSpan]) -> ExecutionLabels {
        ExecutionLabels(sessionID: first(of: sessions, in: spans), userID: first(of: users, in: spans))
    }

    private static func first(of names: [String], in spans: [TraceSpan]) -> String? {
        for name in names {
            if let text = spans.lazy.compactMap({ $0.attributes[name]?.text }).first { return text }
        }
        return nil
    }
}
