package import ChatModel
package import JSON

/// Reads the body of a chat completion.
package enum CompletionReplyReader {
    /// The answer in `body`.
    /// - Throws: ``ChatFailure`` with the code `invalidResponse` when it is none.
    package static func read(_ body: JSONNode) throws(ChatFailure) -> ChatReply {
        do {
            let reply = try reply(body)
            guard !reply.choices.isEmpty else {
                throw ChatFailure(.invalidResponse, "the chat completion has no choices")
            }
            return reply
        } catch let error as JSONDecodingError {
            throw ChatFailure(.invalidResponse, "the answer is no chat completion: \(error.message)")
        } catch let failure as ChatFailure {
            throw failure
        } catch {
            throw ChatFailure(.invalidResponse, "the answer is no chat completion")
        }
    }

    private static func reply(_ body: JSONNode) throws(JSONDecodingError) -> ChatReply {
        var choices: [ChatReply.Choice] = []
        for choice in try body.required("choices").elements() {
            let parts = try parts(of: choice.required("message"))
            let hasCalls = parts.contains { $0.toolCall != nil }
            choices.append(
                ChatReply.Choice(
                    parts: parts,
                    finishReason: choice.string("finish_reason").map { .init(completion: $0, hasCalls: hasCalls) },
                    logprobs: try CompletionLogprobs.read(choice["logprobs"])))
        }
        var reply = ChatReply(
            id: body.string("id"), model: body.string("model"), choices: choices,
            usage: CompletionUsage.read(body["usage"]))
        reply.serviceTier = body.string("service_tier")
        reply.systemFingerprint = body.string("system_fingerprint")
        return reply
    }

    private static func parts(of message: JSONNode) throws(JSONDecodingError) -> [ChatPart] {
        var parts = try CompletionReasoning.read(message)
        if let content = message["content"] { parts += try said(content) }
        if let refusal = message["refusal"] { parts.append(ChatPart(.refusal(try refusal.text()))) }
        if let calls = message["tool_calls"] {
            for (index, call) in try calls.elements().enumerated() {
                parts.append(try toolCall(call, index))
            }
        }
        return parts
    }

    /// A string, or Mistral's list of thoughts and texts.
    static func said(_ content: JSONNode) throws(JSONDecodingError) -> [ChatPart] {
        if let text = content.string { return [.text(text)] }
        var parts: [ChatPart] = []
        for part in try content.elements() {
            if let thinking = part["thinking"] {
                let reasoning = Reasoning(
                    text: try texts(thinking), signature: part.string("signature"), format: .mistral)
                parts.append(ChatPart(.reasoning(reasoning)))
            } else if let text = part["text"] {
                parts.append(.text(try text.text()))
            } else {
                parts.append(ChatPart(.opaque(RawJSON(part.raw), .chatCompletions)))
            }
        }
        return parts
    }

    private static func texts(_ thinking: JSONNode) throws(JSONDecodingError) -> String {
        if let text = thinking.string { return text }
        var text = ""
        for piece in try thinking.elements() { text += piece.string("text") ?? "" }
        return text
    }

    /// Some servers leave the identifier out.
    private static func toolCall(_ call: JSONNode, _ index: Int) throws(JSONDecodingError) -> ChatPart {
        guard call.string("id") == nil, let function = call["function"] else {
            return try CompletionMessageReader.toolCall(call)
        }
        return ChatPart(
            .toolCall(
                ToolCall(
                    id: "call_\(index)", name: try function.required("name").text(),
                    arguments: function["arguments"].map { $0.string ?? String(decoding: $0.raw, as: UTF8.self) } ?? "")
            ))
    }
}

extension ChatReply.FinishReason {
    /// The reason that chat completions write as `word`; `model_length` is Mistral's.
    package init(completion word: String) {
        self =
            switch word {
            case "stop": .stop
            case "length", "model_length": .length
            case "tool_calls", "function_call": .toolCalls
            case "content_filter": .contentFilter
            default: .other(word)
            }
    }

    /// The same of an answer that may hold calls: a call that the caller forced ends with `stop` at OpenAI, and any call
    /// does at some servers.
    init(completion word: String, hasCalls: Bool) {
        self.init(completion: word)
        if self == .stop, hasCalls { self = .toolCalls }
    }

    /// The word of chat completions, which have no other than these.
    var completionWord: String {
        switch self {
        case .stop, .other: "stop"
        case .length: "length"
        case .toolCalls: "tool_calls"
        case .contentFilter: "content_filter"
        }
    }
}
