package import FoundationEssentials
internal import Scoring

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
    /// The judge that was executed, on its own execution and on those of its evaluators.
    package let judgeID: UUID?
    /// The batch that it was an item of; said as it arrives live, by which a list of a batch's knows its rows.
    package let batchID: UUID?
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
        id: UUID, createdAt: Date, type: String, name: String, itemID: UUID?, parentID: UUID?, judgeID: UUID? = nil,
        batchID: UUID? = nil, score: Double?, failure: OperatorFailure?, model: String?, provider: String?,
        latencyMilliseconds: Double?,
        costNanodollars: Int64?, projectID: UUID, projectName: String?, sessionID: String?, userID: String?,
        tags: [String]
    ) {
        self.id = id
        self.createdAt = createdAt
        self.type = type
        self.name = name
        self.itemID = itemID
        self.parentID = parentID
        self.judgeID = judgeID
        self.batchID = batchID
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

    /// The codes that there are.
    package static let codes = EvaluationFailure.Code.allCases.map(\.rawValue)

    package init(code: String, message: String?) {
        self.code = code
        self.message = message
    }
}

/// A page of the list: `cursor` says which, `page_size` how long, `order` in which order, and
/// ``OperatorExecutionFilter`` of what.
package struct OperatorExecutionPage: Codable, Sendable, Hashable {
    /// Where pages are asked for; one execution is at `path/ID`.
    package static let path = "/internal/executions"

    package let results: [OperatorExecutionRow]
    /// The `cursor` of the page that follows, `nil` at the end.
    package let next: String?
    /// An id of the event stream, read before the rows were: everything up to it is in this page or older. A stream
    /// opened after it misses nothing. `nil` when the stream is unavailable.
    package let eventsThrough: String?
    /// Set when few of the rows that were looked at match, so that the server stopped before the page was full: how far
    /// it has come. `next` goes on from there.
    package let searchedThrough: Date?
    /// Set in an order other than by time: among what the rows were ranked.
    package let ranking: Ranking?

    /// The executions that an order other than by time was made among.
    package struct Ranking: Codable, Sendable, Hashable {
        /// How many they are: the newest that match.
        package let count: Int
        /// When the oldest of them was; `nil` without any.
        package let from: Date?
        /// Whether older ones match that were not ranked.
        package let isCut: Bool

        package init(count: Int, from: Date?, isCut: Bool) {
            self.count = count
            self.from = from
            self.isCut = isCut
        }
    }

    package init(
        results: [OperatorExecutionRow], next: String?, eventsThrough: String?, searchedThrough: Date? = nil,
        ranking: Ranking? = nil
    ) {
        self.results = results
        self.next = next
        self.eventsThrough = eventsThrough
        self.searchedThrough = searchedThrough
        self.ranking = ranking
    }
}

/// The order of the list.
package enum OperatorExecutionOrder: String, Codable, Sendable, Hashable, CaseIterable {
    case newest
    case oldest
    // Below: among the newest thousand that match, in one page; `OperatorExecutionPage.Ranking` says among which.
    case highestScore = "highest_score"
    case lowestScore = "lowest_score"
    case slowest
    case fastest
    case mostExpensive = "most_expensive"
    case cheapest
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
    /// The files that were looked at.
    package let files: [AttachedFileBody]
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
    /// How many times a model was asked, repairs and retries included.
    package let attempts: Int?
    /// Where the time went, in the order of the path; the whole first, where it is known. The others sum up to it.
    package let hops: [Hop]
    package let ownerEmail: String
    package let versionID: UUID?
    /// The request of the public interface that caused it.
    package let requestID: String?
    /// What it was executed again from.
    package let originID: UUID?
    /// JSON text of the tools that the evaluated model had.
    package let tools: String?
    /// Whether the viewer may change its tags.
    package let mayTag: Bool
    /// Whether the viewer may execute it again.
    package let mayRunAgain: Bool

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
        /// A raw value of ``OperatorHop``.
        package let name: String
        package let milliseconds: Double

        package init(name: String, milliseconds: Double) {
            self.name = name
            self.milliseconds = milliseconds
        }

        package init(_ hop: OperatorHop, milliseconds: Double) {
            self.init(name: hop.rawValue, milliseconds: milliseconds)
        }
    }

    package init(
        execution: OperatorExecutionRow, isContentHidden: Bool, request: String?, response: String?, turns: [Turn],
        contexts: [String], files: [AttachedFileBody] = [], expectedOutput: String?, systemPrompt: String?,
        variables: [String: String], justification: String?, confidence: Double?, criteria: String?,
        renderedPrompt: String?, rawReply: String?,
        evaluators: [Evaluator], promptTokens: Int?, completionTokens: Int?, attempts: Int? = nil, hops: [Hop],
        ownerEmail: String, versionID: UUID?, requestID: String?, originID: UUID? = nil, tools: String? = nil,
        mayTag: Bool = false, mayRunAgain: Bool = false
    ) {
        self.execution = execution
        self.isContentHidden = isContentHidden
        self.request = request
        self.response = response
        self.turns = turns
        self.contexts = contexts
        self.files = files
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
        self.attempts = attempts
        self.hops = hops
        self.ownerEmail = ownerEmail
        self.versionID = versionID
        self.requestID = requestID
        self.originID = originID
        self.tools = tools
        self.mayTag = mayTag
        self.mayRunAgain = mayRunAgain
    }
}

/// The stretches of the path of an execution. Of a judge, they are of the evaluator that took longest.
package enum OperatorHop: String, Sendable, Hashable, CaseIterable {
    /// From the arrival of the call at the API server to the result.
    case total
    /// The API server's own time, and the way to the evaluation service and back.
    case apiServer = "apid"
    /// Waiting in the evaluation service for the other evaluators of a judge.
    case evaluationQueue = "evald_queue"
    /// The evaluation service's own time, and the way to the LLM proxy and back.
    case evaluation = "evald"
    /// The LLM proxy and the provider together, where the proxy did not say where the time went.
    case model
    /// Waiting in the LLM proxy for a place at the provider, and for retries.
    case proxyQueue = "llmproxyd_queue"
    /// The LLM proxy's own time.
    case proxy = "llmproxyd"
    /// The provider's time, of all attempts together.
    case provider
}

extension OperatorRequest where Reply == OperatorExecutionPage {
    /// A page of executions of at most `limit` rows, up to 100. `cursor` is `next` of the page before, `nil` for the
    /// beginning.
    package static func executions(
        _ filter: OperatorExecutionFilter, order: OperatorExecutionOrder = .newest, cursor: String?, limit: Int
    ) -> Self {
        var parameters = filter.parameters.map { Parameter($0.name, $0.value) }
        if order != .newest { parameters.append(Parameter("order", order.rawValue)) }
        parameters.append(Parameter("page_size", "\(limit)"))
        if let cursor { parameters.append(Parameter("cursor", cursor)) }
        return Self(.get, OperatorExecutionPage.path, parameters)
    }
}

extension OperatorRequest where Reply == OperatorExecutionDetail {
    /// One execution in full.
    package static func execution(_ id: UUID) -> Self {
        Self(.get, "\(OperatorExecutionPage.path)/\(id.uuidString.lowercased())")
    }
}
