internal import ChatModel
internal import JSON

// The messages and tools of a chat completion request.
extension CompletionRequestWriter {
    mutating func writeMessages(to json: inout JSONWriter) throws(Unsupported) {
        json.beginArray("messages")
        // Media of results, which follow behind the last of them: results of calls may not be parted.
        var shown: [ChatPart] = []
        for message in request.messages {
            if message.role != .tool, !shown.isEmpty {
                try writeSaid(ChatMessage(role: .user, parts: shown), to: &json)
                shown = []
            }
            switch message.role {
            case .tool: shown += try writeResults(message, to: &json)
            case .assistant: try writeAssistant(message, to: &json)
            case .system, .developer, .user: try writeSaid(message, to: &json)
            }
        }
        if !shown.isEmpty { try writeSaid(ChatMessage(role: .user, parts: shown), to: &json) }
        json.endArray()
    }

    private mutating func writeSaid(_ message: ChatMessage, to json: inout JSONWriter) throws(Unsupported) {
        let isDeveloper = message.role == .developer && style.knowsDeveloper
        json.beginObject()
        json.member("role", isDeveloper ? "developer" : message.role == .user ? "user" : "system")
        write(name: message.name, to: &json)
        json.key("content")
        try writeContent(message.parts, to: &json)
        json.endObject()
    }

    /// Each result is a message of its own, of text alone.
    /// - Returns: What else results hold, each with the name of its call before it: only users show it in this dialect.
    private mutating func writeResults(
        _ message: ChatMessage, to json: inout JSONWriter
    ) throws(Unsupported) -> [ChatPart] {
        var shown: [ChatPart] = []
        for part in message.parts {
            guard case .toolResult(let result) = part.content else {
                throw Unsupported.part("messages", "takes nothing but results in a message of the role tool")
            }
            if result.isError { adjustments.note(.omitted("is_error")) }
            if part.cache != nil { adjustments.note(.omitted("cache_control")) }
            let id = style.callIdentifiers.fitting(result.callID)
            let media = result.parts.filter(\.isMedia)
            if !media.isEmpty {
                adjustments.note(.approximated("tool_result"))
                shown += [.text("The result of the tool call \(id):")] + media
            }
            json.beginObject()
            json.member("role", "tool")
            json.member("tool_call_id", id)
            json.key("content")
            let told = media.isEmpty ? result.parts : result.parts.filter { !$0.isMedia }
            try writeContent(told.isEmpty && !media.isEmpty ? [.text("See below.")] : told, to: &json)
            json.endObject()
        }
        return shown
    }

    private mutating func writeAssistant(_ message: ChatMessage, to json: inout JSONWriter) throws(Unsupported) {
        var said: [ChatPart] = []
        var calls: [ChatPart] = []
        for part in message.parts {
            switch part.content {
            case .reasoning: if style.reasoningInHistory == .thinkingParts { said.append(part) }
            case .toolCall: calls.append(part)
            case .opaque(_, .chatCompletions) where part.isToolCall: calls.append(part)
            case .text, .refusal, .image, .audio, .file, .toolResult, .opaque: said.append(part)
            }
        }
        json.beginObject()
        json.member("role", "assistant")
        write(name: message.name, to: &json)
        writeReasoning(message.parts, to: &json)
        json.key("content")
        if said.isEmpty { json.writeNull() } else { try writeContent(said, to: &json) }
        if !calls.isEmpty {
            json.beginArray("tool_calls")
            for call in calls { write(call: call, to: &json) }
            json.endArray()
        }
        json.endObject()
    }

    private mutating func writeReasoning(_ parts: [ChatPart], to json: inout JSONWriter) {
        let passages = parts.compactMap(\.reasoning)
        guard !passages.isEmpty else { return }
        switch style.reasoningInHistory {
        case .details: CompletionReasoning.write(parts, to: &json)
        case .text(let name): json.member(name, passages.map(\.text).joined())
        case .thinkingParts: break
        // OpenAI's chat completions keep no thoughts between turns, whoever had them.
        case .none: adjustments.note(.omitted("reasoning"))
        }
    }

    private mutating func write(call part: ChatPart, to json: inout JSONWriter) {
        if part.cache != nil { adjustments.note(.omitted("cache_control")) }
        if case .opaque(let call, _) = part.content { return json.write(call) }
        guard let call = part.toolCall else { return }
        json.object { json in
            json.member("id", style.callIdentifiers.fitting(call.id))
            json.member("type", "function")
            json.object("function") { json in
                json.member("name", call.name)
                json.member("arguments", call.arguments.isEmpty ? "{}" : call.arguments)
            }
            if let signature = call.signature, style.knowsThoughtSignatures {
                json.object("extra_content") { $0.object("google") { $0.member("thought_signature", signature) } }
            }
        }
    }

    /// A string where one text is all, else parts: not every server takes those everywhere.
    private mutating func writeContent(_ parts: [ChatPart], to json: inout JSONWriter) throws(Unsupported) {
        if parts.count == 1, let text = parts[0].text, parts[0].cache == nil { return json.write(text) }
        if parts.isEmpty { return json.write("") }
        json.beginArray()
        for part in parts {
            if case .opaque(let value, .chatCompletions) = part.content {
                json.write(value)
                continue
            }
            json.beginObject()
            try write(part.content, to: &json)
            if let mark = part.cache {
                if let name = style.cacheMark {
                    write(mark, as: name, to: &json)
                } else {
                    adjustments.note(.omitted("cache_control"))
                }
            }
            json.endObject()
        }
        json.endArray()
    }

