package import FoundationEssentials
package import Scoring
package import Tenancy

/// One log in full, with what belongs to it.
package struct ExecutionLogDetails: Sendable, Hashable {
    package let log: ExecutionLog
    package let owner: UserReference
    /// On a judge's log, what each of its evaluators found, in the judge's order.
    package let evaluatorResults: [EvaluatorResultSummary]

    package init(log: ExecutionLog, owner: UserReference, evaluatorResults: [EvaluatorResultSummary]) {
        self.log = log
        self.owner = owner
        self.evaluatorResults = evaluatorResults
    }
}

/// What one evaluator of a judge found.
package struct EvaluatorResultSummary: Sendable, Hashable {
    package let executionLogID: ExecutionLogID
    package let evaluatorID: EvaluatorID?
    package let evaluatorName: String
    package let score: Score?
    package let justification: String?
    package let failure: EvaluationFailure?
    /// The model that answered, which may be a fall-back.
    package let model: String?
    package let cost: Money?
    /// The time in calls of models.
    package let callDuration: Duration?

    package init(
        executionLogID: ExecutionLogID, evaluatorID: EvaluatorID?, evaluatorName: String, score: Score?,
        justification: String?, failure: EvaluationFailure?, model: String?, cost: Money?, callDuration: Duration?
    ) {
        self.executionLogID = executionLogID
        self.evaluatorID = evaluatorID
        self.evaluatorName = evaluatorName
        self.score = score
        self.justification = justification
        self.failure = failure
        self.model = model
        self.cost = cost
        self.callDuration = callDuration
    }
}

/// One log as a row of a list.
package struct ExecutionLogSummary: Sendable, Hashable {
    package let id: ExecutionLogID
    package let projectID: ProjectID
    package let type: ExecutionType
    package let item: ExecutedItem
    package let owner: UserReference
    package let parentID: ExecutionLogID?
    package let judgeID: JudgeID?
    package let requestPreview: String
    package let responsePreview: String
    package let labels: ExecutionLabels
    package let score: Score?
    package let failureCode: EvaluationFailure.Code?
    package let model: String?
    package let provider: String?
    package let cost: Money?
    package let callDuration: Duration?
    package let createdAt: Date
    /// Only when it was asked for.
    package let extras: Extras

    /// The long fields that a list brings only on request.
    package struct Extras: Sendable, Hashable {
        package let llmOutput: String?
        package let variables: [String: String]?
        package let contexts: [String]?
        package let expectedOutput: String?

        package init(llmOutput: String?, variables: [String: String]?, contexts: [String]?, expectedOutput: String?) {
            self.llmOutput = llmOutput
            self.variables = variables
            self.contexts = contexts
            self.expectedOutput = expectedOutput
        }
    }

    package init(
        id: ExecutionLogID, projectID: ProjectID, type: ExecutionType, item: ExecutedItem, owner: UserReference,
        parentID: ExecutionLogID?, judgeID: JudgeID?, requestPreview: String, responsePreview: String,
        labels: ExecutionLabels,
        score: Score?, failureCode: EvaluationFailure.Code?, model: String?, provider: String?, cost: Money?,
        callDuration: Duration?, createdAt: Date, extras: Extras
    ) {
        self.id = id
        self.projectID = projectID
        self.type = type
        self.item = item
        self.owner = owner
        self.parentID = parentID
        self.judgeID = judgeID
        self.requestPreview = requestPreview
        self.responsePreview = responsePreview
        self.labels = labels
        self.score = score
        self.failureCode = failureCode
        self.model = model
        self.provider = provider
        self.cost = cost
        self.callDuration = callDuration
        self.createdAt = createdAt
        self.extras = extras
    }

    package var keyset: Keyset { Keyset(createdAt: createdAt, id: id.uuid) }
}

/// Logs that belong to another one in the same way.
package struct RelatedLogs: Sendable, Hashable {
    package let relation: LogRelation
    /// The newest first, but the evaluators of a judge in its order.
    package let items: [ExecutionLogSummary]
    /// Whether there are more than these.
    package let hasMore: Bool

    package init(relation: LogRelation, items: [ExecutionLogSummary], hasMore: Bool) {
        self.relation = relation
        self.items = items
        self.hasMore = hasMore
    }
}

/// How logs belong together.
package enum LogRelation: String, Sendable, Hashable, CaseIterable {
    /// The judge's execution that a log is a part of.
    case judge
    /// The evaluators of this judge's execution.
    case parts
    /// The other evaluators of the same judge's execution.
    case siblings
    /// What a log was executed again from.
    case origin
    /// What was executed again from it.
    case reruns
    /// The same evaluator or judge before.
    case previous
    /// Others that the same request caused.
    case request
    /// Others of the same session.
    case session
}

/// What the tags of a log were and are.
package struct TagEdit: Sendable, Hashable {
    package let id: ExecutionLogID
    package let projectID: ProjectID
    package let before: [String]
    package let after: [String]

    package init(id: ExecutionLogID, projectID: ProjectID, before: [String], after: [String]) {
        self.id = id
        self.projectID = projectID
        self.before = before
        self.after = after
    }
}

/// A page of what is looked for among much, in the order that was asked for. It may be shorter than was asked for although
/// more follows.
package struct FoundPage<Item: Sendable>: Sendable {
    package let items: [Item]
    /// Before which place others lie; `nil` when there are none.
    package let previous: Keyset?
    /// Behind which place the next page begins; `nil` when there is none.
    package let next: Keyset?

    package init(items: [Item], previous: Keyset?, next: Keyset?) {
        self.items = items
        self.previous = previous
        self.next = next
    }

    /// A page whose places are those of its items.
    package init(_ slice: Slice<Item>, at keyset: (Item) -> Keyset) {
        self.init(
            items: slice.items, previous: slice.hasPrevious ? slice.items.first.map(keyset) : nil,
            next: slice.hasNext ? slice.items.last.map(keyset) : nil)
    }
}
