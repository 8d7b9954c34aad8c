import ChatModel
import Dialects
import HTTPMessages
import JSON
import Providers
import Testing

/// Requests and answers that pass through as they came.
@Suite struct RelayTests {
    private func request(_ body: String, _ dialect: ChatDialect = .chatCompletions) throws -> RelayedRequest {
        try RelayedRequest(Array(body.utf8), dialect: dialect)
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    // MARK: Requests

    @Test func onlyTheModelAndTheWishForUsageChange() throws {
        let body =
            #"{ "messages" : [ {"role":"user","content":"å \u00e5"} ], "model": "alias" , "x_new":[1,2] ,"stream":true}"#
        let relayed = try request(body)
        #expect(relayed.model == "alias")
        #expect(relayed.isStreaming)
        #expect(!relayed.streamsUsage)
        #expect(
            text(relayed.body(model: "gpt-6", asksUsage: true))
                == #"{ "messages" : [ {"role":"user","content":"å \u00e5"} ], "model": "gpt-6" , "x_new":[1,2] ,"stream":true,"stream_options":{"include_usage":true}}"#
        )
        #expect(text(relayed.body(model: "alias", asksUsage: false)) == body)
    }

    @Test func givenStreamOptionsAreKept() throws {
        let body = #"{"model":"a","stream":true,"stream_options":{"include_obfuscation":false,"include_usage":false}}"#
        let sent = try Wire.json(try request(body).body(model: "b", asksUsage: true))
        #expect(sent["stream_options"] == ["include_obfuscation": false, "include_usage": true])
        let asked = #"{"model":"a","stream":true,"stream_options":{"include_usage":true}}"#
        #expect(text(try request(asked).body(model: "b", asksUsage: true)) == asked.replacing("\"a\"", with: "\"b\""))
    }

