internal import JSON

/// A reply written as an OpenAI chat completion, for providers that do not speak that form themselves.
extension ChatReply {
    /// The body of an answer in one piece; `created` counts seconds since 1970.
    package func body(id: String, created: Int64) -> [UInt8] {
        var json = JSONWriter(capacity: 512 + (content?.utf8.count ?? 0))
        Self.begin("chat.completion", id, created, model, &json)
        json.beginArray()
        json.beginObject()
        json.key("index")
        json.write(0)
        json.key("message")
        writeMessage(to: &json)
        json.key("finish_reason")
        json.write(finishReason?.word ?? "stop")
        json.endObject()
        json.endArray()
        if let usage { usage.write(to: &json) }
        json.endObject()
        return json.bytes
    }

    /// The same as the events of a stream, its end included.
    package func events(id: String, created: Int64, includesUsage: Bool) -> [[UInt8]] {
        var events: [[UInt8]] = []
        for piece in [Piece.text(content ?? ""), .end(finishReason?.word ?? "stop")] {
            var json = JSONWriter()
            Self.begin("chat.completion.chunk", id, created, model, &json)
            json.beginArray()
            piece.write(to: &json)
            json.endArray()
            json.endObject()
            events.append(Self.event(json.bytes))
        }
        if includesUsage, let usage {
            var json = JSONWriter()
            Self.begin("chat.completion.chunk", id, created, model, &json)
            json.beginArray()
            json.endArray()
            usage.write(to: &json)
            json.endObject()
            events.append(Self.event(json.bytes))
        }
        return events + [Self.event(Array("[DONE]".utf8))]
    }

    private static func begin(
        _ object: String, _ id: String, _ created: Int64, _ model: String?, _ json: inout JSONWriter
    ) {
        json.beginObject()
        json.key("id")
        json.write(id)
        json.key("object")
        json.write(object)
        json.key("created")
        json.write(created)
        json.key("model")
        json.write(model ?? "")
        json.key("choices")
    }

    private func writeMessage(to json: inout JSONWriter) {
        json.beginObject()
        json.key("role")
        json.write("assistant")
        json.key("content")
        if let content { json.write(content) } else { json.writeNull() }
        json.key("refusal")
        if let refusal { json.write(refusal) } else { json.writeNull() }
        json.endObject()
    }

    private static func event(_ data: [UInt8]) -> [UInt8] { Array("data: ".utf8) + data + Array("\n\n".utf8) }

    /// One choice of a chunk.
    private enum Piece {
        case text(String)
        case end(String)

        func write(to json: inout JSONWriter) {
            json.beginObject()
            json.key("index")
            json.write(0)
            json.key("delta")
            json.beginObject()
            if case .text(let text) = self {
                json.key("role")
                json.write("assistant")
                json.key("content")
                json.write(text)
            }
            json.endObject()
            json.key("finish_reason")
            if case .end(let reason) = self { json.write(reason) } else { json.writeNull() }
            json.endObject()
        }
    }
}

extension ChatReply.FinishReason {
    /// OpenAI's word for it.
    fileprivate var word: String {
        switch self {
        case .stop: "stop"
        case .length: "length"
        case .toolCalls: "tool_calls"
        case .contentFilter: "content_filter"
        case .other(let word): word
        }
    }
}

extension ChatUsage {
    fileprivate func write(to json: inout JSONWriter) {
        json.key("usage")
        json.beginObject()
        json.key("prompt_tokens")
        json.write(promptTokens)
        json.key("completion_tokens")
        json.write(completionTokens)
        json.key("total_tokens")
        json.write(totalTokens)
        json.endObject()
    }
}
