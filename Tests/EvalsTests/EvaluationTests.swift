import ChatModel
import Dialects
import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPServer
import HTTPTransfer
import JSON
import Scoring
import Synchronization
import Testing
import WireAPI

@testable import Evals

@Suite struct EvaluationTests {
    @Test func verdictComesBackWithAllThatIsKnownOfIt() async throws {
        try await ScriptedProxy.run { _, _, _ in
            .verdict(0.75)
        } _: { rig in
            let result = try #require(try await rig.evaluate().first)
            #expect(result.score == 0.75)
            #expect(result.justification == "because")
            #expect(result.failure == nil)
            #expect(result.confidence == nil)
            #expect(result.llmOutput == #"{"justification":"because","score":0.75}"#)
            #expect(result.renderedPrompt?.contains("Is [response] polite?") == true)
            #expect(result.model == "served")
            #expect(result.provider == "acme")
            #expect(result.usage == EvaluationReply.Usage(promptTokens: 10, completionTokens: 5))
            #expect(result.costNanodollars == 1000)
            #expect(result.attempts == 1)
            #expect(result.callMicroseconds > 0 && result.totalMicroseconds >= result.callMicroseconds)
        }
    }

    @Test func proxyIsToldWhoCallsAndHowLongItMayTake() async throws {
        let seen = Mutex<HTTPHeaders?>(nil)
        try await ScriptedProxy.run { _, request, _ in
            seen.withLock { $0 = request.headers }
            return .verdict(1)
        } _: { rig in
            _ = try await rig.evaluate(deadline: .seconds(10))
            let headers = try #require(seen.withLock { $0 })
            #expect(headers["authorization"] == "Bearer token")
            #expect(headers["x-scorable-organization"] == OrganizationFixture.one.uuidString.lowercased())
            #expect(headers["x-scorable-project"] == nil)
            let deadline = try #require(headers.all("x-scorable-deadline-ms").first.flatMap { Int($0) })
            #expect((8000...9900).contains(deadline))
            #expect(headers.all("x-scorable-deadline-ms").count == 1)
            #expect(headers["traceparent"] != nil)
            #expect(headers["x-request-id"] != nil)
        }
    }

    @Test func outOfRangeScoreIsRepairedOnceAndElseAFailureThatHasBeenPaidFor() async throws {
        try await ScriptedProxy.run { call, _, _ in
            .verdict(call == 2 ? 0.5 : 1.5)
        } _: { rig in
            let repaired = try #require(try await rig.evaluate().first)
            #expect(repaired.score == 0.5)
            #expect(repaired.attempts == 2)
            #expect(repaired.costNanodollars == 2000)
            #expect(repaired.usage == EvaluationReply.Usage(promptTokens: 20, completionTokens: 10))
            let failed = try #require(try await rig.evaluate().first)
            #expect(failed.score == nil)
            #expect(failed.failure?.code == "invalid_response")
            #expect(failed.failure?.message.contains("1.5 is not between 0 and 1") == true)
            #expect(failed.llmOutput?.contains("1.5") == true)
            #expect(failed.costNanodollars == 2000)
        }
    }

    @Test func fallBackModelAnswersWhereTheFirstFails() async throws {
        try await ScriptedProxy.run { _, _, body in
            guard body["model"] == "good" else {
                let failure = ChatFailure(.rateLimited, "busy", provider: "acme", providerStatus: 429)
                return HTTPResponse(status: 429, body: .bytes(failure.body(requestID: "r")))
            }
            return .verdict(1)
        } _: { rig in
            let result = try #require(try await rig.evaluate(models: [["bad", "worse", "good"]]).first)
            #expect(result.score == 1)
            #expect(result.attempts == 3)
            #expect(rig.calls.models == ["bad", "worse", "good"])
            let failed = try #require(try await rig.evaluate(models: [["bad"]]).first)
            #expect(failed.failure?.code == "rate_limited")
            #expect(failed.failure?.message == "model bad: busy (status 429)")
        }
    }

    @Test func refusedParameterIsLearnedForTheNextEvaluation() async throws {
        try await ScriptedProxy.run { _, _, body in
            guard body["reasoning_effort"] == nil else {
                let failure = ChatFailure(.invalidRequest, "no", parameter: "reasoning_effort")
                return HTTPResponse(status: 400, body: .bytes(failure.body(requestID: "r")))
            }
            return .verdict(1)
        } _: { rig in
            let first = try await rig.evaluate()
            // Not to think at all is refused, then to think a little.
            #expect(first.first?.attempts == 3)
            let second = try await rig.evaluate()
            #expect(second.first?.attempts == 1)
        }
    }

    @Test func oneEvaluatorThatFailsLeavesTheOthersTheirs() async throws {
        try await ScriptedProxy.run { _, _, body in
            switch body["model"]?.stringValue {
            case "broken": HTTPResponse(status: 500)
            case "garbage": .completion("no JSON here")
            default: .verdict(0.5)
            }
        } _: { rig in
            let models = [["ok"], ["broken"], ["ok"], ["garbage"], ["ok"]]
            let results = try await rig.evaluate(models: models)
            #expect(results.map(\.score) == [0.5, nil, 0.5, nil, 0.5])
            #expect(results.map(\.failure?.code) == [nil, "provider_error", nil, "invalid_response", nil])
        }
    }

