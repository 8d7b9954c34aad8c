import ChatModel
import Dialects
import HTTPMessages
import JSON
import Providers
import Testing

/// Anthropic's models at Google: Anthropic's messages at Google's addresses.
@Suite struct VertexClaudeTests {
    private static let model = "claude-sonnet-4-5@20250929"
    private static let address =
        "https://europe-west4-aiplatform.googleapis.com/v1beta1/projects/p1/locations/europe-west4"
        + "/publishers/anthropic/models/claude-sonnet-4-5@20250929"
    private let endpoint = Wire.endpoint(.vertexAI, model: model)

    private func relayed(_ body: String) throws -> RelayedRequest {
        try RelayedRequest(Array(body.utf8), dialect: .messages)
    }

    @Test func theAddressNamesTheModelAndTheBodyTheVersion() throws {
        var request = try Wire.read(.chatCompletions, Wire.question)
        let whole = try endpoint.request(for: request, now: Wire.now)
        #expect(whole.url == Self.address + ":rawPredict")
        let body = try Wire.json(whole.body)
        #expect(body["anthropic_version"] == "vertex-2023-10-16")
        #expect(body["model"] == nil && body["stream"] == nil)
        // All else is what Anthropic itself is asked.
        let own = try Wire.json(try Wire.call(.anthropic, model: "claude-sonnet-4-5", Wire.question).body)
        for name in ["messages", "system", "tools", "tool_choice", "max_tokens", "temperature", "stop_sequences"] {
            #expect(body[name] == own[name] && body[name] != nil)
        }
        #expect(whole.headers["anthropic-version"] == nil)
        request.isStreaming = true
        let stream = try endpoint.request(for: request, now: Wire.now)
        #expect(stream.url == Self.address + ":streamRawPredict")
        #expect(try Wire.json(stream.body)["stream"] == true)
    }

    @Test(arguments: [
        ("claude-opus-5", true), ("publishers/anthropic/models/claude-x", true), ("gemini-3-pro", false),
        ("publishers/google/models/gemini-3-pro", false), ("endpoints/123", false),
    ])
    func nameOrPathTellWhoHasMadeAModel(model: String, isAnthropics: Bool) throws {
        let request = ChatRequest(model: "a", messages: [ChatMessage(role: .user, content: "q")])
        let call = try Wire.endpoint(.vertexAI, model: model).request(for: request, now: Wire.now)
        #expect(call.url.hasSuffix(isAnthropics ? ":rawPredict" : ":generateContent"))
    }

    @Test func messagesPassAsTheyCameButForTheModelsPlace() throws {
        let body =
            #"{ "max_tokens":5, "model" : "alias" ,"messages":[ {"role":"user","content":"å \u00e5 \"model\":"} ],"x":1}"#
        let call = endpoint.request(
            for: try relayed(body), forwarding: ["anthropic-version": "2023-06-01", "anthropic-beta": "b1"],
            now: Wire.now)
        #expect(
            String(decoding: call.body, as: UTF8.self)
                == #"{ "max_tokens":5, "anthropic_version":"vertex-2023-10-16" ,"messages":[ {"role":"user","content":"å \u00e5 \"model\":"} ],"x":1}"#
        )
        #expect(call.url == Self.address + ":rawPredict")
        #expect(call.headers["anthropic-beta"] == "b1")
        #expect(call.headers["anthropic-version"] == nil)
        let streamed = endpoint.request(
            for: try relayed(#"{"model":"a","stream":true}"#), forwarding: [:], now: Wire.now)
        #expect(streamed.url == Self.address + ":streamRawPredict")
    }

    @Test(arguments: [#"{"model":"a","model":"b"}"#, #"{"model":"a","anthropic_version":"x"}"#])
    func whatHasNoRoomForTheVersionIsWrittenAnew(body: String) throws {
        #expect(!endpoint.relays(try relayed(body)))
        #expect(endpoint.relays(try relayed(#"{"model":"a"}"#)))
        #expect(!Wire.endpoint(.vertexAI, model: "gemini-3-pro").relays(try relayed(#"{"model":"a"}"#)))
    }

    @Test func errorsAreReadInBothForms() {
        func failure(_ status: Int, _ body: String) -> ChatFailure {
            endpoint.failure(status: status, headers: [:], body: Array(body.utf8), now: Wire.now)
        }
        let google = failure(
            429,
            #"[{"error":{"code":429,"message":"Quota exceeded","status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":"7s"}]}}]"#
        )
        #expect(google.code == .rateLimited)
        #expect(google.retryAfter == .seconds(7))
        let anthropic = failure(529, #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#)
        #expect(anthropic.code == .overloaded)
        #expect(anthropic.providerMessage == "Overloaded")
        let long = failure(
            400, #"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long"}}"#)
        #expect(long.code == .contextLength)
    }

    @Test func streamsAreAnthropics() {
        let events = Wire.steps(endpoint, StreamSamples.messages)
        let told = Told(events)
        #expect(told.text == "Høi ")
        #expect(told.signature == "sig=")
        #expect(told.calls.map(\.name) == ["weather"])
        #expect(told.usage?.cacheWriteTokens == 3)
        #expect(events.last?.kind == .end)
    }
}
