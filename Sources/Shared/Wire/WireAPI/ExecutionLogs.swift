package import FoundationEssentials
package import JSON
package import Records
internal import Scoring
internal import Tenancy

/// What an execution was given besides request and response.
package struct EvaluationContextBody: Codable, Sendable {
    package let contexts: [String]
    package let expectedOutput: String
}

/// One execution log as a row of a list.
package struct ExecutionLogRow: Codable, Sendable {
    package let id: UUID
    package let executionType: String
    package let executedItemId: UUID?
    package let executedItemName: String
    package let executedItemVersionId: UUID?
    package let parentExecutionLogId: UUID?
    package let projectId: UUID?
    package let owner: UserDetails
    package let requestPreview: String
    package let responsePreview: String
    package let score: Double?
    /// In US dollars.
    package let cost: Double?
    /// The model that answered; "" when none did.
    package let model: String
    package let tags: [String]
    package let sessionId: String
    package let userId: String
    package let createdAt: Date
    /// The three long fields are null unless `include` names them.
    package let evaluationContext: EvaluationContextBody?
    package let llmOutput: String?
    package let variables: [String: String]?

    /// `includes` are the long fields that the caller named.
    package init(_ log: ExecutionLogSummary, includes: ExecutionLogIncludes) {
        id = log.id.uuid
        executionType = log.type.rawValue
        executedItemId = log.item.id
        executedItemName = log.item.name
        executedItemVersionId = log.item.versionID
        parentExecutionLogId = log.parentID?.uuid
        projectId = log.projectID.uuid
        owner = UserDetails(log.owner)
        requestPreview = log.requestPreview
        responsePreview = log.responsePreview
        score = log.score?.value
        cost = log.cost?.dollars
        model = log.model ?? ""
        tags = log.labels.tags
        sessionId = log.labels.sessionID ?? ""
        userId = log.labels.userID ?? ""
        createdAt = log.createdAt
        evaluationContext =
            includes.contains(.evaluationContext)
            ? EvaluationContextBody(
                contexts: log.extras.contexts ?? [], expectedOutput: log.extras.expectedOutput ?? "") : nil
        llmOutput = includes.contains(.llmOutput) ? log.extras.llmOutput ?? "" : nil
        variables = includes.contains(.variables) ? log.extras.variables ?? [:] : nil
    }
}

