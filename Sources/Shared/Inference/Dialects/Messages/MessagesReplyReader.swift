package import ChatModel
package import JSON

/// Reads an answer of Anthropic's messages.
package enum MessagesReplyReader {
    /// The answer in `body`.
    /// - Throws: ``ChatFailure`` with the code `invalidResponse` when it is none.
    package static func read(_ body: JSONNode) throws(ChatFailure) -> ChatReply {
        do throws(JSONDecodingError) {
            guard body.string("type") ?? "message" == "message" else { throw body.mismatch("a message") }
            var reply = ChatReply(
                id: body.string("id"), model: body.string("model"),
                choices: [
                    ChatReply.Choice(
                        parts: try MessagesBlockReader.content(body.required("content")),
                        finishReason: body.string("stop_reason").map(ChatReply.FinishReason.init(messages:)),
                        stopSequence: body.string("stop_sequence"))
                ])
            if let counted = body["usage"] {
                var usage = MessagesUsage()
                usage.take(counted)
                reply.usage = usage.usage
                reply.serviceTier = counted.string("service_tier")
            }
            return reply
        } catch {
            throw ChatFailure(.invalidResponse, "the answer is no message: \(error.message)")
        }
    }
}

extension ChatReply.FinishReason {
    /// The reason that Anthropic writes as `word`.
    package init(messages word: String) {
        self =
            switch word {
            case "end_turn", "stop_sequence": .stop
            case "max_tokens", "model_context_window_exceeded": .length
            case "tool_use": .toolCalls
            case "refusal": .contentFilter
            default: .other(word)
            }
    }

    /// Anthropic's word for it. A model that declines is done at OpenAI, and says so beside it.
    func messagesWord(_ stopSequence: String?, hasRefused: Bool) -> String {
        switch self {
        case .stop where hasRefused: "refusal"
        case .stop: stopSequence == nil ? "end_turn" : "stop_sequence"
        case .length: "max_tokens"
        case .toolCalls: "tool_use"
        case .contentFilter: "refusal"
        case .other(let word): word == "pause_turn" ? word : "end_turn"
        }
    }
}
