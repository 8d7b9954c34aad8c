internal import ChatModel
internal import JSON

/// Reads the messages of a chat completion request.
enum CompletionMessageReader {
    static func read(_ value: JSONNode) throws(JSONDecodingError) -> [ChatMessage] {
        var messages: [ChatMessage] = []
        messages.reserveCapacity(value.count)
        for message in try value.elements() {
            var read = try self.message(message)
            // A mark on the whole message stands for one on its end.
            if let last = read.parts.indices.last, read.parts[last].cache == nil {
                read.parts[last].cache = try cache(message)
            }
            messages.append(read)
        }
        return messages
    }

    private static func message(_ message: JSONNode) throws(JSONDecodingError) -> ChatMessage {
        let role = try message.required("role")
        let name = try message["name"]?.text()
        switch try role.text() {
        case "system": return ChatMessage(role: .system, parts: try content(message.required("content")), name: name)
        case "developer":
            return ChatMessage(role: .developer, parts: try content(message.required("content")), name: name)
        case "user": return ChatMessage(role: .user, parts: try content(message.required("content")), name: name)
        case "assistant": return ChatMessage(role: .assistant, parts: try assistant(message), name: name)
        case "tool": return ChatMessage(role: .tool, parts: [try toolResult(message)])
        case "function": throw role.invalid("is the form before tools; use the role tool")
        default: throw role.mismatch("one of system, developer, user, assistant, tool")
        }
    }

    private static func toolResult(_ message: JSONNode) throws(JSONDecodingError) -> ChatPart {
        let id = try message.required("tool_call_id").text()
        return ChatPart(.toolResult(ToolResult(callID: id, parts: try content(message.required("content")))))
    }

    /// Reasoning first, as models produce it, then what was said, then the calls.
    private static func assistant(_ message: JSONNode) throws(JSONDecodingError) -> [ChatPart] {
        var parts = try CompletionReasoning.read(message)
        if let said = message["content"] { parts += try content(said) }
        if let refusal = message["refusal"] { parts.append(ChatPart(.refusal(try refusal.text()))) }
        if let calls = message["tool_calls"] {
            for call in try calls.elements() { parts.append(try toolCall(call)) }
        }
        if let audio = message["audio"] {
            parts.append(ChatPart(.audio(ChatMedia(.identifier(try audio.required("id").text())))))
        }
        if let call = message["function_call"] { throw call.invalid("is the form before tools; use tool_calls") }
        return parts
    }

    static func toolCall(_ call: JSONNode) throws(JSONDecodingError) -> ChatPart {
        if let type = call["type"], try type.text() != "function" {
            return ChatPart(.opaque(RawJSON(call.raw), .chatCompletions))
        }
        let function = try call.required("function")
        let arguments = function["arguments"]
        return ChatPart(
            .toolCall(
                ToolCall(
                    id: try call.required("id").text(), name: try function.required("name").text(),
                    // Some servers write the arguments as an object.
                    arguments: arguments.map { $0.string ?? String(decoding: $0.raw, as: UTF8.self) } ?? "",
                    signature: call["extra_content"]?.string("google", "thought_signature"))))
    }

    /// One string, or parts.
    private static func content(_ value: JSONNode) throws(JSONDecodingError) -> [ChatPart] {
        if let text = value.string { return [.text(text)] }
        guard value.kind == .array else { throw value.mismatch("a string or an array of parts") }
        var parts: [ChatPart] = []
        parts.reserveCapacity(value.count)
        for part in try value.elements() {
            parts.append(ChatPart(try self.part(part), cache: try cache(part)))
        }
        return parts
    }

    private static func part(_ part: JSONNode) throws(JSONDecodingError) -> ChatPart.Content {
        let type = try part.required("type")
        switch try type.text() {
        case "text": return .text(try part.required("text").text())
        case "refusal": return .refusal(try part.required("refusal").text())
        case "image_url":
            let image = try part.required("image_url")
            if let url = image.string { return .image(media(url: url), detail: nil) }
            return .image(media(url: try image.required("url").text()), detail: try image["detail"]?.text())
        case "input_audio":
            let audio = try part.required("input_audio")
            return .audio(
                ChatMedia(
                    .base64(try audio.required("data").text()),
                    mediaType: "audio/\(try audio.required("format").text())"))
        case "file":
            let file = try part.required("file")
            return .file(try source(of: file), name: try file["filename"]?.text())
        default: return .opaque(RawJSON(part.raw), .chatCompletions)
        }
    }

    static func media(url: String) -> ChatMedia { ChatMedia(dataURL: url) ?? ChatMedia(.url(url)) }

    private static func source(of file: JSONNode) throws(JSONDecodingError) -> ChatMedia {
        if let id = file["file_id"] { return ChatMedia(.identifier(try id.text())) }
        let data = try file.required("file_data")
        let text = try data.text()
        // A data address, or bare base64, which clients send as well.
        return ChatMedia(dataURL: text) ?? ChatMedia(.base64(text), mediaType: "application/pdf")
    }

    /// OpenAI's mark, or Anthropic's, which many clients send in this dialect.
    static func cache(_ part: JSONNode) throws(JSONDecodingError) -> CacheMark? {
        guard let mark = part["prompt_cache_breakpoint"] ?? part["cache_control"] else { return nil }
        return CacheMark(lifetime: try mark["ttl"]?.text())
    }
}
