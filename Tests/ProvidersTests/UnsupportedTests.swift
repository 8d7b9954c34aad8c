import ChatModel
import JSON
import Providers
import Testing

/// Nothing is dropped in silence: it is honoured, refused, or told.
@Suite struct UnsupportedTests {
    private static func refusal(_ kind: ProviderKind, _ model: String, _ member: String) throws -> Unsupported? {
        let body = #"{"model":"a","messages":[{"role":"user","content":"q"}],"# + member + "}"
        do {
            _ = try Wire.call(kind, model: model, body)
            return nil
        } catch let unsupported as Unsupported {
            return unsupported
        }
    }

    @Test(arguments: [
        (ProviderKind.anthropic, "claude-opus-5", #""seed":1"#, "seed"),
        (.anthropic, "claude-opus-5", #""logprobs":true"#, "logprobs"),
        (.anthropic, "claude-opus-5", #""n":2"#, "n"),
        (.anthropic, "claude-opus-5", #""logit_bias":{"1":5}"#, "logit_bias"),
        (.anthropic, "claude-opus-5", #""frequency_penalty":0.1"#, "frequency_penalty"),
        (.anthropic, "claude-opus-5", #""response_format":{"type":"json_object"}"#, "response_format"),
        (.anthropic, "claude-opus-5", #""temperature":1.5"#, "temperature"),
        (.anthropic, "claude-opus-5", #""stop":[" "]"#, "stop"),
        (.anthropic, "claude-opus-5", #""verbosity":"low""#, "verbosity"),
        (.anthropic, "claude-3-opus", #""reasoning_effort":"high""#, "reasoning_effort"),
        (.anthropic, "claude-sonnet-4", #""reasoning_effort":"high","max_tokens":1024"#, "reasoning_effort"),
        (.gemini, "gemini-3-pro", #""logit_bias":{"1":5}"#, "logit_bias"),
        (.gemini, "gemini-3-pro", #""stop":["1","2","3","4","5","6"]"#, "stop"),
        (.gemini, "gemini-2.0-flash", #""reasoning_effort":"high""#, "reasoning_effort"),
        (.bedrock, "amazon.nova-pro-v1:0", #""seed":1"#, "seed"),
        (.bedrock, "amazon.nova-pro-v1:0", #""top_k":5"#, "top_k"),
        (.bedrock, "amazon.nova-pro-v1:0", #""logprobs":true"#, "logprobs"),
        (.cohere, "command-a", #""n":2"#, "n"),
        (.cohere, "command-a", #""logprobs":true,"top_logprobs":2"#, "top_logprobs"),
        (.cohere, "command-a", #""logit_bias":{"1":5}"#, "logit_bias"),
        (.mistral, "m", #""logit_bias":{"1":5}"#, "logit_bias"),
        (.groq, "m", #""logprobs":true"#, "logprobs"),
        (.groq, "m", #""reasoning_effort":"xhigh""#, "reasoning_effort"),
        (.ollama, "m", #""n":2"#, "n"),
        (.openAI, "m", #""top_k":2"#, "top_k"),
        (.openAI, "m", #""stop":["1","2","3","4","5"]"#, "stop"),
        (.openAI, "o3-pro", #""seed":1"#, "seed"),
        (.openAI, "o3-pro", #""stop":"x""#, "stop"),
    ])
    func whatAProviderCannotDoIsRefusedByName(
        kind: ProviderKind, model: String, member: String, parameter: String
    ) throws {
        let refusal = try #require(try Self.refusal(kind, model, member))
        #expect(refusal.parameter == parameter)
        let failure = ChatFailure(refusal, provider: "acme")
        #expect(failure.code == .invalidRequest)
        #expect(failure.parameter == parameter)
        #expect(!failure.isTransient)
    }

    @Test(arguments: [
        (ProviderKind.anthropic, #""n":1,"frequency_penalty":0,"logprobs":false,"store":false,"logit_bias":{}"#),
        (.gemini, #""n":1,"service_tier":"auto","modalities":["text"],"parallel_tool_calls":false"#),
        (.cohere, #""n":1,"response_format":{"type":"text"},"parallel_tool_calls":true"#),
        (.bedrock, #""presence_penalty":0,"stop":[],"service_tier":"auto""#),
        (.ollama, #""n":1,"logit_bias":null,"user":null"#),
    ])
    func whatChangesNothingIsNoObstacle(kind: ProviderKind, members: String) throws {
        let body = #"{"model":"a","messages":[{"role":"user","content":"q"}],"# + members + "}"
        #expect(try Wire.call(kind, body).adjustments.isEmpty)
    }

    @Test(arguments: [ProviderKind.gemini, .cohere, .bedrock])
    func whatCannotChangeAnAnswerIsLeftOutAndTold(kind: ProviderKind) throws {
        let body = #"{"model":"a","messages":[{"role":"user","content":"q","name":"Ann"}],"user":"u","store":true}"#
        let call = try Wire.call(kind, body)
        #expect(Set(call.adjustments.map(\.description)) == ["user=omitted", "store=omitted", "name=omitted"])
        #expect(!String(decoding: call.body, as: UTF8.self).contains("\"u\""))
    }

    @Test(arguments: [
        (
            ChatDialect.chatCompletions,
            #"{"model":"a","messages":[{"role":"user","content":[{"type":"text","text":"q","x\r\ny":1}],"weight":0,"annotations":[]},{"role":"user","content":"r","weight":1}],"tools":[{"type":"function","function":{"name":"f","examples":[1]}}],"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","any":1},"kind":2}}}"#,
            [
                "messages.content.x__y=omitted", "messages.weight=omitted", "tools.function.examples=omitted",
                "response_format.json_schema.kind=omitted",
            ]
        ),
        (
            .messages,
            #"{"model":"a","max_tokens":9,"messages":[{"role":"user","content":[{"type":"text","text":"q","citations":null,"x":1}]}],"tools":[{"name":"f","input_schema":{"type":"object"},"defer_loading":true}],"thinking":{"type":"disabled"},"output_config":{"effort":"low"}}"#,
            ["messages.content.x=omitted", "tools.defer_loading=omitted", "output_config.effort=omitted"]
        ),
        (
            .responses,
            #"{"model":"a","input":[{"role":"user","content":[{"type":"input_text","text":"q","x":1}],"phase":"p"}]}"#,
            ["input.content.x=omitted", "input.phase=omitted"]
        ),
    ])
    func whatIsNotKnownInsideARequestIsTold(dialect: ChatDialect, body: String, told: [String]) throws {
        let request = try Wire.read(dialect, body)
        for kind in [ProviderKind.gemini, .openAI] {
            let adjustments = try Wire.endpoint(kind).request(for: request, now: Wire.now).adjustments
            #expect(Set(adjustments.map(\.description)).isSuperset(of: told), "\(adjustments)")
        }
    }

    @Test func aCacheMarkOnAllOfARequestIsNoObstacle() throws {
        let body =
            #"{"model":"a","max_tokens":9,"cache_control":{"type":"ephemeral"},"messages":[{"role":"user","content":"q"}]}"#
        for kind in [ProviderKind.openAI, .gemini] {
            let call = try Wire.endpoint(kind).request(for: Wire.read(.messages, body), now: Wire.now)
            #expect(call.adjustments == [.omitted("cache_control")])
        }
    }

    @Test(arguments: [ProviderKind.gemini, .bedrock])
    func imagesByAddressAreRefusedWhereNobodyLoadsThem(kind: ProviderKind) throws {
        let body =
            #"{"model":"a","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x/y.png"}}]}]}"#
        #expect {
            try Wire.call(kind, body)
        } throws: { error in
            (error as? Unsupported)?.advice.contains("data: address") == true
        }
        #expect(throws: Never.self) { try Wire.call(.anthropic, body) }
        #expect(throws: Never.self) { try Wire.call(.vertexAI, body) }
    }

    @Test func aNamedToolOfCohereIsTheOnlyOneAndRequired() throws {
        let tool = #"{"type":"function","function":{"name":"NAME","parameters":{}}}"#
        let body =
            #"{"model":"a","messages":[{"role":"user","content":"q"}],"tools":["#
            + tool.replacing("NAME", with: "a") + "," + tool.replacing("NAME", with: "b")
            + #"],"tool_choice":{"type":"function","function":{"name":"b"}}}"#
        let sent = try Wire.json(try Wire.call(.cohere, body).body)
        #expect(sent["tools"]?.arrayValue?.count == 1)
        #expect(sent["tools"]?[0]?["function"]?["name"] == "b")
        #expect(sent["tool_choice"] == "REQUIRED")
    }
}
