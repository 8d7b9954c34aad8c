package import ChatModel
package import JSON

/// Reads the events of a stream of OpenAI's responses.
package struct ResponsesStreamReader: AnswerReader {
    package private(set) var isBegun = false
    package private(set) var isComplete = false
    package var endsItself: Bool { true }
    /// The output items that are calls; the place is the number of the call.
    private var calls: [Call] = []

    private struct Call: Sendable {
        let item: Int
        var hasArguments = false
    }

    package init() {}

    package mutating func read(_ event: JSONNode) throws(JSONDecodingError) -> [ChatEvent] {
        switch try event.required("type").text() {
        case "response.created":
            isBegun = true
            let response = try event.required("response")
            return [ChatEvent(.start(id: response.string("id"), model: response.string("model")))]
        case "response.output_text.delta":
            var events = Self.some(event) { .text($0) }
            if let logprobs = event["logprobs"], logprobs.count > 0 {
                events.append(ChatEvent(.logprobs(try CompletionLogprobs.tokens(logprobs))))
            }
            return events
        case "response.refusal.delta": return Self.some(event) { .refusal($0) }
        case "response.reasoning_summary_text.delta": return Self.some(event) { .reasoning($0, isSummary: true) }
        case "response.reasoning_text.delta": return Self.some(event) { .reasoning($0, isSummary: false) }
        case "response.output_item.added": return try begin(event)
        case "response.function_call_arguments.delta": return try arguments(event)
        case "response.output_item.done": return try done(event)
        case "response.completed", "response.incomplete": return try end(event.required("response"))
        case "response.failed":
            return [ChatEvent(.failure(ResponsesReplyReader.failure(try event.required("response"))))]
        default: return []
        }
    }

    private mutating func begin(_ event: JSONNode) throws(JSONDecodingError) -> [ChatEvent] {
        let item = try event.required("item")
        guard item.has("type", text: "function_call") else { return [] }
        calls.append(Call(item: try event.required("output_index").whole()))
        return [
            ChatEvent(
                .toolCall(
                    index: calls.count - 1, id: try item.required("call_id").text(),
                    name: try item.required("name").text(), signature: nil))
        ]
    }

    private mutating func arguments(_ event: JSONNode) throws(JSONDecodingError) -> [ChatEvent] {
        let item = try event.required("output_index").whole()
        guard let call = calls.firstIndex(where: { $0.item == item }) else { return [] }
        calls[call].hasArguments = true
        return Self.some(event) { .toolArguments(index: call, $0) }
    }

    /// A finished item; of most everything has been told already.
    private mutating func done(_ event: JSONNode) throws(JSONDecodingError) -> [ChatEvent] {
        let item = try event.required("item")
        switch item.string("type") {
        case "reasoning":
            let reasoning = try ResponsesItemReader.reasoning(item)
            guard reasoning.encrypted != nil else { return [] }
            return [
                ChatEvent(
                    .encryptedReasoning(
                        Reasoning(encrypted: reasoning.encrypted, id: reasoning.id, format: reasoning.format)))
            ]
        case "function_call":
            let index = try event.required("output_index").whole()
            guard let call = calls.firstIndex(where: { $0.item == index }), !calls[call].hasArguments,
                let text = item.string("arguments"), !text.isEmpty
            else { return [] }
            return [ChatEvent(.toolArguments(index: call, text))]
        default: return []
        }
    }

    private mutating func end(_ response: JSONNode) throws(JSONDecodingError) -> [ChatEvent] {
        isComplete = true
        var events = [
            ChatEvent(
                .finish(ResponsesReplyReader.finish(response, hasCalls: !calls.isEmpty), stopSequence: nil))
        ]
        if let usage = ResponsesUsage.read(response["usage"]) { events.append(ChatEvent(.usage(usage))) }
        return events
    }

    private static func some(_ event: JSONNode, _ make: (String) -> ChatEvent.Kind) -> [ChatEvent] {
        guard let text = event.string("delta"), !text.isEmpty else { return [] }
        return [ChatEvent(make(text))]
    }
}
