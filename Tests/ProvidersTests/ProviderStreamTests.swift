import ChatModel
import JSON
import Providers
import Testing

/// The same answer in the stream of each provider.
@Suite struct ProviderStreamTests {
    private static let arguments = #"{"city":"Oslo"}"#

    /// A stream of a provider, and what is known of the answer in it.
    struct Sample: Sendable, CustomTestStringConvertible {
        let kind: ProviderKind
        var model = "m"
        let bytes: [UInt8]
        var id: String?
        var name: String?
        var usage = ChatUsage(promptTokens: 10, completionTokens: 5)
        var reasoning: String? = "Hmm"
        var signature: String?
        var callSignature: String?
        var encrypted: String?

        var testDescription: String { "\(kind.rawValue) \(model)" }
    }

    static let samples: [Sample] = [
        Sample(
            kind: .openAI, bytes: StreamSamples.completions, id: "x1", name: "gpt-6",
            usage: ChatUsage(promptTokens: 10, completionTokens: 5, cachedTokens: 4, reasoningTokens: 2),
            reasoning: nil),
        Sample(
            kind: .openAI, model: "o3-pro", bytes: StreamSamples.responses, id: "resp_1", name: "gpt-6",
            usage: ChatUsage(promptTokens: 10, completionTokens: 5, cachedTokens: 4, reasoningTokens: 2),
            encrypted: "enc="),
        Sample(
            kind: .anthropic, bytes: StreamSamples.messages, id: "msg_1", name: "claude-x",
            usage: ChatUsage(
                promptTokens: 10, completionTokens: 5, cachedTokens: 4, reasoningTokens: 2, cacheWriteTokens: 3,
                longCacheWriteTokens: 2), signature: "sig="),
        Sample(
            kind: .gemini, bytes: StreamSamples.gemini, id: "r1", name: "gemini-x",
            usage: ChatUsage(promptTokens: 10, completionTokens: 5, cachedTokens: 4, reasoningTokens: 2),
            callSignature: "sig="),
        Sample(
            kind: .bedrock, bytes: StreamSamples.bedrock,
            usage: ChatUsage(
                promptTokens: 10, completionTokens: 5, cachedTokens: 4, cacheWriteTokens: 3, longCacheWriteTokens: 2),
            signature: "sig="),
        Sample(
            kind: .cohere, bytes: StreamSamples.cohere, id: "x1",
            usage: ChatUsage(promptTokens: 10, completionTokens: 5, cachedTokens: 4)),
        Sample(kind: .mistral, bytes: StreamSamples.mistral, id: "x1", name: "magistral"),
        Sample(kind: .groq, bytes: StreamSamples.groq, id: "x1", name: "llama"),
        Sample(
            kind: .openRouter, bytes: StreamSamples.openRouter, id: "x1", name: "a/b",
            usage: ChatUsage(promptTokens: 10, completionTokens: 5, statedCost: 1_230_000), signature: "sig="),
    ]

