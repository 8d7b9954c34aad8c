internal import ChatModel
internal import Dialects
internal import JSON

/// Reads the events of a Cohere stream.
struct CohereStreamReader: AnswerReader {
    private(set) var isBegun = false
    private(set) var isComplete = false
    var endsItself: Bool { true }
    private var calls = CallBlocks()
    /// The number of the call that has begun last, which a piece without a number belongs to.
    private var lastCall = -1

    mutating func read(_ event: JSONNode) throws(JSONDecodingError) -> [ChatEvent] {
        let message = event["delta"]?["message"]
        switch try event.required("type").text() {
        case "message-start":
            isBegun = true
            return [ChatEvent(.start(id: event.string("id"), model: nil))]
        case "content-start", "content-delta": return try content(message?["content"], event["logprobs"])
        case "tool-plan-delta":
            guard let plan = message?.string("tool_plan"), !plan.isEmpty else { return [] }
            return [ChatEvent(.reasoning(plan, isSummary: false))]
        case "tool-call-start":
            let call = try event.required("delta").required("message").required("tool_calls")
            let function = try call.required("function")
            lastCall = event.integer("index") ?? lastCall &+ 1
            let begun = ChatEvent(
                .toolCall(
                    index: calls.begin(lastCall), id: try call.required("id").text(),
                    name: try function.required("name").text(), signature: nil))
            return [begun] + calls.take(function.string("arguments"), of: lastCall)
        case "tool-call-delta":
            return calls.take(
                message?["tool_calls"]?.string("function", "arguments"), of: event.integer("index") ?? lastCall)
        case "tool-call-end": return calls.end(event.integer("index") ?? lastCall)
        case "message-end": return try end(event.required("delta"))
        default: return []
        }
    }

    private func content(_ content: JSONNode?, _ logprobs: JSONNode?) throws(JSONDecodingError) -> [ChatEvent] {
        var events: [ChatEvent] = []
        if let thinking = content?.string("thinking"), !thinking.isEmpty {
            events.append(ChatEvent(.reasoning(thinking, isSummary: false)))
        }
        if let text = content?.string("text"), !text.isEmpty { events.append(ChatEvent(.text(text))) }
        if let logprobs, logprobs.isObject {
            events.append(ChatEvent(.logprobs([try CohereReplyReader.logprob(logprobs)])))
        }
        return events
    }

    private mutating func end(_ delta: JSONNode) throws(JSONDecodingError) -> [ChatEvent] {
        let word = try delta.required("finish_reason").text()
        var events: [ChatEvent] = []
        if let usage = CohereReplyReader.usage(delta["usage"]) { events.append(ChatEvent(.usage(usage))) }
        if var failure = CohereReplyReader.failure(word) {
            failure.providerMessage = delta.string("error")
            events.append(ChatEvent(.failure(failure)))
        } else {
            isComplete = true
            events.append(ChatEvent(.finish(CohereReplyReader.finish(word), stopSequence: nil)))
        }
        return events
    }
}