/// One execution log in full.
package struct ExecutionLogBody: Codable, Sendable {
    /// One turn of the conversation that was evaluated.
    package struct TurnBody: Codable, Sendable {
        package let role: String
        package let content: String
        package let contexts: [String]
        package let toolCallId: String
        package let toolCalls: JSONValue?
        package private(set) var evaluationJustification: String? = nil

        private enum CodingKeys: String, CodingKey {
            case role, content, contexts, toolCallId, toolCalls, evaluationJustification
        }
    }

    /// How long one evaluator of a judge took.
    package struct Latency: Codable, Sendable {
        package let evaluatorName: String
        /// In seconds.
        package let duration: Double
    }

    /// What one evaluator of a judge found.
    package struct EvaluatorResultBody: Codable, Sendable {
        package let evaluatorId: UUID?
        package let evaluatorName: String
        package let result: Double?
        package let threshold: Double
        package let status: String
        package let justification: String
    }

    package let id: UUID
    package let executionType: String
    package let executedItemId: UUID?
    package let executedItemName: String
    package let executedItemVersionId: UUID?
    package let parentExecutionLogId: UUID?
    package let projectId: UUID
    package let owner: UserDetails
    package let request: String
    package let response: String
    package let turns: [TurnBody]?
    package let evaluationContext: EvaluationContextBody
    /// The files that were looked at.
    package let files: [AttachedFileBody]
    package let variables: [String: String]
    package let systemPrompt: String
    package let scoringCriteria: String
    package let model: String
    package let llmOutput: String
    package let score: Double?
    package let confidence: Double?
    package let justification: String
    /// Why there is no score: a stable code, null otherwise.
    package let failureCode: String?
    /// In US dollars.
    package let cost: Double?
    /// In seconds.
    package let modelCallDuration: Double
    package let promptTokens: Int?
    package let completionTokens: Int?
    package let evaluatorLatencies: [Latency]?
    package let evaluatorResults: [EvaluatorResultBody]
    package private(set) var classification: [String: JSONValue]? = nil
    package let tags: [String]
    package let sessionId: String
    package let userId: String
    package let createdAt: Date

    private enum CodingKeys: String, CodingKey {
        case id, executionType, executedItemId, executedItemName, executedItemVersionId, parentExecutionLogId
        case projectId, owner, request, response, turns, evaluationContext, files, variables, systemPrompt
        case scoringCriteria, model, llmOutput, score, confidence, justification, failureCode, cost
        case modelCallDuration, promptTokens, completionTokens, evaluatorLatencies, evaluatorResults
        case classification, tags, sessionId, userId, createdAt
    }

    /// - Throws: `JSONDecodingError` when stored tool calls are not JSON, which the store prevents.
    package init(_ details: ExecutionLogDetails) throws {
        let log = details.log
        let outcome = log.outcome
        id = log.id.uuid
        executionType = log.type.rawValue
        executedItemId = log.item.id
        executedItemName = log.item.name
        executedItemVersionId = log.item.versionID
        parentExecutionLogId = log.parentID?.uuid
        projectId = log.projectID.uuid
        owner = UserDetails(details.owner)
        request = log.input.request ?? ""
        response = log.input.response ?? ""
        turns = log.input.turns.isEmpty ? nil : try log.input.turns.map(TurnBody.init)
        evaluationContext = EvaluationContextBody(
            contexts: log.input.contexts, expectedOutput: log.input.expectedOutput ?? "")
        files = log.files.map(AttachedFileBody.init)
        variables = log.input.variables
        systemPrompt = log.input.systemPrompt ?? ""
        scoringCriteria = outcome.scoringCriteria ?? ""
        model = outcome.model ?? ""
        llmOutput = outcome.llmOutput ?? ""
        score = outcome.score?.value
        confidence = outcome.confidence
        justification = outcome.justification ?? outcome.failure?.message ?? ""
        failureCode = outcome.failure?.code.rawValue
        cost = outcome.cost?.dollars
        modelCallDuration = outcome.callDuration?.seconds ?? 0
        promptTokens = outcome.usage?.promptTokens
        completionTokens = outcome.usage?.completionTokens
        evaluatorLatencies =
            log.type == .judge
            ? outcome.evaluatorLatencies.map { Latency(evaluatorName: $0.evaluatorName, duration: $0.duration.seconds) }
            : nil
        evaluatorResults = details.evaluatorResults.map(EvaluatorResultBody.init)
        tags = log.labels.tags
        sessionId = log.labels.sessionID ?? ""
        userId = log.labels.userID ?? ""
        createdAt = log.createdAt
    }
}

extension ExecutionLogBody.TurnBody {
    fileprivate init(_ turn: Turn) throws {
        role = turn.role.rawValue
        content = turn.content ?? ""
        contexts = turn.contexts
        toolCallId = turn.toolCallID ?? ""
        toolCalls = try turn.toolCalls.map { try JSONCodec.decode(JSONValue.self, from: Array($0.text.utf8)) }
    }
}

extension ExecutionLogBody.EvaluatorResultBody {
    fileprivate init(_ result: EvaluatorResultSummary) {
        evaluatorId = result.evaluatorID?.uuid
        evaluatorName = result.evaluatorName
        self.result = result.score?.value
        threshold = 0
        status = "finished"
        justification = result.justification ?? result.failure?.message ?? ""
    }
}

extension Duration {
    /// The whole as seconds.
    package var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