    @Test(arguments: samples)
    func everySplitTellsTheSameAnswer(sample: Sample) {
        let events = Wire.steps(Wire.endpoint(sample.kind, model: sample.model), sample.bytes)
        #expect(events.first?.kind == .start(id: sample.id, model: sample.name))
        #expect(events.last?.kind == .end)
        let told = Told(events)
        #expect(told.text == "Høi ")
        #expect(told.reasoning == (sample.reasoning ?? ""))
        #expect(told.signature == sample.signature)
        #expect(told.encrypted == sample.encrypted)
        #expect(told.calls.map(\.name) == ["weather"])
        #expect(told.calls.first?.arguments == Self.arguments)
        #expect(told.calls.first?.signature == sample.callSignature)
        #expect(told.finish == .toolCalls)
        #expect(told.usage == sample.usage)
        if sample.kind != .gemini { #expect(told.calls.first?.id == "c1") }
    }

    /// Callers read arguments as JSON, which an empty text is not.
    @Test(arguments: [
        (
            ProviderKind.anthropic,
            StreamSamples.named([
                #"{"type":"message_start","message":{"id":"m","usage":{"input_tokens":1,"output_tokens":1}}}"#,
                #"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"c1","name":"now","input":{}}}"#,
                #"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":""}}"#,
                #"{"type":"content_block_stop","index":0}"#,
                #"{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":5}}"#,
                #"{"type":"message_stop"}"#,
            ])
        ),
        (
            .bedrock,
            AmazonFrames.encode([
                ("messageStart", #"{"role":"assistant"}"#),
                ("contentBlockStart", #"{"contentBlockIndex":0,"start":{"toolUse":{"toolUseId":"c1","name":"now"}}}"#),
                ("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"toolUse":{"input":""}}}"#),
                ("contentBlockStop", #"{"contentBlockIndex":0}"#), ("messageStop", #"{"stopReason":"tool_use"}"#),
            ])
        ),
        (
            .cohere,
            StreamSamples.events([
                #"{"type":"message-start","id":"x"}"#,
                #"{"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":{"id":"c1","type":"function","function":{"name":"now","arguments":""}}}}}"#,
                #"{"type":"tool-call-end","index":0}"#,
                #"{"type":"message-end","delta":{"finish_reason":"TOOL_CALL"}}"#,
            ])
        ),
        // Some servers repeat the call's name with every piece, or state it as nothing.
        (
            .openAICompatible,
            StreamSamples.events([
                #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"now","arguments":"{"}}]}}]}"#,
                #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"now","arguments":"}"}}]}}]}"#,
                #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"","function":{"name":"","arguments":""}}]}}]}"#,
                #"{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#,
                #"{"usage":{"prompt_tokens":1,"completion_tokens":2}}"#, "[DONE]",
            ])
        ),
    ])
    func aCallWithoutArgumentsHasAnEmptyObject(kind: ProviderKind, bytes: [UInt8]) {
        let events = Wire.steps(Wire.endpoint(kind), bytes)
        #expect(events.last?.kind == .end)
        let told = Told(events)
        #expect(told.calls == [ToolCall(id: "c1", name: "now", arguments: "{}")])
    }

    @Test(arguments: samples)
    func aStreamThatBreaksOffNeverEndsCleanly(sample: Sample) throws {
        // All of these say that they are finished in their last event or in the one before it.
        let sign = [
            "\"finish_reason\":\"tool_calls\"", "message_stop\"", "response.completed\"", "\"finishReason\"",
            "messageStop", "message-end",
        ]
        let places = sign.compactMap { sample.bytes.firstRange(of: Array($0.utf8))?.lowerBound }
        let end = try #require(places.first)
        #expect(Wire.isNeverCleanlyCut(Wire.endpoint(sample.kind, model: sample.model), sample.bytes, before: end))
    }

    @Test(arguments: samples)
    func aConnectionClosedAfterTheBeginningIsAnInterruptedStream(sample: Sample) {
        var stream = Wire.endpoint(sample.kind, model: sample.model).stream(for: ChatRequest(model: "m", messages: []))
        let half = Array(sample.bytes[..<(sample.bytes.count / 2)])
        let events = stream.receive(half) + stream.end()
        guard case .failure(let failure)? = events.last?.kind else {
            Issue.record("no failure")
            return
        }
        #expect(failure.code == .streamInterrupted)
        #expect(failure.provider == "acme")
        #expect(failure.isTransient)
        #expect(stream.receive(sample.bytes).isEmpty)
    }
}

/// What the steps of an answer come to.
struct Told {
    var text = ""
    var reasoning = ""
    var signature: String?
    var encrypted: String?
    var calls: [ToolCall] = []
    var finish: ChatReply.FinishReason?
    var usage: ChatUsage?
    var logprobs: [TokenLogprob] = []

    init(_ events: [ChatEvent], choice: Int = 0) {
        for event in events where event.choice == choice {
            switch event.kind {
            case .text(let piece): text += piece
            case .reasoning(let piece, _): reasoning += piece
            case .reasoningSignature(let text, _): signature = text
            case .encryptedReasoning(let hidden): encrypted = hidden.encrypted
            case .toolCall(_, let id, let name, let signature):
                calls.append(ToolCall(id: id, name: name, arguments: "", signature: signature))
            case .toolArguments(let index, let piece): calls[index].arguments += piece
            case .finish(let reason, _): finish = reason
            case .usage(let counted): usage = counted
            case .logprobs(let tokens): logprobs += tokens
            case .start, .refusal, .failure, .end: break
            }
        }
    }
}
