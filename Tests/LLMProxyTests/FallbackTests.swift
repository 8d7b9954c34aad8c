import ChatModel
import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPServer
import HTTPTransfer
import Providers
import Scoring
import Spending
import Tenancy
import Testing
import WireAPI

@testable import LLMProxy

/// Who is asked when somebody fails, and who is left alone.
@Suite struct FallbackTests {
    /// `both` is at two deployments of one stage, `staged` at one and then at another.
    private static func options(_ choice: CallRoute.Choice = .ordered) -> ProxyRig.Options {
        ProxyRig.Options { options in
            options.routes = { name, port in
                let first = ProxyRig.deployment("first", port, weight: 3)
                let second = ProxyRig.deployment("second", port)
                switch name {
                case "both": return CallRoute(stages: [CallRoute.Stage(choice, [first, second])])
                case "staged":
                    return CallRoute(stages: [
                        CallRoute.Stage(.ordered, [first]), CallRoute.Stage(.ordered, [second]),
                    ])
                case "gone":
                    return CallRoute(stages: [
                        CallRoute.Stage(.ordered, [ProxyRig.deployment("gone", 1)]),
                        CallRoute.Stage(.ordered, [second]),
                    ])
                default: return CallRoute(first)
                }
            }
        }
    }

    private static func isFirst(_ body: [UInt8]) -> Bool {
        String(decoding: body, as: UTF8.self).contains("upstream-first")
    }

    @Test(arguments: ["both", "staged"], [false, true])
    func anotherOneAnswersWhereTheFirstFails(route: String, isStreaming: Bool) async throws {
        try await ProxyRig.run(Self.options()) { _, _, body in
            if Self.isFirst(body) { return Answer.text(500, "") }
            return isStreaming
                ? Answer.pieces([Answer.chunk, Answer.last, Answer.done]) : Answer.text(200, Answer.completion)
        } _: { rig in
            let (status, provider) =
                if isStreaming {
                    try await {
                        let it = try await rig.stream(route); return (it.status, it.headers[ProxyHeader.provider])
                    }()
                } else {
                    try await {
                        let it = try await rig.ask(route); return (it.status, it.headers[ProxyHeader.provider])
                    }()
                }
            #expect(status == 200)
            #expect(provider == "second")
            // In one stage the second is asked at once; the next stage comes after the retries of the first.
            #expect(rig.calls.count == (route == "both" ? 2 : 4))
        }
    }

    @Test func whatAFailedAttemptHasUsedIsPaidWithTheAnswer() async throws {
        let empty = #"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}"#
        try await ProxyRig.run(Self.options()) { _, _, body in
            Answer.text(200, Self.isFirst(body) ? empty : Answer.completion)
        } _: { rig in
            let once = try await rig.ask("gone")
            let twice = try await rig.ask("both")
            #expect(twice.status == 200 && twice.headers[ProxyHeader.provider] == "second")
            let (single, double) = (once.headers[ProxyHeader.cost], twice.headers[ProxyHeader.cost])
            #expect(single != nil && double != nil)
            #expect(single.flatMap { Int($0) }.map { $0 * 2 } == double.flatMap { Int($0) })
        }
    }

