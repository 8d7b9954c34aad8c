import ChatModel
import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPServer
import HTTPTransfer
import Synchronization
import Testing

@testable import LLMProxy

/// What providers do wrong, and what becomes of it.
@Suite struct ProviderFaultTests {
    @Test func failureThatPassesIsTriedAgain() async throws {
        try await ProxyRig.run() { call, _, _ in
            call < 3 ? Answer.text(call == 1 ? 500 : 429, "") : Answer.text(200, Answer.completion)
        } _: { rig in
            let response = try await rig.ask()
            #expect(response.status == 200)
            #expect(rig.calls.count == 3)
            #expect(rig.metric("scorable_llm_retries_total") == "2")
        }
    }

    @Test func retryAfterIsHonouredWithinTheDeadlineOnly() async throws {
        try await ProxyRig.run() { call, _, _ in
            call == 1 ? Answer.text(429, "", ["retry-after-ms": "200"]) : Answer.text(200, Answer.completion)
        } _: { rig in
            let started = Moment.now
            let response = try await rig.ask()
            #expect(response.status == 200)
            #expect(started.duration(to: .now) >= .milliseconds(200))
        }
        try await ProxyRig.run() { _, _, _ in
            Answer.text(429, "", ["retry-after": "7"])
        } _: { rig in
            let started = Moment.now
            let response = try await rig.ask(deadline: .seconds(2))
            #expect(started.duration(to: .now) < .seconds(1))
            #expect(response.status == 429)
            #expect(response.errorCode == "rate_limited")
            #expect(response.headers["retry-after"] == "7")
            #expect(rig.calls.count == 1)
        }
    }

