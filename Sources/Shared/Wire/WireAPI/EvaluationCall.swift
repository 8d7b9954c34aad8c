internal import CodeScoring
package import FoundationEssentials
package import JSON
package import Records
package import Scoring
package import Tenancy

/// What apid and workerd ask of evald, `POST /evaluate`: one evaluator, or those of a judge, on one input. It carries
/// everything that is needed, since evald has no store. How long the caller waits is in the header
/// `x-scorable-deadline-ms`.
package struct EvaluationCall: Codable, Sendable, Hashable {
    /// Where the call is posted.
    package static let path = "/evaluate"
    /// The header field that says how many milliseconds the caller will wait.
    package static let deadlineField = "x-scorable-deadline-ms"

    /// The organisation whose models and budget are used.
    package let organizationID: UUID
    /// The project that the cost is booked on.
    package let projectID: UUID?
    /// What is run, in the order of the results.
    package let evaluators: [Evaluator]
    package let input: Input
    /// How urgent its calls of models are, as the LLM proxy's lanes are named; somebody waits for it when absent.
    package let lane: String?

    /// One evaluator's definition.
    package struct Evaluator: Codable, Sendable, Hashable {
        package let name: String
        package let objective: String
        package let criteria: String
        /// Variables declared beside the placeholders of the criteria.
        package let variables: [String]
        package let behavior: String
        package let models: [String]
        /// Worked examples that are shown, in this order; chosen already.
        package let demonstrations: [Demonstration]?
        /// What is done without a model; nothing is asked then.
        package let code: JSONValue?
    }

    /// A worked example: what was judged, and the verdict.
    package struct Demonstration: Codable, Sendable, Hashable {
        package let request: String
        package let response: String
        package let score: Double
        package let justification: String
    }

    /// One turn of a conversation.
    package struct Turn: Codable, Sendable, Hashable {
        package let role: String
        package let content: String?
        package let contexts: [String]
        /// JSON text.
        package let toolCalls: String?
        /// The call that a tool's turn answers.
        package let toolCallID: String?
    }

    /// What is evaluated.
    package struct Input: Codable, Sendable, Hashable {
        package let request: String?
        package let response: String?
        package let turns: [Turn]
        /// JSON text.
        package let tools: String?
        package let contexts: [String]
        package let expectedOutput: String?
        package let systemPrompt: String?
        package let variables: [String: String]
        /// What is looked at beside the texts.
        package let files: [File]?
    }

    /// The call that runs what is no stored evaluator on `input`.
    package init(
        organization: OrganizationID, evaluator: Evaluator, input: EvaluationInput, lane: String? = nil
    ) {
        organizationID = organization.uuid
        projectID = nil
        evaluators = [evaluator]
        self.input = Input(input)
        self.lane = lane
    }

    /// The call that runs `evaluators` on `input`.
    package init(
        organization: OrganizationID, project: ProjectID?, evaluators: [Evaluator], input: EvaluationInput,
        files: [FileMaterial] = [], lane: String? = nil
    ) {
        organizationID = organization.uuid
        projectID = project?.uuid
        self.evaluators = evaluators
        self.input = Input(input, files: files)
        self.lane = lane
    }
}

extension EvaluationCall.Evaluator {
    /// What evald needs of `evaluator`, which shows models these examples.
    package init(_ evaluator: Scoring.Evaluator, showing demonstrations: [Scoring.Demonstration]) {
        let definition = evaluator.version.definition
        name = definition.name
        objective = evaluator.objective.version.intent
        criteria = definition.criteria.text
        variables = definition.inputVariables.map(\.name)
        behavior = definition.behavior.rawValue
        models = definition.models
        self.demonstrations = demonstrations.map(EvaluationCall.Demonstration.init)
        code = definition.code?.json
    }

    /// An evaluator that is made for one call.
    package init(name: String, objective: String, criteria: String, models: [String]) {
        self.name = name
        self.objective = objective
        self.criteria = criteria
        variables = []
        behavior = EvaluatorBehavior.balanced.rawValue
        self.models = models
        demonstrations = nil
        code = nil
    }
}

extension EvaluationCall.Demonstration {
    init(_ demonstration: Scoring.Demonstration) {
        request = demonstration.request
        response = demonstration.response
        score = demonstration.score.value
        justification = demonstration.justification
    }
}

extension Scoring.Demonstration {
    /// What a call wants shown; a score that is none is refused.
    package init(_ demonstration: EvaluationCall.Demonstration) throws(EvaluationFailure) {
        do {
            self.init(
                request: demonstration.request, response: demonstration.response,
                score: try Score(demonstration.score), justification: demonstration.justification)
        } catch {
            throw EvaluationFailure(code: .invalidInput, message: "a demonstration's score is none: \(error)")
        }
    }
}

extension EvaluationCall.Input {
    /// All that can be evaluated of `input`, with what is in its files.
    package init(_ input: EvaluationInput, files: [FileMaterial] = []) {
        request = input.request
        response = input.response
        turns = input.turns.map {
            EvaluationCall.Turn(
                role: $0.role.rawValue, content: $0.content, contexts: $0.contexts, toolCalls: $0.toolCalls?.text,
                toolCallID: $0.toolCallID)
        }
        tools = input.tools?.text
        contexts = input.contexts
        expectedOutput = input.expectedOutput
        systemPrompt = input.systemPrompt
        variables = input.variables
        self.files = files.isEmpty ? nil : files.map(EvaluationCall.File.init)
    }
}

