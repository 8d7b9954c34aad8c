import ChatModel
import Dialects
import JSON
import Providers
import Testing

/// Answers as each dialect's clients expect them.
@Suite struct DialectWritingTests {
    private func stream(
        _ dialect: ChatDialect, _ kinds: [ChatEvent.Kind], streamsUsage: Bool = true
    ) throws -> [JSONValue] {
        var request = ChatRequest(model: "alias", messages: [])
        request.dialect = dialect
        request.streamsUsage = streamsUsage
        var writer = AnswerStream(for: request, as: Wire.identity, requestID: "r-1")
        // In one call or in many, the bytes are the same.
        let whole = writer.write(kinds.map { ChatEvent($0) })
        var single = AnswerStream(for: request, as: Wire.identity, requestID: "r-1")
        #expect(kinds.flatMap { single.write([ChatEvent($0)]) } == whole)
        return try Self.documents(whole)
    }

    private static func documents(_ bytes: [UInt8]) throws -> [JSONValue] {
        try String(decoding: bytes, as: UTF8.self).split(separator: "\n\n").map { event in
            let lines = event.split(separator: "\n")
            let data = lines.first { $0.hasPrefix("data: ") }?.dropFirst(6) ?? ""
            let document: JSONValue = data == "[DONE]" ? "[DONE]" : try JSONParser.parse(String(data))
            if lines.count > 1 { #expect(document["type"]?.stringValue.map { "event: \($0)" } == String(lines[0])) }
            return document
        }
    }

    private static let answer: [ChatEvent.Kind] = [
        .start(id: "x", model: "real"), .usage(ChatUsage(promptTokens: 9, completionTokens: 1)),
        .text("a"), .text("b"), .finish(.length, stopSequence: nil),
        .usage(ChatUsage(promptTokens: 9, completionTokens: 4, cachedTokens: 3)), .end,
    ]

    @Test func completionsEndWithUsageAndDone() throws {
        let events = try stream(.chatCompletions, Self.answer)
        #expect(events.first?["choices"]?[0]?["delta"] == ["role": "assistant", "content": ""])
        #expect(events.compactMap { $0["choices"]?[0]?["delta"]?["content"]?.stringValue } == ["", "a", "b"])
        #expect(events.dropLast(2).last?["choices"]?[0]?["finish_reason"] == "length")
        #expect(events.dropLast().last?["choices"] == [])
        #expect(events.dropLast().last?["usage"]?["prompt_tokens_details"]?["cached_tokens"] == 3)
        #expect(events.last == "[DONE]")
        #expect(
            events.dropLast().allSatisfy { $0["model"] == "real" && $0["id"] == "chatcmpl-1" && $0["created"] == 5 })
        #expect(try stream(.chatCompletions, Self.answer, streamsUsage: false).allSatisfy { $0["usage"] == nil })
    }

