import ChatModel
import Providers
import Testing

/// What servers send instead of an answer.
@Suite struct StreamFaultTests {
    private func failure(
        _ kind: ProviderKind, _ bytes: [UInt8], location: SourceLocation = #_sourceLocation
    ) -> ChatFailure? {
        let events = Wire.steps(Wire.endpoint(kind), bytes, location: location)
        guard case .failure(let failure)? = events.last?.kind else { return nil }
        return failure
    }

    @Test func errorEventsBeforeTheAnswerKeepTheirMeaning() {
        let openAI = failure(
            .openAI,
            StreamSamples.events([
                #"{"error":{"message":"slow down","type":"rate_limit_error","code":"rate_limit_exceeded","status":429}}"#
            ]))
        #expect(openAI?.code == .rateLimited)
        let anthropic = failure(
            .anthropic,
            StreamSamples.named([#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#]))
        #expect(anthropic?.code == .overloaded)
        #expect(anthropic?.providerMessage == "Overloaded")
        let gemini = failure(
            .gemini,
            StreamSamples.events([
                #"{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}"#
            ]))
        #expect(gemini?.code == .overloaded)
        let words = failure(
            .openAI, StreamSamples.events([#"{"error":{"message":"slow down","code":"rate_limit_exceeded"}}"#]))
        #expect(words?.code == .rateLimited)
        let number = failure(
            .openAICompatible, StreamSamples.events([#"{"error":{"message":"slow down","type":"None","code":"429"}}"#]))
        #expect(number?.code == .rateLimited)
        let long = failure(
            .vllm, StreamSamples.events([#"{"error":{"message":"x","code":"context_length_exceeded"}}"#]))
        #expect(long?.code == .contextLength)
        let router = failure(
            .openRouter,
            StreamSamples.events([#"{"id":"x","error":{"code":502,"message":"bad"},"choices":[]}"#]))
        #expect(router?.code == .providerError)
    }

    @Test func errorEventsInTheMiddleInterrupt() {
        let begun = #"{"id":"x1","model":"m","choices":[{"index":0,"delta":{"content":"a"}}]}"#
        let failure = failure(
            .openAI, StreamSamples.events([begun, #"{"error":{"message":"boom","code":"server_error"}}"#]))
        #expect(failure?.code == .streamInterrupted)
        #expect(failure?.providerMessage == "boom")
        let events = Wire.steps(
            Wire.endpoint(.openAI), StreamSamples.events([begun, #"{"error":{"message":"boom"}}"#]))
        #expect(Told(events).text == "a")
    }

    @Test func awsExceptionsInTheStreamKeepTheirMeaning() {
        let exception = AmazonFrames.encode(
            [(":message-type", "exception"), (":exception-type", "throttlingException")],
            Array(#"{"message":"Too many requests"}"#.utf8))
        let first = failure(.bedrock, exception)
        #expect(first?.code == .rateLimited)
        #expect(first?.providerMessage == "Too many requests")
        let begun = AmazonFrames.encode([("messageStart", #"{"role":"assistant"}"#)])
        #expect(failure(.bedrock, begun + exception)?.code == .streamInterrupted)
        let unknown = AmazonFrames.encode(
            [(":message-type", "error"), (":error-code", "InternalServerException"), (":error-message", "oops")], [])
        #expect(failure(.bedrock, unknown)?.code == .providerError)
    }

    @Test func framesWithAWrongChecksumAreNoAnswer() {
        var bytes = StreamSamples.bedrock
        for place in [9, 60, bytes.count - 1] {
            var broken = bytes
            broken[place] ^= 1
            let events = Wire.steps(
                Wire.endpoint(.bedrock), broken, size: broken.count, ChatRequest(model: "m", messages: []))
            guard case .failure(let failure)? = events.last?.kind else {
                Issue.record("no failure for byte \(place)")
                continue
            }
            #expect([.invalidResponse, .streamInterrupted].contains(failure.code))
        }
        bytes[0] = 0xff
        #expect(failure(.bedrock, bytes)?.code == .invalidResponse)
    }

    @Test(arguments: [
        "", "data: [DONE]\n\n", ": ping\n\n", "data: {\n\n", "data: {}\n\n", "<html>oops</html>", "data: []\n\n",
    ])
    func whatIsNoStreamIsAnInvalidResponse(text: String) {
        for kind in [ProviderKind.openAI, .anthropic, .gemini, .cohere] {
            #expect(failure(kind, Array(text.utf8))?.code == .invalidResponse)
        }
    }

    @Test func aDocumentInsteadOfAStreamIsReadAsAnError() {
        let body = #"{"error":{"message":"model not found","type":"x","code":404}}"#
        #expect(failure(.vllm, Array(body.utf8))?.code == .noProvider)
        let wrapped = #"[{"error":{"code":429,"message":"quota","status":"RESOURCE_EXHAUSTED"}}]"#
        #expect(failure(.gemini, Array(wrapped.utf8))?.code == .rateLimited)
    }

    @Test func aServerThatForgetsItsDoneIsStillUnderstood() {
        let chunk = #"{"id":"x","model":"m","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}"#
        let events = Wire.steps(Wire.endpoint(.openAICompatible), Array("data: \(chunk)".utf8))
        #expect(events.last?.kind == .end)
        #expect(Told(events).finish == .stop)
    }

    @Test func blockedPromptsAreRefused() {
        let blocked = StreamSamples.events([
            #"{"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":3}}"#
        ])
        #expect(failure(.gemini, blocked)?.code == .refused)
        let malformed = StreamSamples.events([
            #"{"candidates":[{"index":0,"content":{"parts":[]},"finishReason":"MALFORMED_FUNCTION_CALL"}]}"#
        ])
        #expect(failure(.gemini, malformed)?.isTransient == true)
        let cohere = StreamSamples.events([
            #"{"type":"message-start","id":"x","delta":{}}"#,
            #"{"type":"message-end","delta":{"finish_reason":"ERROR","error":"no GPU"}}"#,
        ])
        #expect(failure(.cohere, cohere)?.code == .streamInterrupted)
        let failed = StreamSamples.named([
            #"{"type":"response.created","response":{"id":"r","model":"m"}}"#,
            #"{"type":"response.failed","response":{"id":"r","status":"failed","error":{"code":"server_error","message":"x"}}}"#,
        ])
        let events = Wire.steps(Wire.endpoint(.openAI, model: "o3-pro"), failed)
        guard case .failure(let failure)? = events.last?.kind else {
            Issue.record("no failure")
            return
        }
        #expect(failure.code == .streamInterrupted)
    }

    @Test func callsThatAServerNumbersAllZeroAreSeveral() {
        let bytes = StreamSamples.events([
            #"{"id":"x","model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]}}]}"#,
            #"{"id":"x","model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"b","function":{"name":"g","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}"#,
            "[DONE]",
        ])
        let told = Told(Wire.steps(Wire.endpoint(.ollama), bytes))
        #expect(told.calls.map(\.name) == ["f", "g"])
        #expect(told.calls.map(\.arguments) == ["{}", "{}"])
    }
}
