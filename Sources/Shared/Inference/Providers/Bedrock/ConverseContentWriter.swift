internal import ChatModel
internal import Dialects
internal import JSON

// The conversation and the tools in a Converse request.
extension ConverseRequestWriter {
    private static var callIdentifiers: CallIdentifierForm { .word(longest: 64) }

    mutating func writeMessages(to json: inout JSONWriter) throws(Unsupported) {
        let opening = request.messages.prefix { $0.role == .system || $0.role == .developer }
        if !opening.isEmpty {
            json.beginArray("system")
            for part in opening.flatMap(\.parts) { try write(part, to: &json) }
            json.endArray()
        }
        json.beginArray("messages")
        var index = opening.endIndex
        while index < request.messages.endIndex {
            let role = Self.role(request.messages[index])
            let end = request.messages[index...].firstIndex { Self.role($0) != role } ?? request.messages.endIndex
            json.beginObject()
            json.member("role", role)
            json.beginArray("content")
            for message in request.messages[index..<end] {
                if message.name != nil { adjustments.note(.omitted("name")) }
                for part in message.parts { try write(part, to: &json) }
            }
            json.endArray()
            json.endObject()
            index = end
        }
        json.endArray()
    }

    /// Who speaks, as Bedrock sees it: results of tools come from the user.
    private static func role(_ message: ChatMessage) -> String {
        switch message.role {
        case .user, .tool: "user"
        case .assistant: "assistant"
        case .system, .developer: "system"
        }
    }

    private mutating func write(_ part: ChatPart, to json: inout JSONWriter) throws(Unsupported) {
        switch part.content {
        // Bedrock refuses an empty text, and nothing is lost without it.
        case .text(""): break
        case .text(let text), .refusal(let text): json.object { $0.member("text", text) }
        case .image(let media, let detail):
            if let detail, detail != "auto" { adjustments.note(.omitted("detail")) }
            try write(media, as: "image", Self.imageFormats, to: &json)
        case .audio(let media): try write(media, as: "audio", Self.audioFormats, to: &json)
        case .file(let media, let name): try writeDocument(media, name, to: &json)
        case .toolCall(let call):
            json.object { json in
                json.object("toolUse") { json in
                    json.member("toolUseId", Self.callIdentifiers.fitting(call.id))
                    json.member("name", call.name)
                    json.key("input")
                    json.writeRaw(JSONText.object(call.arguments))
                }
            }
        case .toolResult(let result): try write(result, to: &json)
        case .reasoning(let reasoning): writeBack(reasoning, to: &json)
        case .opaque: throw Unsupported.part("messages", "cannot take a part of another provider's own kind")
        }
        if let mark = part.cache { Self.write(mark, to: &json) }
    }

    private static func write(_ mark: CacheMark, to json: inout JSONWriter) {
        json.object { json in
            json.object("cachePoint") { json in
                json.member("type", "default")
                // OpenAI's lifetimes are others; the longest here comes nearest to them.
                if let lifetime = mark.lifetime { json.member("ttl", lifetime == "5m" ? "5m" : "1h") }
            }
        }
    }

    private mutating func write(_ result: ToolResult, to json: inout JSONWriter) throws(Unsupported) {
        var mark: CacheMark?
        json.beginObject()
        json.beginObject("toolResult")
        json.member("toolUseId", Self.callIdentifiers.fitting(result.callID))
        json.beginArray("content")
        for part in result.parts {
            var part = part
            // Marks stand between the blocks of a message, not in one of them.
            mark = part.cache ?? mark
            part.cache = nil
            try write(part, to: &json)
        }
        json.endArray()
        if result.isError { json.member("status", "error") }
        json.endObject()
        json.endObject()
        if let mark { Self.write(mark, to: &json) }
    }

    /// Anthropic's own thoughts go back as they came; those of others prove nothing to it.
    private mutating func writeBack(_ reasoning: Reasoning, to json: inout JSONWriter) {
        let isOwn = reasoning.format == .anthropic && (reasoning.signature != nil || reasoning.encrypted != nil)
        guard isOwn else { return adjustments.note(.omitted("reasoning")) }
        json.object { json in
            json.object("reasoningContent") { json in
                if let encrypted = reasoning.encrypted {
                    json.member("redactedContent", encrypted)
                } else {
                    json.object("reasoningText") { json in
                        json.member("text", reasoning.text)
                        json.member("signature", reasoning.signature)
                    }
                }
            }
        }
    }

    // MARK: Media

    private static let imageFormats = [
        "image/png": "png", "image/jpeg": "jpeg", "image/gif": "gif", "image/webp": "webp",
    ]
    private static let audioFormats = [
        "audio/mp3": "mp3", "audio/mpeg": "mp3", "audio/wav": "wav", "audio/flac": "flac", "audio/ogg": "ogg",
        "audio/opus": "opus", "audio/aac": "aac", "audio/pcm": "pcm", "audio/pcm16": "pcm", "audio/webm": "webm",
    ]
    private static let documentFormats = [
        "application/pdf": "pdf", "text/csv": "csv", "application/msword": "doc", "text/html": "html",
        "text/plain": "txt", "text/markdown": "md", "application/vnd.ms-excel": "xls",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    ]

    private func bytes(of media: ChatMedia, _ what: String) throws(Unsupported) -> String {
        guard case .base64(let data) = media.source else {
            throw Unsupported(
                "messages", "loads no \(what) from an address", advice: "send it as a data: address")
        }
        return data
    }

