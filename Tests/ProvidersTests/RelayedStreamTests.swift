import ChatModel
import Dialects
import Providers
import Testing

/// Streams that pass through as they came.
@Suite struct RelayedStreamTests {
    private func run(
        _ pieces: [[UInt8]], _ kind: ProviderKind = .openAI, _ dialect: ChatDialect = .chatCompletions,
        stripsUsage: Bool = false
    ) -> (output: [UInt8], stream: RelayedStream) {
        var stream = RelayedStream(from: Wire.endpoint(kind), dialect: dialect, stripsUsage: stripsUsage)
        var output: [UInt8] = []
        for piece in pieces {
            let passed = stream.receive(piece.span).bytes(of: piece.span)
            // Whole events only: a stream that breaks off leaves no half of one behind.
            if !passed.isEmpty { #expect(passed.suffix(2).elementsEqual([10, 10])) }
            output += passed
        }
        return (output + stream.end(), stream)
    }

    private func pieces(_ bytes: [UInt8], _ size: Int) -> [[UInt8]] {
        stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
    }

    @Test(arguments: [
        (ProviderKind.openAI, ChatDialect.chatCompletions, StreamSamples.completions),
        (.anthropic, .messages, StreamSamples.messages), (.openAI, .responses, StreamSamples.responses),
    ])
    func bytesPassUnchangedHoweverTheyAreSplit(kind: ProviderKind, dialect: ChatDialect, bytes: [UInt8]) {
        let all = [1, 2, 3, 5, 64, 1000, bytes.count].map { pieces(bytes, $0) }
        let cuts = (1..<bytes.count).map { [Array(bytes[..<$0]), Array(bytes[$0...])] }
        for pieces in all + cuts {
            let (output, stream) = run(pieces, kind, dialect)
            #expect(output == bytes)
            #expect(stream.failure == nil)
            #expect(stream.isComplete)
            #expect(stream.usage?.promptTokens == 10)
            #expect(stream.usage?.completionTokens == 5)
            #expect(stream.usage?.cachedTokens == 4)
            #expect(stream.model != nil)
            #expect(stream.id != nil)
        }
    }

    @Test func theUsageBesideAChoiceThatSaysNothingIsTakenOutToo() {
        // LiteLLM does so, and OpenRouter.
        let said = [
            #"{"id":"x","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""}}],"usage":null}"#,
            #"{"id":"x","model":"m","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}"#,
        ]
        let counted =
            #"{"id":"x","model":"m","choices":[{"index":0,"delta":{}}],"usage":{"prompt_tokens":1,"completion_tokens":2}}"#
        let (output, stream) = run(
            [StreamSamples.events(said + [counted, "[DONE]"])], .openAICompatible, stripsUsage: true)
        #expect(output == StreamSamples.events(said + ["[DONE]"]))
        #expect(stream.usage?.completionTokens == 2)
    }

    @Test func theUsageNobodyAskedForIsTakenOut() {
        let text = String(decoding: StreamSamples.completions, as: UTF8.self)
        let without =
            text.split(separator: "\n\n").filter { !$0.contains("prompt_tokens") }.joined(separator: "\n\n") + "\n\n"
        for size in [1, 3, 10_000] {
            let (output, stream) = run(pieces(StreamSamples.completions, size), stripsUsage: true)
            #expect(String(decoding: output, as: UTF8.self) == without)
            #expect(stream.usage?.promptTokens == 10)
        }
    }

    @Test(arguments: [
        (ProviderKind.openAI, ChatDialect.chatCompletions, StreamSamples.completions),
        (.anthropic, .messages, StreamSamples.messages), (.openAI, .responses, StreamSamples.responses),
    ])
    func aStreamThatBreaksOffIsAFailure(kind: ProviderKind, dialect: ChatDialect, bytes: [UInt8]) {
        for cut in 1..<(bytes.count / 2) {
            let (output, stream) = run([Array(bytes[..<cut])], kind, dialect)
            #expect(stream.failure != nil)
            #expect(!stream.isComplete)
            #expect(bytes.starts(with: output) || output.suffix(2).elementsEqual([10, 10]))
        }
        let (_, half) = run([Array(bytes[..<(bytes.count / 2)])], kind, dialect)
        #expect(half.failure?.code == .streamInterrupted)
    }

    @Test func anErrorEventIsNotPassedOn() {
        let chunk = #"{"id":"x","model":"m","choices":[{"index":0,"delta":{"content":"a \"error\": b"}}]}"#
        let good = StreamSamples.events([chunk, chunk])
        let bad = StreamSamples.events([#"{"error":{"message":"boom","code":"server_error"}}"#, chunk])
        let (output, stream) = run([good + bad])
        #expect(output == good)
        #expect(stream.failure?.code == .streamInterrupted)
        #expect(stream.failure?.providerMessage == "boom")
        let named = StreamSamples.named([#"{"type":"error","error":{"type":"overloaded_error","message":"x"}}"#])
        #expect(run([named], .anthropic, .messages).stream.failure?.code == .overloaded)
        let failed = StreamSamples.named([
            #"{"type":"response.failed","response":{"id":"r","error":{"code":"server_error","message":"x"}}}"#
        ])
        #expect(run([failed], .openAI, .responses).stream.failure?.code == .streamInterrupted)
    }

    @Test func aByteOrderMarkIsLeftOut() {
        let bytes = StreamSamples.completions
        for size in [1, 4, bytes.count + 3] {
            let (output, stream) = run(pieces([0xEF, 0xBB, 0xBF] + bytes, size))
            #expect(output == bytes)
            #expect(stream.isComplete)
        }
    }

    @Test func aUsageWithoutAListOfAnswersIsCounted() {
        let said = #"{"id":"x","model":"m","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}"#
        let counted = #"{"id":"x","usage":{"prompt_tokens":1,"completion_tokens":2}}"#
        let (_, stream) = run([StreamSamples.events([said, counted, "[DONE]"])], .openAICompatible)
        #expect(stream.failure == nil)
        #expect(stream.usage?.completionTokens == 2)
    }

    @Test func aForgottenDoneIsAdded() {
        let last = #"{"id":"x","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#
        let (output, stream) = run([Array("data: \(last)".utf8)])
        #expect(String(decoding: output, as: UTF8.self) == "data: \(last)\n\ndata: [DONE]\n\n")
        #expect(stream.isComplete)
    }

    @Test(arguments: [
        ("", ChatFailure.Code.invalidResponse), ("data: [DONE]\n\n", .invalidResponse),
        ("data: {\n\n", .invalidResponse),
        (": ping\n\n", .invalidResponse), ("<html></html>", .invalidResponse),
        (#"{"error":{"message":"no","code":404}}"#, .noProvider),
    ])
    func whatIsNoAnswerIsAFailure(text: String, code: ChatFailure.Code) {
        let (output, stream) = run([Array(text.utf8)])
        #expect(output.isEmpty || !output.elementsEqual("data: [DONE]\n\n".utf8))
        #expect(stream.failure?.code == code)
    }

    @Test func commentsPassOnceTheAnswerHasBegun() {
        let chunk =
            "data: " + #"{"id":"x","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"# + "\n\n"
        let (output, _) = run([Array((": WAIT\n\n" + chunk + ": PING\n\ndata: [DONE]\n\n").utf8)])
        #expect(String(decoding: output, as: UTF8.self) == chunk + ": PING\n\ndata: [DONE]\n\n")
    }
}
