import ChatModel
import Dialects
import JSON
import Providers
import Testing

/// What callers may ask in each dialect, and how they learn what is wrong with it.
@Suite struct DialectReadingTests {
    @Test(arguments: [
        (ChatDialect.chatCompletions, #"{"messages":[{"role":"user","content":"q"}]}"#, "model"),
        (.chatCompletions, #"{"model":"m"}"#, "messages"),
        (.chatCompletions, #"{"model":"m","messages":[]}"#, "messages"),
        (.chatCompletions, #"{"model":"m","messages":[{"content":"q"}]}"#, "messages[0].role"),
        (.chatCompletions, #"{"model":"m","messages":[{"role":"robot","content":"q"}]}"#, "messages[0].role"),
        (.chatCompletions, #"{"model":"m","messages":[{"role":"user"}]}"#, "messages[0].content"),
        (
            .chatCompletions, #"{"model":"m","messages":[{"role":"user","content":[{"type":"image_url"}]}]}"#,
            "messages[0].content[0].image_url"
        ),
        (.chatCompletions, #"{"model":"m","messages":[{"role":"tool","content":"x"}]}"#, "messages[0].tool_call_id"),
        (
            .chatCompletions, #"{"model":"m","messages":[{"role":"user","content":"q"}],"temperature":"hot"}"#,
            "temperature"
        ),
        (.chatCompletions, #"{"model":"m","messages":[{"role":"user","content":"q"}],"max_tokens":0}"#, "max_tokens"),
        (
            .chatCompletions, #"{"model":"m","messages":[{"role":"user","content":"q"}],"tool_choice":"perhaps"}"#,
            "tool_choice"
        ),
        (
            .chatCompletions,
            #"{"model":"m","messages":[{"role":"user","content":"q"}],"response_format":{"type":"xml"}}"#,
            "response_format.type"
        ),
        (
            .chatCompletions, #"{"model":"m","messages":[{"role":"user","content":"q"}],"reasoning_effort":"huge"}"#,
            "reasoning_effort"
        ),
        (
            .chatCompletions, #"{"model":"m","messages":[{"role":"user","content":"q"}],"top_logprobs":3}"#,
            "top_logprobs"
        ),
        (.chatCompletions, #"{"model":"m","messages":[{"role":"user","content":"q"}],"functions":[]}"#, "functions"),
        (.messages, #"{"model":"m","messages":[{"role":"user","content":"q"}]}"#, "max_tokens"),
        (
            .messages,
            #"{"model":"m","max_tokens":5,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"ftp"}}]}]}"#,
            "messages[0].content[0].source.type"
        ),
        (
            .messages,
            #"{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"q"}],"tool_choice":{"type":"tool"}}"#,
            "tool_choice.name"
        ),
        (
            .messages,
            #"{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"q"}],"thinking":{"type":"enabled"}}"#,
            "thinking.budget_tokens"
        ),
        (.responses, #"{"model":"m"}"#, "input"),
        (.responses, #"{"model":"m","input":7}"#, "input"),
        (.responses, #"{"model":"m","input":[{"role":"robot","content":"q"}]}"#, "input[0].role"),
        (.responses, #"{"model":"m","input":[{"type":"function_call_output","output":"x"}]}"#, "input[0].call_id"),
        (
            .responses, #"{"model":"m","input":"q","text":{"format":{"type":"json_schema","name":"n"}}}"#,
            "text.format.schema"
        ),
    ])
    func mistakesAreNamedByTheirPlace(dialect: ChatDialect, body: String, place: String) {
        #expect {
            try Wire.read(dialect, body)
        } throws: { error in
            guard let failure = error as? ChatFailure else { return false }
            return failure.code == .invalidRequest && failure.parameter == place && failure.message.contains(place)
        }
    }

    @Test func everythingOfAChatCompletionIsRead() throws {
        let request = try Wire.read(
            .chatCompletions,
            #"""
            {"model":"m","messages":[{"role":"developer","content":"d"},{"role":"user","name":"Ann","content":[
            {"type":"text","text":"q","cache_control":{"type":"ephemeral","ttl":"1h"}},
            {"type":"image_url","image_url":{"url":"https://x/y.png","detail":"low"}},
            {"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}},
            {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,AA=="}}]},
            {"role":"assistant","content":"a","reasoning_details":[{"type":"reasoning.text","text":"t","signature":"s",
            "format":"anthropic-claude-v1"}],"tool_calls":[{"id":"c","type":"function","function":{"name":"f",
            "arguments":"{}"},"extra_content":{"google":{"thought_signature":"g"}}}]},
            {"role":"tool","tool_call_id":"c","content":[{"type":"text","text":"r"}]}],
            "tools":[{"type":"function","function":{"name":"f"}},{"type":"custom","custom":{"name":"x"}}],
            "tool_choice":{"type":"function","function":{"name":"f"}},"parallel_tool_calls":false,
            "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"},"strict":true}},
            "max_completion_tokens":5,"temperature":0.5,"top_p":0.9,"frequency_penalty":0.1,"presence_penalty":-0.1,
            "seed":-3,"stop":"x","logit_bias":{"5":1},"n":2,"logprobs":true,"top_logprobs":4,"reasoning_effort":"xhigh",
            "user":"u","metadata":{"k":"v"},"service_tier":"flex","stream":true,"stream_options":{"include_usage":true},
            "store":false,"modalities":["text"],"x_new":null,"verbosity":"low"}
            """#)
        #expect(request.messages.map(\.role) == [.developer, .user, .assistant, .tool])
        #expect(request.messages[1].name == "Ann")
        #expect(request.messages[1].parts[0].cache == CacheMark(lifetime: "1h"))
        #expect(request.messages[1].parts[1].content == .image(ChatMedia(.url("https://x/y.png")), detail: "low"))
        #expect(
            request.messages[1].parts[3].content
                == .file(ChatMedia(.base64("AA=="), mediaType: "application/pdf"), name: "a.pdf"))
        #expect(
            request.messages[2].parts.first?.reasoning == Reasoning(text: "t", signature: "s", format: .anthropic))
        #expect(request.messages[2].parts.last?.toolCall?.signature == "g")
        #expect(request.toolChoice == .named("f"))
        #expect(request.tools.count == 2)
        #expect(request.parallelToolCalls == false)
        #expect(request.replySchema?.name == "n")
        #expect(request.maximumTokens == 5)
        #expect(request.sampling.seed == -3)
        #expect(request.sampling.stop == ["x"])
        #expect(request.choices == 2)
        #expect(request.topLogprobs == 4)
        #expect(request.reasoning.effort == .xhigh)
        #expect(request.isStreaming && request.streamsUsage)
        #expect(request.extras == [ChatExtra("verbosity", RawJSON(#""low""#))])
    }

    @Test func anthropicsMessagesMeanTheSame() throws {
        let request = try Wire.read(
            .messages,
            #"""
            {"model":"m","max_tokens":9,"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],
            "messages":[{"role":"user","content":"q"},{"role":"assistant","content":[
            {"type":"thinking","thinking":"t","signature":"s"},{"type":"redacted_thinking","data":"d"},
            {"type":"tool_use","id":"c","name":"f","input":{"a": 1}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"c","content":[{"type":"text","text":"r"}],
            "is_error":true},{"type":"text","text":"and?"}]}],
            "tools":[{"name":"f","input_schema":{"type":"object"},"strict":true},{"type":"web_search_20260209","name":"w"}],
            "tool_choice":{"type":"any","disable_parallel_tool_use":true},"thinking":{"type":"adaptive"},
            "output_config":{"effort":"max","format":{"type":"json_schema","schema":{"type":"object"}}},
            "metadata":{"user_id":"u"},"stop_sequences":["x"],"top_k":3,"stream":true,"container":"c1"}
            """#)
        #expect(request.messages.map(\.role) == [.system, .user, .assistant, .tool, .user])
        #expect(request.messages[0].parts[0].cache == CacheMark())
        #expect(request.messages[2].parts[1].reasoning == Reasoning(encrypted: "d", format: .anthropic))
        #expect(request.messages[2].parts[2].toolCall?.arguments == #"{"a": 1}"#)
        guard case .toolResult(let result) = request.messages[3].parts[0].content else {
            Issue.record("no result")
            return
        }
        #expect(result.isError && result.text == "r")
        #expect(request.messages[4].content == "and?")
        #expect(request.toolChoice == .required)
        #expect(request.parallelToolCalls == false)
        #expect(request.reasoning.effort == .max)
        #expect(request.replySchema?.schema == RawJSON(#"{"type":"object"}"#))
        #expect(request.user == "u")
        #expect(request.sampling.topK == 3)
        #expect(request.extras.map(\.name) == ["container"])
        #expect(request.tools[1].function == nil)
    }

    @Test(arguments: [
        #""thinking":{"type":"disabled"},"output_config":{"effort":"high"}"#,
        #""output_config":{"effort":"high"},"thinking":{"type":"disabled"}"#,
    ])
    func noThoughtsMeansNoneInWhateverOrderItIsSaid(members: String) throws {
        let body = #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"q"}],"# + members + "}"
        #expect(try Wire.read(.messages, body).reasoning.effort == .off)
    }

    @Test func wordsThatAnthropicAndOpenAISpellDifferentlyMeanTheSame() throws {
        let body =
            #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"document","citations":{"enabled":false},"source":{"type":"text","data":"d"}}]}],"service_tier":"standard_only","output_format":{"type":"json_schema","schema":{"type":"object"}}}"#
        let sent = try Wire.json(
            Wire.endpoint(.openAI).request(for: Wire.read(.messages, body), now: Wire.now).body)
        #expect(sent["service_tier"] == "default")
        #expect(sent["response_format"]?["json_schema"]?["schema"] == ["type": "object"])
        #expect(sent["messages"]?[0]?["content"] == [["type": "text", "text": "d"]])
    }

    @Test func theNewerNameOfTheLimitCountsWhereverItStands() throws {
        let body = #"{"model":"m","messages":[{"role":"user","content":"q"}],"max_completion_tokens":5,"max_tokens":9}"#
        #expect(try Wire.read(.chatCompletions, body).maximumTokens == 5)
    }

    @Test func noLogprobsAreAskedByTheNumberZero() throws {
        #expect(try Wire.read(.responses, #"{"model":"m","input":"q","top_logprobs":0}"#).topLogprobs == nil)
        let asked = #"{"model":"m","input":"q","top_logprobs":0,"include":["message.output_text.logprobs"]}"#
        #expect(try Wire.read(.responses, asked).topLogprobs == 0)
    }

    @Test func responsesItemsBecomeMessages() throws {
        let request = try Wire.read(
            .responses,
            #"""
            {"model":"m","instructions":"i","input":[{"role":"user","content":[{"type":"input_text","text":"q"},
            {"type":"input_image","image_url":"data:image/png;base64,AA==","detail":"high"}]},
            {"type":"reasoning","id":"rs","summary":[{"type":"summary_text","text":"t"}],"encrypted_content":"e"},
            {"type":"message","role":"assistant","content":[{"type":"output_text","text":"a","annotations":[]}]},
            {"type":"function_call","call_id":"c","name":"f","arguments":"{}"},
            {"type":"function_call_output","call_id":"c","output":"r"}],
            "max_output_tokens":7,"text":{"format":{"type":"json_object"},"verbosity":"high"},
            "reasoning":{"effort":"low","summary":"auto"},"tools":[{"type":"function","name":"f","parameters":null},
            {"type":"web_search"}],"tool_choice":{"type":"function","name":"f"},"include":["reasoning.encrypted_content"],
            "store":false,"truncation":"disabled","previous_response_id":"resp_0"}
            """#)
        #expect(request.messages.map(\.role) == [.system, .user, .assistant, .tool])
        #expect(request.messages[2].parts.count == 3)
        #expect(
            request.messages[2].parts[0].reasoning
                == Reasoning(text: "t", isSummary: true, encrypted: "e", id: "rs", format: .openAI))
        #expect(request.replyFormat == .object)
        #expect(request.reasoning.effort == .low)
        #expect(request.reasoning.summary == "auto")
        #expect(request.toolChoice == .named("f"))
        #expect(request.extras.map(\.name) == ["verbosity", "previous_response_id"])
    }

    @Test(arguments: ["data:image/png;base64,QUJD", "data:;base64,QUJD", "data:IMAGE/PNG;charset=x;base64,QUJD"])
    func dataAddressesAreTakenApart(url: String) throws {
        let media = try #require(ChatMedia(dataURL: url))
        #expect(media.source == .base64("QUJD"))
        #expect(media.mediaType == (url.contains(":;") ? nil : "image/png"))
        #expect(ChatMedia(dataURL: "data:text/plain,abc") == nil)
        #expect(ChatMedia(dataURL: "https://x") == nil)
    }
}
