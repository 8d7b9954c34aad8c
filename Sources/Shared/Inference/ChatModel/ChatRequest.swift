/// What is asked of a model, in the one form that every dialect is read into and every provider's is written from.
package struct ChatRequest: Sendable, Hashable {
    /// The name by which the proxy knows the model.
    package var model: String
    /// The conversation, oldest first.
    package var messages: [ChatMessage]
    /// What the model may call.
    package var tools: [ChatTool] = []
    /// Whether it has to; `nil` for the model's own choice.
    package var toolChoice: ToolChoice?
    /// Whether the model may call several tools at once.
    package var parallelToolCalls: Bool?
    /// What the answer has to look like.
    package var replyFormat: ReplyFormat?
    /// The most tokens that may come back, reasoning included.
    package var maximumTokens: Int?
    /// How the next token is chosen.
    package var sampling = Sampling()
    /// How long and how visibly the model thinks.
    package var reasoning = ReasoningWish()
    /// How many answers are wanted; `nil` for one.
    package var choices: Int?
    /// How many alternatives are wanted for each token; 0 for the token itself only, `nil` for no probabilities.
    package var topLogprobs: Int?
    /// Who asks, for the provider's abuse control.
    package var user: String?
    /// The caller's own notes, kept by the provider.
    package var metadata: [ChatExtra] = []
    /// The class of service, in the provider's words.
    package var serviceTier: String?
    /// Whether the answer is wanted in pieces.
    package var isStreaming = false
    /// Whether the caller wants the usage at the end of its stream; some dialects always do.
    package var streamsUsage = false
    /// The dialect that the request came in; `nil` for one that was made here.
    package var dialect: ChatDialect?
    /// Members of that dialect that have no place above.
    package var extras: [ChatExtra] = []
    /// Members inside messages, tools and options that have no place above, such as `messages.weight`: the caller is told
    /// that they did not go along.
    package var unread: [String] = []

    package init(model: String, messages: [ChatMessage]) {
        self.model = model
        self.messages = messages
    }

    package init(
        model: String, messages: [ChatMessage], maximumTokens: Int? = nil, temperature: Double? = nil,
        reasoningEffort: ReasoningEffort? = nil, replySchema: ReplySchema? = nil
    ) {
        self.init(model: model, messages: messages)
        self.maximumTokens = maximumTokens
        self.temperature = temperature
        self.reasoningEffort = reasoningEffort
        self.replySchema = replySchema
    }

    /// How freely the model chooses its words: 0 gives the likeliest ones.
    package var temperature: Double? {
        get { sampling.temperature }
        set { sampling.temperature = newValue }
    }

    /// How long a model that can reason may do so.
    package var reasoningEffort: ReasoningEffort? {
        get { reasoning.effort }
        set { reasoning.effort = newValue }
    }

    /// The schema that the answer has to follow, when there is one.
    package var replySchema: ReplySchema? {
        get {
            guard case .schema(let schema)? = replyFormat else { return nil }
            return schema
        }
        set { replyFormat = newValue.map { .schema($0) } }
    }
}

extension ChatRequest {
    /// How long a model that can reason may do so.
    package enum ReasoningEffort: String, Sendable, Hashable, CaseIterable {
        case minimal, low, medium, high, xhigh, max
        /// Not at all.
        case off = "none"
    }

    /// What is wished of a model that can reason.
    package struct ReasoningWish: Sendable, Hashable {
        package var effort: ReasoningEffort?
        /// The most tokens for thoughts.
        package var budget: Int?
        /// Whether and how the thoughts are shown, in OpenAI's words (`auto`, `concise`, `detailed`) or `none`.
        package var summary: String?

        package init() {}

        /// Whether nothing is wished.
        package var isEmpty: Bool { effort == nil && budget == nil && summary == nil }
    }

    /// How the next token is chosen.
    package struct Sampling: Sendable, Hashable {
        package var temperature: Double?
        package var topP: Double?
        package var topK: Int?
        package var frequencyPenalty: Double?
        package var presencePenalty: Double?
        package var seed: Int?
        package var stop: [String] = []
        /// OpenAI's object of token to bias.
        package var logitBias: RawJSON?

        package init() {}
    }

    /// What an answer has to look like.
    package enum ReplyFormat: Sendable, Hashable {
        case text
        /// Any JSON object.
        case object
        case schema(ReplySchema)
    }

    /// A JSON Schema that an answer follows.
    package struct ReplySchema: Sendable, Hashable {
        package let name: String
        package let description: String?
        package let schema: RawJSON
        package let isStrict: Bool?

        package init(name: String, description: String? = nil, schema: RawJSON, isStrict: Bool? = true) {
            self.name = name
            self.description = description
            self.schema = schema
            self.isStrict = isStrict
        }

        /// A strict schema from its text.
        package init(name: String, json: String) { self.init(name: name, schema: RawJSON(json)) }
    }
}
