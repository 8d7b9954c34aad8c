internal import ChatModel
internal import Dialects
internal import JSON

/// Writes a request as the body of Cohere's chat.
struct CohereRequestWriter {
    let request: ChatRequest
    let traits: ModelTraits
    var adjustments: [Adjustment] = []

    init(request: ChatRequest, traits: ModelTraits) {
        self.request = request
        self.traits = traits
    }

    mutating func body(model: String) throws(Unsupported) -> [UInt8] {
        try refuse()
        var json = JSONWriter(capacity: 512 + request.approximateSize)
        json.beginObject()
        json.member("model", model)
        try writeMessages(to: &json)
        try writeTools(to: &json)
        writeSampling(to: &json)
        try writeThinking(to: &json)
        writeFormat(to: &json)
        if request.isStreaming { json.member("stream", true) }
        json.endObject()
        return json.bytes
    }

    private mutating func refuse() throws(Unsupported) {
        let asked: [(String, Bool)] = [
            ("n", (request.choices ?? 1) > 1), ("logit_bias", request.sampling.logitBias != nil),
            ("top_logprobs", (request.topLogprobs ?? 0) > 0),
            ("parallel_tool_calls", request.parallelToolCalls == false && !request.tools.isEmpty),
        ]
        if let (name, _) = asked.first(where: \.1) {
            throw Unsupported(name, "has no \(name)", advice: "leave it out or choose another model")
        }
        if request.sampling.stop.count > 5 {
            throw Unsupported("stop", "takes at most 5 stop sequences", advice: "give fewer of them")
        }
        if let tier = request.serviceTier, tier != "auto", tier != "default" {
            throw Unsupported("service_tier", "has no service tier \"\(tier)\"", advice: "use auto or default")
        }
        if request.user != nil { adjustments.note(.omitted("user")) }
        if !request.metadata.isEmpty { adjustments.note(.omitted("metadata")) }
        try request.refuseExtras(&adjustments)
    }

    private func writeSampling(to json: inout JSONWriter) {
        let sampling = request.sampling
        json.member("max_tokens", request.maximumTokens)
        json.member("temperature", sampling.temperature)
        json.member("p", sampling.topP)
        json.member("k", sampling.topK)
        json.member("seed", sampling.seed)
        json.member("frequency_penalty", sampling.frequencyPenalty)
        json.member("presence_penalty", sampling.presencePenalty)
        if !sampling.stop.isEmpty {
            json.array("stop_sequences") { json in for word in sampling.stop { json.write(word) } }
        }
        if request.topLogprobs != nil { json.member("logprobs", true) }
    }

    private mutating func writeThinking(to json: inout JSONWriter) throws(Unsupported) {
        let wish = request.reasoning
        guard wish.effort != nil || wish.budget != nil else { return }
        guard traits.thinking != .none || wish.effort == .off else {
            throw Unsupported(
                "reasoning_effort", "cannot make this model reason", advice: "leave it out or choose another model")
        }
        if traits.thinking == .none { return }
        if wish.budget == nil, wish.effort != .off { adjustments.note(.approximated("reasoning_effort")) }
        json.object("thinking") { json in
            json.member("type", wish.effort == .off ? "disabled" : "enabled")
            json.member("token_budget", wish.budget)
        }
    }

    private func writeFormat(to json: inout JSONWriter) {
        switch request.replyFormat {
        case nil, .text: break
        case .object: json.object("response_format") { $0.member("type", "json_object") }
        case .schema(let schema):
            json.object("response_format") { json in
                json.member("type", "json_object")
                json.member("json_schema", schema.schema)
            }
        }
    }

    private func writeTools(to json: inout JSONWriter) throws(Unsupported) {
        guard !request.tools.isEmpty else { return }
        if request.replyFormat == .object || request.replySchema != nil {
            throw Unsupported(
                "response_format", "cannot promise JSON and offer tools at once", advice: "leave one of them out")
        }
        var functions: [ChatTool.Function] = []
        for tool in request.tools {
            guard let function = tool.function else {
                throw Unsupported.part("tools", "does not know a tool of another provider's own kind")
            }
            functions.append(function)
        }
        let choice: String?
        switch request.toolChoice {
        case nil, .automatic: choice = nil
        case .forbidden: choice = "NONE"
        case .required: choice = "REQUIRED"
        case .named(let name):
            // A call has to be made, and only this one can be.
            functions.removeAll { $0.name != name }
            choice = "REQUIRED"
        case .opaque: throw Unsupported.part("tool_choice", "does not know this choice of tools")
        }
        json.array("tools") { json in
            for function in functions { Self.write(function, to: &json) }
        }
        json.member("tool_choice", choice)
        if functions.contains(where: { $0.isStrict == true }) { json.member("strict_tools", true) }
    }