    private func write(_ content: ChatPart.Content, to json: inout JSONWriter) throws(Unsupported) {
        switch content {
        case .text(let text):
            json.member("type", "text")
            json.member("text", text)
        case .refusal(let text):
            json.member("type", "refusal")
            json.member("refusal", text)
        case .image(let media, let detail):
            guard let url = media.address else {
                throw Unsupported.part("messages", "takes images as an address or as base64 only")
            }
            json.member("type", "image_url")
            json.object("image_url") { json in
                json.member("url", url)
                json.member("detail", detail)
            }
        case .audio(let media):
            guard case .base64(let data) = media.source else {
                throw Unsupported.part("messages", "takes sound as base64 only")
            }
            json.member("type", "input_audio")
            if style.takesBareAudio { return json.member("input_audio", data) }
            json.object("input_audio") { json in
                json.member("data", data)
                json.member(
                    "format", media.mediaType.flatMap { $0.split(separator: "/").last.map(String.init) } ?? "wav")
            }
        case .file(let media, let name): try write(media, name, to: &json)
        case .reasoning(let passage):
            // Only Mistral has them among what was said.
            json.member("type", "thinking")
            json.array("thinking") { json in
                json.object { json in
                    json.member("type", "text")
                    json.member("text", passage.text)
                }
            }
            json.member("signature", passage.signature)
        case .toolCall, .toolResult, .opaque:
            throw Unsupported.part("messages", "cannot take a part of another provider's own kind")
        }
    }

    private func write(_ file: ChatMedia, _ name: String?, to json: inout JSONWriter) throws(Unsupported) {
        switch file.source {
        case .identifier(let id):
            json.member("type", "file")
            json.object("file") { $0.member("file_id", id) }
        case .base64:
            json.member("type", "file")
            json.object("file") { json in
                json.member("filename", name ?? "document.pdf")
                json.member("file_data", file.dataURL)
            }
        case .text(let text):
            json.member("type", "text")
            json.member("text", text)
        case .url: throw Unsupported.part("messages", "does not load files from an address")
        }
    }

    /// OpenAI's marks and Anthropic's have other lifetimes; the shorter one of the two that there are comes nearest.
    private mutating func write(_ mark: CacheMark, as name: CompletionStyle.CacheMarkName, to json: inout JSONWriter) {
        let isKnown = mark.lifetime.map(name.lifetimes.contains) ?? true
        if !isKnown { adjustments.note(.approximated("cache_control")) }
        json.object(name.rawValue) { json in
            switch name {
            case .anthropic: json.member("type", "ephemeral")
            case .openAI: json.member("mode", "explicit")
            }
            json.member("ttl", isKnown ? mark.lifetime : name.lifetimes[0])
        }
    }

    private mutating func write(name: String?, to json: inout JSONWriter) {
        guard let name else { return }
        if style.knowsNames { json.member("name", name) } else { adjustments.note(.omitted("name")) }
    }

    mutating func writeTools(to json: inout JSONWriter) throws(Unsupported) {
        guard !request.tools.isEmpty else { return }
        json.beginArray("tools")
        for tool in request.tools { try write(tool, to: &json) }
        json.endArray()
        if request.toolChoice != nil, request.toolChoice != .automatic { try check("tool_choice") }
        switch request.toolChoice {
        case nil: break
        case .automatic: json.member("tool_choice", "auto")
        case .forbidden: json.member("tool_choice", "none")
        case .required: json.member("tool_choice", "required")
        case .named(let name):
            json.object("tool_choice") { json in
                json.member("type", "function")
                json.object("function") { $0.member("name", name) }
            }
        case .opaque(let choice, .chatCompletions): json.member("tool_choice", choice)
        case .opaque: throw Unsupported.part("tool_choice", "does not know this choice of tools")
        }
        if let parallel = request.parallelToolCalls {
            if style.unknown.contains("parallel_tool_calls") {
                guard parallel else {
                    throw Unsupported(
                        "parallel_tool_calls", "cannot be kept from calling several tools at once",
                        advice: "leave it out or choose another model")
                }
            } else {
                json.member("parallel_tool_calls", parallel)
            }
        }
    }

    private mutating func write(_ tool: ChatTool, to json: inout JSONWriter) throws(Unsupported) {
        switch tool.kind {
        case .opaque(let value, .chatCompletions): json.write(value)
        case .opaque: throw Unsupported.part("tools", "does not know a tool of another provider's own kind")
        case .function(let function):
            json.object { json in
                json.member("type", "function")
                json.object("function") { json in
                    json.member("name", function.name)
                    json.member("description", function.description)
                    json.member("parameters", function.parameters)
                    json.member("strict", function.isStrict)
                }
            }
            if tool.cache != nil { adjustments.note(.omitted("cache_control")) }
        }
    }
}

extension ChatPart {
    /// Whether it is an image, a sound or a file whose text is not here.
    fileprivate var isMedia: Bool {
        switch content {
        case .image, .audio: return true
        case .file(let media, _):
            if case .text = media.source { return false }
            return true
        case .text, .refusal, .toolCall, .toolResult, .reasoning, .opaque: return false
        }
    }

    /// Whether an opaque part of chat completions stands among the calls and not in the content.
    fileprivate var isToolCall: Bool {
        guard case .opaque(let value, .chatCompletions) = content else { return false }
        do {
            return try JSONScanner(value.bytes).has("function") || JSONScanner(value.bytes).has("custom")
        } catch {
            return false
        }
    }
}