extension EvaluationInput {
    /// What a call wants evaluated; a turn of an unknown role is refused.
    package init(_ input: EvaluationCall.Input) throws(EvaluationFailure) {
        var turns: [Turn] = []
        for turn in input.turns {
            guard let role = Turn.Role(rawValue: turn.role) else {
                throw EvaluationFailure(code: .invalidInput, message: "a turn has the unknown role \"\(turn.role)\"")
            }
            turns.append(
                Turn(
                    role: role, content: turn.content, contexts: turn.contexts,
                    toolCalls: turn.toolCalls.map(OpaqueJSON.init(text:)), toolCallID: turn.toolCallID))
        }
        self.init(
            request: input.request, response: input.response, turns: turns,
            tools: input.tools.map(OpaqueJSON.init(text:)), contexts: input.contexts,
            expectedOutput: input.expectedOutput, systemPrompt: input.systemPrompt, variables: input.variables)
    }
}

/// What evald answers: one result for each evaluator of the call, in its order. An evaluator that failed has a result
/// too, so the status is 200 whenever the call itself was understood.
package struct EvaluationReply: Codable, Sendable, Hashable {
    package let results: [Result]

    /// What came of one evaluator. Either `score` or `failure` is there, never both and never neither.
    package struct Result: Codable, Sendable, Hashable {
        package var score: Double?
        package var justification: String?
        package var confidence: Double?
        package var failure: Failure?
        /// The last answer of a model, as it came.
        package var llmOutput: String?
        package var renderedPrompt: String?
        /// The model that answered last, which may be a fall-back.
        package var model: String?
        package var provider: String?
        /// Of all calls together, those of an unusable answer included.
        package var usage: Usage?
        package var costNanodollars: Int64?
        /// From the arrival of the call to the start of this evaluator.
        package var queueMicroseconds: Int64 = 0
        /// Spent waiting for models.
        package var callMicroseconds: Int64 = 0
        /// What of it the LLM proxy accounts for; `nil` where it did not.
        package var proxyTiming: ProxyTime?
        /// From the arrival of the call to this result.
        package var totalMicroseconds: Int64 = 0
        /// How many times a model was asked.
        package var attempts = 0

        /// A result that nothing is known of yet.
        package init() {}
    }

    /// Why there is no score.
    package struct Failure: Codable, Sendable, Hashable {
        /// A raw value of `EvaluationFailure.Code`.
        package let code: String
        package let message: String

        package init(_ failure: EvaluationFailure) {
            code = failure.code.rawValue
            message = failure.message
        }
    }

    /// Where the time of calls went inside the LLM proxy.
    package struct ProxyTime: Codable, Sendable, Hashable {
        /// Waiting for a place at the provider, and between attempts.
        package let queueMicroseconds: Int64
        /// The proxy's own time.
        package let ownMicroseconds: Int64
        /// The provider's time, of all attempts together.
        package let providerMicroseconds: Int64

        package init(queueMicroseconds: Int64, ownMicroseconds: Int64, providerMicroseconds: Int64) {
            self.queueMicroseconds = queueMicroseconds
            self.ownMicroseconds = ownMicroseconds
            self.providerMicroseconds = providerMicroseconds
        }
    }

    /// The tokens of the calls.
    package struct Usage: Codable, Sendable, Hashable {
        package let promptTokens: Int
        package let completionTokens: Int

        package init(promptTokens: Int, completionTokens: Int) {
            self.promptTokens = promptTokens
            self.completionTokens = completionTokens
        }
    }

    package init(results: [Result]) { self.results = results }
}

extension ExecutionOutcome {
    /// What the log keeps of one evaluator's result.
    package init(_ result: EvaluationReply.Result, criteria: String) {
        self.init(
            confidence: result.confidence, justification: result.justification, llmOutput: result.llmOutput,
            renderedPrompt: result.renderedPrompt, scoringCriteria: criteria, model: result.model,
            provider: result.provider,
            usage: result.usage.map {
                TokenUsage(promptTokens: $0.promptTokens, completionTokens: $0.completionTokens)
            },
            cost: result.costNanodollars.map(Money.init(nanoDollars:)),
            callDuration: .microseconds(result.callMicroseconds), attempts: result.attempts)
        if let failure = result.failure {
            self.failure = EvaluationFailure(
                code: EvaluationFailure.Code(rawValue: failure.code) ?? .internal, message: failure.message)
            return
        }
        do {
            score = try result.score.map { value throws(ScoreOutOfRange) in try Score(value) }
        } catch {
            failure = EvaluationFailure(code: .internal, message: "evald answered a score that is none: \(error)")
        }
        if score == nil, failure == nil {
            failure = EvaluationFailure(code: .internal, message: "evald answered neither a score nor a failure")
        }
    }
}

extension ExecutionTimings {
    /// Where the time of one evaluator went that had a result after `elapsed` in all. What evald and the proxy do not
    /// account for is theirs whose caller waited for it: the way there and back included.
    package init(_ result: EvaluationReply.Result, elapsed: Duration) {
        let calls = Duration.microseconds(result.callMicroseconds)
        let model: ModelTime =
            if let proxy = result.proxyTiming {
                .parts(
                    queue: .microseconds(proxy.queueMicroseconds), proxy: .microseconds(proxy.ownMicroseconds),
                    provider: .microseconds(proxy.providerMicroseconds))
            } else {
                .whole(calls)
            }
        let queue = Duration.microseconds(result.queueMicroseconds)
        let total = Duration.microseconds(result.totalMicroseconds)
        self.init(
            apiServer: max(.zero, elapsed - total), evaluationQueue: queue,
            evaluation: max(.zero, total - queue - model.total), model: model)
    }
}