    private static func write(_ function: ChatTool.Function, to json: inout JSONWriter) {
        json.object { json in
            json.member("type", "function")
            json.object("function") { json in
                json.member("name", function.name)
                json.member("description", function.description)
                json.member("parameters", function.parameters ?? RawJSON(#"{"type":"object","properties":{}}"#))
            }
        }
    }
}

// MARK: Messages
extension CohereRequestWriter {
    private mutating func writeMessages(to json: inout JSONWriter) throws(Unsupported) {
        json.beginArray("messages")
        for message in request.messages {
            if message.name != nil { adjustments.note(.omitted("name")) }
            switch message.role {
            case .system, .developer: try writeSaid("system", message.parts, to: &json)
            case .user: try writeSaid("user", message.parts, to: &json)
            case .assistant: try writeAssistant(message.parts, to: &json)
            case .tool: for part in message.parts { try writeResult(part, to: &json) }
            }
        }
        json.endArray()
    }

    private mutating func writeSaid(
        _ role: String, _ parts: [ChatPart], to json: inout JSONWriter
    ) throws(Unsupported) {
        json.beginObject()
        json.member("role", role)
        json.key("content")
        try writeContent(parts, to: &json)
        json.endObject()
    }

    private mutating func writeAssistant(_ parts: [ChatPart], to json: inout JSONWriter) throws(Unsupported) {
        let calls = parts.compactMap(\.toolCall)
        let said = parts.filter { $0.toolCall == nil && $0.reasoning == nil }
        if parts.contains(where: { $0.reasoning != nil }) { adjustments.note(.omitted("reasoning")) }
        json.beginObject()
        json.member("role", "assistant")
        if !said.isEmpty {
            json.key("content")
            try writeContent(said, to: &json)
        }
        if !calls.isEmpty {
            json.array("tool_calls") { json in
                for call in calls {
                    json.object { json in
                        json.member("id", call.id)
                        json.member("type", "function")
                        json.object("function") { json in
                            json.member("name", call.name)
                            json.member("arguments", call.arguments.isEmpty ? "{}" : call.arguments)
                        }
                    }
                }
            }
        }
        json.endObject()
    }

    private mutating func writeResult(_ part: ChatPart, to json: inout JSONWriter) throws(Unsupported) {
        guard case .toolResult(let result) = part.content, result.parts.allSatisfy({ $0.text != nil }) else {
            throw Unsupported.part("messages", "takes results of tools as text only")
        }
        if result.isError { adjustments.note(.omitted("is_error")) }
        json.object { json in
            json.member("role", "tool")
            json.member("tool_call_id", result.callID)
            json.member("content", result.text)
        }
    }

    private mutating func writeContent(_ parts: [ChatPart], to json: inout JSONWriter) throws(Unsupported) {
        if parts.contains(where: { $0.cache != nil }) { adjustments.note(.omitted("cache_control")) }
        if parts.count == 1, let text = parts[0].text { return json.write(text) }
        json.beginArray()
        for part in parts {
            switch part.content {
            case .text(let text), .refusal(let text):
                json.object { json in
                    json.member("type", "text")
                    json.member("text", text)
                }
            case .image(let media, let detail):
                guard let url = media.address else {
                    throw Unsupported.part("messages", "takes images as an address or as base64 only")
                }
                json.object { json in
                    json.member("type", "image_url")
                    json.object("image_url") { json in
                        json.member("url", url)
                        json.member("detail", detail)
                    }
                }
            case .audio: throw Unsupported.part("messages", "takes no sound")
            case .file: throw Unsupported.part("messages", "takes no files")
            case .toolCall, .toolResult, .reasoning, .opaque:
                throw Unsupported.part("messages", "cannot take a part of another provider's own kind")
            }
        }
        json.endArray()
    }
}
