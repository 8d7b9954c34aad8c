internal import ChatModel
internal import JSON

// The messages and tools of an Anthropic messages request.
extension MessagesRequestWriter {
    mutating func writeMessages(to json: inout JSONWriter) throws(Unsupported) {
        let messages = request.messages.filter { !Self.isEmpty($0) }
        let opening = messages.prefix { $0.role == .system || $0.role == .developer }
        if !opening.isEmpty {
            json.beginArray("system")
            for part in opening.flatMap(\.parts) { try write(part, to: &json) }
            json.endArray()
        }
        json.beginArray("messages")
        var index = opening.endIndex
        while index < messages.endIndex {
            let role = Self.role(messages[index])
            let end = messages[index...].firstIndex { Self.role($0) != role } ?? messages.endIndex
            try writeTurn(role, messages[index..<end], to: &json)
            index = end
        }
        json.endArray()
    }

    /// Whether a message says nothing: other providers take one, and nothing is lost without it. What a user says is
    /// asked, be it nothing.
    private static func isEmpty(_ message: ChatMessage) -> Bool {
        message.role != .user && message.parts.allSatisfy { $0.text == "" }
    }

    /// Who speaks, as Anthropic sees it: results of tools come from the user, in one turn with what is said after them.
    private static func role(_ message: ChatMessage) -> String {
        switch message.role {
        case .user, .tool: "user"
        case .assistant: "assistant"
        case .system, .developer: "system"
        }
    }

    private mutating func writeTurn(
        _ role: String, _ messages: ArraySlice<ChatMessage>, to json: inout JSONWriter
    ) throws(Unsupported) {
        json.beginObject()
        json.member("role", role)
        if messages.contains(where: { $0.name != nil }) { adjustments.note(.omitted("name")) }
        json.key("content")
        if messages.count == 1, let message = messages.first, message.parts.count == 1, message.parts[0].cache == nil,
            let text = message.parts[0].text
        {
            json.write(text)
        } else {
            json.beginArray()
            for part in messages.flatMap(\.parts) { try write(part, to: &json) }
            json.endArray()
        }
        json.endObject()
    }

    private mutating func write(_ part: ChatPart, to json: inout JSONWriter) throws(Unsupported) {
        switch part.content {
        case .opaque(let block, .messages):
            json.write(block)
            return
        case .opaque: throw Unsupported.part("messages", "cannot take a part of another provider's own kind")
        case .reasoning(let reasoning):
            writeBack(reasoning, to: &json)
            return
        // Providers refuse an empty text, and nothing is lost without it.
        case .text(""): return
        case .text, .refusal, .image, .audio, .file, .toolCall, .toolResult: break
        }
        json.beginObject()
        try write(part.content, to: &json)
        if let mark = part.cache { Self.write(mark, to: &json) }
        json.endObject()
    }

    private mutating func write(_ content: ChatPart.Content, to json: inout JSONWriter) throws(Unsupported) {
        switch content {
        case .text(let text), .refusal(let text):
            json.member("type", "text")
            json.member("text", text)
        case .image(let media, let detail):
            if let detail, detail != "auto" { adjustments.note(.omitted("detail")) }
            json.member("type", "image")
            try write(media, of: Self.imageTypes, to: &json)
        case .file(let media, let name):
            json.member("type", "document")
            try write(media, of: Self.documentTypes, to: &json)
            json.member("title", name)
        case .audio: throw Unsupported.part("messages", "takes no sound")
        case .toolCall(let call):
            json.member("type", "tool_use")
            json.member("id", Self.callIdentifiers.fitting(call.id))
            json.member("name", call.name)
            json.key("input")
            json.writeRaw(JSONText.object(call.arguments))
        case .toolResult(let result):
            json.member("type", "tool_result")
            json.member("tool_use_id", Self.callIdentifiers.fitting(result.callID))
            try writeContent(of: result, to: &json)
            if result.isError { json.member("is_error", true) }
        case .reasoning, .opaque: break
        }
    }

    private mutating func writeContent(of result: ToolResult, to json: inout JSONWriter) throws(Unsupported) {
        json.key("content")
        if result.parts.count == 1, let text = result.parts[0].text { return json.write(text) }
        json.beginArray()
        for part in result.parts { try write(part, to: &json) }
        json.endArray()
    }

    /// Anthropic's own thoughts go back as they came; those of others prove nothing to it.
    private mutating func writeBack(_ reasoning: Reasoning, to json: inout JSONWriter) {
        let isOwn = reasoning.format == .anthropic && (reasoning.signature != nil || reasoning.encrypted != nil)
        guard isOwn else { return adjustments.note(.omitted("reasoning")) }
        if reasoning.signature != nil {
            json.object { json in
                json.member("type", "thinking")
                json.member("thinking", reasoning.text)
                json.member("signature", reasoning.signature)
            }
        }
        if let encrypted = reasoning.encrypted {
            json.object { json in
                json.member("type", "redacted_thinking")
                json.member("data", encrypted)
            }
        }
    }