    @Test(arguments: [true, false])
    func anotherIsAskedOnlyWhenTheBudgetCoversBothAttempts(isEnough: Bool) async throws {
        let question = #"{"model":"both","max_tokens":5,"messages":[{"role":"user","content":"hi"}]}"#
        let worst = Tariff.test.worstCase(
            promptTokens: PromptSize(of: Array(question.utf8)).mostTokens, outputTokens: 5)
        let failed = Tariff.test.cost(of: TokenCounts(plainInput: 3, plainOutput: 4))
        let limit = Money(nanoDollars: worst.nanoDollars + failed.nanoDollars - (isEnough ? 0 : 1))
        let payer = GatewayFileTests.payer
        let budget = Budget(
            id: BudgetID(uuid: UUID()), organizationID: payer.organization, scope: .organization, period: .total,
            limit: limit, createdAt: Date())
        let options = ProxyRig.Options {
            $0.routes = Self.options().routes
            $0.budgets = [budget]
            $0.callers = .everybody(Caller(payer: payer))
        }
        let empty = #"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}"#
        try await ProxyRig.run(options) { _, _, body in
            Answer.text(200, Self.isFirst(body) ? empty : Answer.completion)
        } _: { rig in
            let answer = try await rig.post(question)
            #expect(rig.calls.count == (isEnough ? 2 : 1))
            #expect(answer.status == (isEnough ? 200 : 402), "\(answer.text)")
            let standing = try #require(rig.parts.budgets.standings(of: payer.organization).first)
            #expect(standing.spent.nanoDollars == failed.nanoDollars * (isEnough ? 2 : 1))
            #expect(standing.leased == .zero)
            #expect(standing.spent <= limit)
        }
    }

    @Test func serverThatIsGoneIsPassedOver() async throws {
        try await ProxyRig.run(Self.options()) { _, _, _ in
            Answer.text(200, Answer.completion)
        } _: { rig in
            let response = try await rig.ask("gone")
            #expect(response.status == 200)
            #expect(response.headers[ProxyHeader.provider] == "second")
        }
    }

    @Test func wrongRequestIsNotCarriedFromOneToTheNext() async throws {
        try await ProxyRig.run(Self.options()) { _, _, _ in
            Answer.text(400, #"{"error":{"message":"no such field"}}"#)
        } _: { rig in
            let response = try await rig.ask("both")
            #expect(response.status == 400)
            #expect(rig.calls.count == 1)
        }
    }

    @Test func nothingIsTriedAgainOnceTheCallerHasAPart() async throws {
        try await ProxyRig.run(Self.options()) { _, _, _ in
            HTTPResponse(
                status: 200,
                body: .stream { writer in
                    try await writer.write(Array(Answer.chunk.utf8))
                    // So that it is on its way before the connection is gone.
                    try await Loop.current?.sleep(for: .milliseconds(30))
                    throw HTTPClientGone()
                })
        } _: { rig in
            let stream = try await rig.stream("both")
            #expect(stream.text.hasPrefix(Answer.chunk + "data: {\"error\":{"))
            #expect(rig.calls.count == 1)
        }
    }

    @Test func openBreakerSparesTheProviderAndClosesAgainByATrial() async throws {
        let options = ProxyRig.Options {
            $0.settings.breaker.firstPause = .milliseconds(300)
            $0.settings.retries.attempts = 1
        }
        try await ProxyRig.run(options) { call, _, _ in
            call <= 5 ? Answer.text(500, "") : Answer.text(200, Answer.completion)
        } _: { rig in
            for _ in 0..<5 { _ = try await rig.ask() }
            let spared = try await rig.ask()
            #expect(spared.status == 503)
            #expect(spared.errorCode == "overloaded")
            #expect(spared.headers["retry-after"] == "1")
            #expect(rig.calls.count == 5)
            #expect(
                rig.metric(#"scorable_breaker_state{provider="acme",model="upstream-acme"}"#) == "2"
            )
            try await rig.loop.sleep(for: .milliseconds(310))
            for _ in 0..<3 {
                let answer = try await rig.ask()
                #expect(answer.status == 200)
            }
            #expect(
                rig.metric(#"scorable_breaker_state{provider="acme",model="upstream-acme"}"#) == "0"
            )
        }
    }

    @Test func openBreakerOfTheFirstLetsTheSecondAnswerAtOnce() async throws {
        try await ProxyRig.run(Self.options()) { _, _, body in
            Self.isFirst(body) ? Answer.text(500, "") : Answer.text(200, Answer.completion)
        } _: { rig in
            for _ in 0..<5 { _ = try await rig.ask("both") }
            let asked = rig.calls.count
            for _ in 0..<5 {
                let answer = try await rig.ask("both")
                #expect(answer.headers[ProxyHeader.provider] == "second")
            }
            #expect(rig.calls.count == asked + 5)
        }
    }

    @Test func weightsSayHowOftenEachIsAsked() async throws {
        try await ProxyRig.run(Self.options(.weighted)) { _, _, _ in
            Answer.text(200, Answer.completion)
        } _: { rig in
            for _ in 0..<400 { _ = try await rig.ask("both") }
            let first = rig.calls.all.count { Self.isFirst($0.body) }
            // Three of four; five standard deviations either way.
            #expect((257...343).contains(first), "\(first)")
        }
    }

    @Test func busyOneIsLeftForTheOtherByItsWeight() async throws {
        let areAllThere = Gate()
        try await ProxyRig.run(Self.options(.leastBusy)) { _, _, _ in
            while !areAllThere.isOpen { try await Loop.current?.sleep(for: .milliseconds(2)) }
            return Answer.text(200, Answer.completion)
        } _: { rig in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...8 {
                    group.addTask { _ = try await rig.ask("both") }
                    while rig.calls.count < number { try await rig.loop.sleep(for: .milliseconds(1)) }
                }
                areAllThere.open()
                try await group.waitForAll()
            }
            #expect(rig.calls.all.count { Self.isFirst($0.body) } == 6)
        }
    }

