internal import ChatModel
internal import JSON

/// Writes an answer as the chunks of a chat completion stream.
struct CompletionStreamWriter: AnswerWriter {
    private let identity: AnswerIdentity
    private let includesUsage: Bool
    private var model: String
    private var usage: ChatUsage?
    /// The answers whose first chunk, the one with the role, is out.
    private var begun: Set<Int> = []
    private var finished: Set<Int> = []
    private var reasoningCount = 0
    /// Whether a passage of thoughts has begun that may go on.
    private var isReasoning = false

    init(model: String, includesUsage: Bool, as identity: AnswerIdentity) {
        self.identity = identity
        self.includesUsage = includesUsage
        self.model = model
    }

    mutating func write(_ event: ChatEvent, to output: inout [UInt8]) {
        switch event.kind {
        case .start(_, let name):
            model = name ?? model
            begin(0, &output)
        case .text(let text): delta(event.choice, &output) { $0.member("content", text) }
        case .refusal(let text): delta(event.choice, &output) { $0.member("refusal", text) }
        case .reasoning(let text, let isSummary):
            let index = reasoningCount
            isReasoning = true
            delta(event.choice, &output) { json in
                json.member("reasoning", text)
                Self.writeDetail(Reasoning(text: text, isSummary: isSummary), index, &json)
            }
        case .reasoningSignature(let signature, let format):
            let index = reasoningCount
            delta(event.choice, &output) { json in
                Self.writeDetail(Reasoning(signature: signature, format: format), index, &json)
            }
            endReasoning()
        case .encryptedReasoning(let reasoning):
            // An entry of its own: clients that add pieces up would make one of it and the text before.
            if isReasoning { endReasoning() }
            let index = reasoningCount
            delta(event.choice, &output) { json in Self.writeDetail(reasoning, index, &json) }
            endReasoning()
        case .toolCall(let index, let id, let name, let signature):
            call(event.choice, index, &output) { json in
                json.member("id", id)
                json.member("type", "function")
                json.object("function") { json in
                    json.member("name", name)
                    json.member("arguments", "")
                }
                CompletionReplyWriter.writeSignature(signature, to: &json)
            }
        case .toolArguments(let index, let text):
            call(event.choice, index, &output) { json in
                json.object("function") { $0.member("arguments", text) }
            }
        case .logprobs(let tokens): chunk(event.choice, &output, logprobs: tokens) { _ in }
        case .finish(let reason, _):
            finished.insert(event.choice)
            chunk(event.choice, &output, finish: reason) { _ in }
        case .usage(let usage): self.usage = usage
        case .end: end(&output)
        case .failure: break
        }
    }

    mutating func write(_ failure: ChatFailure, requestID: String, to output: inout [UInt8]) {
        output += ChatDialect.chatCompletions.event(of: failure, requestID: requestID)
    }

    private mutating func endReasoning() {
        reasoningCount += 1
        isReasoning = false
    }

    private mutating func end(_ output: inout [UInt8]) {
        for choice in begun.subtracting(finished).sorted() { chunk(choice, &output, finish: .stop) { _ in } }
        if includesUsage, let usage {
            var json = JSONWriter(capacity: 512)
            json.object { json in
                CompletionReplyWriter.writeHead("chat.completion.chunk", model: model, as: identity, to: &json)
                json.array("choices") { _ in }
                CompletionUsage.write(usage, to: &json)
            }
            EventFrame.append(json.bytes, to: &output)
        }
        EventFrame.append(Array("[DONE]".utf8), to: &output)
    }

    /// The first chunk of an answer names who speaks.
    private mutating func begin(_ choice: Int, _ output: inout [UInt8]) {
        guard begun.insert(choice).inserted else { return }
        chunk(choice, &output) { json in
            json.member("role", "assistant")
            json.member("content", "")
        }
    }

    private mutating func delta(_ choice: Int, _ output: inout [UInt8], _ fill: (inout JSONWriter) -> Void) {
        begin(choice, &output)
        chunk(choice, &output, fill: fill)
    }

    private mutating func call(
        _ choice: Int, _ index: Int, _ output: inout [UInt8], _ fill: (inout JSONWriter) -> Void
    ) {
        delta(choice, &output) { json in
            json.array("tool_calls") { json in
                json.object { json in
                    json.member("index", index)
                    fill(&json)
                }
            }
        }
    }

    private static func writeDetail(_ reasoning: Reasoning, _ index: Int, _ json: inout JSONWriter) {
        json.array("reasoning_details") { CompletionReasoning.write(reasoning, index: index, to: &$0) }
    }

    private func chunk(
        _ choice: Int, _ output: inout [UInt8], finish: ChatReply.FinishReason? = nil,
        logprobs: [TokenLogprob]? = nil, fill: (inout JSONWriter) -> Void
    ) {
        var json = JSONWriter(capacity: 320)
        json.object { json in
            CompletionReplyWriter.writeHead("chat.completion.chunk", model: model, as: identity, to: &json)
            json.array("choices") { json in
                json.object { json in
                    json.member("index", choice)
                    json.object("delta", fill)
                    if let logprobs { CompletionLogprobs.write(logprobs, to: &json) }
                    json.nullable("finish_reason", finish?.completionWord)
                }
            }
        }
        EventFrame.append(json.bytes, to: &output)
    }
}