    private static let callIdentifiers = CallIdentifierForm.word(longest: .max)
    private static let imageTypes: Set<String> = ["image/jpeg", "image/png", "image/gif", "image/webp"]
    private static let documentTypes: Set<String> = ["application/pdf", "text/plain"]

    private func write(_ media: ChatMedia, of types: Set<String>, to json: inout JSONWriter) throws(Unsupported) {
        switch media.source {
        case .base64(let data):
            guard let type = media.mediaType, types.contains(type) else {
                throw Unsupported.part(
                    "messages",
                    "takes \(types.sorted().joined(separator: ", ")), not \(media.mediaType ?? "an unnamed media type")"
                )
            }
            json.object("source") { json in
                json.member("type", "base64")
                json.member("media_type", type)
                json.member("data", data)
            }
        case .url(let url):
            json.object("source") { json in
                json.member("type", "url")
                json.member("url", url)
            }
        case .identifier(let id):
            json.object("source") { json in
                json.member("type", "file")
                json.member("file_id", id)
            }
        case .text(let text):
            json.object("source") { json in
                json.member("type", "text")
                json.member("media_type", "text/plain")
                json.member("data", text)
            }
        }
    }

    private static func write(_ mark: CacheMark, to json: inout JSONWriter) {
        json.object("cache_control") { json in
            json.member("type", "ephemeral")
            // OpenAI's lifetimes are others; the longest here comes nearest to them.
            if let lifetime = mark.lifetime { json.member("ttl", lifetime == "5m" ? "5m" : "1h") }
        }
    }

    mutating func writeTools(to json: inout JSONWriter) throws(Unsupported) {
        let emulated = style.followsSchemas ? nil : request.replySchema
        guard !request.tools.isEmpty || emulated != nil else { return }
        if emulated != nil, !request.tools.isEmpty {
            throw Unsupported(
                "response_format", "cannot follow a schema and offer tools at once with this model",
                advice: "choose a newer model or leave one of them out")
        }
        json.beginArray("tools")
        if let emulated { Self.write(emulated, to: &json) }
        for tool in request.tools {
            switch tool.kind {
            case .opaque(let value, .messages): json.write(value)
            case .opaque: throw Unsupported.part("tools", "does not know a tool of another provider's own kind")
            case .function(var function):
                if function.isStrict == true, let parameters = function.parameters {
                    let fitting = try MessagesSchema(fitting: parameters, in: "tools")
                    if fitting.isWeaker { adjustments.note(.approximated("tools")) }
                    function.parameters = fitting.schema
                }
                Self.write(function, tool.cache, to: &json)
            }
        }
        json.endArray()
        try writeChoice(emulated == nil ? request.toolChoice : .named(Self.answerTool), to: &json)
    }

    private static func write(_ function: ChatTool.Function, _ cache: CacheMark?, to json: inout JSONWriter) {
        json.object { json in
            json.member("name", function.name)
            json.member("description", function.description)
            json.member("input_schema", inputSchema(function.parameters))
            json.member("strict", function.isStrict)
            if let cache { write(cache, to: &json) }
        }
    }

    /// A schema of arguments, which is never one of anything but an object, and has to say so here.
    private static func inputSchema(_ given: RawJSON?) -> RawJSON {
        guard let given else { return RawJSON(#"{"type":"object","properties":{}}"#) }
        do {
            let schema = try JSONScanner(given.bytes)
            return schema.has("type") ? given : RawJSON(schema.replacing("type", with: "object"))
        } catch {
            // What is no schema is for the provider to refuse.
            return given
        }
    }

    private static func write(_ schema: ChatRequest.ReplySchema, to json: inout JSONWriter) {
        json.object { json in
            json.member("name", answerTool)
            json.member("description", schema.description ?? answerDescription)
            json.member("input_schema", schema.schema)
        }
    }

    private func writeChoice(_ choice: ToolChoice?, to json: inout JSONWriter) throws(Unsupported) {
        let disables = request.parallelToolCalls == false
        guard choice != nil || disables else { return }
        let (type, name): (String, String?)
        switch choice ?? .automatic {
        case .automatic: (type, name) = ("auto", nil)
        case .forbidden: (type, name) = ("none", nil)
        case .required: (type, name) = ("any", nil)
        case .named(let tool): (type, name) = ("tool", tool)
        case .opaque: throw Unsupported.part("tool_choice", "does not know this choice of tools")
        }
        json.object("tool_choice") { json in
            json.member("type", type)
            json.member("name", name)
            if disables, type != "none" { json.member("disable_parallel_tool_use", true) }
        }
    }
}