    @Test(arguments: [
        (400, #"{"error":{"message":"bad field temperature","code":null}}"#, 400, "invalid_request", 1),
        (400, #"{"error":{"message":"m","code":"context_length_exceeded"}}"#, 400, "context_length", 1),
        (401, #"{"error":{"message":"Incorrect API key provided: sk-provider"}}"#, 502, "authentication", 1),
        (404, "", 404, "no_provider", 1),
        (429, #"{"error":{"code":"insufficient_quota"}}"#, 429, "insufficient_quota", 1),
        (429, "", 429, "rate_limited", 3), (500, "boom", 502, "provider_error", 3), (503, "", 503, "overloaded", 3),
        (200, "", 502, "invalid_response", 1), (200, "garbage", 502, "invalid_response", 1),
        (200, #"{"error":{"message":"no"}}"#, 502, "provider_error", 1),
        (302, "", 502, "provider_error", 1),
    ])
    func faultBecomesATypedAnswer(
        status: Int, body: String, ours: Int, code: String, attempts: Int
    ) async throws {
        try await ProxyRig.run() { _, _, _ in
            Answer.text(status, body)
        } _: { rig in
            let response = try await rig.ask()
            #expect(response.status == ours)
            #expect(response.errorCode == code)
            #expect(rig.calls.count == attempts)
            #expect(!String(decoding: response.body, as: UTF8.self).contains("sk-provider"))
            let stream = try await rig.stream()
            #expect(stream.status == ours)
            #expect(stream.text.contains(#""code":"\#(code)""#))
        }
    }

    @Test func silenceEndsBeforeTheCallersDeadline() async throws {
        let patient = ProxyRig.Options { $0.settings.reserve = .seconds(1) }
        try await ProxyRig.run(patient) { _, _, _ in
            try await Loop.current?.sleep(for: .seconds(60))
            return Answer.text(200, Answer.completion)
        } _: { rig in
            for isStreaming in [false, true] {
                let started = Moment.now
                let status: Int
                if isStreaming {
                    status = try await rig.stream(deadline: .seconds(4)).status
                } else {
                    let response = try await rig.ask(deadline: .seconds(4))
                    #expect(response.errorCode == "timeout")
                    status = response.status
                }
                #expect(status == 504)
                #expect(started.duration(to: .now) < .seconds(4))
            }
        }
    }

    @Test func callersInAHurryAreNoFaultOfTheProvidersAndPay() async throws {
        try await ProxyRig.run() { _, _, body in
            if String(decoding: body, as: UTF8.self).contains("slowly") {
                try await Loop.current?.sleep(for: .seconds(60))
            }
            return Answer.text(200, Answer.completion)
        } _: { rig in
            let question = #"{"model":"gpt","messages":[{"role":"user","content":"slowly"}]"#
            for number in 0..<8 {
                let body = number.isMultiple(of: 2) ? question + "}" : question + #","stream":true}"#
                let hurried = try await rig.post(body, deadline: .milliseconds(40))
                #expect(hurried.status == 504 && hurried.errorCode == "timeout", "\(hurried.text)")
            }
            // Nobody else is told that the model failed too often.
            let answer = try await rig.ask()
            #expect(answer.status == 200)
            #expect(rig.metric(#"scorable_llm_failures_total{code="timeout"}"#) == "8")
            // The questions were read, and cost what the provider takes for that.
            #expect(Int(rig.metric("scorable_llm_prompt_tokens_total") ?? "") ?? 0 > 8 * 10)
        }
    }

    @Test func anAnswerIsOverForTheCallerWhenTheProviderSaysSo() async throws {
        try await ProxyRig.run() { _, _, _ in
            HTTPResponse(
                status: 200,
                body: .stream { writer in
                    try await writer.write(Array((Answer.chunk + Answer.last + Answer.usage + Answer.done).utf8))
                    // And does not close.
                    try await Loop.current?.sleep(for: .seconds(600))
                })
        } _: { rig in
            let started = Moment.now
            let (_, text, _) = try await rig.stream()
            #expect(text.hasSuffix(Answer.done))
            #expect(started.duration(to: .now) < .seconds(30))
            #expect(rig.metric(#"scorable_llm_calls_total{ending="answered"}"#) == "1")
        }
    }

    @Test(arguments: DialectAnswers.all)
    func anAnswerInOnePieceIsAStreamForWhoAskedForOne(answers: DialectAnswers) async throws {
        try await ProxyRig.run() { _, _, _ in
            Answer.text(200, answers.completion)
        } _: { rig in
            let request = rig.request(.post, answers.path, .seconds(20), answers.request(isStreaming: true))
            let (status, text, headers) = try await ProxyRig.read(try await rig.client.open(request))
            #expect(status == 200 && headers["content-type"]?.hasPrefix("text/event-stream") == true)
            #expect(text.contains("\"hi\"") && text.contains(answers.properEnd), "\(text)")
            #expect(rig.metric("scorable_llm_completion_tokens_total") == "4")
        }
    }

    @Test(arguments: [true, false])
    func aRefusalWhoseWordsBreakOffIsOneAllTheSame(isStreaming: Bool) async throws {
        try await ProxyRig.run() { _, _, _ in
            HTTPResponse(
                status: 429, headers: ["content-length": "1000", "retry-after": "7"],
                body: .stream { writer in
                    try await writer.write(Array(#"{"error":{"mess"#.utf8))
                    throw HTTPClientGone()
                })
        } _: { rig in
            let stream = #"{"model":"gpt","messages":[{"role":"user","content":"hi"}],"stream":\#(isStreaming)}"#
            let response = try await rig.post(stream, deadline: .seconds(5))
            #expect(response.status == 429)
            #expect(response.errorCode == "rate_limited")
            #expect(response.headers["retry-after"] == "7")
        }
    }

    @Test func halfAnAnswerIsNone() async throws {
        try await ProxyRig.run() { _, _, _ in
            HTTPResponse(
                status: 200, headers: ["content-length": "1000"],
                body: .stream { writer in
                    try await writer.write(Array(Answer.completion.utf8))
                    throw HTTPClientGone()
                })
        } _: { rig in
            let response = try await rig.ask()
            #expect(response.status == 502)
            #expect(response.errorCode == "provider_error")
            #expect(rig.calls.count == 1)
        }
    }

    @Test(arguments: [true, false])
    func streamThatBreaksOffEndsInAnErrorEvent(isAbrupt: Bool) async throws {
        try await ProxyRig.run() { _, _, _ in
            HTTPResponse(
                status: 200,
                body: .stream { writer in
                    try await writer.write(Array((Answer.chunk + "data: {\"half").utf8))
                    // So that the first event is on its way before the connection is gone.
                    try await Loop.current?.sleep(for: .milliseconds(30))
                    if isAbrupt { throw HTTPClientGone() }
                })
        } _: { rig in
            let (status, text, _) = try await rig.stream()
            #expect(status == 200)
            #expect(text.hasPrefix(Answer.chunk + "data: {\"error\":{"))
            #expect(text.contains(#""code":"stream_interrupted""#))
            #expect(!text.contains("[DONE]") && !text.contains("half"))
            #expect(rig.metric(#"scorable_llm_failures_total{code="stream_interrupted"}"#) == "1")
        }
    }

    @Test func streamThatFallsSilentEndsInAnErrorEvent() async throws {
        let impatient = ProxyRig.Options { $0.settings.patience.idle = .milliseconds(150) }
        try await ProxyRig.run(impatient) { _, _, _ in
            Answer.silence()
        } _: { rig in
            let (_, text, _) = try await rig.stream()
            #expect(text.hasPrefix(Answer.chunk + "data: {\"error\":{"))
            #expect(text.contains(#""code":"timeout""#))
        }
    }

    @Test func streamThatOutlastsTheStopOfTheProxyEndsInAnErrorEvent() async throws {
        try await ProxyRig.run() { _, _, _ in
            Answer.silence()
        } _: { rig in
            let stream = try await rig.open()
            let first = try #require(try await stream.next())
            let stop = rig.loop.spawn { await rig.listener.drain(within: .milliseconds(50)) }
            let (_, rest, _) = try await ProxyRig.read(stream)
            await stop.value
            #expect(String(decoding: first, as: UTF8.self) == Answer.chunk)
            #expect(rest.hasPrefix("data: {\"error\":{") && rest.contains(#""code":"stream_interrupted""#))
            #expect(!rest.contains("[DONE]"))
            #expect(rig.metric(#"scorable_llm_failures_total{code="stream_interrupted"}"#) == "1")
        }
    }

    @Test func streamThatFailsBeforeItsFirstEventIsTriedAgain() async throws {
        try await ProxyRig.run() { call, _, _ in
            switch call {
            case 1: Answer.text(503, "")
            case 2: Answer.pieces(["data: {\"error\":{\"message\":\"overloaded\",\"code\":503}}\n\n"])
            default: Answer.pieces([Answer.chunk, Answer.last, Answer.done])
            }
        } _: { rig in
            let (status, text, _) = try await rig.stream()
            #expect(status == 200)
            #expect(text == Answer.chunk + Answer.last + Answer.done)
            #expect(rig.calls.count == 3)
        }
    }

    @Test func endlessAnswerIsCutOff() async throws {
        let narrow = ProxyRig.Options { $0.settings.responseBytes = 1 << 16 }
        try await ProxyRig.run(narrow) { _, _, _ in
            Answer.text(200, String(repeating: " ", count: 1 << 17))
        } _: { rig in
            let response = try await rig.ask()
            #expect(response.errorCode == "invalid_response")
        }
    }

    @Test func thousandFaultsLeaveNothingBehind() async throws {
        try await ProxyRig.run() { call, _, _ in
            switch call % 8 {
            case 0: Answer.text(500, "")
            case 1: Answer.text(429, "", ["retry-after": "60"])
            case 2: Answer.text(200, "garbage")
            case 3: Answer.text(200, "")
            case 4: Answer.pieces([Answer.chunk], breaksOff: true)
            case 5: Answer.pieces([Answer.chunk, Answer.last, Answer.done])
            case 6: Answer.text(200, Answer.completion)
            default:
                HTTPResponse(
                    status: 200, headers: ["content-length": "9"],
                    body: .stream { _ in throw HTTPClientGone() })
            }
        } _: { rig in
            func rounds(_ count: Int) async throws {
                for round in 0..<count {
                    if round.isMultiple(of: 2) {
                        _ = try await rig.ask(deadline: .seconds(5))
                    } else {
                        _ = try await rig.stream(deadline: .seconds(5))
                    }
                }
            }
            try await rounds(200)
            let before = ProcessCensus()
            try await rounds(1000)
            let after = ProcessCensus()
            // Other suites of this process come and go meanwhile; a leak would show by the hundred.
            #expect(after.descriptors < before.descriptors + 60)
            #expect(after.residentBytes < before.residentBytes + (16 << 20))
            #expect(rig.metric("scorable_http_requests_in_progress{listener=\"test\"}") == "0")
        }
    }
}
