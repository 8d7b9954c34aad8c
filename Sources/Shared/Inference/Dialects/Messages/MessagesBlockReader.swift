package import ChatModel
package import JSON

/// Reads messages of Anthropic's dialect and the blocks in them.
package enum MessagesBlockReader {
    /// A message; results of tools become a message of their own before what the user says beside them.
    static func messages(_ message: JSONNode) throws(JSONDecodingError) -> [ChatMessage] {
        let role = try message.required("role")
        let parts = try content(message.required("content"))
        switch try role.text() {
        case "assistant": return [ChatMessage(role: .assistant, parts: parts)]
        case "system": return [ChatMessage(role: .system, parts: parts)]
        case "user":
            let results = parts.filter { if case .toolResult = $0.content { true } else { false } }
            guard !results.isEmpty else { return [ChatMessage(role: .user, parts: parts)] }
            let said = parts.filter { if case .toolResult = $0.content { false } else { true } }
            let told = ChatMessage(role: .tool, parts: results)
            return said.isEmpty ? [told] : [told, ChatMessage(role: .user, parts: said)]
        default: throw role.mismatch("one of user, assistant, system")
        }
    }

    /// One string, or blocks.
    package static func content(_ value: JSONNode) throws(JSONDecodingError) -> [ChatPart] {
        if let text = value.string { return [.text(text)] }
        guard value.kind == .array else { throw value.mismatch("a string or an array of blocks") }
        var parts: [ChatPart] = []
        parts.reserveCapacity(value.count)
        for block in try value.elements() { parts.append(ChatPart(try self.block(block), cache: try cache(block))) }
        return parts
    }

    private static func block(_ block: JSONNode) throws(JSONDecodingError) -> ChatPart.Content {
        switch try block.required("type").text() {
        case "text":
            // Citations belong to the provider's own documents.
            return block["citations"].map { $0.count > 0 } == true
                ? .opaque(RawJSON(block.raw), .messages) : .text(try block.required("text").text())
        case "image": return .image(try media(block.required("source")), detail: nil)
        case "document":
            let cites = block["citations"].map { $0.bool("enabled") != false } ?? false
            if cites || block["context"] != nil { return .opaque(RawJSON(block.raw), .messages) }
            let source = try block.required("source")
            if source.has("type", text: "content") { return .opaque(RawJSON(block.raw), .messages) }
            return .file(try media(source), name: try block["title"]?.text())
        case "tool_use":
            return .toolCall(
                ToolCall(
                    id: try block.required("id").text(), name: try block.required("name").text(),
                    arguments: String(decoding: try block.required("input").raw, as: UTF8.self),
                    signature: block["extra_content"]?.string("google", "thought_signature")))
        case "tool_result":
            let parts = try block["content"].map(content(present:)) ?? []
            return .toolResult(
                ToolResult(
                    callID: try block.required("tool_use_id").text(), parts: parts,
                    isError: try block["is_error"]?.flag() ?? false))
        case "thinking":
            var reasoning = Reasoning(text: try block["thinking"]?.text() ?? "")
            // An empty one stands where the model that thought this proves nothing.
            if let signature = try block["signature"]?.text(), !signature.isEmpty {
                HiddenReasoning(signature, of: .anthropic, isSignature: true).put(into: &reasoning)
            }
            return .reasoning(reasoning)
        case "redacted_thinking":
            var reasoning = Reasoning()
            HiddenReasoning(try block.required("data").text(), of: .anthropic).put(into: &reasoning)
            return .reasoning(reasoning)
        default: return .opaque(RawJSON(block.raw), .messages)
        }
    }

    private static func content(present value: JSONNode) throws(JSONDecodingError) -> [ChatPart] { try content(value) }

    private static func media(_ source: JSONNode) throws(JSONDecodingError) -> ChatMedia {
        let type = try source.required("type")
        switch try type.text() {
        case "base64":
            return ChatMedia(
                .base64(try source.required("data").text()), mediaType: try source.required("media_type").text())
        case "url": return ChatMedia(.url(try source.required("url").text()))
        case "file": return ChatMedia(.identifier(try source.required("file_id").text()))
        case "text": return ChatMedia(.text(try source.required("data").text()), mediaType: "text/plain")
        default: throw type.mismatch("one of base64, url, file, text")
        }
    }

    static func cache(_ block: JSONNode) throws(JSONDecodingError) -> CacheMark? {
        guard let mark = block["cache_control"] else { return nil }
        return CacheMark(lifetime: try mark["ttl"]?.text())
    }
}