    private func format(
        _ media: ChatMedia, _ known: [String: String], _ what: String
    ) throws(Unsupported) -> String {
        guard let type = media.mediaType, let format = known[type] else {
            throw Unsupported.part(
                "messages", "takes no \(what) of the media type \(media.mediaType ?? "that is not named")")
        }
        return format
    }

    private func write(
        _ media: ChatMedia, as kind: String, _ formats: [String: String], to json: inout JSONWriter
    ) throws(Unsupported) {
        let data = try bytes(of: media, kind)
        let format = try format(media, formats, kind)
        json.object { json in
            json.object(kind) { json in
                json.member("format", format)
                json.object("source") { $0.member("bytes", data) }
            }
        }
    }

    private mutating func writeDocument(_ media: ChatMedia, _ name: String?, to json: inout JSONWriter)
        throws(Unsupported)
    {
        if case .text(let text) = media.source {
            json.object { $0.member("text", text) }
            return
        }
        let data = try bytes(of: media, "document")
        let format = try format(media, Self.documentFormats, "document")
        let name = self.name(ofDocument: name)
        json.object { json in
            json.object("document") { json in
                json.member("format", format)
                json.member("name", name)
                json.object("source") { $0.member("bytes", data) }
            }
        }
    }

    /// Bedrock allows few characters in a name, wants one, and wants no two alike. The same documents get the same names
    /// each time, so that what it has cached still fits.
    private mutating func name(ofDocument name: String?) -> String {
        let allowed = (name ?? "").prefix(180).map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        let given = allowed.isEmpty ? "document" : String(allowed)
        var name = given
        var number = 2
        while !documents.insert(name).inserted {
            name = "\(given)-\(number)"
            number += 1
        }
        return name
    }

    // MARK: Tools

    mutating func writeTools(to json: inout JSONWriter) throws(Unsupported) {
        let emulated = traits.followsSchemas ? nil : request.replySchema
        guard !request.tools.isEmpty || emulated != nil else { return writeToolsOfHistory(to: &json) }
        if emulated != nil, !request.tools.isEmpty {
            throw Unsupported(
                "response_format", "cannot follow a schema and offer tools at once with this model",
                advice: "choose another model or leave one of them out")
        }
        let hasCalled = request.messages.contains { $0.parts.contains { $0.toolCall != nil } }
        if request.toolChoice == .forbidden {
            // There is no such choice here; without tools nothing can be called either.
            guard hasCalled else { return }
            throw Unsupported(
                "tool_choice", "cannot be kept from calling tools in a conversation that has called some",
                advice: "use tool_choice auto")
        }
        json.beginObject("toolConfig")
        json.beginArray("tools")
        if let emulated { Self.write(emulated, to: &json) }
        for tool in request.tools {
            guard let function = tool.function else {
                throw Unsupported.part("tools", "does not know a tool of another provider's own kind")
            }
            Self.write(try fitting(function), to: &json)
            if let mark = tool.cache { Self.write(mark, to: &json) }
        }
        json.endArray()
        try writeChoice(emulated == nil ? request.toolChoice : .named(AnswerTool.name), to: &json)
        json.endObject()
    }

    /// The function with a schema that one of Anthropic's models can be held to, where it has to be.
    private mutating func fitting(_ function: ChatTool.Function) throws(Unsupported) -> ChatTool.Function {
        guard isClaude, function.isStrict == true, let parameters = function.parameters else { return function }
        let fitting = try MessagesSchema(fitting: parameters, in: "tools")
        if fitting.isWeaker { adjustments.note(.approximated("tools")) }
        var function = function
        function.parameters = fitting.schema
        return function
    }

    /// Bedrock refuses a conversation in which tools were called unless some are offered: those that were called.
    private mutating func writeToolsOfHistory(to json: inout JSONWriter) {
        var names: [String] = []
        for call in request.messages.flatMap(\.parts).compactMap(\.toolCall) where !names.contains(call.name) {
            names.append(call.name)
        }
        guard !names.isEmpty else { return }
        adjustments.note(.approximated("tools"))
        json.object("toolConfig") { json in
            json.array("tools") { json in
                for name in names { Self.write(ChatTool.Function(name: name), to: &json) }
            }
        }
    }

    private static func write(_ function: ChatTool.Function, to json: inout JSONWriter) {
        json.object { json in
            json.object("toolSpec") { json in
                json.member("name", function.name)
                if let description = function.description, !description.isEmpty {
                    json.member("description", description)
                }
                json.object("inputSchema") { json in
                    json.member("json", function.parameters ?? RawJSON(#"{"type":"object","properties":{}}"#))
                }
                json.member("strict", function.isStrict)
            }
        }
    }

    private static func write(_ schema: ChatRequest.ReplySchema, to json: inout JSONWriter) {
        json.object { json in
            json.object("toolSpec") { json in
                json.member("name", AnswerTool.name)
                json.member("description", schema.description ?? AnswerTool.description)
                json.object("inputSchema") { $0.member("json", schema.schema) }
            }
        }
    }

    private func writeChoice(_ choice: ToolChoice?, to json: inout JSONWriter) throws(Unsupported) {
        switch choice {
        case nil, .forbidden: break
        case .automatic: json.object("toolChoice") { $0.object("auto") { _ in } }
        case .required: json.object("toolChoice") { $0.object("any") { _ in } }
        case .named(let name): json.object("toolChoice") { $0.object("tool") { $0.member("name", name) } }
        case .opaque: throw Unsupported.part("tool_choice", "does not know this choice of tools")
        }
    }
}
