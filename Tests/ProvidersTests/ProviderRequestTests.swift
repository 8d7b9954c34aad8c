import ChatModel
import HTTPMessages
import JSON
import Providers
import Testing

/// One question in the language of each provider.
@Suite struct ProviderRequestTests {
    @Test func imagesOfResultsAreShownByTheUserBehindThem() throws {
        let body = #"""
            {"model":"a","max_tokens":9,"messages":[{"role":"assistant","content":[
            {"type":"tool_use","id":"c1","name":"f","input":{}},{"type":"tool_use","id":"c2","name":"f","input":{}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":[
            {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA=="}}]},
            {"type":"tool_result","tool_use_id":"c2","content":"r"},{"type":"text","text":"and?"}]}]}
            """#
        let call = try Wire.endpoint(.openAI).request(for: Wire.read(.messages, body), now: Wire.now)
        let messages = try Wire.json(call.body)["messages"]?.arrayValue ?? []
        #expect(messages.map { $0["role"]?.stringValue } == ["assistant", "tool", "tool", "user", "user"])
        #expect(messages[1]["content"]?.stringValue != nil && messages[2]["content"] == "r")
        #expect(messages[3]["content"]?[0]?["text"]?.stringValue?.contains("c1") == true)
        #expect(messages[3]["content"]?[1]?["image_url"]?["url"] == "data:image/png;base64,AA==")
        #expect(messages[4]["content"] == "and?")
        #expect(call.adjustments == [.approximated("tool_result")])
    }

    @Test func whatAnthropicRefusesForItsFormIsPutIntoIt() throws {
        let call = try Wire.call(
            .anthropic,
            #"{"model":"a","messages":[{"role":"user","content":"q"},{"role":"assistant","content":""},{"role":"user","content":"r","cache_control":{"type":"ephemeral"}}],"tools":[{"type":"function","function":{"name":"f","parameters":{}}}]}"#
        )
        let sent = try Wire.json(call.body)
        #expect(
            sent["messages"] == [
                [
                    "role": "user",
                    "content": [
                        ["type": "text", "text": "q"],
                        ["type": "text", "text": "r", "cache_control": ["type": "ephemeral"]],
                    ],
                ]
            ])
        #expect(sent["tools"]?[0]?["input_schema"] == ["type": "object"])
    }

    @Test func openAIsIsOpenAIsOwn() throws {
        let call = try Wire.call(.openAI, model: "gpt-6", Wire.question)
        #expect(call.url == "https://api.openai.com/v1/chat/completions")
        #expect(call.headers["authorization"] == "Bearer sk-very-secret-key")
        #expect(call.adjustments.isEmpty)
        var expected = try Wire.json(Array(Wire.question.utf8))
        guard case .object(var members) = expected else { return }
        members["model"] = "gpt-6"
        expected = .object(members)
        #expect(try Wire.json(call.body) == expected)
    }

    @Test func anthropicsTakesResultsAndWordsInOneTurn() throws {
        let call = try Wire.call(.anthropic, model: "claude-sonnet-4-5", Wire.question)
        #expect(call.url == "https://api.anthropic.com/v1/messages")
        #expect(call.headers["x-api-key"] == "sk-very-secret-key")
        #expect(call.headers["anthropic-version"] == "2023-06-01")
        try expectJSON(
            call.body,
            #"""
            {"model":"claude-sonnet-4-5","max_tokens":100,"system":[{"type":"text","text":"Be brief."}],
            "messages":[
            {"role":"user","content":[{"type":"text","text":"What is this?"},
              {"type":"image","source":{"type":"base64","media_type":"image/png","data":"aGk="}}]},
            {"role":"assistant","content":[
              {"type":"tool_use","id":"c1","name":"weather","input":{"city":"Oslo"}},
              {"type":"tool_use","id":"c2","name":"weather","input":{"city":"Rome"}}]},
            {"role":"user","content":[
              {"type":"tool_result","tool_use_id":"c1","content":"{\"t\":3}"},
              {"type":"tool_result","tool_use_id":"c2","content":"warm"},
              {"type":"text","text":"Summarize."}]}],
            "tools":[{"name":"weather","description":"Weather","strict":true,
              "input_schema":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],
              "additionalProperties":false}}],"tool_choice":{"type":"auto"},"temperature":0.5,"top_p":0.9,"stop_sequences":["END"]}
            """#)
    }

    @Test func geminisNamesTheFunctionsOfResults() throws {
        let call = try Wire.call(.gemini, model: "gemini-2.5-flash", Wire.question)
        #expect(
            call.url
                == "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent")
        #expect(call.headers["x-goog-api-key"] == "sk-very-secret-key")
        try expectJSON(
            call.body,
            #"""
            {"systemInstruction":{"parts":[{"text":"Be brief."}]},
            "contents":[
            {"role":"user","parts":[{"text":"What is this?"},{"inlineData":{"mimeType":"image/png","data":"aGk="}}]},
            {"role":"model","parts":[
              {"functionCall":{"id":"c1","name":"weather","args":{"city":"Oslo"}}},
              {"functionCall":{"id":"c2","name":"weather","args":{"city":"Rome"}}}]},
            {"role":"user","parts":[
              {"functionResponse":{"id":"c1","name":"weather","response":{"t":3}}},
              {"functionResponse":{"id":"c2","name":"weather","response":{"result":"warm"}}},
              {"text":"Summarize."}]}],
            "tools":[{"functionDeclarations":[{"name":"weather","description":"Weather",
              "parametersJsonSchema":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}]}],
            "toolConfig":{"functionCallingConfig":{"mode":"VALIDATED"}},
            "generationConfig":{"temperature":0.5,"topP":0.9,"maxOutputTokens":100,"stopSequences":["END"]}}
            """#)
    }

    /// Tools that run side by side end in any order; Google tells several calls of one function apart by theirs.
    @Test func geminisResultsComeInTheOrderOfTheirCalls() throws {
        let first = #"{"role":"tool","tool_call_id":"c1","content":"{\"t\":3}"}"#
        let second = #"{"role":"tool","tool_call_id":"c2","content":"warm"}"#
        let swapped = Wire.question.replacing(first, with: "FIRST").replacing(second, with: first)
            .replacing("FIRST", with: second)
        #expect(swapped != Wire.question)
        #expect(try Wire.call(.gemini, swapped).body == Wire.call(.gemini, Wire.question).body)
    }

    @Test func vertexHasTheSameBodyAtAnotherAddress() throws {
        let endpoint = Wire.endpoint(.vertexAI, model: "gemini-2.5-pro")
        var request = try Wire.read(.chatCompletions, Wire.question)
        request.isStreaming = true
        let call = try endpoint.request(for: request, now: Wire.now)
        #expect(
            call.url == "https://europe-west4-aiplatform.googleapis.com/v1beta1/projects/p1/locations/europe-west4"
                + "/publishers/google/models/gemini-2.5-pro:streamGenerateContent?alt=sse")
        #expect(call.body == (try Wire.call(.gemini, model: "gemini-2.5-pro", Wire.question).body))
    }

    @Test func bedrocksIsConverse() throws {
        let call = try Wire.call(.bedrock, model: "anthropic.claude-sonnet-4-5-20250929-v1:0", Wire.question)
        #expect(
            call.url
                == "https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse"
        )
        #expect(call.headers["authorization"] == "Bearer sk-very-secret-key")
        try expectJSON(
            call.body,
            #"""
            {"system":[{"text":"Be brief."}],
            "messages":[
            {"role":"user","content":[{"text":"What is this?"},
              {"image":{"format":"png","source":{"bytes":"aGk="}}}]},
            {"role":"assistant","content":[
              {"toolUse":{"toolUseId":"c1","name":"weather","input":{"city":"Oslo"}}},
              {"toolUse":{"toolUseId":"c2","name":"weather","input":{"city":"Rome"}}}]},
            {"role":"user","content":[
              {"toolResult":{"toolUseId":"c1","content":[{"text":"{\"t\":3}"}]}},
              {"toolResult":{"toolUseId":"c2","content":[{"text":"warm"}]}},
              {"text":"Summarize."}]}],
            "toolConfig":{"tools":[{"toolSpec":{"name":"weather","description":"Weather","strict":true,"inputSchema":
              {"json":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],
              "additionalProperties":false}}}}],"toolChoice":{"auto":{}}},
            "inferenceConfig":{"maxTokens":100,"temperature":0.5,"topP":0.9,"stopSequences":["END"]}}
            """#)
    }

    @Test func coheresHasItsOwnNames() throws {
        let call = try Wire.call(.cohere, model: "command-a", Wire.question)
        #expect(call.url == "https://api.cohere.com/v2/chat")
        try expectJSON(
            call.body,
            #"""
            {"model":"command-a","messages":[
            {"role":"system","content":"Be brief."},
            {"role":"user","content":[{"type":"text","text":"What is this?"},
              {"type":"image_url","image_url":{"url":"data:image/png;base64,aGk="}}]},
            {"role":"assistant","tool_calls":[
              {"id":"c1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Oslo\"}"}},
              {"id":"c2","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Rome\"}"}}]},
            {"role":"tool","tool_call_id":"c1","content":"{\"t\":3}"},
            {"role":"tool","tool_call_id":"c2","content":"warm"},
            {"role":"user","content":"Summarize."}],
            "tools":[{"type":"function","function":{"name":"weather","description":"Weather",
              "parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}],
            "strict_tools":true,"max_tokens":100,"temperature":0.5,"p":0.9,"stop_sequences":["END"]}
            """#)
    }

    @Test func responsesTakeItems() throws {
        let question = Wire.question.replacing(#""stop":["END"],"#, with: "")
        let call = try Wire.call(.openAI, model: "o3-pro", question)
        #expect(call.url == "https://api.openai.com/v1/responses")
        try expectJSON(
            call.body,
            #"""
            {"model":"o3-pro","input":[
            {"type":"message","role":"system","content":[{"type":"input_text","text":"Be brief."}]},
            {"type":"message","role":"user","content":[{"type":"input_text","text":"What is this?"},
              {"type":"input_image","detail":"auto","image_url":"data:image/png;base64,aGk="}]},
            {"type":"function_call","call_id":"c1","name":"weather","arguments":"{\"city\":\"Oslo\"}"},
            {"type":"function_call","call_id":"c2","name":"weather","arguments":"{\"city\":\"Rome\"}"},
            {"type":"function_call_output","call_id":"c1","output":"{\"t\":3}"},
            {"type":"function_call_output","call_id":"c2","output":"warm"},
            {"type":"message","role":"user","content":[{"type":"input_text","text":"Summarize."}]}],
            "tools":[{"type":"function","name":"weather","description":"Weather","strict":true,
              "parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}],
            "tool_choice":"auto","max_output_tokens":100,"temperature":0.5,"top_p":0.9,
            "store":false,"include":["reasoning.encrypted_content"]}
            """#)
    }

    @Test(arguments: [
        (ProviderKind.mistral, "https://api.mistral.ai/v1/chat/completions", "max_tokens", "random_seed"),
        (.groq, "https://api.groq.com/openai/v1/chat/completions", "max_completion_tokens", "seed"),
        (.openRouter, "https://openrouter.ai/api/v1/chat/completions", "max_tokens", "seed"),
        (.vllm, "http://host:1/v1/chat/completions", "max_completion_tokens", "seed"),
        (.llamaCpp, "http://host:1/v1/chat/completions", "max_tokens", "seed"),
        (.ollama, "http://127.0.0.1:11434/v1/chat/completions", "max_tokens", "seed"),
        (.openAICompatible, "http://host:1/v1/chat/completions", "max_tokens", "seed"),
    ])
    func relativesOfOpenAIHaveTheirOwnNames(kind: ProviderKind, url: String, tokens: String, seed: String) throws {
        let call = try Wire.call(
            kind,
            #"{"model":"a","messages":[{"role":"user","content":"q"}],"max_completion_tokens":9,"seed":7,"stream":true}"#
        )
        #expect(call.url == url)
        let body = try Wire.json(call.body)
        #expect(body["model"] == "m")
        #expect(body[tokens] == 9)
        #expect(body[seed] == 7)
        #expect(body["stream"] == true)
        #expect(body["stream_options"] == (kind == .mistral ? nil : ["include_usage": true]))
        #expect(body["provider"] == (kind == .openRouter ? ["require_parameters": true] : nil))
    }

    @Test func mistralsMessagesHaveNoNamesAndBareSounds() throws {
        let call = try Wire.call(
            .mistral,
            #"{"model":"a","messages":[{"role":"user","name":"ada","content":[{"type":"input_audio","input_audio":{"data":"aGk=","format":"wav"}}]}]}"#
        )
        try expectJSON(
            call.body,
            #"{"model":"m","messages":[{"role":"user","content":[{"type":"input_audio","input_audio":"aGk="}]}]}"#)
        #expect(call.adjustments == [.omitted("name")])
    }

    @Test func azureNamesTheDeploymentInItsAddress() throws {
        var settings = Provider.Settings()
        settings.apiVersion = "2025-04-01-preview"
        let provider = Provider(
            .azureOpenAI, name: "az", baseURL: "https://x.openai.azure.com/", credential: .key(ProviderKey("k")),
            settings: settings)
        let request = ChatRequest(model: "a", messages: [ChatMessage(role: .user, content: "q")])
        let call = try ModelEndpoint(provider: provider, model: "my deploy").request(for: request, now: Wire.now)
        #expect(
            call.url
                == "https://x.openai.azure.com/openai/deployments/my%20deploy/chat/completions?api-version=2025-04-01-preview"
        )
        #expect(call.headers["api-key"] == "k")

        // The portal shows the address in several lengths.
        for path in ["", "/openai", "/openai/v1/"] {
            let newer = Provider(
                .azureOpenAI, name: "az", baseURL: "https://x.openai.azure.com" + path,
                credential: .accessToken(ProviderKey("t")))
            let second = try ModelEndpoint(provider: newer, model: "d").request(for: request, now: Wire.now)
            #expect(second.url == "https://x.openai.azure.com/openai/v1/chat/completions")
            #expect(second.headers["authorization"] == "Bearer t")
        }
    }
}
