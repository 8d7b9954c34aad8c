package import FoundationEssentials

/// What is to be done to many things, `POST /internal/plans`. The server answers with the plan: a list of things that
/// it froze, what will happen to them and what it costs. Nothing happens before the plan is executed.
package struct OperatorPlanDraft: Codable, Sendable, Hashable {
    /// Where plans are made; one is at `path/ID`.
    package static let path = "/internal/plans"

    package let action: OperatorPlanAction
    /// The things, where they were picked one by one.
    package let ids: [UUID]?
    /// The things, where they are all that match: the parameters of the list of executions, or of jobs.
    package let filter: [Parameter]?
    /// At most how many of those that match, `nil` for as many as the server takes.
    package let limit: Int?
    package let arguments: Arguments

    /// A query parameter, not escaped.
    package struct Parameter: Codable, Sendable, Hashable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// What the action needs beside the things.
    package struct Arguments: Codable, Sendable, Hashable {
        /// For `tag` and `untag`.
        package var tags: [String]?
        /// For `run_again`; the current one without.
        package var version: OperatorRunAgain.Version?
        /// For `move_jobs`: where to.
        package var queue: String?
        /// For `export_executions`; JSON lines without.
        package var format: OperatorLogExport.Format?

        package init(
            tags: [String]? = nil, version: OperatorRunAgain.Version? = nil, queue: String? = nil,
            format: OperatorLogExport.Format? = nil
        ) {
            self.tags = tags
            self.version = version
            self.queue = queue
            self.format = format
        }
    }

    /// A draft for things picked one by one.
    package init(_ action: OperatorPlanAction, ids: [UUID], arguments: Arguments = Arguments()) {
        self.action = action
        self.ids = ids
        filter = nil
        limit = nil
        self.arguments = arguments
    }

    /// A draft for all executions that match, the newest first.
    package init(
        _ action: OperatorPlanAction, matching filter: OperatorExecutionFilter, limit: Int? = nil,
        arguments: Arguments = Arguments()
    ) {
        self.action = action
        ids = nil
        self.filter = filter.parameters.map { Parameter(name: $0.name, value: $0.value) }
        self.limit = limit
        self.arguments = arguments
    }

    /// A draft for all jobs that match and are there when the plan is made, however many.
    package init(
        _ action: OperatorJobAction, matching filter: OperatorJobFilter, arguments: Arguments = Arguments()
    ) {
        self.action = action.plan
        ids = nil
        self.filter = filter.parameters.map { Parameter(name: $0.name, value: $0.value) }
        limit = nil
        self.arguments = arguments
    }
}

/// What plans can do.
package enum OperatorPlanAction: String, Codable, Sendable, Hashable, CaseIterable {
    /// Gives tags to executions.
    case tag
    /// Takes tags from executions.
    case untag
    /// Executes again, on the same inputs.
    case runAgain = "run_again"
    /// Writes executions to a file in the background.
    case exportExecutions = "export_executions"
    case deleteEvaluators = "delete_evaluators"
    case deleteJudges = "delete_judges"
    // Below: to jobs, as ``OperatorJobAction`` says it.
    case retryJobs = "retry_jobs"
    case cancelJobs = "cancel_jobs"
    case deleteJobs = "delete_jobs"
    case moveJobs = "move_jobs"
    case runJobsNow = "run_jobs_now"
}

