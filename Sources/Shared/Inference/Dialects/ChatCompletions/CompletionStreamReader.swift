package import ChatModel
package import JSON

/// Reads the chunks of a chat completion stream.
package struct CompletionStreamReader: AnswerReader {
    private var hasBegun = false
    private var isFinished = false
    /// For every tool call that has begun, its answer and its number at the server; the place is its number here.
    private var calls: [Call] = []

    private struct Call: Sendable {
        let choice: Int
        let number: Int
        /// Its number among the calls of its answer.
        let index: Int
        let id: String?
    }

    package init() {}

    /// Whether the answer has come to an end that the server gave a reason for.
    package var isComplete: Bool { isFinished }
    /// Whether a chunk has come.
    package var isBegun: Bool { hasBegun }
    /// The usage comes after the end of the answer.
    package var endsItself: Bool { false }
    package var isEndedByMark: Bool { true }

    /// What a chunk tells, which is no error.
    package mutating func read(_ chunk: JSONNode) throws(JSONDecodingError) -> [ChatEvent] {
        var events: [ChatEvent] = []
        guard let list = chunk["choices"] else {
            // Some servers leave an empty list out beside the usage.
            guard let usage = CompletionUsage.read(chunk["usage"]) else { throw chunk.mismatch("a chunk with choices") }
            return [ChatEvent(.usage(usage))]
        }
        let choices = try list.elements()
        // Azure tells first what its filter thinks of the prompt, without a choice and without names.
        if !hasBegun, list.count > 0 {
            hasBegun = true
            events.append(ChatEvent(.start(id: chunk.string("id"), model: chunk.string("model"))))
        }
        for choice in choices {
            let index = choice.integer("index") ?? 0
            if let delta = choice["delta"] { try read(delta, index, into: &events) }
            if let logprobs = try CompletionLogprobs.read(choice["logprobs"]), !logprobs.isEmpty {
                events.append(ChatEvent(.logprobs(logprobs), choice: index))
            }
            if let reason = choice.string("finish_reason") {
                guard reason != "error" else {
                    let failure = ChatFailure(.providerError, "broke the answer off with an error")
                    events.append(ChatEvent(.failure(failure)))
                    continue
                }
                isFinished = true
                let finish = ChatReply.FinishReason(
                    completion: reason, hasCalls: calls.contains { $0.choice == index })
                events.append(ChatEvent(.finish(finish, stopSequence: nil), choice: index))
            }
        }
        // Groq has it elsewhere.
        if let usage = CompletionUsage.read(chunk["usage"] ?? chunk["x_groq"]?["usage"]) {
            events.append(ChatEvent(.usage(usage)))
        }
        return events
    }

    private mutating func read(
        _ delta: JSONNode, _ choice: Int, into events: inout [ChatEvent]
    ) throws(JSONDecodingError) {
        for part in try CompletionReasoning.read(delta) { append(part, choice, &events) }
        if let content = delta["content"] {
            for part in try CompletionReplyReader.said(content) { append(part, choice, &events) }
        }
        if let refusal = delta.string("refusal"), !refusal.isEmpty {
            events.append(ChatEvent(.refusal(refusal), choice: choice))
        }
        if let calls = delta["tool_calls"] {
            for (place, call) in try calls.elements().enumerated() {
                try read(call: call, at: call.integer("index") ?? place, choice, into: &events)
            }
        }
    }

    private func append(_ part: ChatPart, _ choice: Int, _ events: inout [ChatEvent]) {
        if let text = part.text, !text.isEmpty { events.append(ChatEvent(.text(text), choice: choice)) }
        guard let reasoning = part.reasoning else { return }
        if !reasoning.text.isEmpty {
            events.append(ChatEvent(.reasoning(reasoning.text, isSummary: reasoning.isSummary), choice: choice))
        }
        if let signature = reasoning.signature {
            events.append(ChatEvent(.reasoningSignature(signature, reasoning.format), choice: choice))
        }
        if reasoning.encrypted != nil { events.append(ChatEvent(.encryptedReasoning(reasoning), choice: choice)) }
    }

    private mutating func read(
        call: JSONNode, at number: Int, _ choice: Int, into events: inout [ChatEvent]
    ) throws(JSONDecodingError) {
        let function = call["function"]
        let known = calls.last { $0.choice == choice && $0.number == number }
        let (id, name) = (Self.stated(call["id"]), Self.stated(function?["name"]))
        let index: Int
        // A new name at a known number is another call: some servers number every call 0. Others repeat both, or state
        // them as nothing, with every piece.
        if let known, name == nil || id == nil || id == known.id {
            index = known.index
        } else {
            index = calls.count { $0.choice == choice }
            calls.append(Call(choice: choice, number: number, index: index, id: id))
            events.append(
                ChatEvent(
                    .toolCall(
                        index: index, id: id ?? "call_\(index)",
                        name: try call.required("function").required("name").text(),
                        signature: call["extra_content"]?.string("google", "thought_signature")), choice: choice))
        }
        guard let arguments = function?["arguments"] else { return }
        let text = arguments.string ?? String(decoding: arguments.raw, as: UTF8.self)
        if !text.isEmpty { events.append(ChatEvent(.toolArguments(index: index, text), choice: choice)) }
    }

    private static func stated(_ node: JSONNode?) -> String? { node?.string.flatMap { $0.isEmpty ? nil : $0 } }
}
