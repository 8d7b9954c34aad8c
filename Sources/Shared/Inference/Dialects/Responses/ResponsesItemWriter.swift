internal import ChatModel
internal import JSON

/// Writes the items of an answer in OpenAI's responses.
enum ResponsesItemWriter {
    /// One item with all that belongs to it.
    enum Item: Sendable {
        case message(texts: [String], refusal: String?, logprobs: [TokenLogprob])
        case reasoning(Reasoning)
        case call(ToolCall)
        case opaque(RawJSON)

        /// The beginning of the identifiers that OpenAI gives such items.
        var prefix: String {
            switch self {
            case .message: "msg"
            case .reasoning: "rs"
            case .call: "fc"
            case .opaque: "item"
            }
        }
    }

    /// The items of an answer, in order; texts that follow each other are one message.
    static func items(of choice: ChatReply.Choice) -> [Item] {
        var items: [Item] = []
        for part in choice.parts {
            switch part.content {
            case .text(let text): add(text: text, refusal: nil, choice, &items)
            case .refusal(let text): add(text: nil, refusal: text, choice, &items)
            case .reasoning(let reasoning): items.append(.reasoning(reasoning))
            case .toolCall(let call): items.append(.call(call))
            case .opaque(let item, .responses): items.append(.opaque(item))
            // No answer in this dialect has these.
            case .image, .audio, .file, .toolResult, .opaque: break
            }
        }
        return items
    }

    private static func add(text: String?, refusal: String?, _ choice: ChatReply.Choice, _ items: inout [Item]) {
        if case .message(var texts, let refused, let logprobs) = items.last {
            if let text { texts.append(text) }
            items[items.count - 1] = .message(texts: texts, refusal: refusal ?? refused, logprobs: logprobs)
        } else {
            // The probabilities of all tokens stand with the first text.
            let isFirst = !items.contains { if case .message = $0 { true } else { false } }
            items.append(
                .message(
                    texts: text.map { [$0] } ?? [], refusal: refusal,
                    logprobs: isFirst ? choice.logprobs ?? [] : []))
        }
    }

    static func write(_ item: Item, id: String, status: String = "completed", to json: inout JSONWriter) {
        switch item {
        case .opaque(let value): json.write(value)
        case .message(let texts, let refusal, let logprobs):
            json.object { json in
                json.member("type", "message")
                json.member("id", id)
                json.member("status", status)
                json.member("role", "assistant")
                json.array("content") { json in
                    for (index, text) in texts.enumerated() {
                        writeText(text, logprobs: index == 0 ? logprobs : [], to: &json)
                    }
                    if let refusal { writeRefusal(refusal, to: &json) }
                }
            }
        case .call(let call):
            json.object { json in
                json.member("type", "function_call")
                json.member("id", id)
                json.member("call_id", call.id)
                json.member("name", call.name)
                json.member("arguments", call.arguments)
                json.member("status", status)
                CompletionReplyWriter.writeSignature(call.signature, to: &json)
            }
        case .reasoning(let reasoning): write(reasoning, id: reasoning.id ?? id, to: &json)
        }
    }

    static func writeText(_ text: String, logprobs: [TokenLogprob] = [], to json: inout JSONWriter) {
        json.object { json in
            json.member("type", "output_text")
            json.member("text", text)
            json.array("annotations") { _ in }
            json.key("logprobs")
            CompletionLogprobs.write(list: logprobs, to: &json)
        }
    }

    static func writeRefusal(_ text: String, to json: inout JSONWriter) {
        json.object { json in
            json.member("type", "refusal")
            json.member("refusal", text)
        }
    }

    static func write(_ reasoning: Reasoning, id: String, to json: inout JSONWriter) {
        json.object { json in
            json.member("type", "reasoning")
            json.member("id", id)
            json.array("summary") { json in
                if reasoning.isSummary { writePiece("summary_text", reasoning.text, to: &json) }
            }
            if !reasoning.isSummary, !reasoning.text.isEmpty {
                json.array("content") { writePiece("reasoning_text", reasoning.text, to: &$0) }
            }
            json.member("encrypted_content", HiddenReasoning(reasoning)?.text(of: .openAI))
        }
    }

    static func writePiece(_ type: String, _ text: String, to json: inout JSONWriter) {
        json.object { json in
            json.member("type", type)
            json.member("text", text)
        }
    }
}
