internal import ChatModel
internal import JSON

/// Reads the body of `POST /v1/responses`.
struct ResponsesRequestReader {
    private var request: ChatRequest
    private var instructions: String?

    /// The request in `body`, which has to name a model and something to answer.
    static func read(_ body: JSONNode) throws(JSONDecodingError) -> ChatRequest {
        var reader = ResponsesRequestReader()
        for (name, value) in try body.members() where !value.isNull {
            guard let field = ResponsesField(rawValue: name) else {
                reader.request.extras.append(ChatExtra(name, RawJSON(value.raw)))
                continue
            }
            try reader.take(field, value)
        }
        guard !reader.request.model.isEmpty else {
            throw try body.required("model").invalid("has to be the name of a model")
        }
        guard !reader.request.messages.isEmpty else {
            throw try body.required("input").invalid("has to hold something to answer")
        }
        if let instructions = reader.instructions {
            // By the name that every model knows.
            reader.request.messages.insert(ChatMessage(role: .system, content: instructions), at: 0)
        }
        return reader.request
    }

    private init() {
        request = ChatRequest(model: "", messages: [])
        request.dialect = .responses
        // The last event of this dialect always states the usage.
        request.streamsUsage = true
    }

    private mutating func take(_ field: ResponsesField, _ value: JSONNode) throws(JSONDecodingError) {
        switch field {
        case .model: request.model = try value.text()
        case .input: request.messages = try ResponsesItemReader.input(value)
        case .instructions: instructions = try value.text()
        case .maxOutputTokens: request.maximumTokens = try value.whole(1...Int.max)
        case .temperature: request.sampling.temperature = try value.number()
        case .topP: request.sampling.topP = try value.number()
        // None of them is what everybody gets without asking, unless `include` asks for those of the tokens themselves.
        case .topLogprobs:
            let count = try value.whole(0...20)
            if count > 0 { request.topLogprobs = count }
        case .tools:
            for tool in try value.elements() { request.tools.append(try Self.tool(tool)) }
        case .toolChoice: request.toolChoice = try Self.choice(value)
        case .parallelToolCalls: request.parallelToolCalls = try value.flag()
        case .text: try takeText(value)
        case .reasoning: try takeReasoning(value)
        case .metadata: request.metadata = try value.members().map { ChatExtra($0.name, RawJSON($0.value.raw)) }
        case .user: request.user = try value.text()
        case .serviceTier: request.serviceTier = try value.text()
        case .stream: request.isStreaming = try value.flag()
        // Only how events are padded.
        case .streamOptions: break
        case .store, .background: if try value.flag() { keep(field, value) }
        case .truncation: if try value.text() != "disabled" { keep(field, value) }
        case .include: try takeInclude(value)
        }
    }

    private mutating func takeText(_ value: JSONNode) throws(JSONDecodingError) {
        for (name, member) in try value.members() where !member.isNull {
            switch name {
            case "format": request.replyFormat = try Self.format(member)
            // A member of its own in chat completions.
            case "verbosity":
                if try member.text() != "medium" { request.extras.append(ChatExtra(name, RawJSON(member.raw))) }
            default: throw member.invalid("is not known here")
            }
        }
    }

    private mutating func takeReasoning(_ value: JSONNode) throws(JSONDecodingError) {
        for (name, member) in try value.members() where !member.isNull {
            switch name {
            case "effort": request.reasoning.effort = try CompletionRequestReader.effort(member)
            case "summary", "generate_summary": request.reasoning.summary = try member.text()
            default: throw member.invalid("is not known here")
            }
        }
    }

    /// Thoughts are always shown as far as their provider does; what else can be included is the dialect's own.
    private mutating func takeInclude(_ value: JSONNode) throws(JSONDecodingError) {
        for wish in try value.elements() {
            switch try wish.text() {
            case "reasoning.encrypted_content": break
            case "message.output_text.logprobs": request.topLogprobs = request.topLogprobs ?? 0
            default: return keep(.include, value)
            }
        }
    }

    private mutating func keep(_ field: ResponsesField, _ value: JSONNode) {
        request.extras.append(ChatExtra(field.rawValue, RawJSON(value.raw)))
    }

    private static func tool(_ tool: JSONNode) throws(JSONDecodingError) -> ChatTool {
        guard try tool.required("type").text() == "function" else {
            return ChatTool(.opaque(RawJSON(tool.raw), .responses))
        }
        return ChatTool(
            .function(
                ChatTool.Function(
                    name: try tool.required("name").text(), description: try tool["description"]?.text(),
                    parameters: tool["parameters"].map { RawJSON($0.raw) }, isStrict: try tool["strict"]?.flag())))
    }

    private static func choice(_ value: JSONNode) throws(JSONDecodingError) -> ToolChoice {
        guard value.isObject else { return try CompletionToolReader.choice(value) }
        guard try value.required("type").text() == "function" else { return .opaque(RawJSON(value.raw), .responses) }
        return .named(try value.required("name").text())
    }

    private static func format(_ value: JSONNode) throws(JSONDecodingError) -> ChatRequest.ReplyFormat {
        let type = try value.required("type")
        switch try type.text() {
        case "text": return .text
        case "json_object": return .object
        case "json_schema":
            return .schema(
                ChatRequest.ReplySchema(
                    name: try value.required("name").text(), description: try value["description"]?.text(),
                    schema: RawJSON(try value.required("schema").raw), isStrict: try value["strict"]?.flag()))
        default: throw type.mismatch("one of text, json_object, json_schema")
        }
    }
}
