import ChatModel
import Dialects
import EventLoop
import HTTPMessages
import HTTPServer
import HTTPTransfer
import JSON
import Providers
import Synchronization
import Testing

@testable import LLMProxy

@Suite struct ChatCompletionsTests {
    @Test func answerIsPassedOnByteByByteWithItsAccount() async throws {
        try await ProxyRig.run() { _, _, _ in
            Answer.text(200, Answer.completion)
        } _: { rig in
            let body = #"{ "model" : "gpt" , "messages":[],"temperature":0.50 }"#
            let response = try await rig.post(body)
            #expect(response.status == 200)
            #expect(response.body == Array(Answer.completion.utf8))
            #expect(response.headers[ProxyHeader.model] == "upstream-2026")
            #expect(response.headers[ProxyHeader.provider] == "acme")
            #expect(response.headers[ProxyHeader.cost] == "11000")
            let call = try #require(rig.calls.all.first)
            #expect(call.headers["authorization"] == "Bearer sk-provider")
            #expect(call.headers[ProxyHeader.organization] == nil)
            let sent = #"{ "model" : "upstream-acme" , "messages":[],"temperature":0.50 }"#
            #expect(String(decoding: call.body, as: UTF8.self) == sent)
            #expect(rig.metric("scorable_llm_prompt_tokens_total") == "3")
            #expect(rig.metric("scorable_llm_cost_nanodollars_total") == "11000")
        }
    }

