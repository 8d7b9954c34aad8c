import ChatModel
import JSON
import Providers
import Testing

/// The same answer in one piece, in the language of each provider.
@Suite struct ProviderReplyTests {
    private func reply(_ kind: ProviderKind, model: String = "m", _ body: String) throws -> ChatReply {
        try Wire.endpoint(kind, model: model).reply(Array(body.utf8), to: ChatRequest(model: "m", messages: []))
    }

    private func check(_ reply: ChatReply, signature: String? = nil, location: SourceLocation = #_sourceLocation) {
        #expect(reply.content == "hi", sourceLocation: location)
        #expect(reply.finishReason == .toolCalls, sourceLocation: location)
        let call = reply.choices[0].parts.compactMap(\.toolCall).first
        #expect(call?.name == "weather", sourceLocation: location)
        #expect(call?.arguments == #"{"city":"Oslo"}"#, sourceLocation: location)
        #expect(
            reply.choices[0].parts.compactMap(\.reasoning).first?.text == "Hmm", sourceLocation: location)
        #expect(reply.choices[0].parts.compactMap(\.reasoning).first?.signature == signature, sourceLocation: location)
        #expect(reply.usage?.promptTokens == 10, sourceLocation: location)
        #expect(reply.usage?.completionTokens == 5, sourceLocation: location)
        #expect(reply.usage?.cachedTokens == 4, sourceLocation: location)
    }

    @Test func openRoutersThoughtsAndPriceAreRead() throws {
        let reply = try reply(
            .openRouter,
            #"""
            {"id":"x","model":"a/b","choices":[{"index":0,"message":{"role":"assistant","content":"hi","refusal":null,
            "reasoning":"Hmm","reasoning_details":[{"type":"reasoning.text","text":"Hmm","signature":"s",
            "format":"anthropic-claude-v1"}],"tool_calls":[{"id":"c1","type":"function","function":{"name":"weather",
            "arguments":"{\"city\":\"Oslo\"}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":10,
            "completion_tokens":5,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":4},"cost":0.5}}
            """#)
        check(reply, signature: "s")
        #expect(reply.usage?.statedCost == 500_000_000)
    }

    @Test(arguments: [
        // OpenRouter, with the customer's own key at the model's maker.
        (
            #"{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"cost":0.25,"is_byok":true,"cost_details":{"upstream_inference_cost":0.5}}"#,
            ChatUsage(promptTokens: 1, completionTokens: 2, statedCost: 750_000_000)
        ),
        (
            #"{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"cost":0.25,"is_byok":false,"cost_details":{"upstream_inference_cost":0.5}}"#,
            ChatUsage(promptTokens: 1, completionTokens: 2, statedCost: 250_000_000)
        ),
        // xAI, whose thoughts are not in the completion.
        (
            #"{"prompt_tokens":32,"completion_tokens":9,"total_tokens":135,"completion_tokens_details":{"reasoning_tokens":94}}"#,
            ChatUsage(promptTokens: 32, completionTokens: 103, reasoningTokens: 94)
        ),
        (
            #"{"prompt_tokens":32,"completion_tokens":103,"total_tokens":135,"completion_tokens_details":{"reasoning_tokens":94}}"#,
            ChatUsage(promptTokens: 32, completionTokens: 103, reasoningTokens: 94)
        ),
    ])
    func everythingThatIsPaidForIsCounted(usage: String, counted: ChatUsage) throws {
        let body = #"{"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}],"usage":\#(usage)}"#
        #expect(try reply(.openRouter, body).usage == counted)
    }

    @Test func mistralsListOfThoughtsAndObjectArgumentsAreRead() throws {
        check(
            try reply(
                .mistral,
                #"""
                {"id":"x","model":"magistral","choices":[{"index":0,"message":{"role":"assistant","content":[
                {"type":"thinking","thinking":[{"type":"text","text":"Hmm"}]},{"type":"text","text":"hi"}],
                "tool_calls":[{"id":"c1","function":{"name":"weather","arguments":{"city":"Oslo"}}}]},
                "finish_reason":"tool_calls"}],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,
                "prompt_tokens_details":{"cached_tokens":4}}}
                """#))
    }

    @Test func anthropicsCacheComesInAddition() throws {
        let reply = try reply(
            .anthropic,
            #"""
            {"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[
            {"type":"thinking","thinking":"Hmm","signature":"s"},{"type":"text","text":"hi"},
            {"type":"tool_use","id":"c1","name":"weather","input":{"city":"Oslo"}}],"stop_reason":"tool_use",
            "stop_sequence":null,"usage":{"input_tokens":1,"cache_read_input_tokens":4,
            "cache_creation_input_tokens":5,"cache_creation":{"ephemeral_5m_input_tokens":3,
            "ephemeral_1h_input_tokens":2},"output_tokens":5,"output_tokens_details":{"thinking_tokens":2}}}
            """#)
        check(reply, signature: "s")
        #expect(reply.usage?.cacheWriteTokens == 5)
        #expect(reply.usage?.longCacheWriteTokens == 2)
        #expect(reply.usage?.reasoningTokens == 2)
    }

    @Test func geminisThoughtsComeInAddition() throws {
        let reply = try reply(
            .gemini,
            #"""
            {"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"Hmm","thought":true},{"text":"hi"},
            {"functionCall":{"name":"weather","args":{"city":"Oslo"}},"thoughtSignature":"s"}]},"finishReason":"STOP",
            "logprobsResult":{"chosenCandidates":[{"token":"hi","logProbability":-0.1}],"topCandidates":[
            {"candidates":[{"token":"hi","logProbability":-0.1},{"token":"ho","logProbability":-2.5}]}]}}],
            "usageMetadata":{"promptTokenCount":8,"toolUsePromptTokenCount":2,"cachedContentTokenCount":4,
            "candidatesTokenCount":3,"thoughtsTokenCount":2,"totalTokenCount":15},"modelVersion":"g","responseId":"r"}
            """#)
        check(reply)
        #expect(reply.usage?.reasoningTokens == 2)
        #expect(reply.choices[0].parts.compactMap(\.toolCall).first?.signature == "s")
        #expect(reply.choices[0].logprobs?.first?.top.map(\.token) == ["hi", "ho"])
    }

    @Test func bedrocksBlocksAreRead() throws {
        let reply = try reply(
            .bedrock,
            #"""
            {"output":{"message":{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"Hmm",
            "signature":"s"}}},{"text":"hi"},{"toolUse":{"toolUseId":"c1","name":"weather","input":{"city":"Oslo"}}}]}},
            "stopReason":"tool_use","usage":{"inputTokens":1,"outputTokens":5,"totalTokens":15,
            "cacheReadInputTokens":4,"cacheWriteInputTokens":5},"metrics":{"latencyMs":9}}
            """#)
        check(reply, signature: "s")
        #expect(reply.usage?.cacheWriteTokens == 5)
    }

    @Test func coheresBillIsWhatIsCounted() throws {
        check(
            try reply(
                .cohere,
                #"""
                {"id":"x","finish_reason":"TOOL_CALL","message":{"role":"assistant","tool_plan":"Hmm",
                "content":[{"type":"text","text":"hi"}],"tool_calls":[{"id":"c1","type":"function","function":
                {"name":"weather","arguments":"{\"city\":\"Oslo\"}"}}]},"usage":{"billed_units":{"input_tokens":10.0,
                "output_tokens":5.0},"tokens":{"input_tokens":99,"output_tokens":5},"cached_tokens":4}}
                """#))
    }

    @Test func responsesItemsAreRead() throws {
        check(
            try reply(
                .openAI, model: "o3-pro",
                #"""
                {"id":"resp_1","object":"response","status":"completed","model":"o3-pro","error":null,"output":[
                {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"Hmm"}],
                "encrypted_content":"e"},
                {"type":"message","id":"m1","status":"completed","role":"assistant","content":[
                {"type":"output_text","text":"hi","annotations":[]}]},
                {"type":"function_call","id":"fc1","call_id":"c1","name":"weather","arguments":"{\"city\":\"Oslo\"}"}],
                "usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":4},"output_tokens":5,
                "output_tokens_details":{"reasoning_tokens":2},"total_tokens":15}}
                """#))
    }

    @Test(arguments: [
        (
            ProviderKind.anthropic, #"{"id":"m","type":"message","content":[],"stop_reason":"WORD"}"#,
            [
                "end_turn": ChatReply.FinishReason.stop, "stop_sequence": .stop, "max_tokens": .length,
                "model_context_window_exceeded": .length, "tool_use": .toolCalls, "refusal": .contentFilter,
                "pause_turn": .other("pause_turn"),
            ]
        ),
        (
            .gemini, #"{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"WORD"}]}"#,
            [
                "STOP": .stop, "MAX_TOKENS": .length, "SAFETY": .contentFilter, "RECITATION": .contentFilter,
                "MODEL_ARMOR": .contentFilter, "OTHER": .other("OTHER"),
            ]
        ),
        (
            .bedrock, #"{"output":{"message":{"role":"assistant","content":[]}},"stopReason":"WORD"}"#,
            [
                "end_turn": .stop, "stop_sequence": .stop, "max_tokens": .length, "tool_use": .toolCalls,
                "guardrail_intervened": .contentFilter, "content_filtered": .contentFilter,
            ]
        ),
        (
            .cohere, #"{"id":"x","finish_reason":"WORD","message":{"role":"assistant","content":[]}}"#,
            [
                "COMPLETE": .stop, "STOP_SEQUENCE": .stop, "MAX_TOKENS": .length, "TOOL_CALL": .toolCalls,
            ]
        ),
        (
            .mistral, #"{"choices":[{"index":0,"message":{"content":"a"},"finish_reason":"WORD"}]}"#,
            [
                "stop": .stop, "length": .length, "model_length": .length, "tool_calls": .toolCalls,
            ]
        ),
    ])
    func reasonsMeanTheSameEverywhere(kind: ProviderKind, body: String, words: [String: ChatReply.FinishReason]) throws
    {
        for (word, reason) in words {
            #expect(try reply(kind, body.replacing("WORD", with: word)).finishReason == reason)
        }
    }

    @Test(arguments: ProviderKind.allCases)
    func whatIsNoAnswerIsAnInvalidResponse(kind: ProviderKind) {
        for body in ["", "{", "[]", "{}", "<html>", #"{"choices":[]}"#, #"{"candidates":[]}"#] {
            #expect {
                try reply(kind, body)
            } throws: {
                ($0 as? ChatFailure)?.code == .invalidResponse && ($0 as? ChatFailure)?.provider == "acme"
            }
        }
    }

    @Test(arguments: [ProviderKind.openAI, .anthropic, .vllm])
    func anErrorWithTheStatus200IsNoAnswer(kind: ProviderKind) {
        #expect {
            try reply(kind, #"{"error":{"message":"busy","code":503,"type":"x"}}"#)
        } throws: { ($0 as? ChatFailure)?.code == .overloaded }
    }

    @Test func anAnswerWithAPictureIsNotPassedOnWithoutIt() throws {
        let answer = """
            {"candidates":[{"content":{"parts":[{"text":"Here it is:"},
            {"inlineData":{"mimeType":"image/png","data":"aGk="}}]},"finishReason":"STOP"}]}
            """
        #expect {
            try reply(.gemini, answer)
        } throws: {
            guard let failure = $0 as? ChatFailure else { return false }
            return failure.code == .invalidResponse && failure.message.contains("picture")
        }
    }

    @Test func blockedAndBrokenAnswersSayWhy() {
        #expect { try reply(.gemini, #"{"promptFeedback":{"blockReason":"SAFETY"}}"#) } throws: {
            ($0 as? ChatFailure)?.code == .refused
        }
        #expect {
            try reply(.bedrock, #"{"output":{"message":{"content":[]}},"stopReason":"malformed_tool_use"}"#)
        } throws: { ($0 as? ChatFailure)?.isTransient == true }
        #expect {
            try reply(.cohere, #"{"finish_reason":"ERROR","message":{"role":"assistant"}}"#)
        } throws: { ($0 as? ChatFailure)?.code == .providerError }
    }

    @Test(arguments: [
        (
            ProviderKind.anthropic, "claude-3-5-sonnet-20241022",
            #"{"id":"m","type":"message","content":[{"type":"tool_use","id":"t","name":"answer","input":{"score":1}}],"stop_reason":"tool_use"}"#
        ),
        (
            .bedrock, "amazon.nova-pro-v1:0",
            #"{"output":{"message":{"role":"assistant","content":[{"toolUse":{"toolUseId":"t","name":"answer","input":{"score":1}}}]}},"stopReason":"tool_use"}"#
        ),
    ])
    func schemasAreFollowedByAForcedCallWhereThereIsNoOtherWay(
        kind: ProviderKind, model: String, answer: String
    ) throws {
        var request = ChatRequest(model: "a", messages: [ChatMessage(role: .user, content: "q")])
        request.replySchema = ChatRequest.ReplySchema(name: "v", json: #"{"type":"object"}"#)
        let endpoint = Wire.endpoint(kind, model: model)
        let body = String(decoding: try endpoint.request(for: request, now: Wire.now).body, as: UTF8.self)
        #expect(body.contains(#""name":"answer""#))
        #expect(
            body.contains(
                kind == .anthropic
                    ? #""tool_choice":{"type":"tool","name":"answer"}"# : #""toolChoice":{"tool":{"name":"answer"}}"#))
        let reply = try endpoint.reply(Array(answer.utf8), to: request)
        #expect(reply.content == #"{"score":1}"#)
        #expect(reply.finishReason == .stop)
        #expect(reply.choices[0].parts.count == 1)
    }
}
