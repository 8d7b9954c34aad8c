internal import ChatModel
internal import JSON

/// Writes an answer as a chat completion.
enum CompletionReplyWriter {
    static func body(of reply: ChatReply, model: String, as identity: AnswerIdentity) -> [UInt8] {
        var json = JSONWriter(capacity: 512 + (reply.content?.utf8.count ?? 0) * 9 / 8)
        json.object { json in
            writeHead("chat.completion", model: reply.model ?? model, as: identity, to: &json)
            json.array("choices") { json in
                for (index, choice) in reply.choices.enumerated() { write(choice, index, to: &json) }
            }
            if let usage = reply.usage { CompletionUsage.write(usage, to: &json) }
            json.member("service_tier", reply.serviceTier)
            json.member("system_fingerprint", reply.systemFingerprint)
        }
        return json.bytes
    }

    static func writeHead(_ object: String, model: String, as identity: AnswerIdentity, to json: inout JSONWriter) {
        json.member("id", "chatcmpl-\(identity.id)")
        json.member("object", object)
        json.member("created", Int(identity.created))
        json.member("model", model)
    }

    private static func write(_ choice: ChatReply.Choice, _ index: Int, to json: inout JSONWriter) {
        json.object { json in
            json.member("index", index)
            json.object("message") { json in write(message: choice.parts, to: &json) }
            if let logprobs = choice.logprobs {
                CompletionLogprobs.write(logprobs, to: &json)
            } else {
                json.nullable("logprobs", nil)
            }
            json.member("finish_reason", choice.finishReason?.completionWord ?? "stop")
        }
    }

    private static func write(message parts: [ChatPart], to json: inout JSONWriter) {
        var texts: [String] = []
        var refusals: [String] = []
        for part in parts {
            if case .text(let text) = part.content { texts.append(text) }
            if case .refusal(let text) = part.content { refusals.append(text) }
        }
        json.member("role", "assistant")
        json.nullable("content", texts.isEmpty ? nil : texts.joined())
        json.nullable("refusal", refusals.isEmpty ? nil : refusals.joined())
        CompletionReasoning.write(parts, to: &json)
        guard parts.contains(where: { $0.toolCall != nil }) else { return }
        json.array("tool_calls") { json in
            for case let call? in parts.map(\.toolCall) { write(call, to: &json) }
        }
    }

    private static func write(_ call: ToolCall, to json: inout JSONWriter) {
        json.object { json in
            json.member("id", call.id)
            json.member("type", "function")
            json.object("function") { json in
                json.member("name", call.name)
                json.member("arguments", call.arguments.isEmpty ? "{}" : call.arguments)
            }
            writeSignature(call.signature, to: &json)
        }
    }

    /// Where Google's own servers of this dialect have it.
    static func writeSignature(_ signature: String?, to json: inout JSONWriter) {
        guard let signature else { return }
        json.object("extra_content") { $0.object("google") { $0.member("thought_signature", signature) } }
    }
}