    @Test func streamIsPassedOnAndItsUsageCounted() async throws {
        try await ProxyRig.run() { _, _, _ in
            Answer.pieces([": busy\n\n", Answer.chunk, Answer.last + Answer.usage, Answer.done])
        } _: { rig in
            let (status, text, headers) = try await rig.stream()
            #expect(status == 200)
            #expect(text == Answer.chunk + Answer.last + Answer.done)
            #expect(headers["content-type"] == "text/event-stream; charset=utf-8")
            #expect(headers[ProxyHeader.provider] == "acme")
            let sent =
                #"{"model":"upstream-acme","messages":[{"role":"user","content":"hi"}],"stream":true,"#
                + #""stream_options":{"include_usage":true}}"#
            #expect(rig.calls.all.first.map { String(decoding: $0.body, as: UTF8.self) } == sent)
            let asked = try await rig.stream(options: #","stream_options":{"include_usage":true}"#)
            #expect(asked.text == Answer.chunk + Answer.last + Answer.usage + Answer.done)
            #expect(rig.metric("scorable_llm_completion_tokens_total") == "8")
        }
    }

    @Test func firstEventLeavesBeforeTheLastHasCome() async throws {
        let release = Atomic<Bool>(false)
        try await ProxyRig.run() { _, _, _ in
            .init(
                status: 200,
                body: .stream { writer in
                    try await writer.write(Array(Answer.chunk.utf8))
                    while !release.load(ordering: .relaxed) { try await Loop.current?.sleep(for: .milliseconds(2)) }
                    try await writer.write(Array((Answer.last + Answer.done).utf8))
                })
        } _: { rig in
            let stream = try await rig.open()
            #expect(try await stream.next() == Array(Answer.chunk.utf8))
            release.store(true, ordering: .relaxed)
            var rest: [UInt8] = []
            while let piece = try await stream.next() { rest += piece }
            #expect(rest == Array((Answer.last + Answer.done).utf8))
        }
    }

    @Test func demonstrationAnswersAndIsNamedEverywhere() async throws {
        try await ProxyRig.run() { _, _, _ in
            Answer.text(500, "")
        } _: { rig in
            let response = try await rig.ask("root")
            #expect(response.status == 200)
            #expect(response.headers[ProxyHeader.model] == "demo/heuristic")
            #expect(response.headers[ProxyHeader.provider] == "demo")
            #expect(response.headers[ProxyHeader.cost] == "0")
            let reply = try ChatReply(body: response.body)
            #expect(reply.model == "demo/heuristic")
            #expect(reply.content?.contains("demonstration") == true)
            let stream = try await rig.stream("root")
            #expect(stream.text.contains("demo/heuristic") && stream.text.hasSuffix(Answer.done))
            let models = try await rig.get("/v1/models")
            let list =
                #"{"object":"list","data":[{"id":"root","object":"model","created":0,"owned_by":"demo","#
                + #""answered_by":"demo/heuristic"}]}"#
            #expect(String(decoding: models.body, as: UTF8.self) == list)
            #expect(rig.calls.count == 0)
        }
    }

    @Test(arguments: [
        ("", 400, "invalid_request"), ("[]", 400, "invalid_request"), (#"{"messages":[]}"#, 400, "invalid_request"),
        (#"{"model":7}"#, 400, "invalid_request"), (#"{"model":"unknown"}"#, 404, "no_provider"),
        (#"{"model":"broken"}"#, 502, "provider_error"), (#"{"model":"sealed"}"#, 502, "authentication"),
        (#"{"model":"gone"}"#, 502, "provider_error"), (#"{"model":"root"}"#, 400, "invalid_request"),
    ])
    func callThatCannotBeMadeIsAnsweredInOpenAIsForm(body: String, status: Int, code: String) async throws {
        try await ProxyRig.run() { _, _, _ in
            Answer.text(200, Answer.completion)
        } _: { rig in
            let response = try await rig.post(body)
            #expect(response.status == status)
            #expect(response.errorCode == code)
            let json = try JSONParser.parse(response.body)
            #expect(json["error"]?["message"]?.stringValue?.isEmpty == false)
            #expect(json["error"]?["request_id"]?.stringValue == response.headers["x-request-id"])
        }
    }

    @Test func callerThatLeavesCancelsTheProvidersWork() async throws {
        let ended = Atomic<Int>(0)
        try await ProxyRig.run() { _, _, _ in
            .init(
                status: 200,
                body: .stream { writer in
                    defer { ended.wrappingAdd(1, ordering: .relaxed) }
                    while true {
                        try await writer.write(Array(Answer.chunk.utf8))
                        try await Loop.current?.sleep(for: .milliseconds(2))
                    }
                })
        } _: { rig in
            let stream = try await rig.open()
            _ = try await stream.next()
            stream.cancel()
            let patience = Deadline.after(.seconds(5))
            while ended.load(ordering: .relaxed) == 0, !patience.hasPassed {
                try await rig.loop.sleep(for: .milliseconds(5))
            }
            #expect(ended.load(ordering: .relaxed) == 1)
            while rig.metric(#"scorable_llm_calls_total{ending="abandoned"}"#) == "0", !patience.hasPassed {
                try await rig.loop.sleep(for: .milliseconds(5))
            }
            #expect(rig.metric(#"scorable_llm_calls_total{ending="abandoned"}"#) == "1")
        }
    }

    @Test func silentProviderOccupiesOnlyItsOwnShare() async throws {
        try await ProxyRig.run(
            ProxyRig.Options {
                $0.callsAtOnce = 4
                $0.waiting = 0
            }
        ) { _, _, body in
            guard !String(decoding: body, as: UTF8.self).contains("upstream-acme") else {
                try await Loop.current?.sleep(for: .seconds(60))
                return Answer.text(500, "")
            }
            return Answer.text(200, Answer.completion)
        } _: { rig in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask { _ = try await rig.ask(deadline: .seconds(20)) }
                }
                while rig.calls.count < 4 { try await rig.loop.sleep(for: .milliseconds(2)) }
                let refused = try await rig.ask(deadline: .seconds(20))
                #expect(refused.status == 429)
                #expect(refused.errorCode == "rate_limited")
                #expect(refused.headers["retry-after"] == "1")
                for _ in 0..<20 {
                    let answer = try await rig.ask("other")
                    #expect(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
                }
                group.cancelAll()
            }
        }
    }

    @Test func strangerIsNotServed() async throws {
        try await ProxyRig.run() { _, _, _ in
            Answer.text(200, Answer.completion)
        } _: { rig in
            let response = try await rig.get("/v1/chat/completions")
            #expect(response.status == 405)
        }
    }
}
