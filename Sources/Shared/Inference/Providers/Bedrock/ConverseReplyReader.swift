internal import ChatModel
internal import JSON

/// Reads an answer of Bedrock's Converse.
enum ConverseReplyReader {
    static func read(_ body: JSONNode) throws(ChatFailure) -> ChatReply {
        let reply: ChatReply
        do throws(JSONDecodingError) {
            var parts: [ChatPart] = []
            let message = try body.required("output").required("message")
            for block in try message.required("content").elements() {
                if let part = try part(block) { parts.append(part) }
            }
            reply = ChatReply(
                choices: [
                    ChatReply.Choice(parts: parts, finishReason: finish(try body.required("stopReason").text()))
                ], usage: usage(body["usage"]))
        } catch {
            throw ChatFailure(.invalidResponse, "the answer holds no message: \(error.message)")
        }
        if let failure = failure(reply.finishReason) { throw failure }
        return reply
    }

    private static func part(_ block: JSONNode) throws(JSONDecodingError) -> ChatPart? {
        if let text = block["text"] { return .text(try text.text()) }
        if let call = block["toolUse"] {
            return ChatPart(
                .toolCall(
                    ToolCall(
                        id: try call.required("toolUseId").text(), name: try call.required("name").text(),
                        arguments: call["input"].map { String(decoding: $0.raw, as: UTF8.self) } ?? "{}")))
        }
        guard let reasoning = block["reasoningContent"] else { return nil }
        if let hidden = reasoning["redactedContent"] {
            return ChatPart(.reasoning(Reasoning(encrypted: try hidden.text(), format: .anthropic)))
        }
        let text = try reasoning.required("reasoningText")
        return ChatPart(
            .reasoning(
                Reasoning(
                    text: try text.required("text").text(), signature: text.string("signature"),
                    format: .anthropic)))
    }

    static func finish(_ word: String) -> ChatReply.FinishReason {
        switch word {
        case "end_turn", "stop_sequence": .stop
        case "tool_use": .toolCalls
        case "max_tokens", "model_context_window_exceeded": .length
        case "guardrail_intervened", "content_filtered": .contentFilter
        default: .other(word)
        }
    }

    /// Reasons that mean that the model produced nothing usable.
    static func failure(_ reason: ChatReply.FinishReason?) -> ChatFailure? {
        guard case .other(let word)? = reason, word.hasPrefix("malformed") else { return nil }
        return ChatFailure(.invalidResponse, "the model broke off (\(word))", isTransient: true)
    }

    /// What the cache had or got comes in addition to the input.
    static func usage(_ value: JSONNode?) -> ChatUsage? {
        guard let value, let input = value.integer("inputTokens") else { return nil }
        let read = max(0, value.integer("cacheReadInputTokens") ?? 0)
        let written = max(0, value.integer("cacheWriteInputTokens") ?? 0)
        let (first, overflow) = max(0, input).addingReportingOverflow(read)
        let (total, again) = first.addingReportingOverflow(written)
        return ChatUsage(
            promptTokens: overflow || again ? .max : total, completionTokens: value.integer("outputTokens") ?? 0,
            cachedTokens: read, cacheWriteTokens: written, longCacheWriteTokens: long(value["cacheDetails"]))
    }

    private static func long(_ details: JSONNode?) -> Int {
        guard let details, details.kind == .array else { return 0 }
        do {
            for detail in try details.elements() where detail.string("ttl") == "1h" {
                return detail.integer("inputTokens") ?? 0
            }
        } catch {
            return 0
        }
        return 0
    }
}