    @Test func drainedProviderGetsNoNewCallsUntilItIsBack() async throws {
        try await ProxyRig.run(Self.options()) { _, _, _ in
            Answer.text(200, Answer.completion)
        } _: { rig in
            let ordinary = try await rig.ask("both")
            #expect(ordinary.headers[ProxyHeader.provider] == "first")
            for isDrained in [true, false] {
                let wish = #"{"provider":"first","model":null,"is_drained":\#(isDrained)}"#
                let done = try await rig.post(wish, to: ProxyDrain.path)
                #expect(done.status == 204)
                let answer = try await rig.ask("both")
                #expect(answer.headers[ProxyHeader.provider] == (isDrained ? "second" : "first"))
                let alone = try await rig.ask("only-first")
                #expect(alone.status == (isDrained ? 503 : 200))
            }
        }
    }

    @Test func whatOneCannotDoAnotherMayBeAsked() async throws {
        let options = ProxyRig.Options { options in
            options.routes = { _, port in
                CallRoute(stages: [
                    CallRoute.Stage(
                        .ordered,
                        [
                            ProxyRig.deployment("anthropic", port, kind: .anthropic, model: "claude-sonnet-5"),
                            ProxyRig.deployment("acme", port),
                        ])
                ])
            }
        }
        try await ProxyRig.run(options) { _, request, _ in
            request.path.contains("messages") ? Answer.text(500, "") : Answer.text(200, Answer.completion)
        } _: { rig in
            let wish =
                #"{"model":"m","messages":[{"role":"user","content":"hi"}],"logit_bias":{"50256":-100},"n":2}"#
            let response = try await rig.post(wish)
            #expect(response.status == 200, "\(response.text)")
            #expect(response.headers[ProxyHeader.provider] == "acme")
            #expect(rig.calls.all.map(\.path) == ["/v1/chat/completions"])
        }
    }

    @Test func callerIsToldWhatNobodyCanDo() async throws {
        try await ProxyRig.run { _, _, _ in
            Answer.text(500, "")
        } _: { rig in
            let wish = #"{"model":"claude","messages":[{"role":"user","content":"hi"}],"logprobs":true}"#
            let response = try await rig.post(wish)
            #expect(response.status == 400 && response.errorCode == "invalid_request")
            #expect(response.text.contains("logprobs"))
            #expect(response.headers["x-should-retry"] == "false")
            #expect(rig.calls.count == 0)
        }
    }
}
