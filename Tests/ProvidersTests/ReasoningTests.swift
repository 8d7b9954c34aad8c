import ChatModel
import Dialects
import HTTPMessages
import JSON
import Providers
import Testing

/// Thoughts, their proofs, and how much of them is asked for.
@Suite struct ReasoningTests {
    /// What a client that repeats an answer unchanged sends with its next question.
    private func repeated(_ reply: ChatReply, in dialect: ChatDialect) throws -> ChatRequest {
        var request = ChatRequest(model: "m", messages: [])
        request.dialect = dialect
        let body = try Wire.json(dialect.body(of: reply, for: request, as: Wire.identity))
        let next: JSONValue
        switch dialect {
        case .chatCompletions:
            next = [
                "model": "m",
                "messages": [body["choices"]?[0]?["message"] ?? nil, ["role": "user", "content": "go on"]],
            ]
        case .messages:
            next = [
                "model": "m", "max_tokens": 9,
                "messages": [
                    ["role": "assistant", "content": body["content"] ?? nil], ["role": "user", "content": "go on"],
                ],
            ]
        case .responses:
            next = [
                "model": "m",
                "input": .array((body["output"]?.arrayValue ?? []) + [["role": "user", "content": "go on"]]),
            ]
        }
        return try dialect.read(JSONWriter.bytes(of: next))
    }

