import ChatModel
import Dialects
import HTTPMessages
import JSON
import Providers
import Testing

/// What holds for every kind of provider, so that a new one cannot be forgotten.
@Suite struct ConformanceTests {
    @Test func everyKindHasARecordedAnswerAndStream() {
        let recorded = ServerSamples.all.map(\.kind) + ProviderStreamTests.samples.map(\.kind)
        #expect(Set(recorded) == Set(ProviderKind.allCases))
    }

    @Test(arguments: ServerSamples.all)
    func anAnswerIsTheSameInOnePieceAndAsAStream(sample: ServerSamples.Sample) throws {
        let endpoint = Wire.endpoint(sample.kind)
        let whole = try endpoint.reply(Array(sample.whole.utf8), to: ChatRequest(model: "m", messages: []))
        let events = Wire.steps(endpoint, sample.stream)
        let told = Told(events)
        #expect(events.last?.kind == .end)
        #expect(whole.content == "hi" && told.text == "hi")
        let reasoning = whole.choices[0].parts.compactMap(\.reasoning).map(\.text).joined()
        #expect(reasoning == sample.reasoning ?? "" && told.reasoning == reasoning)
        let call = ToolCall(id: "c1", name: "weather", arguments: #"{"city":"Oslo"}"#)
        #expect(whole.choices[0].parts.compactMap(\.toolCall) == [call])
        #expect(told.calls == [call])
        #expect(whole.finishReason == .toolCalls && told.finish == .toolCalls)
        let usage = ChatUsage(
            promptTokens: 10, completionTokens: 5, cachedTokens: sample.cached, reasoningTokens: sample.reasoned)
        #expect(whole.usage == usage && told.usage == usage)
        #expect(sample.logprobs == (whole.choices[0].logprobs?.map(\.chosen.token) == ["hi"]))
        #expect(sample.logprobs == (told.logprobs.map(\.chosen.token) == ["hi"]))
        guard sample.kind != .openAICompatible else { return }
        #expect(whole.id == "x1" && whole.model == "m-1")
        #expect(events.first?.kind == .start(id: "x1", model: "m-1"))
    }

    /// What passes through unread is watched as closely as what is translated.
    @Test(arguments: ServerSamples.all.filter { $0.kind != .vertexAI })
    func whatPassesByTellsTheSame(sample: ServerSamples.Sample) throws {
        let endpoint = Wire.endpoint(sample.kind)
        let whole = try RelayedReply(Array(sample.whole.utf8), dialect: .chatCompletions, from: endpoint)
        #expect(whole.usage?.promptTokens == 10 && whole.usage?.cachedTokens == sample.cached)
        var stream = RelayedStream(from: endpoint, dialect: .chatCompletions, stripsUsage: false)
        let passed = stream.receive(sample.stream.span).bytes(of: sample.stream.span) + stream.end()
        #expect(stream.isComplete && stream.failure == nil)
        #expect(stream.usage == whole.usage)
        #expect(passed.starts(with: sample.stream))
    }

    @Test(arguments: ProviderKind.allCases, ChatDialect.allCases)
    func everyQuestionIsAskedOrRefusedByName(kind: ProviderKind, dialect: ChatDialect) throws {
        let marks = ["seed": "4711", "user": "u-4711", "verbosity": "low", "n": "2", "top_k": "4711"]
        for (member, mark) in marks {
            let value = Int(mark).map(String.init) ?? "\"\(mark)\""
            let question =
                switch dialect {
                case .chatCompletions: #""messages":[{"role":"user","content":"q"}]"#
                case .messages: #""max_tokens":9,"messages":[{"role":"user","content":"q"}]"#
                case .responses: #""input":"q""#
                }
            let request: ChatRequest
            do {
                request = try Wire.read(dialect, #"{"model":"a",\#(question),"\#(member)":\#(value)}"#)
            } catch {
                // Refused by the dialect itself.
                continue
            }
            do {
                let call = try Wire.endpoint(kind).request(for: request, now: Wire.now)
                let body = String(decoding: call.body, as: UTF8.self)
                let isThere = body.contains(value)
                let isTold = call.adjustments.contains { $0.parameter == member }
                #expect(isThere || isTold, "\(member) is lost on its way to \(kind): \(body)")
            } catch let unsupported {
                #expect(unsupported.parameter == member)
            }
        }
    }

    /// How each wire language says that an answer was cut by a filter, and the words of one that declined itself.
    @Test(arguments: [
        (
            ProviderKind.openAI,
            StreamSamples.events([
                #"{"id":"x","model":"m","choices":[{"index":0,"delta":{"refusal":"I cannot"},"finish_reason":null}]}"#,
                #"{"id":"x","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"content_filter"}]}"#,
                "[DONE]",
            ])
        ),
        (
            .azureOpenAI,
            StreamSamples.events([
                #"{"id":"x","model":"m","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}"#,
                #"{"id":"x","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"content_filter","content_filter_results":{"hate":{"filtered":true,"severity":"high"}}}]}"#,
                "[DONE]",
            ])
        ),
        (
            .anthropic,
            StreamSamples.named([
                #"{"type":"message_start","message":{"id":"m","model":"c","content":[],"usage":{"input_tokens":1,"output_tokens":1}}}"#,
                #"{"type":"message_delta","delta":{"stop_reason":"refusal","stop_details":{"type":"refusal","category":"cyber"}},"usage":{"output_tokens":1}}"#,
                #"{"type":"message_stop"}"#,
            ])
        ),
        (
            .gemini,
            StreamSamples.events([
                #"{"candidates":[{"index":0,"content":{"parts":[{"text":"a"}]},"finishReason":"PROHIBITED_CONTENT"}]}"#
            ])
        ),
        (
            .bedrock,
            AmazonFrames.encode([
                ("messageStart", #"{"role":"assistant"}"#), ("messageStop", #"{"stopReason":"guardrail_intervened"}"#),
                ("metadata", #"{"usage":{"inputTokens":1,"outputTokens":0,"totalTokens":1}}"#),
            ])
        ),
        (
            .cohere,
            StreamSamples.events([
                #"{"type":"message-start","id":"x","delta":{}}"#,
                #"{"type":"message-end","delta":{"finish_reason":"ERROR_TOXIC"}}"#,
            ])
        ),
    ])
    func filtersAreToldAsSuch(kind: ProviderKind, stream: [UInt8]) {
        let events = Wire.steps(Wire.endpoint(kind), stream)
        #expect(Told(events).finish == .contentFilter)
        #expect(events.last?.kind == .end)
    }

    /// Ways in which servers say in the middle of an answer that it is none.
    @Test(arguments: [
        (ProviderKind.mistral, #"{"id":"x","choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}"#),
        (
            .groq,
            #"{"id":"x","choices":[{"index":0,"delta":{},"finish_reason":null}],"x_groq":{"id":"r","error":"over capacity"}}"#
        ),
        (.vllm, #"{"object":"error","message":"out of memory","type":"InternalServerError","code":500}"#),
        (
            .openRouter,
            #"{"id":"x","error":{"code":502,"message":"gone"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}"#
        ),
    ])
    func errorsInsideOfAStreamAreNeverACleanEnd(kind: ProviderKind, event: String) {
        let begun = #"{"id":"x","model":"m","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}"#
        let bytes = StreamSamples.events([begun, event, "[DONE]"])
        let events = Wire.steps(Wire.endpoint(kind), bytes)
        guard case .failure(let failure)? = events.last?.kind else {
            Issue.record("\(kind) ends with \(String(describing: events.last))")
            return
        }
        #expect(failure.code == .streamInterrupted)
        #expect(Told(events).text == "a")
        var relayed = RelayedStream(from: Wire.endpoint(kind), dialect: .chatCompletions, stripsUsage: false)
        let passed = relayed.receive(bytes.span).bytes(of: bytes.span) + relayed.end()
        #expect(relayed.failure?.code == .streamInterrupted)
        #expect(passed == StreamSamples.events([begun]))
    }

    @Test func anAnswerThatEndsWithAnErrorDoesNotPass() {
        let body = #"{"choices":[{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"error"}]}"#
        #expect {
            try RelayedReply(Array(body.utf8), dialect: .chatCompletions, from: Wire.endpoint(.mistral))
        } throws: { ($0 as? ChatFailure)?.code == .providerError }
    }
}
