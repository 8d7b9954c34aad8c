internal import ChatModel
internal import JSON

/// Reads an answer of Cohere's chat.
enum CohereReplyReader {
    static func read(_ body: JSONNode) throws(ChatFailure) -> ChatReply {
        let word: String
        var reply: ChatReply
        do throws(JSONDecodingError) {
            word = try body.required("finish_reason").text()
            let message = try body.required("message")
            reply = ChatReply(
                id: body.string("id"),
                choices: [ChatReply.Choice(parts: try parts(of: message), finishReason: finish(word))],
                usage: usage(body["usage"]))
            reply.choices[0].logprobs = try logprobs(body["logprobs"])
        } catch {
            throw ChatFailure(.invalidResponse, "the answer holds no message: \(error.message)")
        }
        if let failure = failure(word) { throw failure }
        return reply
    }

    private static func parts(of message: JSONNode) throws(JSONDecodingError) -> [ChatPart] {
        var parts: [ChatPart] = []
        if let plan = message.string("tool_plan"), !plan.isEmpty {
            parts.append(ChatPart(.reasoning(Reasoning(text: plan))))
        }
        if let content = message["content"] {
            for piece in try content.elements() {
                if let thinking = piece.string("thinking") {
                    parts.append(ChatPart(.reasoning(Reasoning(text: thinking))))
                } else if let text = piece["text"] {
                    parts.append(.text(try text.text()))
                }
            }
        }
        if let calls = message["tool_calls"] {
            for call in try calls.elements() {
                let function = try call.required("function")
                parts.append(
                    ChatPart(
                        .toolCall(
                            ToolCall(
                                id: try call.required("id").text(), name: try function.required("name").text(),
                                arguments: function.string("arguments").flatMap { $0.isEmpty ? nil : $0 } ?? "{}"))))
            }
        }
        return parts
    }

    static func finish(_ word: String) -> ChatReply.FinishReason {
        switch word {
        case "COMPLETE", "STOP_SEQUENCE": .stop
        case "MAX_TOKENS": .length
        case "TOOL_CALL": .toolCalls
        case "ERROR_TOXIC": .contentFilter
        default: .other(word)
        }
    }

    /// Reasons that mean that there is no answer.
    static func failure(_ word: String) -> ChatFailure? {
        switch word {
        case "ERROR": ChatFailure(.providerError, "the model broke off with an error")
        case "TIMEOUT": ChatFailure(.timeout, "the model did not answer in time")
        default: nil
        }
    }

    /// What is billed; Cohere also counts what its own templates add, which nobody asked for.
    static func usage(_ value: JSONNode?) -> ChatUsage? {
        guard let value else { return nil }
        let counts = [value["billed_units"], value["tokens"]].compactMap { $0 }
        guard let units = counts.first(where: { $0["input_tokens"] != nil }) else { return nil }
        return ChatUsage(
            promptTokens: units.integer("input_tokens") ?? 0, completionTokens: units.integer("output_tokens") ?? 0,
            cachedTokens: value.integer("cached_tokens") ?? 0)
    }

    /// Cohere gives pieces of text with the probabilities of the tokens in them; their product is that of the piece.
    static func logprobs(_ value: JSONNode?) throws(JSONDecodingError) -> [TokenLogprob]? {
        guard let value, value.kind == .array else { return nil }
        var tokens: [TokenLogprob] = []
        for piece in try value.elements() { tokens.append(try logprob(piece)) }
        return tokens
    }

    static func logprob(_ piece: JSONNode) throws(JSONDecodingError) -> TokenLogprob {
        var sum = 0.0
        if let list = piece["logprobs"] {
            for value in try list.elements() { sum += try value.number() }
        }
        return TokenLogprob(
            chosen: TokenLogprob.Alternative(token: piece.string("text") ?? "", logprob: sum))
    }
}
