import ChatModel
import Dialects
import JSON
import Testing

@Suite struct ChatModelTests {
    @Test func usageHoldsTogetherWhateverAProviderWrites() {
        let usage = ChatUsage(promptTokens: -5, completionTokens: 10, cachedTokens: 99, reasoningTokens: 11)
        #expect(usage == ChatUsage(promptTokens: 0, completionTokens: 10, cachedTokens: 0, reasoningTokens: 10))
        #expect((ChatUsage(promptTokens: .max, completionTokens: 0) + usage).promptTokens == ChatUsage.most)
    }

    @Test func requestIsWrittenInOpenAIsForm() {
        let request = ChatRequest(
            model: "m", messages: [ChatMessage(role: .user, content: "a \"quote\"\n")], maximumTokens: 7,
            temperature: 0,
            reasoningEffort: .low, replySchema: .init(name: "v", json: #"{"type":"object"}"#))
        let expected =
            #"{"model":"m","messages":[{"role":"user","content":"a \"quote\"\n"}],"max_completion_tokens":7,"#
            + #""temperature":0.0,"reasoning_effort":"low","response_format":{"type":"json_schema","json_schema":"#
            + #"{"name":"v","strict":true,"schema":{"type":"object"}}}}"#
        #expect(String(decoding: request.body(), as: UTF8.self) == expected)
    }

    @Test func replyReadsContentUsageAndReason() throws {
        let body = #"""
            {"id":"x","model":"gpt","choices":[{"index":0,"message":{"role":"assistant","content":"hi","refusal":null},
            "finish_reason":"length"}],"usage":{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13,
            "prompt_tokens_details":{"cached_tokens":3},"completion_tokens_details":{"reasoning_tokens":2}}}
            """#
        let reply = try ChatReply(body: Array(body.utf8))
        var expected = ChatReply(
            content: "hi", finishReason: .length, model: "gpt",
            usage: ChatUsage(promptTokens: 9, completionTokens: 4, cachedTokens: 3, reasoningTokens: 2))
        expected.id = "x"
        #expect(reply == expected)
    }

    @Test(arguments: ["", "{", "[]", #"{"choices":[]}"#, #"{"choices":[{}]}"#, #"{"error":{"message":"x"}}"#, "<html>"])
    func whatIsNoCompletionIsAnInvalidResponse(body: String) {
        #expect { try ChatReply(body: Array(body.utf8)) } throws: {
            ($0 as? ChatFailure)?.code == .invalidResponse
        }
    }

    @Test(arguments: ChatFailure.Code.allCases)
    func failureSurvivesTheWire(code: ChatFailure.Code) {
        let failure = ChatFailure(
            code, "what happened", provider: "acme", providerStatus: 418, providerMessage: "\"teapot\"",
            parameter: "temperature", isTransient: true)
        #expect(ChatFailure(status: code.status, body: failure.body(requestID: "r")) == failure)
    }

    @Test func foreignErrorBodyIsAProviderErrorWithItsStatus() {
        let failure = ChatFailure(status: 503, body: Array("Service Unavailable".utf8))
        #expect(failure.code == .providerError)
        #expect(failure.message == "the proxy answered 503 without an error body")
    }

    @Test func replyIsWrittenAsItIsRead() throws {
        let reply = ChatReply(
            content: "text", model: "demo", usage: ChatUsage(promptTokens: 1, completionTokens: 2))
        let body = ChatDialect.chatCompletions.body(
            of: reply, for: ChatRequest(model: "m", messages: []), as: AnswerIdentity(id: "i", created: 5))
        let read = try ChatReply(body: body)
        #expect(read.id == "chatcmpl-i")
        #expect(read.choices == reply.choices)
        #expect(read.usage == reply.usage)
        #expect(read.model == reply.model)
    }
}
