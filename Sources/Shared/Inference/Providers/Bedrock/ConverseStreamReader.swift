internal import ChatModel
internal import Dialects
internal import JSON

/// Reads the events of Bedrock's ConverseStream, each under the name of its type.
struct ConverseStreamReader: AnswerReader {
    private(set) var isBegun = false
    private(set) var isComplete = false
    /// The count of tokens comes after the end of the message.
    private(set) var endsItself = false
    /// The blocks that are tool calls, by their index.
    private var calls = CallBlocks()

    mutating func read(_ event: JSONNode) throws(JSONDecodingError) -> [ChatEvent] {
        guard let (type, value) = try event.members().first(where: { _ in true }) else { return [] }
        switch type {
        case "messageStart":
            isBegun = true
            return [ChatEvent(.start(id: nil, model: nil))]
        case "contentBlockStart": return try begin(value)
        case "contentBlockDelta": return try delta(value)
        case "contentBlockStop": return calls.end(try value.required("contentBlockIndex").whole())
        case "messageStop":
            let reason = ConverseReplyReader.finish(try value.required("stopReason").text())
            if let failure = ConverseReplyReader.failure(reason) { return [ChatEvent(.failure(failure))] }
            isComplete = true
            return [ChatEvent(.finish(reason, stopSequence: nil))]
        case "metadata":
            endsItself = true
            return ConverseReplyReader.usage(value["usage"]).map { [ChatEvent(.usage($0))] } ?? []
        default: return []
        }
    }

    private mutating func begin(_ value: JSONNode) throws(JSONDecodingError) -> [ChatEvent] {
        guard let call = value["start"]?["toolUse"] else { return [] }
        let index = calls.begin(try value.required("contentBlockIndex").whole())
        return [
            ChatEvent(
                .toolCall(
                    index: index, id: try call.required("toolUseId").text(),
                    name: try call.required("name").text(), signature: nil))
        ]
    }

    private mutating func delta(_ value: JSONNode) throws(JSONDecodingError) -> [ChatEvent] {
        let delta = try value.required("delta")
        if let text = delta.string("text") { return text.isEmpty ? [] : [ChatEvent(.text(text))] }
        if let call = delta["toolUse"] {
            return calls.take(call.string("input"), of: try value.required("contentBlockIndex").whole())
        }
        guard let reasoning = delta["reasoningContent"] else { return [] }
        if let text = reasoning.string("text"), !text.isEmpty {
            return [ChatEvent(.reasoning(text, isSummary: false))]
        }
        if let signature = reasoning.string("signature") {
            return [ChatEvent(.reasoningSignature(signature, .anthropic))]
        }
        guard let hidden = reasoning.string("redactedContent") else { return [] }
        return [ChatEvent(.encryptedReasoning(Reasoning(encrypted: hidden, format: .anthropic)))]
    }
}
