package import FoundationEssentials
package import JSON

/// One turn of a conversation in a request.
package struct TurnRequest: Decodable, Sendable {
    /// Who speaks in a turn.
    package enum Role: String, Decodable, Sendable, CaseIterable {
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
    /// An older name of `tools`; what is no list is passed over.
    package let functions: JSONValue?
    package let request: String?
    package let response: String?
    package let contexts: [String]?
    package let expectedOutput: String?
    /// An older name of `expected_output`; what is no text is passed over.
    package let reference: JSONValue?
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
package struct EvaluatorExecutionResult: Codable, Sendable {
    package let evaluatorName: String
    package let score: Double?
    /// In US dollars.
    package let cost: Double?
    package let executionLogId: UUID
    package let justification: String?
    /// The probability, from 0 to 1, that the model that gave the score gives one no more than 0.1 away from it when it is
    /// asked again: by the probabilities of its tokens, where the provider tells them, else by the agreement of repeated
    /// answers, which only the behaviour `thorough` asks for. `null` when neither is known. It says how decided the model
    /// is, not how right; see `Confidence`.
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
package struct JudgeEvaluatorResult: Codable, Sendable {
    package let evaluatorName: String
    package let score: Double?
    package let justification: String?
    package let evaluatorId: UUID
    package let evaluatorVersionId: UUID
    /// See ``EvaluatorExecutionResult/confidence``.
    package let confidence: Double?
    /// The log of this evaluator's part.
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
package struct JudgeExecutionResult: Codable, Sendable {
    package let evaluatorResults: [JudgeEvaluatorResult]
    package let executionLogId: UUID

    package init(evaluatorResults: [JudgeEvaluatorResult], executionLogId: UUID) {
        self.evaluatorResults = evaluatorResults
        self.executionLogId = executionLogId
    }
}