/// A plan as it stands, `GET /internal/plans/ID`.
package struct OperatorPlan: Codable, Sendable, Hashable {
    package let id: UUID
    package let action: OperatorPlanAction
    /// How many things it is about.
    package let count: Int
    /// Whether more would have matched than the server takes or the draft asked for.
    package let isCut: Bool
    /// What will happen, in one sentence.
    package let effect: String
    /// What it will cost, as far as one can tell; `nil` when it costs nothing.
    package let estimatedCostNanodollars: Int64?
    /// The first few things.
    package let samples: [Sample]
    /// What has to be typed to execute it.
    package let confirmation: Confirmation
    /// When it can no longer be executed.
    package let expiresAt: Date
    package let state: State
    package let progress: Progress
    /// Makes undone what was done, `nil` where that is not possible.
    package let undo: Undo?

    package init(
        id: UUID, action: OperatorPlanAction, count: Int, isCut: Bool, effect: String,
        estimatedCostNanodollars: Int64?, samples: [Sample], confirmation: Confirmation, expiresAt: Date,
        state: State, progress: Progress, undo: Undo?
    ) {
        self.id = id
        self.action = action
        self.count = count
        self.isCut = isCut
        self.effect = effect
        self.estimatedCostNanodollars = estimatedCostNanodollars
        self.samples = samples
        self.confirmation = confirmation
        self.expiresAt = expiresAt
        self.state = state
        self.progress = progress
        self.undo = undo
    }

    /// One of the things.
    package struct Sample: Codable, Sendable, Hashable {
        package let id: UUID
        package let name: String

        package init(id: UUID, name: String) {
            self.id = id
            self.name = name
        }
    }

    /// What has to be typed to execute a plan.
    package struct Confirmation: Codable, Sendable, Hashable {
        package let kind: Kind
        /// The text itself.
        package let text: String

        package init(kind: Kind, text: String) {
            self.kind = kind
            self.text = text
        }

        /// What the text is.
        package enum Kind: String, Codable, Sendable, Hashable {
            /// How many things the plan is about.
            case count
            /// The name of the only thing.
            case name
        }
    }

    /// Where a plan stands.
    package enum State: String, Codable, Sendable, Hashable, CaseIterable {
        /// Nothing has happened yet.
        case ready
        case running
        /// Everything was tried.
        case finished
        /// Somebody stopped it; `progress` says how far it came.
        case cancelled
        /// The server that executed it was stopped; `progress` says how far it came.
        case interrupted
        /// What it did was made undone.
        case undone
    }

    /// How far a plan came.
    package struct Progress: Codable, Sendable, Hashable {
        package let done: Int
        package let failed: Int
        /// Why things failed, the most frequent reason first.
        package let failures: [Failure]

        package init(done: Int, failed: Int, failures: [Failure]) {
            self.done = done
            self.failed = failed
            self.failures = failures
        }
    }

    /// A reason why things failed.
    package struct Failure: Codable, Sendable, Hashable {
        /// One sentence.
        package let reason: String
        package let count: Int
        /// The first few of them.
        package let ids: [UUID]

        package init(reason: String, count: Int, ids: [UUID]) {
            self.reason = reason
            self.count = count
            self.ids = ids
        }
    }

    /// How to make undone what was done.
    package struct Undo: Codable, Sendable, Hashable {
        package let token: String
        package let expiresAt: Date
        /// What undoing does, in one sentence.
        package let effect: String

        package init(token: String, expiresAt: Date, effect: String) {
            self.token = token
            self.expiresAt = expiresAt
            self.effect = effect
        }
    }
}

/// Executes a plan, `POST /internal/plans/ID/execute`. A plan that takes long is answered while it runs; how far it is
/// says `GET /internal/plans/ID`.
package struct OperatorPlanConfirmation: Codable, Sendable, Hashable {
    /// What was typed: the text that the plan asks for.
    package let confirm: String

    package init(confirm: String) { self.confirm = confirm }
}

/// Undoes a plan, `POST /internal/plans/ID/undo`.
package struct OperatorPlanUndo: Codable, Sendable, Hashable {
    package let undo: String

    package init(undo: String) { self.undo = undo }
}

extension OperatorRequest where Reply == OperatorPlan {
    /// Makes a plan.
    package static func plan(_ draft: OperatorPlanDraft) -> Self { Self(.post, OperatorPlanDraft.path, body: draft) }

    /// Where a plan stands.
    package static func plan(_ id: UUID) -> Self { Self(.get, path(of: id)) }

    /// Executes a plan; `confirm` is what was typed.
    package static func executePlan(_ id: UUID, confirm: String) -> Self {
        Self(.post, path(of: id) + "/execute", body: OperatorPlanConfirmation(confirm: confirm))
    }

    /// Stops a plan that runs: what has begun is finished, nothing else begins.
    package static func cancelPlan(_ id: UUID) -> Self { Self(.post, path(of: id) + "/cancel") }

    /// Makes undone what a plan did.
    package static func undoPlan(_ id: UUID, token: String) -> Self {
        Self(.post, path(of: id) + "/undo", body: OperatorPlanUndo(undo: token))
    }

    private static func path(of id: UUID) -> String { "\(OperatorPlanDraft.path)/\(id.uuidString.lowercased())" }
}
