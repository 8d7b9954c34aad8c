import ChatModel
import Dialects
import JSON
import Providers
import Testing

/// How answers end that call tools: servers do not agree on it, and callers act on it.
@Suite struct CallEndTests {
    private static let call = #"{"index":0,"id":"c1","type":"function","function":{"name":"now","arguments":"{}"}}"#

    @Test func anAnswerWithCallsEndsWithThemWhateverTheServerSays() throws {
        let bytes = StreamSamples.events([
            #"{"id":"x","model":"g","choices":[{"index":0,"delta":{"tool_calls":[\#(Self.call)]},"finish_reason":null}]}"#,
            #"{"id":"x","model":"g","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#, "[DONE]",
        ])
        #expect(Told(Wire.steps(Wire.endpoint(.openAI), bytes)).finish == .toolCalls)
        let answer =
            #"{"choices":[{"message":{"content":null,"tool_calls":[\#(Self.call)]},"finish_reason":"stop"}]}"#
        let request = ChatRequest(model: "m", messages: [])
        let reply = try Wire.endpoint(.openAI).reply(Array(answer.utf8), to: request)
        let body = ChatDialect.messages.body(of: reply, for: request, as: Wire.identity)
        #expect(try Wire.json(body)["stop_reason"] == "tool_use")
    }
}
