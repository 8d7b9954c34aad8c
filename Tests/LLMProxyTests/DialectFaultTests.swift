import ChatModel
import EventLoop
import HTTPMessages
import HTTPServer
import HTTPTransfer
import JSON
import Testing

@testable import LLMProxy

/// Every fault of a provider, for callers of every dialect, at providers of the same dialect and of another.
@Suite struct DialectFaultTests {
    /// What the caller gets, whatever it asked for.
    private struct Outcome {
        let status: Int
        let text: String
        let headers: HTTPHeaders
    }

    private func ask(_ rig: ProxyRig, _ answers: DialectAnswers, isStreaming: Bool) async throws -> Outcome {
        let body = answers.request(isStreaming: isStreaming)
        var request = rig.request(.post, answers.path, .seconds(20), body)
        // Answers that are written here get their identifiers from it.
        request = request.with { $0.add("x-request-id", "the-same-for-all") }
        guard isStreaming else {
            let response = try await rig.client.send(request, bodyLimit: 1 << 20)
            return Outcome(status: response.status, text: response.text, headers: response.headers)
        }
        let stream = try await rig.client.open(request)
        let (status, text, headers) = try await ProxyRig.read(stream)
        return Outcome(status: status, text: text, headers: headers)
    }

    /// Whether a text is an error of the caller's dialect.
    private func isError(_ text: String, _ answers: DialectAnswers) throws -> Bool {
        let body = try JSONParser.parse(text)
        switch answers.caller {
        case .messages: return body["type"]?.stringValue == "error" && body["error"]?["message"]?.stringValue != nil
        case .chatCompletions, .responses: return body["error"]?["message"]?.stringValue != nil
        }
    }