    @Test func evaluatorsOfAJudgeRunSideBySideWithinTheirBound() async throws {
        let running = Mutex((now: 0, most: 0))
        var limits = EvaluationRoutes.Limits()
        limits.concurrency = 3
        try await ScriptedProxy.run(limits: limits) { _, _, _ in
            running.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
            }
            // Long enough for the others to arrive, which is what is counted.
            try await Loop.current?.sleep(for: .milliseconds(20))
            running.withLock { $0.now -= 1 }
            return .verdict(1)
        } _: { rig in
            let results = try await rig.evaluate(models: Array(repeating: ["m"], count: 10))
            #expect(results.count == 10 && results.allSatisfy { $0.score == 1 })
            #expect(running.withLock { $0.most } == 3)
        }
    }

    @Test func silentProxyIsATimeoutBeforeTheCallersDeadline() async throws {
        var limits = EvaluationRoutes.Limits()
        limits.reserve = .seconds(1)
        try await ScriptedProxy.run(limits: limits) { _, _, _ in
            try await Loop.current?.sleep(for: .seconds(60))
            return .verdict(1)
        } _: { rig in
            let started = ContinuousClock.now
            let results = try await rig.evaluate(models: [["a", "b"], ["a"]], deadline: .seconds(4))
            #expect(results.map(\.failure?.code) == ["timeout", "timeout"])
            #expect(started.duration(to: .now) < .seconds(4))
        }
    }

    @Test func proxyThatIsGoneIsUnavailable() async throws {
        let loops = TestLoops.group
        let proxy = ProxyClient(
            transfer: .init(loops: loops), url: "http://127.0.0.1:1", serviceToken: "token")
        let content = await loops.loops[0].run {
            await proxy.ask(
                ChatRequest(model: "m", messages: []),
                for: .init(organization: OrganizationFixture.one, project: nil, headers: [:]),
                until: .after(.milliseconds(400))
            ).content
        }
        guard case .unreachable = content else {
            Issue.record("\(content)")
            return
        }
    }

    @Test func callIsRefusedWithoutTheTokenOrWithoutSense() async throws {
        try await ScriptedProxy.run { _, _, _ in
            .verdict(1)
        } _: { rig in
            #expect(try await rig.post(Array("{}".utf8), token: "other").status == 401)
            let nonsense = try await rig.post(Array(#"{"organization_id":"x"}"#.utf8))
            #expect(nonsense.status == 400)
            #expect(String(decoding: nonsense.body, as: UTF8.self).contains("organization_id"))
            let unknown = try await rig.evaluate(behavior: "careless")
            #expect(unknown.first?.failure?.code == "invalid_input")
            #expect(rig.calls.all.isEmpty)
        }
    }

    @Test(arguments: [
        (500, "", "provider_error"), (200, "", "invalid_response"), (200, "garbage", "invalid_response"),
        (200, "{}", "invalid_response"), (200, #"{"choices":[{"message":{"content":null}}]}"#, "invalid_response"),
        (404, #"{"error":{"message":"m","code":"no_provider"}}"#, "no_provider"),
        (400, #"{"error":{"message":"m","code":"context_length"}}"#, "context_length"),
        (502, #"{"error":{"message":"m","code":"authentication"}}"#, "authentication"),
        (400, #"{"error":{"message":"m","code":"refused"}}"#, "refused"),
        (503, #"{"status":503,"error":{"message":"m","code":"unavailable"}}"#, "unavailable"),
    ])
    func everyFaultOfTheProxyIsATypedFailure(status: Int, body: String, code: String) async throws {
        try await ScriptedProxy.run { _, _, _ in
            HTTPResponse(status: status, body: .bytes(Array(body.utf8)))
        } _: { rig in
            let result = try #require(try await rig.evaluate().first)
            #expect(result.score == nil)
            #expect(result.failure?.code == code)
            #expect(result.failure.flatMap { EvaluationFailure.Code(rawValue: $0.code) } != nil)
        }
    }

    @Test func aProviderThatHasTooMuchToDoIsNotTakenForAProxyThatHas() async throws {
        try await ScriptedProxy.run { _, _, _ in
            HTTPResponse(
                status: 503, headers: [ProxyHeader.provider: "acme"],
                body: .bytes(Array(#"{"error":{"message":"acme has too much work","code":"overloaded"}}"#.utf8)))
        } _: { rig in
            let result = try #require(try await rig.evaluate().first)
            #expect(result.failure?.code == "rate_limited")
            #expect(result.failure?.message.contains("acme has too much work") == true)
            // The proxy has tried again as often as helps.
            #expect(rig.calls.all.count == 1)
        }
    }
}
