internal import ChatModel
internal import JSON

/// Writes an answer as the events of an Anthropic messages stream: blocks one after the other, each begun and ended.
struct MessagesStreamWriter: AnswerWriter {
    private let identity: AnswerIdentity
    private var model: String
    private var hasBegun = false
    private var open: Block?
    /// The arguments of the open call so far.
    private var openArguments = ""
    private var index = -1
    private var usage = ChatUsage.zero
    private var hasRefused = false
    private var finish: (reason: ChatReply.FinishReason, stopSequence: String?)?
    /// Calls whose fragments came while another block was open; their arguments follow when it is their turn.
    private var waiting: [Int: Waiting] = [:]
    /// What was said in the middle of a call's arguments; it follows behind the calls.
    private var held: [ChatEvent] = []

    private enum Block: Equatable {
        case text
        case thinking
        case call(Int)
    }

    private struct Waiting {
        let id: String
        let name: String
        let signature: String?
        var arguments: String
    }

    init(model: String, as identity: AnswerIdentity) {
        self.identity = identity
        self.model = model
    }

    mutating func write(_ event: ChatEvent, to output: inout [UInt8]) {
        // This dialect has one answer only; more were refused when the request was written.
        guard event.choice == 0 else { return }
        guard !interruptsCall(event) else { return held.append(event) }
        switch event.kind {
        case .start(_, let name):
            model = name ?? model
            begin(&output)
        case .text(let text), .refusal(let text):
            if case .refusal = event.kind { hasRefused = true }
            enter(.text, &output) { json in
                json.member("type", "text")
                json.member("text", "")
            }
            delta("text_delta", "text", text, &output)
        case .reasoning(let text, _):
            enterThinking(&output)
            delta("thinking_delta", "thinking", text, &output)
        case .reasoningSignature(let signature, let format):
            enterThinking(&output)
            delta("signature_delta", "signature", MessagesReplyWriter.signature(signature, format), &output)
            leave(&output)
        case .encryptedReasoning(let reasoning): redacted(reasoning, &output)
        case .toolCall(let number, let id, let name, let signature):
            call(number, Waiting(id: id, name: name, signature: signature, arguments: ""), &output)
        case .toolArguments(let number, let text): arguments(number, text, &output)
        case .finish(let reason, let stopSequence): finish = (reason, stopSequence)
        case .usage(let counted): usage = counted
        case .end: end(&output)
        // Anthropic has no probabilities; who asked for them was refused.
        case .logprobs, .failure: break
        }
    }

    mutating func write(_ failure: ChatFailure, requestID: String, to output: inout [UInt8]) {
        output += ChatDialect.messages.event(of: failure, requestID: requestID)
    }

    private mutating func begin(_ output: inout [UInt8]) {
        guard !hasBegun else { return }
        hasBegun = true
        event("message_start", &output) { json in
            json.object("message") { json in
                json.member("id", "msg_\(identity.id)")
                json.member("type", "message")
                json.member("role", "assistant")
                json.member("model", model)
                json.array("content") { _ in }
                json.nullable("stop_reason", nil)
                json.nullable("stop_sequence", nil)
                MessagesUsage.write(usage, to: &json)
            }
        }
    }

    private mutating func end(_ output: inout [UInt8]) {
        begin(&output)
        while !waiting.isEmpty { enterNext(&output) }
        leave(&output)
        let late = held
        held = []
        for event in late { write(event, to: &output) }
        leave(&output)
        event("message_delta", &output) { json in
            json.object("delta") { json in
                json.member(
                    "stop_reason",
                    (finish?.reason ?? .stop).messagesWord(finish?.stopSequence, hasRefused: hasRefused))
                json.nullable("stop_sequence", finish?.stopSequence)
            }
            MessagesUsage.write(usage, to: &json)
        }
        event("message_stop", &output) { _ in }
    }

    // MARK: Blocks

    /// Whether something is said while the arguments of the open call are not complete. A block that is left cannot be
    /// entered again, and the rest of them would be lost.
    private func interruptsCall(_ event: ChatEvent) -> Bool {
        guard case .call = open else { return false }
        switch event.kind {
        case .text, .refusal, .reasoning, .reasoningSignature, .encryptedReasoning:
            return !JSONText.isObject(openArguments)
        case .start, .toolCall, .toolArguments, .logprobs, .finish, .usage, .failure, .end: return false
        }
    }

    private mutating func enterThinking(_ output: inout [UInt8]) {
        enter(.thinking, &output) { json in
            json.member("type", "thinking")
            json.member("thinking", "")
            json.member("signature", "")
        }
    }

    private mutating func redacted(_ reasoning: Reasoning, _ output: inout [UInt8]) {
        begin(&output)
        leave(&output)
        index += 1
        start(&output) { MessagesReplyWriter.writeHidden(reasoning, to: &$0) }
        stop(&output)
    }

    /// Blocks may not be mixed, so a call that begins while another one is not complete waits.
    private mutating func call(_ number: Int, _ call: Waiting, _ output: inout [UInt8]) {
        if case .call = open, !JSONText.isObject(openArguments) {
            waiting[number] = call
        } else {
            enterCall(number, call, &output)
        }
    }

    private mutating func enterCall(_ number: Int, _ call: Waiting, _ output: inout [UInt8]) {
        enter(.call(number), &output) { json in
            MessagesReplyWriter.writeCallHead(id: call.id, name: call.name, to: &json)
            json.object("input") { _ in }
            CompletionReplyWriter.writeSignature(call.signature, to: &json)
        }
    }

    private mutating func arguments(_ number: Int, _ text: String, _ output: inout [UInt8]) {
        if open == .call(number) {
            openArguments += text
            delta("input_json_delta", "partial_json", text, &output)
        } else {
            waiting[number]?.arguments += text
            if JSONText.isObject(openArguments) { enterNext(&output) }
        }
    }

    /// Writes what the first of the waiting calls has.
    private mutating func enterNext(_ output: inout [UInt8]) {
        guard let number = waiting.keys.min(), let call = waiting.removeValue(forKey: number) else { return }
        enterCall(number, call, &output)
        openArguments = call.arguments
        if !call.arguments.isEmpty { delta("input_json_delta", "partial_json", call.arguments, &output) }
    }

    private mutating func enter(_ block: Block, _ output: inout [UInt8], _ content: (inout JSONWriter) -> Void) {
        begin(&output)
        guard open != block else { return }
        leave(&output)
        open = block
        index += 1
        start(&output, content)
    }

    private mutating func leave(_ output: inout [UInt8]) {
        guard open != nil else { return }
        open = nil
        openArguments = ""
        stop(&output)
    }

    // MARK: Events

    private func start(_ output: inout [UInt8], _ content: (inout JSONWriter) -> Void) {
        event("content_block_start", &output) { json in
            json.member("index", index)
            json.object("content_block", content)
        }
    }

    private func stop(_ output: inout [UInt8]) {
        event("content_block_stop", &output) { $0.member("index", index) }
    }

    private func delta(_ type: String, _ name: String, _ text: String, _ output: inout [UInt8]) {
        event("content_block_delta", &output) { json in
            json.member("index", index)
            json.object("delta") { json in
                json.member("type", type)
                json.member(name, text)
            }
        }
    }

    private func event(_ type: String, _ output: inout [UInt8], _ fill: (inout JSONWriter) -> Void) {
        var json = JSONWriter(capacity: 256)
        json.object { json in
            json.member("type", type)
            fill(&json)
        }
        EventFrame.append(type, json.bytes, to: &output)
    }
}
