internal import ChatModel
internal import Dialects
internal import JSON

/// Reads the events of `streamGenerateContent`: each is an answer with a few more parts.
struct GeminiStreamReader: AnswerReader {
    private(set) var isBegun = false
    private(set) var isComplete = false
    /// The count of tokens may come after the reason for the end.
    var endsItself: Bool { false }
    private var id = ""
    /// How many calls each candidate has made.
    private var calls: [Int: Int] = [:]

    mutating func read(_ event: JSONNode) throws(JSONDecodingError) -> [ChatEvent] {
        var events: [ChatEvent] = []
        if let reason = GeminiReplyReader.blockReason(event) {
            return [ChatEvent(.failure(GeminiReplyReader.blocked(reason)))]
        }
        if !isBegun {
            // What else comes first would be no answer of Google's.
            if event["candidates"] == nil, event["usageMetadata"] == nil { throw event.mismatch("an answer") }
            isBegun = true
            id = event.string("responseId") ?? ""
            events.append(ChatEvent(.start(id: event.string("responseId"), model: event.string("modelVersion"))))
        }
        if let candidates = event["candidates"] {
            for candidate in try candidates.elements() { try read(candidate, into: &events) }
        }
        if let usage = GeminiReplyReader.usage(event["usageMetadata"]) { events.append(ChatEvent(.usage(usage))) }
        return events
    }

    private mutating func read(_ candidate: JSONNode, into events: inout [ChatEvent]) throws(JSONDecodingError) {
        let choice = candidate.integer("index") ?? 0
        var count = calls[choice] ?? 0
        for part in try GeminiReplyReader.parts(of: candidate, id: id, firstCall: count) {
            switch part.content {
            case .text(let text): events.append(ChatEvent(.text(text), choice: choice))
            case .reasoning(let reasoning):
                if !reasoning.text.isEmpty {
                    events.append(ChatEvent(.reasoning(reasoning.text, isSummary: true), choice: choice))
                }
                if let signature = reasoning.signature {
                    events.append(ChatEvent(.reasoningSignature(signature, .google), choice: choice))
                }
            case .toolCall(let call):
                events.append(
                    ChatEvent(
                        .toolCall(index: count, id: call.id, name: call.name, signature: call.signature),
                        choice: choice))
                events.append(ChatEvent(.toolArguments(index: count, call.arguments), choice: choice))
                count += 1
            case .refusal, .image, .audio, .file, .toolResult, .opaque: break
            }
        }
        calls[choice] = count
        if let logprobs = try GeminiReplyReader.logprobs(candidate), !logprobs.isEmpty {
            events.append(ChatEvent(.logprobs(logprobs), choice: choice))
        }
        guard let reason = GeminiReplyReader.finish(candidate, hasCalls: count > 0) else { return }
        if let failure = GeminiReplyReader.failure(reason) {
            events.append(ChatEvent(.failure(failure)))
        } else {
            isComplete = true
            events.append(ChatEvent(.finish(reason, stopSequence: nil), choice: choice))
        }
    }
}