    @Test func messagesBeginAndEndEveryBlock() throws {
        let events = try stream(.messages, Self.answer)
        #expect(
            events.map { $0["type"]?.stringValue } == [
                "message_start", "content_block_start", "content_block_delta", "content_block_delta",
                "content_block_stop", "message_delta", "message_stop",
            ])
        #expect(events[0]["message"]?["model"] == "real")
        #expect(events[5]["delta"]?["stop_reason"] == "max_tokens")
        #expect(events[5]["usage"]?["input_tokens"] == 6)
        #expect(events[5]["usage"]?["cache_read_input_tokens"] == 3)
        #expect(events[5]["usage"]?["output_tokens"] == 4)
    }

    @Test func responsesRepeatEverythingAtTheEnd() throws {
        let events = try stream(.responses, Self.answer)
        #expect(
            events.map { $0["type"]?.stringValue } == [
                "response.created", "response.in_progress", "response.output_item.added",
                "response.content_part.added", "response.output_text.delta", "response.output_text.delta",
                "response.output_text.done", "response.content_part.done", "response.output_item.done",
                "response.incomplete",
            ])
        #expect(events.enumerated().allSatisfy { $1["sequence_number"] == .integer(Int64($0)) })
        let response = events.last?["response"]
        #expect(response?["status"] == "incomplete")
        #expect(response?["incomplete_details"] == ["reason": "max_output_tokens"])
        #expect(response?["output"]?[0]?["content"]?[0]?["text"] == "ab")
        #expect(response?["usage"]?["input_tokens_details"]?["cached_tokens"] == 3)
    }

    /// Two calls whose pieces come mixed.
    private static let calls: [ChatEvent.Kind] = [
        .start(id: nil, model: nil), .toolCall(index: 0, id: "a", name: "f", signature: "sig"),
        .toolArguments(index: 0, "{\"x\""), .toolCall(index: 1, id: "b", name: "g", signature: nil),
        .toolArguments(index: 1, "{\"y\":"), .toolArguments(index: 0, ":1}"), .toolArguments(index: 1, "2}"),
        .finish(.toolCalls, stopSequence: nil), .end,
    ]

    @Test func callsThatComeMixedAreKeptApart() throws {
        let completions = try stream(.chatCompletions, Self.calls)
        let pieces = completions.compactMap { $0["choices"]?[0]?["delta"]?["tool_calls"]?[0] }
        for (index, arguments) in ["{\"x\":1}", "{\"y\":2}"].enumerated() {
            let mine = pieces.filter { $0["index"] == .integer(Int64(index)) }
            #expect(mine.compactMap { $0["function"]?["arguments"]?.stringValue }.joined() == arguments)
        }
        #expect(pieces.first?["extra_content"]?["google"]?["thought_signature"] == "sig")

        let messages = try stream(.messages, Self.calls)
        var open: JSONValue?
        var arguments: [String: String] = [:]
        var names: [String] = []
        for event in messages {
            switch event["type"]?.stringValue {
            case "content_block_start":
                #expect(open == nil)
                open = event["index"]
                names.append(event["content_block"]?["name"]?.stringValue ?? "")
            case "content_block_delta":
                #expect(event["index"] == open)
                arguments[names.last ?? "", default: ""] += event["delta"]?["partial_json"]?.stringValue ?? ""
            case "content_block_stop": open = nil
            default: break
            }
        }
        #expect(arguments == ["f": "{\"x\":1}", "g": "{\"y\":2}"])
        #expect(messages.dropLast().last?["delta"]?["stop_reason"] == "tool_use")

        let output = try stream(.responses, Self.calls).last?["response"]?["output"]
        #expect(output?[0]?["arguments"] == "{\"x\":1}")
        #expect(output?[1]?["arguments"] == "{\"y\":2}")
        #expect(output?[1]?["call_id"] == "b")
    }

    @Test func wordsAmongTheArgumentsOfACallTearNothingApart() throws {
        let kinds: [ChatEvent.Kind] = [
            .start(id: nil, model: nil), .toolCall(index: 0, id: "a", name: "f", signature: nil),
            .toolArguments(index: 0, "{\"x\""), .text("\n"), .toolArguments(index: 0, ":1}"), .text("b"),
            .finish(.toolCalls, stopSequence: nil), .end,
        ]
        let events = try stream(.messages, kinds)
        let deltas = events.compactMap { $0["delta"] }
        #expect(deltas.compactMap { $0["partial_json"]?.stringValue }.joined() == "{\"x\":1}")
        #expect(Set(deltas.compactMap { $0["text"]?.stringValue }) == ["\n", "b"])
        let blocks = events.filter { $0["type"] == "content_block_start" }.count
        #expect(events.filter { $0["type"] == "content_block_stop" }.count == blocks)
        let output = try stream(.responses, kinds).last?["response"]?["output"]
        #expect(output?[0]?["arguments"] == "{\"x\":1}")
        #expect(output?[1]?["content"]?[0]?["text"] == "\nb")
    }

    @Test func severalAnswersKeepTheirNumbers() throws {
        var request = ChatRequest(model: "m", messages: [])
        request.dialect = .chatCompletions
        var writer = AnswerStream(for: request, as: Wire.identity, requestID: "r")
        let events = try Self.documents(
            writer.write([
                ChatEvent(.start(id: nil, model: nil)), ChatEvent(.text("a"), choice: 0),
                ChatEvent(.text("b"), choice: 1), ChatEvent(.finish(.stop, stopSequence: nil), choice: 1),
                ChatEvent(.finish(.length, stopSequence: nil), choice: 0), ChatEvent(.end),
            ]))
        let choices = events.compactMap { $0["choices"]?[0] }
        #expect(choices.filter { $0["index"] == 1 }.first?["delta"]?["role"] == "assistant")
        #expect(choices.filter { $0["index"] == 1 }.last?["finish_reason"] == "stop")
        #expect(choices.filter { $0["index"] == 0 }.last?["finish_reason"] == "length")
    }

    @Test(arguments: ChatDialect.allCases)
    func aFailureIsTheLastEventAndNoEnd(dialect: ChatDialect) throws {
        let failure = ChatFailure(.streamInterrupted, "provider acme broke off", provider: "acme")
        let events = try stream(dialect, [.start(id: nil, model: nil), .text("a"), .failure(failure), .end])
        let text = "\(events)"
        #expect(text.contains("provider acme broke off"))
        #expect(text.contains("stream_interrupted"))
        #expect(!text.contains("[DONE]") && !text.contains("message_stop") && !text.contains("response.completed"))
        switch dialect {
        case .chatCompletions: #expect(events.last?["error"]?["code"] == "stream_interrupted")
        case .messages: #expect(events.last?["error"]?["type"] == "api_error")
        case .responses: #expect(events.last?["type"] == "error")
        }
    }

    @Test func overloadHasAnthropicsStatusForItsClients() {
        let failure = ChatFailure(.overloaded, "busy")
        #expect(ChatDialect.messages.status(of: failure) == 529)
        #expect(ChatDialect.chatCompletions.status(of: failure) == 503)
        #expect(ChatDialect.messages.status(of: ChatFailure(.rateLimited, "x")) == 429)
    }

    @Test func aModelThatDeclinesHasRefusedAlsoForAnthropicsClients() throws {
        let reply = ChatReply(content: nil, refusal: "no")
        let body = ChatDialect.messages.body(of: reply, for: ChatRequest(model: "m", messages: []), as: Wire.identity)
        #expect(try Wire.json(body)["stop_reason"] == "refusal")
        let events = try stream(
            .messages, [.start(id: nil, model: nil), .refusal("no"), .finish(.stop, stopSequence: nil), .end])
        #expect(events.dropLast().last?["delta"]?["stop_reason"] == "refusal")
    }

    @Test func argumentsThatAreNoObjectAreNotLost() throws {
        let reply = ChatReply(
            choices: [
                ChatReply.Choice(
                    parts: [ChatPart(.toolCall(ToolCall(id: "a", name: "f", arguments: "not json")))],
                    finishReason: .toolCalls)
            ])
        let body = ChatDialect.messages.body(of: reply, for: ChatRequest(model: "m", messages: []), as: Wire.identity)
        #expect(try Wire.json(body)["content"]?[0]?["input"] == ["text": "not json"])
    }
}
