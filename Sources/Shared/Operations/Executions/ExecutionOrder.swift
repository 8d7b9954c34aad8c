package import FoundationEssentials
package import Queueing
package import Records
package import Scoring
package import Tenancy

/// What a caller wants executed on what, and how the log is to be labelled.
package struct ExecutionOrder: Sendable {
    package let input: EvaluationInput
    package let labels: ExecutionLabels
    /// Where the log belongs; `nil` for the executed item's project.
    package let projectID: ProjectID?
    /// The batch that it is a part of; nobody waits for the calls of such an execution.
    package let batchID: BatchID?
    /// Whether nobody waits for it, although it is no part of a batch.
    package let isUnattended: Bool
    /// What the call is known by that asks for it, when it may come again: its log is called after that, and made once.
    package let callID: UUID?

    package init(
        input: EvaluationInput, labels: ExecutionLabels, projectID: ProjectID?, batchID: BatchID? = nil,
        isUnattended: Bool = false, callID: UUID? = nil
    ) {
        self.input = input
        self.labels = labels
        self.projectID = projectID
        self.batchID = batchID
        self.isUnattended = isUnattended
        self.callID = callID
    }

    /// The lane of the LLM proxy that its calls take.
    var lane: String? { batchID == nil && !isUnattended ? nil : "batch" }
}

/// Which evaluator is meant.
package enum EvaluatorChoice: Sendable, Hashable {
    /// That version of it, the latest without one.
    case id(EvaluatorID, EvaluatorVersionID?)
    /// The caller's organisation's newest of that name, else the built-in one.
    case name(String)
}

/// Which judge is meant.
package enum JudgeChoice: Sendable, Hashable {
    /// That version of it, the latest without one.
    case id(JudgeID, JudgeVersionID?)
    /// The caller's organisation's newest of that name.
    case name(String)
}

/// What came of executing an evaluator.
package struct EvaluatorReceipt: Sendable {
    package let evaluator: Evaluator
    package let outcome: ExecutionOutcome
    package let executionLogID: ExecutionLogID
}

/// What came of executing a judge: one outcome an evaluator, in the judge's order.
package struct JudgeReceipt: Sendable {
    package let judge: Judge
    package let outcomes: [ExecutionOutcome]
    package let executionLogID: ExecutionLogID
    /// Of each evaluator, in their order.
    package let partIDs: [ExecutionLogID]

    /// Why there is no score: the first reason, when no evaluator gave one.
    package var failure: EvaluationFailure? {
        outcomes.allSatisfy { $0.failure != nil } ? outcomes.first?.failure : nil
    }
}
