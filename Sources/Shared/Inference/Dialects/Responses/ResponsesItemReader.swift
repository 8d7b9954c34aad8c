internal import ChatModel
internal import JSON

/// Reads the items of OpenAI's responses, which are both what is asked and what is answered.
enum ResponsesItemReader {
    /// One string, or items.
    static func input(_ value: JSONNode) throws(JSONDecodingError) -> [ChatMessage] {
        if let text = value.string { return [ChatMessage(role: .user, content: text)] }
        guard value.kind == .array else { throw value.mismatch("a string or an array of items") }
        var messages: [ChatMessage] = []
        for item in try value.elements() { append(try message(item), to: &messages) }
        return messages
    }

    /// The pieces of one answer stand in items of their own here, and in one message everywhere else.
    private static func append(_ message: ChatMessage, to messages: inout [ChatMessage]) {
        guard let last = messages.last, last.role == message.role, message.role == .assistant || message.role == .tool
        else { return messages.append(message) }
        messages[messages.count - 1].parts += message.parts
    }

    private static func message(_ item: JSONNode) throws(JSONDecodingError) -> ChatMessage {
        switch try item["type"]?.text() ?? "message" {
        case "message":
            let role = try item.required("role")
            guard let known = ChatMessage.Role(rawValue: try role.text()), known != .tool else {
                throw role.mismatch("one of user, assistant, system, developer")
            }
            return ChatMessage(role: known, parts: try content(item.required("content")))
        case "function_call_output":
            let output = try item.required("output")
            return ChatMessage(
                role: .tool,
                parts: [
                    ChatPart(
                        .toolResult(
                            ToolResult(callID: try item.required("call_id").text(), parts: try content(output))))
                ])
        default: return ChatMessage(role: .assistant, parts: try answer(item))
        }
    }

    /// The parts of an item that a model made.
    static func answer(_ item: JSONNode) throws(JSONDecodingError) -> [ChatPart] {
        switch try item.required("type").text() {
        case "message": return try content(item.required("content"))
        case "function_call":
            return [
                ChatPart(
                    .toolCall(
                        ToolCall(
                            id: try item.required("call_id").text(), name: try item.required("name").text(),
                            arguments: try item["arguments"]?.text() ?? "",
                            signature: item["extra_content"]?.string("google", "thought_signature"))))
            ]
        case "reasoning": return [ChatPart(.reasoning(try reasoning(item)))]
        default: return [ChatPart(.opaque(RawJSON(item.raw), .responses))]
        }
    }

    static func reasoning(_ item: JSONNode) throws(JSONDecodingError) -> Reasoning {
        var reasoning = Reasoning(id: try item["id"]?.text(), format: .openAI)
        if let summary = item["summary"], summary.count > 0 {
            reasoning.text = try texts(summary)
            reasoning.isSummary = true
        }
        if let content = item["content"], content.count > 0 {
            reasoning.text = try texts(content)
            reasoning.isSummary = false
        }
        if let hidden = item["encrypted_content"] {
            HiddenReasoning(try hidden.text(), of: .openAI).put(into: &reasoning)
        }
        return reasoning
    }

    private static func texts(_ pieces: JSONNode) throws(JSONDecodingError) -> String {
        var texts: [String] = []
        for piece in try pieces.elements() { texts.append(try piece.required("text").text()) }
        return texts.joined(separator: "\n\n")
    }

    private static func content(_ value: JSONNode) throws(JSONDecodingError) -> [ChatPart] {
        if let text = value.string { return [.text(text)] }
        guard value.kind == .array else { throw value.mismatch("a string or an array of parts") }
        var parts: [ChatPart] = []
        for part in try value.elements() { parts.append(ChatPart(try self.part(part))) }
        return parts
    }

    private static func part(_ part: JSONNode) throws(JSONDecodingError) -> ChatPart.Content {
        switch try part.required("type").text() {
        case "input_text", "output_text", "text": return .text(try part.required("text").text())
        case "refusal": return .refusal(try part.required("refusal").text())
        case "input_image":
            let detail = try part["detail"]?.text()
            if let url = part["image_url"] {
                return .image(CompletionMessageReader.media(url: try url.text()), detail: detail)
            }
            return .image(ChatMedia(.identifier(try part.required("file_id").text())), detail: detail)
        case "input_file":
            let name = try part["filename"]?.text()
            if let url = part["file_url"] { return .file(ChatMedia(.url(try url.text())), name: name) }
            if let id = part["file_id"] { return .file(ChatMedia(.identifier(try id.text())), name: name) }
            let data = try part.required("file_data").text()
            return .file(
                ChatMedia(dataURL: data) ?? ChatMedia(.base64(data), mediaType: "application/pdf"), name: name)
        case "input_audio":
            let audio = try part.required("input_audio")
            return .audio(
                ChatMedia(
                    .base64(try audio.required("data").text()),
                    mediaType: "audio/\(try audio.required("format").text())"))
        default: return .opaque(RawJSON(part.raw), .responses)
        }
    }
}
