package import FoundationEssentials

/// One execution as a row of the operator's list, `GET /internal/executions`, and as the event that says that it was
/// recorded.
package struct OperatorExecutionRow: Codable, Sendable, Hashable {
    package let id: UUID
    package let createdAt: Date
    /// A raw value of `ExecutionType`.
    package let type: String
    /// The evaluator's or judge's name at the time.
    package let name: String
    package let itemID: UUID?
    /// The judge's execution that this one is a part of.
    package let parentID: UUID?
    /// From 0 to 1; `nil` when it failed.
    package let score: Double?
    package let failure: OperatorFailure?
    /// The model that answered, which may be a fall-back.
    package let model: String?
    package let provider: String?
    package let latencyMilliseconds: Double?
    package let costNanodollars: Int64?
    package let projectID: UUID
    package let projectName: String?
    package let sessionID: String?
    package let userID: String?
    package let tags: [String]

    package init(
        id: UUID, createdAt: Date, type: String, name: String, itemID: UUID?, parentID: UUID?, score: Double?,
        failure: OperatorFailure?, model: String?, provider: String?, latencyMilliseconds: Double?,
        costNanodollars: Int64?, projectID: UUID, projectName: String?, sessionID: String?, userID: String?,
        tags: [String]
    ) {
        self.id = id
        self.createdAt = createdAt
        self.type = type
        self.name = name
        self.itemID = itemID
        self.parentID = parentID
        self.score = score
        self.failure = failure
        self.model = model
        self.provider = provider
        self.latencyMilliseconds = latencyMilliseconds
        self.costNanodollars = costNanodollars
        self.projectID = projectID
        self.projectName = projectName
        self.sessionID = sessionID
        self.userID = userID
        self.tags = tags
    }
}

/// Why an execution gave no score.
package struct OperatorFailure: Codable, Sendable, Hashable {
    /// A raw value of `EvaluationFailure.Code`.
    package let code: String
    /// One sentence, without prompt, answer or key.
    package let message: String?

    package init(code: String, message: String?) {
        self.code = code
        self.message = message
    }
}

/// A page of the list, newest first: `cursor` says which, `page_size` how long, `OperatorExecutionFilter` of what.
package struct OperatorExecutionPage: Codable, Sendable, Hashable {
    /// Where pages are asked for; one execution is at `path/ID`.
    package static let path = "/internal/executions"

    package let results: [OperatorExecutionRow]
    /// The `cursor` of the page with older executions, `nil` at the end.
    package let next: String?
    /// An id of the event stream, read before the rows were: everything up to it is in this page or older. A stream
    /// opened after it misses nothing. `nil` when the stream is unavailable.
    package let eventsThrough: String?

    package init(results: [OperatorExecutionRow], next: String?, eventsThrough: String?) {
        self.results = results
        self.next = next
        self.eventsThrough = eventsThrough
    }
}

/// One execution in full, `GET /internal/executions/ID`.
package struct OperatorExecutionDetail: Codable, Sendable, Hashable {
    package let execution: OperatorExecutionRow
    /// Whether what follows was left out, because the viewer's role must not see prompts and answers.
    package let isContentHidden: Bool
    package let request: String?
    package let response: String?
    package let turns: [Turn]
    package let contexts: [String]
    package let expectedOutput: String?
    package let systemPrompt: String?
    package let variables: [String: String]
    package let justification: String?
    package let confidence: Double?
    package let criteria: String?
    package let renderedPrompt: String?
    /// The model's answer as it came.
    package let rawReply: String?
    /// What each evaluator of a judge found, in the judge's order.
    package let evaluators: [Evaluator]
    package let promptTokens: Int?
    package let completionTokens: Int?
    /// Where the time went, in the order of the path; the whole first, where it is known.
    package let hops: [Hop]
    package let ownerEmail: String
    package let versionID: UUID?
    /// The request of the public interface that caused it.
    package let requestID: String?

    /// One turn of a conversation.
    package struct Turn: Codable, Sendable, Hashable {
        package let role: String
        package let content: String?
        package let contexts: [String]
        /// JSON text.
        package let toolCalls: String?

        package init(role: String, content: String?, contexts: [String], toolCalls: String?) {
            self.role = role
            self.content = content
            self.contexts = contexts
            self.toolCalls = toolCalls
        }
    }

    /// What one evaluator of a judge found.
    package struct Evaluator: Codable, Sendable, Hashable {
        /// Its own execution.
        package let executionID: UUID
        package let name: String
        package let score: Double?
        package let justification: String?
        package let failure: OperatorFailure?
        package let model: String?
        package let latencyMilliseconds: Double?
        package let costNanodollars: Int64?

        package init(
            executionID: UUID, name: String, score: Double?, justification: String?, failure: OperatorFailure?,
            model: String?, latencyMilliseconds: Double?, costNanodollars: Int64?
        ) {
            self.executionID = executionID
            self.name = name
            self.score = score
            self.justification = justification
            self.failure = failure
            self.model = model
            self.latencyMilliseconds = latencyMilliseconds
            self.costNanodollars = costNanodollars
        }
    }

    /// A stretch of the path and the time spent in it.
    package struct Hop: Codable, Sendable, Hashable {
        package let name: String
        package let milliseconds: Double

        package init(name: String, milliseconds: Double) {
            self.name = name
            self.milliseconds = milliseconds
        }
    }

    package init(
        execution: OperatorExecutionRow, isContentHidden: Bool, request: String?, response: String?, turns: [Turn],
        contexts: [String], expectedOutput: String?, systemPrompt: String?, variables: [String: String],
        justification: String?, confidence: Double?, criteria: String?, renderedPrompt: String?, rawReply: String?,
        evaluators: [Evaluator], promptTokens: Int?, completionTokens: Int?, hops: [Hop], ownerEmail: String,
        versionID: UUID?, requestID: String?
    ) {
        self.execution = execution
        self.isContentHidden = isContentHidden
        self.request = request
        self.response = response
        self.turns = turns
        self.contexts = contexts
        self.expectedOutput = expectedOutput
        self.systemPrompt = systemPrompt
        self.variables = variables
        self.justification = justification
        self.confidence = confidence
        self.criteria = criteria
        self.renderedPrompt = renderedPrompt
        self.rawReply = rawReply
        self.evaluators = evaluators
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.hops = hops
        self.ownerEmail = ownerEmail
        self.versionID = versionID
        self.requestID = requestID
    }
}
