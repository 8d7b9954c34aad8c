internal import ChatModel
internal import JSON

/// Reads the body of `POST /v1/messages`.
struct MessagesRequestReader {
    private var request: ChatRequest
    private var system: [ChatPart] = []
    private var thinksNot = false

    /// The request in `body`, which has to name a model, a limit of tokens and at least one message.
    static func read(_ body: JSONNode) throws(JSONDecodingError) -> ChatRequest {
        var reader = MessagesRequestReader()
        for (name, value) in try body.members() where !value.isNull {
            guard let field = MessagesField(rawValue: name) else {
                reader.request.extras.append(ChatExtra(name, RawJSON(value.raw)))
                continue
            }
            try reader.take(field, value)
        }
        for name in ["model", "max_tokens", "messages"] { _ = try body.required(name) }
        guard !reader.request.model.isEmpty else {
            throw try body.required("model").invalid("has to be the name of a model")
        }
        guard !reader.request.messages.isEmpty else {
            throw try body.required("messages").invalid("has to hold at least one message")
        }
        // Whatever the order in which they stand.
        if reader.thinksNot {
            if reader.request.reasoning.effort != nil { reader.request.unread.append("output_config.effort") }
            reader.request.reasoning.effort = .off
        }
        if !reader.system.isEmpty {
            reader.request.messages.insert(ChatMessage(role: .system, parts: reader.system), at: 0)
        }
        return reader.request
    }

    private init() {
        request = ChatRequest(model: "", messages: [])
        request.dialect = .messages
        // A stream of this dialect always states its usage.
        request.streamsUsage = true
    }

    private mutating func take(_ field: MessagesField, _ value: JSONNode) throws(JSONDecodingError) {
        switch field {
        case .model: request.model = try value.text()
        case .messages:
            for message in try value.elements() { request.messages += try MessagesBlockReader.messages(message) }
        case .system: system = try MessagesBlockReader.content(value)
        case .maxTokens: request.maximumTokens = try value.whole(1...Int.max)
        case .temperature: request.sampling.temperature = try value.number()
        case .topP: request.sampling.topP = try value.number()
        case .topK: request.sampling.topK = try value.whole()
        case .stopSequences:
            for word in try value.elements() { request.sampling.stop.append(try word.text()) }
        case .tools:
            for tool in try value.elements() { request.tools.append(try Self.tool(tool)) }
        case .toolChoice: try takeChoice(value)
        case .thinking: try takeThinking(value)
        case .outputConfig: try takeOutput(value)
        case .outputFormat: try takeFormat(value)
        case .metadata: try takeMetadata(value)
        // Said in OpenAI's words, as everything is.
        case .serviceTier: request.serviceTier = try value.text() == "standard_only" ? "default" : value.text()
        case .stream: request.isStreaming = try value.flag()
        }
    }

    private mutating func takeChoice(_ value: JSONNode) throws(JSONDecodingError) {
        let type = try value.required("type")
        switch try type.text() {
        case "auto": request.toolChoice = .automatic
        case "any": request.toolChoice = .required
        case "none": request.toolChoice = .forbidden
        case "tool": request.toolChoice = .named(try value.required("name").text())
        default: throw type.mismatch("one of auto, any, none, tool")
        }
        if let disabled = value["disable_parallel_tool_use"] { request.parallelToolCalls = try !disabled.flag() }
    }

    private mutating func takeThinking(_ value: JSONNode) throws(JSONDecodingError) {
        let type = try value.required("type")
        switch try type.text() {
        case "enabled": request.reasoning.budget = try value.required("budget_tokens").whole(1...Int.max)
        case "disabled": thinksNot = true
        // The effort is in output_config; without one it is the model's own.
        case "adaptive": request.reasoning.effort = request.reasoning.effort ?? .high
        default: request.extras.append(ChatExtra("thinking", RawJSON(value.raw)))
        }
        if let display = value["display"] {
            request.reasoning.summary = try display.text() == "omitted" ? "none" : "auto"
        }
    }

    private mutating func takeOutput(_ value: JSONNode) throws(JSONDecodingError) {
        for (name, member) in try value.members() where !member.isNull {
            switch name {
            case "effort": request.reasoning.effort = try CompletionRequestReader.effort(member)
            case "format": try takeFormat(member)
            default: throw member.invalid("is not known here")
            }
        }
    }

    private mutating func takeFormat(_ format: JSONNode) throws(JSONDecodingError) {
        let type = try format.required("type")
        guard try type.text() == "json_schema" else { throw type.mismatch("json_schema") }
        request.replySchema = ChatRequest.ReplySchema(
            name: "answer", schema: RawJSON(try format.required("schema").raw))
    }

    private mutating func takeMetadata(_ value: JSONNode) throws(JSONDecodingError) {
        for (name, member) in try value.members() where !member.isNull {
            if name == "user_id" {
                request.user = try member.text()
            } else {
                request.metadata.append(ChatExtra(name, RawJSON(member.raw)))
            }
        }
    }

    private static func tool(_ tool: JSONNode) throws(JSONDecodingError) -> ChatTool {
        if let type = tool["type"], try type.text() != "custom" {
            return ChatTool(.opaque(RawJSON(tool.raw), .messages))
        }
        return ChatTool(
            .function(
                ChatTool.Function(
                    name: try tool.required("name").text(), description: try tool["description"]?.text(),
                    parameters: RawJSON(try tool.required("input_schema").raw), isStrict: try tool["strict"]?.flag())),
            cache: try MessagesBlockReader.cache(tool))
    }
}
