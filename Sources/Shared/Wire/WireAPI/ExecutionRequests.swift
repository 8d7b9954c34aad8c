package import FoundationEssentials
package import JSON

/// One turn of a conversation in a request.
package struct TurnRequest: Decodable, Sendable {
    /// Who speaks in a turn.
    package enum Role: String, Decodable, Sendable {
        case user, assistant, tool
    }

    package let role: Role
    package let content: String?
    package let contexts: [String]?
    package let toolCalls: [JSONValue]?
    package let toolCallId: String?
    /// An older form: the tool that an assistant's turn speaks for.
    package let toolName: String?
}

/// The body of an execution of an evaluator or a judge; `null` and absent mean "not given".
package struct ExecutionRequest: Decodable, Sendable {
    package let turns: [TurnRequest]?
    /// An older name of `turns`, which the documentation of batches used.
    package let messages: [TurnRequest]?
    package let tools: [JSONValue]?
    package let request: String?
    package let response: String?
    package let contexts: [String]?
    package let expectedOutput: String?
    package let tags: [String]?
    package let evaluatorVersionId: UUID?
    package let judgeVersionId: UUID?
    package let userId: String?
    package let sessionId: String?
    package let systemPrompt: String?
    package let fileIds: [UUID]?
    package let projectId: UUID?
    package let variables: [String: String]?
}

/// The result of executing an evaluator.
package struct EvaluatorExecutionResult: Encodable, Sendable {
    package let evaluatorName: String
    package let score: Double?
    /// In US dollars.
    package let cost: Double?
    package let executionLogId: UUID
    package let justification: String?
    package let confidence: Double?

    package init(
        evaluatorName: String, score: Double?, cost: Double?, executionLogId: UUID, justification: String?,
        confidence: Double?
    ) {
        self.evaluatorName = evaluatorName
        self.score = score
        self.cost = cost
        self.executionLogId = executionLogId
        self.justification = justification
        self.confidence = confidence
    }
}

/// What one evaluator of a judge found.
package struct JudgeEvaluatorResult: Encodable, Sendable {
    package let evaluatorName: String
    package let score: Double?
    package let justification: String?
    package let evaluatorId: UUID
    package let evaluatorVersionId: UUID
    package let confidence: Double?
    /// The log of this evaluator's part; said by items of batches.
    package let executionLogId: UUID?

    package init(
        evaluatorName: String, score: Double?, justification: String?, evaluatorId: UUID, evaluatorVersionId: UUID,
        confidence: Double?, executionLogId: UUID? = nil
    ) {
        self.evaluatorName = evaluatorName
        self.score = score
        self.justification = justification
        self.evaluatorId = evaluatorId
        self.evaluatorVersionId = evaluatorVersionId
        self.confidence = confidence
        self.executionLogId = executionLogId
    }
}

/// The result of executing a judge: one entry an evaluator, in the judge's order.
package struct JudgeExecutionResult: Encodable, Sendable {
    package let evaluatorResults: [JudgeEvaluatorResult]
    package let executionLogId: UUID

    package init(evaluatorResults: [JudgeEvaluatorResult], executionLogId: UUID) {
        self.evaluatorResults = evaluatorResults
        self.executionLogId = executionLogId
    }
}