    @Test func aNameWithABackslashIsNotTakenForItsEscapes() throws {
        let relayed = try request(##"{"model":"a\u0062"}"##)
        #expect(text(relayed.body(model: #"a\u0062"#, asksUsage: false)) == ##"{"model":"a\\u0062"}"##)
        #expect(text(relayed.body(model: "ab", asksUsage: false)) == #"{"model":"ab"}"#)
    }

    @Test func everyRepetitionOfTheModelIsReplaced() throws {
        let relayed = try request(#"{"model":"a","model":"b"}"#)
        #expect(text(relayed.body(model: "c\"", asksUsage: false)) == #"{"model":"c\"","model":"c\""}"#)
    }

    @Test(arguments: ["", "[]", "{", #"{"messages":[]}"#, #"{"model":""}"#, #"{"model":7}"#])
    func whatNamesNoModelIsRefused(body: String) {
        #expect { try request(body) } throws: { ($0 as? ChatFailure)?.code == .invalidRequest }
    }

    @Test func limitsAreReadByTheDialectsName() throws {
        #expect(try request(#"{"model":"a","max_tokens":5,"n":3}"#).maximumTokens == 5)
        #expect(try request(#"{"model":"a","max_tokens":5,"n":3}"#).choices == 3)
        #expect(try request(#"{"model":"a","max_output_tokens":6}"#, .responses).maximumTokens == 6)
        #expect(try request(#"{"model":"a","max_tokens":7}"#, .messages).maximumTokens == 7)
        #expect(try request(#"{"model":"a","max_completion_tokens":1,"max_tokens":9}"#).maximumTokens == 9)
        for nothing in ["-1", "0", "null", #""many""#] {
            let request = try request(#"{"model":"a","max_tokens":\#(nothing),"n":\#(nothing)}"#)
            #expect(request.maximumTokens == nil && request.choices == 1, "\(nothing) limits nothing")
        }
    }

    @Test(arguments: [
        (ProviderKind.openAI, ChatDialect.chatCompletions, "", true), (.openAI, .responses, "", true),
        (.openAI, .messages, "", false), (.anthropic, .messages, "", true), (.anthropic, .chatCompletions, "", false),
        (.vllm, .chatCompletions, #","seed":1,"min_p":0.1"#, true), (.vllm, .responses, "", false),
        (.mistral, .chatCompletions, "", true), (.mistral, .chatCompletions, #","seed":1"#, true),
        (.mistral, .chatCompletions, #","max_completion_tokens":1"#, true),
        (.mistral, .chatCompletions, #","max_completion_tokens":1,"max_tokens":2"#, false),
        (.mistral, .chatCompletions, #","seed":1,"seed":2"#, false),
        (.mistral, .chatCompletions, #","stream":true,"stream_options":{"include_usage":true}"#, false),
        (.mistral, .chatCompletions, #","stream":true"#, true),
        (.mistral, .chatCompletions, #","messages":[{"role":"developer"}]"#, false),
        (.openRouter, .chatCompletions, #","reasoning_effort":"low""#, false),
        (.groq, .chatCompletions, #","logprobs":true"#, false), (.groq, .chatCompletions, #","logprobs":null"#, true),
        (.gemini, .chatCompletions, "", false), (.bedrock, .messages, "", false),
        // An answer that a client sends back as it got it.
        (.groq, .chatCompletions, #","messages":[{"role":"assistant","content":"a","refusal":null}]"#, false),
        (.mistral, .chatCompletions, #","messages":[{"role":"assistant","content":"a","annotations":[]}]"#, false),
        (.vllm, .chatCompletions, #","messages":[{"role":"assistant","content":"a","refusal":null}]"#, true),
        (.mistral, .chatCompletions, #","messages":[{"role":"user","name":"ada","content":"a"}]"#, false),
        (.groq, .chatCompletions, #","messages":[{"role":"user","name":"ada","content":"a"}]"#, true),
    ])
    func onlyWhatTheProviderKnowsByTheSameNamesPassesThrough(
        kind: ProviderKind, dialect: ChatDialect, members: String, relays: Bool
    ) throws {
        let relayed = try request(#"{"model":"a""# + members + "}", dialect)
        #expect(Wire.endpoint(kind).relays(relayed) == relays)
    }

    @Test func whatHasAnotherNameThereIsRenamedAndNothingElseTouched() throws {
        let body = #"{ "max_completion_tokens" : 5 ,"x":[1.50], "seed":-3,"model":"a"}"#
        let mistral = Wire.endpoint(.mistral).request(for: try request(body), forwarding: [:], now: Wire.now)
        #expect(text(mistral.body) == #"{ "max_tokens":5 ,"x":[1.50], "random_seed":-3,"model":"m"}"#)
        let server = Wire.endpoint(.openAICompatible).request(for: try request(body), forwarding: [:], now: Wire.now)
        #expect(text(server.body) == #"{ "max_tokens":5 ,"x":[1.50], "seed":-3,"model":"m"}"#)
    }

    @Test func fieldsOfTheCallersDialectAreForwarded() throws {
        let endpoint = Wire.endpoint(.anthropic, model: "claude-x")
        let body = #"{"model":"a","max_tokens":1,"messages":[]}"#
        let plain = endpoint.request(for: try request(body, .messages), forwarding: [:], now: Wire.now)
        #expect(plain.headers["anthropic-version"] == "2026-10-21")
        let sampling = endpoint.request(
            for: try request(body.replacing("{\"model\"", with: "{\"top_p\":1,\"model\""), .messages),
            forwarding: [:], now: Wire.now)
        #expect(sampling.headers["anthropic-version"] == "2023-06-01")
        let asked = endpoint.request(
            for: try request(body, .messages),
            forwarding: ["Anthropic-Version": "2023-06-01", "anthropic-beta": "b1", "authorization": "Bearer mine"],
            now: Wire.now)
        #expect(asked.headers["anthropic-version"] == "2023-06-01")
        #expect(asked.headers["anthropic-beta"] == "b1")
        #expect(asked.headers["x-api-key"] == "sk-very-secret-key")
        #expect(asked.headers.all("authorization").isEmpty)
        let router = Wire.endpoint(.openRouter).request(
            for: try request(#"{"model":"a"}"#), forwarding: [:], now: Wire.now)
        #expect(text(router.body) == #"{"model":"m","provider":{"require_parameters":true}}"#)
    }

    // MARK: Answers

    @Test func answersAreReadWithoutBeingDecoded() throws {
        let completion = try RelayedReply(
            Array(
                #"{"id":"x","model":"g","choices":[{"message":{"content":"\"finish_reason\":\"length\""},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":3,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":2}}}"#
                    .utf8), dialect: .chatCompletions, from: Wire.endpoint(.openAI))
        #expect(completion.usage == ChatUsage(promptTokens: 3, completionTokens: 4, cachedTokens: 2))
        #expect(completion.model == "g")
        let message = try RelayedReply(
            Array(
                #"{"id":"m","type":"message","model":"c","content":[{"type":"text","text":"a"}],"stop_reason":"max_tokens","usage":{"input_tokens":1,"cache_read_input_tokens":2,"output_tokens":3}}"#
                    .utf8), dialect: .messages, from: Wire.endpoint(.anthropic))
        #expect(message.usage == ChatUsage(promptTokens: 3, completionTokens: 3, cachedTokens: 2))
        #expect(message.model == "c")
    }

    @Test(arguments: [
        ("", ChatFailure.Code.invalidResponse), ("{}", .invalidResponse), (#"{"choices":[]}"#, .invalidResponse),
        (#"{"choices":{}}"#, .invalidResponse), ("<html>", .invalidResponse),
        (#"{"error":{"message":"busy","code":"rate_limit_exceeded","status":429}}"#, .rateLimited),
    ])
    func whatIsNoAnswerIsNeverPassedOn(body: String, code: ChatFailure.Code) {
        #expect {
            try RelayedReply(Array(body.utf8), dialect: .chatCompletions, from: Wire.endpoint(.openAI))
        } throws: { ($0 as? ChatFailure)?.code == code }
    }

    @Test func aNullErrorIsNone() throws {
        let body = #"{"choices":[{"message":{"content":"a"}}],"error":null}"#
        let reply = try RelayedReply(Array(body.utf8), dialect: .chatCompletions, from: Wire.endpoint(.vllm))
        #expect(reply.usage == nil)
    }
}
