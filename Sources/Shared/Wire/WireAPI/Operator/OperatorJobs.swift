package import FoundationEssentials

/// One job as a row of the operator's list, `GET /internal/jobs`.
package struct OperatorJobRow: Codable, Sendable, Hashable {
    package let id: UUID
    /// What is to be done, such as `evaluate_item`.
    package let kind: String
    package let queue: String
    /// From 0, which goes first, to 3.
    package let priority: Int
    package let state: OperatorJobState
    /// `nil` for the installation's own work.
    package let organization: OperatorNamed?
    package let project: OperatorNamed?
    package let batchID: UUID?
    /// Its place in the batch, from 0.
    package let batchIndex: Int?
    package let scheduleID: UUID?
    /// How many times it was begun.
    package let attempt: Int
    /// How many of these ended in a failure of its own, and how many with their worker.
    package let failures: Int
    package let crashes: Int
    /// After how many failures it is given up.
    package let maxAttempts: Int
    package let createdAt: Date
    /// From when on it may run; of one that failed, when it is tried again.
    package let runAt: Date
    package let startedAt: Date?
    package let endedAt: Date?
    /// Who runs it, or ran it last.
    package let worker: String?
    /// What went wrong last: a class such as `rate_limited`, and one sentence without prompt, answer or key.
    package let errorClass: String?
    package let error: String?

    package init(
        id: UUID, kind: String, queue: String, priority: Int, state: OperatorJobState, organization: OperatorNamed?,
        project: OperatorNamed?, batchID: UUID?, batchIndex: Int?, scheduleID: UUID?, attempt: Int, failures: Int,
        crashes: Int, maxAttempts: Int, createdAt: Date, runAt: Date, startedAt: Date?, endedAt: Date?, worker: String?,
        errorClass: String?, error: String?
    ) {
        self.id = id
        self.kind = kind
        self.queue = queue
        self.priority = priority
        self.state = state
        self.organization = organization
        self.project = project
        self.batchID = batchID
        self.batchIndex = batchIndex
        self.scheduleID = scheduleID
        self.attempt = attempt
        self.failures = failures
        self.crashes = crashes
        self.maxAttempts = maxAttempts
        self.createdAt = createdAt
        self.runAt = runAt
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.worker = worker
        self.errorClass = errorClass
        self.error = error
    }
}

/// Where a job stands.
package enum OperatorJobState: String, Codable, Sendable, Hashable, CaseIterable {
    /// It could run now.
    case waiting
    /// It waits for its time.
    case scheduled
    case running
    case finished
    /// It was given up.
    case dead
    case cancelled
}

/// A page of the list: `cursor` says which, `page_size` how long, `order` in which order, and ``OperatorJobFilter`` of
/// what.
package struct OperatorJobPage: Codable, Sendable, Hashable {
    /// Where pages are asked for; one job is at `path/ID`.
    package static let path = "/internal/jobs"

    package let results: [OperatorJobRow]
    /// The `cursor` of the page that follows, `nil` at the end.
    package let next: String?
    /// An id of the event stream, read before the rows were; `nil` when the stream is unavailable.
    package let eventsThrough: String?
    /// Set when few of the jobs that were looked at match, so that the server stopped before the page was full: how far
    /// it has come. `next` goes on from there.
    package let searchedThrough: Date?

    package init(results: [OperatorJobRow], next: String?, eventsThrough: String?, searchedThrough: Date? = nil) {
        self.results = results
        self.next = next
        self.eventsThrough = eventsThrough
        self.searchedThrough = searchedThrough
    }
}

/// The order of the list, by creation.
package enum OperatorJobOrder: String, Codable, Sendable, Hashable, CaseIterable {
    case newest
    case oldest
}

/// How many jobs match a filter, by state, `GET /internal/jobs/counts`.
package struct OperatorJobCounts: Codable, Sendable, Hashable {
    package static let path = OperatorJobPage.path + "/counts"

    /// Those that there are, in the order of ``OperatorJobState``; `name` is the state.
    package let states: [OperatorJobCount]
    /// Whether counting was given up because there are too many: each is at least what is said.
    package let isCut: Bool

    package init(states: [OperatorJobCount], isCut: Bool) {
        self.states = states
        self.isCut = isCut
    }
}

/// How many jobs have something in common.
package struct OperatorJobCount: Codable, Sendable, Hashable {
    package let name: String
    package let count: Int

    package init(name: String, count: Int) {
        self.name = name
        self.count = count
    }
}

/// Does something to one job at once, `POST /internal/jobs/ID/actions`. To many: by a plan.
package struct OperatorJobOrderDraft: Codable, Sendable, Hashable {
    package let action: OperatorJobAction
    /// For `move`: where to.
    package let queue: String?

    package init(action: OperatorJobAction, queue: String? = nil) {
        self.action = action
        self.queue = queue
    }
}

/// What can be done to a job.
package enum OperatorJobAction: String, Codable, Sendable, Hashable, CaseIterable {
    /// What was given up or cancelled begins again, with all its attempts.
    case retry
    /// What waits or runs ends.
    case cancel
    /// What has ended is forgotten; of a batch, only with the batch.
    case delete
    /// What waits goes to another queue.
    case move
    /// What waits for its time has it now.
    case runNow = "run_now"

    /// The states of jobs that it can be done to.
    package var states: Set<OperatorJobState> {
        switch self {
        case .retry: [.dead, .cancelled]
        case .cancel: [.waiting, .scheduled, .running]
        case .delete: [.finished, .dead, .cancelled]
        case .move: [.waiting, .scheduled]
        case .runNow: [.scheduled]
        }
    }

    /// The plan that does it to many.
    package var plan: OperatorPlanAction {
        switch self {
        case .retry: .retryJobs
        case .cancel: .cancelJobs
        case .delete: .deleteJobs
        case .move: .moveJobs
        case .runNow: .runJobsNow
        }
    }
}

extension OperatorRequest where Reply == OperatorJobPage {
    /// A page of jobs of at most `limit` rows, up to 200. `cursor` is `next` of the page before, `nil` for the beginning.
    package static func jobs(
        _ filter: OperatorJobFilter, order: OperatorJobOrder = .newest, cursor: String? = nil, limit: Int
    ) -> Self {
        var parameters = filter.parameters.map { Parameter($0.name, $0.value) }
        if order != .newest { parameters.append(Parameter("order", order.rawValue)) }
        parameters.append(Parameter("page_size", "\(limit)"))
        if let cursor { parameters.append(Parameter("cursor", cursor)) }
        return Self(.get, OperatorJobPage.path, parameters)
    }
}

extension OperatorRequest where Reply == OperatorJobCounts {
    /// How many jobs match, by state.
    package static func jobCounts(_ filter: OperatorJobFilter) -> Self {
        Self(.get, OperatorJobCounts.path, filter.parameters.map { Parameter($0.name, $0.value) })
    }
}

extension OperatorRequest where Reply == OperatorNothing {
    /// Does something to one job.
    package static func actOnJob(_ id: UUID, _ action: OperatorJobAction, queue: String? = nil) -> Self {
        Self(
            .post, "\(OperatorJobPage.path)/\(id.uuidString.lowercased())/actions",
            body: OperatorJobOrderDraft(action: action, queue: queue))
    }
}
