internal import ChatModel
internal import JSON

/// Reads the body of `POST /v1/chat/completions`.
struct CompletionRequestReader {
    private var request: ChatRequest
    private var wantsLogprobs: Bool?
    /// The limit of tokens by its older name, which the newer one takes precedence of.
    private var olderLimit: Int?

    /// The request in `body`, which has to name a model and at least one message.
    static func read(_ body: JSONNode) throws(JSONDecodingError) -> ChatRequest {
        var reader = CompletionRequestReader()
        for (name, value) in try body.members() where !value.isNull {
            guard let field = CompletionField(rawValue: name) else {
                reader.request.extras.append(ChatExtra(name, RawJSON(value.raw)))
                continue
            }
            try reader.take(field, value)
        }
        return try reader.finished(body)
    }

    private init() {
        request = ChatRequest(model: "", messages: [])
        request.dialect = .chatCompletions
    }

    private mutating func finished(_ body: JSONNode) throws(JSONDecodingError) -> ChatRequest {
        guard !request.model.isEmpty else { throw try body.required("model").invalid("has to be the name of a model") }
        guard !request.messages.isEmpty else {
            throw try body.required("messages").invalid("has to hold at least one message")
        }
        request.maximumTokens = request.maximumTokens ?? olderLimit
        if wantsLogprobs == true {
            request.topLogprobs = request.topLogprobs ?? 0
        } else if let count = request.topLogprobs {
            guard count == 0 else { throw try body.required("top_logprobs").invalid("needs logprobs to be true") }
            request.topLogprobs = nil
        }
        return request
    }

    private mutating func take(_ field: CompletionField, _ value: JSONNode) throws(JSONDecodingError) {
        switch field {
        case .model: request.model = try value.text()
        case .messages: request.messages = try CompletionMessageReader.read(value)
        case .tools: request.tools = try CompletionToolReader.tools(value)
        case .toolChoice: request.toolChoice = try CompletionToolReader.choice(value)
        case .parallelToolCalls: request.parallelToolCalls = try value.flag()
        case .responseFormat: request.replyFormat = try Self.format(value)
        case .maxCompletionTokens: request.maximumTokens = try value.whole(1...Int.max)
        case .maxTokens: olderLimit = try value.whole(1...Int.max)
        case .temperature: request.sampling.temperature = try value.number()
        case .topP: request.sampling.topP = try value.number()
        case .topK: request.sampling.topK = try value.whole()
        case .frequencyPenalty: request.sampling.frequencyPenalty = try value.number()
        case .presencePenalty: request.sampling.presencePenalty = try value.number()
        case .seed: request.sampling.seed = try value.whole()
        case .stop: request.sampling.stop = try Self.words(value)
        case .logitBias: if value.count > 0 { request.sampling.logitBias = RawJSON(value.raw) }
        case .n: request.choices = try value.whole(1...128)
        case .logprobs: wantsLogprobs = try value.flag()
        case .topLogprobs: request.topLogprobs = try value.whole(0...20)
        case .reasoningEffort: request.reasoning.effort = try Self.effort(value)
        case .reasoning: try takeReasoning(value)
        case .user: request.user = try value.text()
        case .metadata: request.metadata = try value.members().map { ChatExtra($0.name, RawJSON($0.value.raw)) }
        case .serviceTier: request.serviceTier = try value.text()
        case .stream: request.isStreaming = try value.flag()
        case .streamOptions: request.streamsUsage = try value["include_usage"]?.flag() ?? false
        case .store: if try value.flag() { keep(field, value) }
        case .modalities: if try value.elements().contains(where: { $0.string != "text" }) { keep(field, value) }
        case .functions, .functionCall:
            throw value.invalid("is the form before tools; use tools and tool_choice")
        }
    }

    /// One string or several.
    private static func words(_ value: JSONNode) throws(JSONDecodingError) -> [String] {
        if let one = value.string { return [one] }
        var words: [String] = []
        for word in try value.elements() { words.append(try word.text()) }
        return words
    }

    /// OpenRouter's form, which many clients use: an effort or a number of tokens.
    private mutating func takeReasoning(_ value: JSONNode) throws(JSONDecodingError) {
        for (name, member) in try value.members() where !member.isNull {
            guard let field = ReasoningField(rawValue: name) else { throw member.invalid("is not known here") }
            switch field {
            case .effort: request.reasoning.effort = try Self.effort(member)
            case .maxTokens: request.reasoning.budget = try member.whole(0...Int.max)
            case .exclude: if try member.flag() { request.reasoning.summary = "none" }
            case .enabled: if try !member.flag() { request.reasoning.effort = .off }
            case .summary: request.reasoning.summary = try member.text()
            }
        }
    }

    private enum ReasoningField: String {
        case effort, exclude, enabled, summary
        case maxTokens = "max_tokens"
    }

    private mutating func keep(_ field: CompletionField, _ value: JSONNode) {
        request.extras.append(ChatExtra(field.rawValue, RawJSON(value.raw)))
    }

    static func effort(_ value: JSONNode) throws(JSONDecodingError) -> ChatRequest.ReasoningEffort {
        guard let effort = ChatRequest.ReasoningEffort(rawValue: try value.text()) else {
            let known = ChatRequest.ReasoningEffort.allCases.map(\.rawValue).joined(separator: ", ")
            throw value.mismatch("one of \(known)")
        }
        return effort
    }

    private static func format(_ value: JSONNode) throws(JSONDecodingError) -> ChatRequest.ReplyFormat {
        let type = try value.required("type")
        switch try type.text() {
        case "text": return .text
        case "json_object": return .object
        case "json_schema":
            let schema = try value.required("json_schema")
            return .schema(
                ChatRequest.ReplySchema(
                    name: try schema.required("name").text(), description: try schema["description"]?.text(),
                    schema: RawJSON(try schema.required("schema").raw), isStrict: try schema["strict"]?.flag()))
        default: throw type.mismatch("one of text, json_object, json_schema")
        }
    }
}