    @Test(arguments: DialectAnswers.all)
    func answersArriveInTheCallersDialectWithTheirAccount(answers: DialectAnswers) async throws {
        try await ProxyRig.run { _, _, body in
            String(decoding: body, as: UTF8.self).contains(#""stream":true"#)
                ? Answer.pieces(answers.beginning + answers.ending) : Answer.text(200, answers.completion)
        } _: { rig in
            let whole = try await ask(rig, answers, isStreaming: false)
            #expect(whole.status == 200, "\(whole.text)")
            #expect(whole.text.contains("hi"))
            #expect(whole.headers[ProxyHeader.cost] == "11000")
            let stream = try await ask(rig, answers, isStreaming: true)
            #expect(stream.status == 200)
            #expect(stream.text.contains("hi") && stream.text.contains(answers.properEnd), "\(stream.text)")
            #expect(rig.metric("scorable_llm_prompt_tokens_total") == "6")
            #expect(rig.metric("scorable_llm_completion_tokens_total") == "8")
            #expect(rig.metric("scorable_llm_cost_nanodollars_total") == "22000")
        }
    }

    @Test(arguments: DialectAnswers.all, [400, 401, 404, 429, 500, 503, 529])
    func refusalIsAnErrorOfTheCallersDialect(answers: DialectAnswers, status: Int) async throws {
        let once = ProxyRig.Options { $0.settings.retries.attempts = 1 }
        try await ProxyRig.run(once) { _, _, _ in
            Answer.text(status, answers.error("no: sk-provider"), status == 429 ? ["retry-after": "7"] : [:])
        } _: { rig in
            for isStreaming in [false, true] {
                let outcome = try await ask(rig, answers, isStreaming: isStreaming)
                #expect(outcome.status >= 400, "\(outcome.text)")
                #expect(try isError(outcome.text, answers), "\(outcome.text)")
                #expect(!outcome.text.contains("sk-provider"))
                if status == 429 { #expect(outcome.headers["retry-after"] == "7") }
            }
            #expect(rig.metric(#"scorable_llm_calls_total{ending="failed"}"#) == "2")
        }
    }

    @Test(arguments: DialectAnswers.all)
    func passingFailureIsTriedAgain(answers: DialectAnswers) async throws {
        try await ProxyRig.run { call, _, body in
            if !call.isMultiple(of: 2) { return Answer.text(503, answers.error("busy")) }
            return String(decoding: body, as: UTF8.self).contains(#""stream":true"#)
                ? Answer.pieces(answers.beginning + answers.ending) : Answer.text(200, answers.completion)
        } _: { rig in
            for isStreaming in [false, true] {
                let outcome = try await ask(rig, answers, isStreaming: isStreaming)
                #expect(outcome.status == 200, "\(outcome.text)")
            }
            #expect(rig.calls.count == 4)
        }
    }

    @Test(arguments: DialectAnswers.all, ["", "garbage", "{}", #"{"error":{"message":"no"}}"#])
    func whatIsNoAnswerIsNeverPassedOnAsOne(answers: DialectAnswers, body: String) async throws {
        let once = ProxyRig.Options { $0.settings.retries.attempts = 1 }
        try await ProxyRig.run(once) { _, _, _ in
            Answer.text(200, body)
        } _: { rig in
            for isStreaming in [false, true] {
                let outcome = try await ask(rig, answers, isStreaming: isStreaming)
                #expect(outcome.status >= 500, "\(outcome.text)")
                #expect(try isError(outcome.text, answers))
            }
        }
    }

    enum Break: CaseIterable {
        case connectionLost, endedEarly, errorEvent, garbage, silence
    }

    @Test(arguments: DialectAnswers.all, Break.allCases)
    func streamThatBreaksOffNeverLooksComplete(answers: DialectAnswers, how: Break) async throws {
        let impatient = ProxyRig.Options { $0.settings.patience.idle = .milliseconds(150) }
        try await ProxyRig.run(impatient) { _, _, _ in
            HTTPResponse(
                status: 200, headers: ["content-type": "text/event-stream"],
                body: .stream { writer in
                    for piece in answers.beginning { try await writer.write(Array(piece.utf8)) }
                    // So that it is on its way before anything happens to the connection.
                    try await Loop.current?.sleep(for: .milliseconds(30))
                    switch how {
                    case .connectionLost: throw HTTPClientGone()
                    case .endedEarly: break
                    case .errorEvent: try await writer.write(Array(answers.errorEvent.utf8))
                    case .garbage:
                        try await writer.write(Array("data: {\"choices\":[{\"finish_reason\": oops}]}\n\n".utf8))
                        try await writer.write(Array("event: message_delta\ndata: oops\n\n".utf8))
                    case .silence: try await Loop.current?.sleep(for: .seconds(30))
                    }
                })
        } _: { rig in
            let outcome = try await ask(rig, answers, isStreaming: true)
            #expect(outcome.status == 200)
            #expect(outcome.text.contains("hi"))
            #expect(outcome.text.contains("error"), "\(outcome.text)")
            #expect(!outcome.text.contains(answers.properEnd), "\(outcome.text)")
            let code = how == .silence ? "timeout" : "stream_interrupted"
            #expect(rig.metric(#"scorable_llm_failures_total{code="\#(code)"}"#) == "1", "\(outcome.text)")
            #expect(rig.metric(#"scorable_llm_calls_total{ending="answered"}"#) == "0")
            // What had come is paid for, as far as it is known.
            #expect(rig.metric("scorable_llm_cost_nanodollars_total") != "0")
        }
    }

    @Test(arguments: DialectAnswers.all)
    func streamSplitAtEveryByteIsTheSameStream(answers: DialectAnswers) async throws {
        let whole = (answers.beginning + answers.ending).joined()
        try await ProxyRig.run { call, _, _ in
            call == 1
                ? Answer.pieces([whole])
                : HTTPResponse(
                    status: 200,
                    body: .stream { writer in
                        for byte in whole.utf8 {
                            try await writer.write([byte])
                            if byte == 10 { try await Loop.current?.sleep(for: .milliseconds(1)) }
                        }
                    })
        } _: { rig in
            func words(_ text: String) -> [Substring] {
                // Seconds may differ from one answer to the next.
                text.split(separator: "\n").filter { !$0.contains("created") }
            }
            let first = try await ask(rig, answers, isStreaming: true)
            let second = try await ask(rig, answers, isStreaming: true)
            #expect(words(first.text) == words(second.text))
            #expect(rig.metric("scorable_llm_completion_tokens_total") == "8")
        }
    }

    @Test(arguments: DialectAnswers.all)
    func callerThatIsNotKnownIsToldInItsDialect(answers: DialectAnswers) async throws {
        try await ProxyRig.run { _, _, _ in
            Answer.text(200, answers.completion)
        } _: { rig in
            var request = rig.request(.post, answers.path, nil, answers.request(isStreaming: false))
            request = request.with { $0["authorization"] = "Bearer wrong" }
            let response = try await rig.client.send(request, bodyLimit: 1 << 20)
            #expect(response.status == 401)
            #expect(try isError(response.text, answers))
            #expect(rig.calls.count == 0)
        }
    }
}
