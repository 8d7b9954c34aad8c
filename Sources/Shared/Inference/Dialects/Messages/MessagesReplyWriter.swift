internal import ChatModel
internal import JSON

/// Writes an answer as one of Anthropic's messages.
enum MessagesReplyWriter {
    static func body(of reply: ChatReply, model: String, as identity: AnswerIdentity) -> [UInt8] {
        let choice = reply.choices.first
        var json = JSONWriter(capacity: 512 + (reply.content?.utf8.count ?? 0) * 9 / 8)
        json.object { json in
            json.member("id", "msg_\(identity.id)")
            json.member("type", "message")
            json.member("role", "assistant")
            json.member("model", reply.model ?? model)
            json.array("content") { json in
                for part in choice?.parts ?? [] { write(part, to: &json) }
            }
            let hasRefused = choice?.parts.contains { if case .refusal = $0.content { true } else { false } } ?? false
            json.member(
                "stop_reason",
                (choice?.finishReason ?? .stop).messagesWord(choice?.stopSequence, hasRefused: hasRefused))
            json.nullable("stop_sequence", choice?.stopSequence)
            MessagesUsage.write(reply.usage ?? .zero, to: &json)
        }
        return json.bytes
    }

    private static func write(_ part: ChatPart, to json: inout JSONWriter) {
        switch part.content {
        case .text(let text), .refusal(let text): writeText(text, to: &json)
        case .toolCall(let call):
            json.object { json in
                writeCallHead(id: call.id, name: call.name, to: &json)
                json.key("input")
                json.writeRaw(JSONText.object(call.arguments))
                CompletionReplyWriter.writeSignature(call.signature, to: &json)
            }
        case .reasoning(let reasoning): write(reasoning, to: &json)
        case .opaque(let block, .messages): json.write(block)
        // No answer in this dialect has these.
        case .image, .audio, .file, .toolResult, .opaque: break
        }
    }

    static func writeText(_ text: String, to json: inout JSONWriter) {
        json.object { json in
            json.member("type", "text")
            json.member("text", text)
        }
    }

    static func writeCallHead(id: String, name: String, to json: inout JSONWriter) {
        json.member("type", "tool_use")
        json.member("id", id)
        json.member("name", name)
    }

    static func write(_ reasoning: Reasoning, to json: inout JSONWriter) {
        if !reasoning.text.isEmpty || reasoning.encrypted == nil {
            json.object { json in
                json.member("type", "thinking")
                json.member("thinking", reasoning.text)
                json.member("signature", signature(reasoning.signature, reasoning.format))
            }
        }
        if reasoning.encrypted != nil { json.object { writeHidden(reasoning, to: &$0) } }
    }

    /// The members of a block of thoughts that only their provider can read.
    static func writeHidden(_ reasoning: Reasoning, to json: inout JSONWriter) {
        json.member("type", "redacted_thinking")
        json.member("data", HiddenReasoning(reasoning)?.text(of: .anthropic) ?? "")
    }

    /// The proof of thoughts, which this dialect has no block without.
    static func signature(_ signature: String?, _ format: Reasoning.Format) -> String {
        signature.map { HiddenReasoning(signature: $0, format).text(of: .anthropic) } ?? ""
    }
}
