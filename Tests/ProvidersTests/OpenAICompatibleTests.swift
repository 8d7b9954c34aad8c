import ChatModel
import HTTPMessages
import JSON
import Testing

@testable import Providers

@Suite struct OpenAICompatibleTests {
    private let upstream = Upstream(
        provider: "acme", model: "gpt-x", dialect: .openAICompatible(endpoint: "http://acme"),
        key: ProviderKey("sk-very-secret-key"))

    @Test(arguments: [
        ("http://host", "http://host/v1/chat/completions"), ("http://host/", "http://host/v1/chat/completions"),
        ("http://host:80/v1", "http://host:80/v1/chat/completions"),
        ("https://api.groq.com/openai/v1/", "https://api.groq.com/openai/v1/chat/completions"),
        ("https://h/v1beta/openai/", "https://h/v1beta/openai/chat/completions"),
        ("https://h/prefix", "https://h/prefix/v1/chat/completions"),
        ("https://v1.example.com", "https://v1.example.com/v1/chat/completions"),
        ("https://h/v1/chat/completions", "https://h/v1/chat/completions"),
    ])
    func endpointAcceptsEveryUsualBase(base: String, endpoint: String) {
        #expect(OpenAIRequest.endpoint(base: base) == endpoint)
    }

    @Test func bodyKeepsItsBytesButForTheModel() throws {
        let body = Array(#"{ "x" : 1.50, "model":"alias" ,"stream":false}"#.utf8)
        let sent = try OpenAIRequest.body(JSONScanner(body), model: "gpt-x", isStreaming: false)
        #expect(String(decoding: sent, as: UTF8.self) == #"{ "x" : 1.50, "model":"gpt-x" ,"stream":false}"#)
    }

    @Test(arguments: [
        (#"{"model":"a","stream":true}"#, #"{"model":"b","stream":true,"stream_options":{"include_usage":true}}"#),
        (
            #"{"model":"a","stream_options":{"include_obfuscation":false}}"#,
            #"{"model":"b","stream_options":{"include_obfuscation":false,"include_usage":true}}"#
        ),
        (
            #"{"model":"a","stream_options":{"include_usage":true}}"#,
            #"{"model":"b","stream_options":{"include_usage":true}}"#
        ),
        (#"{"model":"a","stream_options":null}"#, #"{"model":"b","stream_options":{"include_usage":true}}"#),
    ])
    func streamAlwaysAsksForItsUsage(body: String, sent: String) throws {
        let result = try OpenAIRequest.body(JSONScanner(Array(body.utf8)), model: "b", isStreaming: true)
        #expect(String(decoding: result, as: UTF8.self) == sent)
    }

    @Test(arguments: [
        (400, #"{"error":{"message":"bad","code":null}}"#, ChatFailure.Code.invalidRequest, false),
        (400, #"{"error":{"message":"x","code":"context_length_exceeded"}}"#, .contextLength, false),
        (400, #"{"error":{"message":"This model's maximum context length is 8 tokens"}}"#, .contextLength, false),
        (400, #"{"error":{"message":"x","code":"content_filter"}}"#, .refused, false),
        (401, #"{"error":{"message":"Incorrect API key"}}"#, .authentication, false),
        (402, "", .rateLimited, false), (404, #"{"detail":"no model"}"#, .noProvider, false),
        (408, "", .timeout, true), (422, #"{"error":"unprocessable"}"#, .invalidRequest, false),
        (429, #"{"error":{"code":"rate_limit_exceeded"}}"#, .rateLimited, true),
        (429, #"{"error":{"code":"insufficient_quota"}}"#, .rateLimited, false),
        (500, "<html>", .providerError, true), (503, "", .providerError, true), (504, "", .timeout, true),
        (301, "", .providerError, false),
    ])
    func statusAndBodyBecomeOneTaxonomy(status: Int, body: String, code: ChatFailure.Code, isTransient: Bool) {
        let failure = OpenAIFailure.read(
            status: status, headers: [:], body: Array(body.utf8), from: upstream, now: 0)
        #expect(failure.code == code)
        #expect(failure.isTransient == isTransient)
        #expect(failure.provider == "acme")
        #expect(failure.providerStatus == status)
    }

    @Test(arguments: [
        #"{"error":{"message":"no","param":"reasoning_effort"}}"#,
        #"{"error":{"message":"Unrecognized request argument supplied: reasoning_effort"}}"#,
    ])
    func parameterThatIsRefusedIsNamed(body: String) {
        let failure = OpenAIFailure.read(status: 400, headers: [:], body: Array(body.utf8), from: upstream, now: 0)
        #expect(failure.parameter == "reasoning_effort")
    }

    @Test func providersWordsAreBoundedAndWithoutSecrets() {
        let words = "Incorrect key sk-very-secret-key or sk-proj-abcdefghij,\n\u{1b}[31m eyJhbGciOiJIUzI1NiJ9.e30 "
        let failure = OpenAIFailure.read(
            status: 401, headers: [:], body: Array((words + String(repeating: "x ", count: 5000)).utf8), from: upstream,
            now: 0)
        let message = failure.providerMessage ?? ""
        #expect(message.hasPrefix("Incorrect key ‹redacted› or ‹redacted› "))
        #expect(!message.contains("secret") && !message.contains("proj") && !message.contains("eyJ"))
        #expect(message.count <= ProviderMessage.longest + 10)
        #expect(message.hasSuffix("…"))
        #expect("\(upstream)".contains("secret") == false)
    }

    @Test(
        arguments: [
            (["retry-after": "7"], Duration.seconds(7)),
            (["retry-after-ms": "250", "retry-after": "7"], .milliseconds(250)),
            (["retry-after": "1.5"], .milliseconds(1500)),
            (["Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT"], .seconds(37)),
            (["retry-after": "Wed, 29 Feb 2040 00:00:00 GMT"], nil), (["retry-after": "-1"], nil),
            (["retry-after": "soon"], nil), (["retry-after": "inf"], nil), (["retry-after": "nan"], nil), ([:], nil),
        ] as [([String: String], Duration?)])
    func retryAfterIsReadInAllItsForms(fields: [String: String], expected: Duration?) {
        var headers = HTTPHeaders()
        for (name, value) in fields { headers.add(name, value) }
        #expect(RetryAfterField.read(headers, now: 784_111_740) == expected)
    }

    @Test func replyIsCheckedAndItsUsageRead() throws {
        let body = #"{"choices":[{"message":{}}],"model":"gpt-x-2","usage":{"prompt_tokens":3,"completion_tokens":4}}"#
        let reply = try OpenAIReply(Array(body.utf8), from: upstream)
        #expect(reply.model == "gpt-x-2")
        #expect(reply.usage == ChatUsage(promptTokens: 3, completionTokens: 4))
    }

    @Test(arguments: [
        ("", ChatFailure.Code.invalidResponse), ("garbage", .invalidResponse), ("{}", .invalidResponse),
        (#"{"choices":[]}"#, .invalidResponse), (#"{"choices":"none"}"#, .invalidResponse), ("[1]", .invalidResponse),
        (#"{"error":{"message":"overloaded","code":429}}"#, .rateLimited),
        (#"{"error":{"message":"broken"}}"#, .providerError),
    ])
    func whatIsNoAnswerIsAFailure(body: String, code: ChatFailure.Code) {
        #expect { try OpenAIReply(Array(body.utf8), from: upstream) } throws: { ($0 as? ChatFailure)?.code == code }
    }
}
