package import ChatModel
package import JSON

/// Reads an answer of OpenAI's responses.
package enum ResponsesReplyReader {
    /// The answer in `body`.
    /// - Throws: ``ChatFailure``: `invalidResponse` when it is none, `providerError` when it says that it failed.
    package static func read(_ body: JSONNode) throws(ChatFailure) -> ChatReply {
        if body.has("status", text: "failed") { throw failure(body) }
        do throws(JSONDecodingError) {
            var parts: [ChatPart] = []
            for item in try body.required("output").elements() { parts += try ResponsesItemReader.answer(item) }
            var reply = ChatReply(
                id: body.string("id"), model: body.string("model"),
                choices: [ChatReply.Choice(parts: parts, finishReason: finish(body, parts))],
                usage: ResponsesUsage.read(body["usage"]))
            reply.choices[0].logprobs = try logprobs(body)
            reply.serviceTier = body.string("service_tier")
            return reply
        } catch {
            throw ChatFailure(.invalidResponse, "the answer is no response: \(error.message)")
        }
    }

    /// Why a response that stands in an event or a body failed, without the provider's words in our sentence.
    static func failure(_ response: JSONNode) -> ChatFailure {
        let error = response["error"]
        let code: ChatFailure.Code =
            switch error?.string("code") {
            case "rate_limit_exceeded": .rateLimited
            case "insufficient_quota": .quotaExhausted
            case "context_length_exceeded": .contextLength
            default: .providerError
            }
        return ChatFailure(code, "the model failed to answer", providerMessage: error?.string("message"))
    }

    static func finish(_ response: JSONNode, _ parts: [ChatPart]) -> ChatReply.FinishReason {
        finish(response, hasCalls: parts.contains { $0.toolCall != nil })
    }

    /// Why a response ended.
    package static func finish(_ response: JSONNode, hasCalls: Bool) -> ChatReply.FinishReason {
        guard response.has("status", text: "incomplete") else { return hasCalls ? .toolCalls : .stop }
        switch response.string("incomplete_details", "reason") {
        case "max_output_tokens", nil: return .length
        case "content_filter": return .contentFilter
        case let word?: return .other(word)
        }
    }

    private static func logprobs(_ body: JSONNode) throws(JSONDecodingError) -> [TokenLogprob]? {
        var found: [TokenLogprob]?
        for item in try body.required("output").elements() {
            guard let content = item["content"], content.kind == .array else { continue }
            for part in try content.elements() {
                guard let list = part["logprobs"], list.count > 0 else { continue }
                found = try (found ?? []) + CompletionLogprobs.tokens(list)
            }
        }
        return found
    }
}
