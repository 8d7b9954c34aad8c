package import ChatModel
package import JSON

/// Reads the events of an Anthropic messages stream.
package struct MessagesStreamReader: AnswerReader {
    package private(set) var isBegun = false
    package private(set) var isComplete = false
    package var endsItself: Bool { true }
    private var usage = MessagesUsage()
    /// The blocks that are tool calls, by their index.
    private var calls = CallBlocks()

    package init() {}

    package mutating func read(_ event: JSONNode) throws(JSONDecodingError) -> [ChatEvent] {
        switch try event.required("type").text() {
        case "message_start":
            isBegun = true
            let message = try event.required("message")
            var events = [ChatEvent(.start(id: message.string("id"), model: message.string("model")))]
            if let counted = message["usage"] {
                usage.take(counted)
                events.append(ChatEvent(.usage(usage.usage)))
            }
            return events
        case "content_block_start":
            return try begin(event.required("content_block"), index: event.required("index").whole())
        case "content_block_delta":
            return try delta(event.required("delta"), index: event.required("index").whole())
        case "content_block_stop": return calls.end(try event.required("index").whole())
        case "message_delta":
            var events: [ChatEvent] = []
            if let reason = event.string("delta", "stop_reason") {
                events.append(
                    ChatEvent(
                        .finish(
                            ChatReply.FinishReason(messages: reason),
                            stopSequence: event.string("delta", "stop_sequence"))))
            }
            if let counted = event["usage"] {
                usage.take(counted)
                events.append(ChatEvent(.usage(usage.usage)))
            }
            return events
        case "message_stop":
            isComplete = isBegun
            return []
        // Pings, and what comes after our time.
        default: return []
        }
    }

    private mutating func begin(_ block: JSONNode, index: Int) throws(JSONDecodingError) -> [ChatEvent] {
        switch try block.required("type").text() {
        case "text": return Self.some(block.string("text")) { .text($0) }
        case "thinking": return Self.some(block.string("thinking")) { .reasoning($0, isSummary: false) }
        case "redacted_thinking":
            return [
                ChatEvent(
                    .encryptedReasoning(
                        Reasoning(encrypted: try block.required("data").text(), format: .anthropic)))
            ]
        case "tool_use":
            // Some servers state the whole input here, and send no pieces of it.
            let input = block["input"].flatMap { $0.count > 0 ? String(decoding: $0.raw, as: UTF8.self) : nil }
            let call = calls.begin(index, input: input ?? "{}")
            return [
                ChatEvent(
                    .toolCall(
                        index: call, id: try block.required("id").text(),
                        name: try block.required("name").text(), signature: nil))
            ]
        // A provider's own tools, which only come where they were asked for in this dialect.
        default: return []
        }
    }

    private mutating func delta(_ delta: JSONNode, index: Int) throws(JSONDecodingError) -> [ChatEvent] {
        switch try delta.required("type").text() {
        case "text_delta": return Self.some(try delta.required("text").text()) { .text($0) }
        case "thinking_delta":
            return Self.some(try delta.required("thinking").text()) { .reasoning($0, isSummary: false) }
        case "signature_delta":
            return [ChatEvent(.reasoningSignature(try delta.required("signature").text(), .anthropic))]
        case "input_json_delta":
            return calls.take(try delta.required("partial_json").text(), of: index)
        default: return []
        }
    }

    private static func some(_ text: String?, _ make: (String) -> ChatEvent.Kind) -> [ChatEvent] {
        guard let text, !text.isEmpty else { return [] }
        return [ChatEvent(make(text))]
    }
}