    @Test(arguments: ChatDialect.allCases)
    func anthropicsProofComesBackToAnthropic(dialect: ChatDialect) throws {
        let reply = ChatReply(
            choices: [
                ChatReply.Choice(
                    parts: [
                        ChatPart(.reasoning(Reasoning(text: "t", signature: "s+/=", format: .anthropic))),
                        ChatPart(.reasoning(Reasoning(encrypted: "d", format: .anthropic))), .text("a"),
                    ], finishReason: .stop)
            ])
        let request = try repeated(reply, in: dialect)
        let call = try Wire.endpoint(.anthropic, model: "claude-opus-5").request(for: request, now: Wire.now)
        #expect(
            try Wire.json(call.body)["messages"]?[0]?["content"] == [
                ["type": "thinking", "thinking": "t", "signature": "s+/="], ["type": "redacted_thinking", "data": "d"],
                ["type": "text", "text": "a"],
            ])
        let bedrock = try Wire.endpoint(.bedrock, model: "anthropic.claude-opus-5").request(for: request, now: Wire.now)
        #expect(
            try Wire.json(bedrock.body)["messages"]?[0]?["content"]?[0]
                == ["reasoningContent": ["reasoningText": ["text": "t", "signature": "s+/="]]])
        // It proves nothing to anybody else, who is not shown it.
        let gemini = try Wire.endpoint(.gemini, model: "gemini-2.5-pro").request(for: request, now: Wire.now)
        #expect(gemini.adjustments == [.omitted("reasoning")])
        #expect(!String(decoding: gemini.body, as: UTF8.self).contains("s+/="))
    }

    @Test(arguments: ChatDialect.allCases)
    func googlesSignatureComesBackOnTheSameCall(dialect: ChatDialect) throws {
        let call = ToolCall(id: "c", name: "f", arguments: "{}", signature: "g=")
        let reply = ChatReply(
            choices: [ChatReply.Choice(parts: [ChatPart(.toolCall(call))], finishReason: .toolCalls)])
        let request = try repeated(reply, in: dialect)
        let sent = try Wire.endpoint(.gemini, model: "gemini-3-pro").request(for: request, now: Wire.now)
        #expect(try Wire.json(sent.body)["contents"]?[0]?["parts"]?[0]?["thoughtSignature"] == "g=")
        #expect(sent.adjustments.isEmpty)
    }

    @Test func aCallWithoutSignatureIsMarkedForTheNewerModels() throws {
        let sent = try Wire.call(.gemini, model: "gemini-3-pro", Wire.question)
        let parts = try Wire.json(sent.body)["contents"]?[1]?["parts"]
        #expect(parts?[0]?["thoughtSignature"] == "skip_thought_signature_validator")
        #expect(parts?[1]?["thoughtSignature"] == nil)
        #expect(sent.adjustments == [.approximated("thought_signature")])
    }

    @Test(arguments: ChatDialect.allCases)
    func openAIsHiddenThoughtsGoToNobodyElse(dialect: ChatDialect) throws {
        let hidden = Reasoning(encrypted: "e", id: dialect == .messages ? nil : "rs_9", format: .openAI)
        let reply = ChatReply(
            choices: [
                ChatReply.Choice(parts: [ChatPart(.reasoning(hidden)), .text("a")], finishReason: .stop)
            ])
        let request = try repeated(reply, in: dialect)
        let sent = try Wire.endpoint(.openAI, model: "o3-pro").request(for: request, now: Wire.now)
        #expect(try Wire.json(sent.body)["input"]?[0]?["encrypted_content"] == "e")
        let other = try Wire.endpoint(.anthropic, model: "claude-opus-5").request(for: request, now: Wire.now)
        #expect(try Wire.json(other.body)["messages"]?[0]?["content"] == [["type": "text", "text": "a"]])
        #expect(other.adjustments == [.omitted("reasoning")])
    }

    @Test(arguments: [
        #"{"type":"thinking","thinking":"t","signature":""}"#, #"{"type":"thinking","thinking":"t","signature": ""}"#,
        #"{"type":"redacted_thinking","data":"openai-responses-v1:data:e"}"#,
    ])
    func thoughtsOfOthersAreTakenOutOfWhatGoesToAnthropic(block: String) throws {
        let body =
            #"{"model":"a","max_tokens":9,"messages":[{"role":"assistant","content":[BLOCK,{"type":"text","text":"a"}]}]}"#
        let endpoint = Wire.endpoint(.anthropic, model: "claude-opus-5")
        let bytes = Array(body.replacing("BLOCK", with: block).utf8)
        #expect(try !endpoint.relays(RelayedRequest(bytes, dialect: .messages)))
        var call = try endpoint.request(for: ChatDialect.messages.read(bytes), now: Wire.now)
        #expect(try Wire.json(call.body)["messages"]?[0]?["content"] == [["type": "text", "text": "a"]])
        endpoint.forward(["anthropic-beta": "b"], of: .messages, to: &call)
        #expect(call.headers["anthropic-beta"] == "b")
        let own = Array(body.replacing("BLOCK", with: #"{"type":"thinking","thinking":"t","signature":"s"}"#).utf8)
        #expect(try endpoint.relays(RelayedRequest(own, dialect: .messages)))
    }

    /// What clients make of the pieces of a stream: texts are joined, whatever member they are of.
    @Test func thoughtsOfAStreamAddUpToWhatComesBack() throws {
        var request = ChatRequest(model: "m", messages: [])
        request.dialect = .chatCompletions
        var writer = AnswerStream(for: request, as: Wire.identity, requestID: "r")
        let bytes = writer.write(
            [
                .start(id: nil, model: nil), .reasoning("t", isSummary: false), .reasoning("u", isSummary: false),
                .reasoningSignature("s", .anthropic), .reasoning("v", isSummary: true),
                .encryptedReasoning(Reasoning(encrypted: "e", id: "rs_9", format: .openAI)),
            ].map { ChatEvent($0) })
        var sums: [Int64: [String: String]] = [:]
        for event in String(decoding: bytes, as: UTF8.self).split(separator: "\n\n") {
            let details = try JSONParser.parse(String(event.dropFirst(6)))["choices"]?[0]?["delta"]?[
                "reasoning_details"]
            for detail in details?.arrayValue ?? [] {
                let index = try #require(detail["index"]?.integerValue)
                for member in detail.objectValue?.members ?? [] {
                    guard let text = member.value.stringValue else { continue }
                    let isType = member.key == "type"
                    sums[Int64(index), default: [:]][member.key] =
                        isType ? text : (sums[Int64(index)]?[member.key] ?? "") + text
                }
            }
        }
        #expect(
            sums == [
                0: ["type": "reasoning.text", "text": "tu", "signature": "s", "format": "anthropic-claude-v1"],
                1: ["type": "reasoning.summary", "summary": "v"],
                2: ["type": "reasoning.encrypted", "data": "e", "id": "rs_9", "format": "openai-responses-v1"],
            ])
    }

    @Test func openAIsHiddenThoughtsComeBackToOpenAI() throws {
        let reply = ChatReply(
            choices: [
                ChatReply.Choice(
                    parts: [
                        ChatPart(
                            .reasoning(
                                Reasoning(text: "t", isSummary: true, encrypted: "e", id: "rs_9", format: .openAI))),
                        .text("a"),
                    ], finishReason: .stop)
            ])
        let request = try repeated(reply, in: .responses)
        let sent = try Wire.endpoint(.openAI, model: "o3-pro").request(for: request, now: Wire.now)
        #expect(
            try Wire.json(sent.body)["input"]?[0] == [
                "type": "reasoning", "id": "rs_9", "summary": [["type": "summary_text", "text": "t"]],
                "encrypted_content": "e",
            ])
    }

    @Test(arguments: [
        (
            ProviderKind.anthropic, "claude-opus-4-1", #""reasoning_effort":"medium","max_completion_tokens":10000"#,
            #"{"thinking":{"type":"enabled","budget_tokens":5000}}"#
        ),
        (
            .anthropic, "claude-opus-4-6", #""reasoning_effort":"high""#,
            #"{"thinking":{"type":"adaptive"},"output_config":{"effort":"high"}}"#
        ),
        (.anthropic, "claude-opus-5", #""reasoning_effort":"none""#, #"{"thinking":{"type":"disabled"}}"#),
        (
            .gemini, "gemini-2.5-pro", #""reasoning":{"max_tokens":2000}"#,
            #"{"generationConfig":{"thinkingConfig":{"thinkingBudget":2000,"includeThoughts":true}}}"#
        ),
        (
            .gemini, "gemini-3-pro", #""reasoning_effort":"low""#,
            #"{"generationConfig":{"thinkingConfig":{"thinkingLevel":"LOW","includeThoughts":true}}}"#
        ),
        (
            .bedrock, "us.anthropic.claude-sonnet-4-20250514-v1:0", #""reasoning_effort":"low","max_tokens":10000"#,
            #"{"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":2000}}}"#
        ),
        (
            .cohere, "command-a-reasoning", #""reasoning":{"max_tokens":500}"#,
            #"{"thinking":{"type":"enabled","token_budget":500}}"#
        ),
        (.openAI, "gpt-6", #""reasoning_effort":"minimal""#, #"{"reasoning_effort":"minimal"}"#),
        (
            .openRouter, "a/b", #""reasoning":{"max_tokens":500,"exclude":true}"#,
            #"{"reasoning":{"max_tokens":500,"exclude":true}}"#
        ),
    ])
    func effortIsSaidInEachProvidersWords(kind: ProviderKind, model: String, wish: String, expected: String) throws {
        let body = #"{"model":"a","messages":[{"role":"user","content":"q"}],"# + wish + "}"
        let sent = try Wire.json(try Wire.call(kind, model: model, body).body)
        let wanted = try #require(try JSONParser.parse(expected).objectValue)
        for member in wanted.members {
            guard case .object(let nested) = member.value, let found = sent[member.key] else {
                #expect(sent[member.key] == member.value)
                continue
            }
            for inner in nested.members { #expect(found[inner.key] == inner.value) }
        }
    }

    @Test(arguments: [
        (#""temperature":0"#, "temperature"), (#""top_k":5"#, "top_k"),
        (#""tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"required""#, "tool_choice"),
    ])
    func whatDoesNotGoWithThinkingIsRefused(member: String, parameter: String) {
        for model in ["claude-opus-4-1", "claude-opus-5"] {
            let body =
                #"{"model":"a","messages":[{"role":"user","content":"q"}],"reasoning_effort":"low","# + member + "}"
            #expect { try Wire.call(.anthropic, model: model, body) } throws: {
                ($0 as? Unsupported)?.parameter == parameter
            }
        }
    }

    @Test(arguments: [1024, 1500, 4000, 64_000])
    func aBudgetAlwaysLeavesRoomForTheAnswer(most: Int) throws {
        for effort in ["minimal", "low", "medium", "high", "xhigh", "max"] {
            let body =
                #"{"model":"a","messages":[{"role":"user","content":"q"}],"reasoning_effort":"\#(effort)","max_tokens":\#(most)}"#
            do {
                let sent = try Wire.json(try Wire.call(.anthropic, model: "claude-opus-4-1", body).body)
                let budget = try #require(sent["thinking"]?["budget_tokens"]?.integerValue)
                #expect(budget >= 1024 && budget < most)
            } catch let unsupported as Unsupported {
                #expect(most == 1024)
                #expect(unsupported.parameter == "reasoning_effort")
            }
        }
    }
}
