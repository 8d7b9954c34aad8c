package import FoundationEssentials
package import Queueing
package import Scoring
package import Tenancy

package typealias ExecutionLogID = EntityID<ExecutionLog>

/// What kind of execution a log records.
package enum ExecutionType: String, Sendable, Hashable, CaseIterable {
    case skill
    case evaluator
    case judge
    case experiment
    case test
    case proxy
    case `internal`
}

/// The record of one execution, as it is written.
package struct ExecutionLog: Sendable, Hashable {
    /// A version 7 identifier; the time inside it is `createdAt`.
    package let id: ExecutionLogID
    package let organizationID: OrganizationID
    package let projectID: ProjectID
    package let type: ExecutionType
    package let item: ExecutedItem
    package let ownerID: UserID
    /// The judge's execution that this one is a part of.
    package let parentID: ExecutionLogID?
    /// The judge that was executed, on its own log and on those of its parts.
    package let judgeID: JudgeID?
    /// The batch that it is a part of.
    package let batchID: BatchID?
    package let input: EvaluationInput
    /// The files that were looked at, the judge's own among them.
    package let files: [AttachedFile]
    package let labels: ExecutionLabels
    package let outcome: ExecutionOutcome
    /// The request of the public interface that caused it.
    package let requestID: String
    package let createdAt: Date

    package init(
        id: ExecutionLogID, organizationID: OrganizationID, projectID: ProjectID, type: ExecutionType,
        item: ExecutedItem, ownerID: UserID, parentID: ExecutionLogID? = nil, judgeID: JudgeID? = nil,
        batchID: BatchID? = nil, input: EvaluationInput, files: [AttachedFile] = [], labels: ExecutionLabels,
        outcome: ExecutionOutcome,
        requestID: String, createdAt: Date
    ) {
        self.id = id
        self.organizationID = organizationID
        self.projectID = projectID
        self.type = type
        self.item = item
        self.ownerID = ownerID
        self.parentID = parentID
        self.judgeID = judgeID
        self.batchID = batchID
        self.input = input
        self.files = files
        self.labels = labels
        self.outcome = outcome
        self.requestID = requestID
        self.createdAt = createdAt
    }
}

/// What was executed, with the name it had then.
package struct ExecutedItem: Sendable, Hashable {
    /// The evaluator's or judge's identifier; `nil` when nothing that is stored was executed.
    package let id: UUID?
    package let versionID: UUID?
    package let name: String

    package init(id: UUID?, versionID: UUID?, name: String) {
        self.id = id
        self.versionID = versionID
        self.name = name
    }
}

/// What the caller attached for finding the log again.
package struct ExecutionLabels: Sendable, Hashable {
    package var tags: [String]
    package var sessionID: String?
    package var userID: String?

    package init(tags: [String] = [], sessionID: String? = nil, userID: String? = nil) {
        self.tags = tags
        self.sessionID = sessionID
        self.userID = userID
    }
}

/// What came of an execution.
package struct ExecutionOutcome: Sendable, Hashable {
    package var score: Score?
    package var confidence: Double?
    package var justification: String?
    /// Set when there is no score, and says why.
    package var failure: EvaluationFailure?
    /// The model's raw answer.
    package var llmOutput: String?
    /// The prompt as it was sent.
    package var renderedPrompt: String?
    /// The criteria that were applied; left out when the executed version, which is stored, has them.
    package var scoringCriteria: String?
    /// The model that answered, which may be a fall-back.
    package var model: String?
    package var provider: String?
    package var usage: TokenUsage?
    package var cost: Money?
    package var callDuration: Duration?
    /// How long each evaluator of a judge took.
    package var evaluatorLatencies: [EvaluatorLatency]
    /// Where the time went; `nil` where that was not measured.
    package var timings: ExecutionTimings?
    /// How many times a model was asked.
    package var attempts: Int?

    package init(
        score: Score? = nil, confidence: Double? = nil, justification: String? = nil,
        failure: EvaluationFailure? = nil, llmOutput: String? = nil, renderedPrompt: String? = nil,
        scoringCriteria: String? = nil, model: String? = nil, provider: String? = nil, usage: TokenUsage? = nil,
        cost: Money? = nil, callDuration: Duration? = nil, evaluatorLatencies: [EvaluatorLatency] = [],
        timings: ExecutionTimings? = nil, attempts: Int? = nil
    ) {
        self.score = score
        self.confidence = confidence
        self.justification = justification
        self.failure = failure
        self.llmOutput = llmOutput
        self.renderedPrompt = renderedPrompt
        self.scoringCriteria = scoringCriteria
        self.model = model
        self.provider = provider
        self.usage = usage
        self.cost = cost
        self.callDuration = callDuration
        self.evaluatorLatencies = evaluatorLatencies
        self.timings = timings
        self.attempts = attempts
    }
}

/// How long one evaluator of a judge took.
package struct EvaluatorLatency: Sendable, Hashable {
    package let evaluatorName: String
    package let duration: Duration

    package init(evaluatorName: String, duration: Duration) {
        self.evaluatorName = evaluatorName
        self.duration = duration
    }
}
