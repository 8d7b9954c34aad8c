import ChatModel
import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPServer
import HTTPTransfer
import Observability
import Providers
import Redis
import TestSupport
import Testing

@testable import LLMProxy

/// What proxies share: answers that are kept, and what operators have drained.
@Suite struct SharedThroughRedisTests {
    /// The models `kept` and `kept claude` keep their answers for a minute, and stand in for each other; nothing else is as
    /// usual with them.
    private static func run(
        _ script: @escaping ProxyRig.Script, on given: PrivateRedis? = nil, patience: Duration = .seconds(10),
        _ body: @escaping @Sendable (ProxyRig) async throws -> Void
    ) async throws {
        let server = if let given { given } else { try await PrivateRedis.start() }
        let redis = RedisClient(loops: TestLoops.group, settings: try RedisSettings(url: server.url))
        var settings = CacheSettings()
        // A machine that is busy with other things is not taken for a Redis that is away.
        settings.patience = patience
        let cache = ExactCache(redis: redis, settings: settings, metrics: Metrics())
        try await cache.prepare()
        let options = ProxyRig.Options { options in
            options.cache = cache
            options.settings.retries.attempts = 1
            options.routes = { name, port in
                var terms = RouteTerms()
                if name.hasPrefix("kept") { terms.answersKeptFor = .seconds(60) }
                var deployments = [
                    ProxyRig.deployment("acme", port),
                    ProxyRig.deployment("claude", port, kind: .anthropic, model: "claude-sonnet-5"),
                ]
                if name.hasSuffix("claude") { deployments.reverse() }
                return CallRoute(stages: deployments.map { CallRoute.Stage(.ordered, [$0]) }, terms: terms)
            }
        }
        try await ProxyRig.run(options, script, body)
        await redis.close()
    }

    private static let question = #"{"model":"kept","messages":[{"role":"user","content":"hi"}]}"#

    private func ask(
        _ rig: ProxyRig, _ body: String = Self.question, _ fields: [(String, String)] = []
    ) async throws -> InboundResponse {
        var request = rig.request(.post, "/v1/chat/completions", nil, body)
        request = request.with { headers in for (name, value) in fields { headers[name] = value } }
        return try await rig.client.send(request, bodyLimit: 1 << 20)
    }

    /// Asks until the answer comes from the cache: it is kept a moment after it was given.
    private func becomesKept(_ rig: ProxyRig, _ body: String = Self.question) async throws -> InboundResponse? {
        for _ in 0..<200 {
            let response = try await ask(rig, body)
            if response.headers[ProxyHeader.cache] == "hit" { return response }
            try await Loop.current?.sleep(for: .milliseconds(5))
        }
        return nil
    }

    @Test func callsGoOnWhileRedisIsAwayAndAnswersAreGivenAgainWhenItIsBack() async throws {
        let server = try await PrivateRedis.start()
        try await Self.run({ _, _, _ in Answer.text(200, Answer.completion) }, on: server, patience: .milliseconds(250))
        { rig in
            let before = try await becomesKept(rig)
            #expect(before != nil)
            for isFrozen in [true, false] {
                if isFrozen { server.freeze(true) } else { server.kill() }
                for _ in 0..<5 {
                    let began = Moment.now
                    let answer = try await ask(rig)
                    #expect(answer.status == 200)
                    #expect(began.duration(to: .now) < .seconds(2), "nobody waits for it for long")
                }
                if isFrozen { server.freeze(false) } else { try await server.restart() }
                let isBack = try await becomesTrue(within: .seconds(15)) {
                    try await ask(rig).headers[ProxyHeader.cache] == "hit"
                }
                #expect(isBack)
            }
        }
    }

    @Test func answerIsGivenAgainAndCostsNothing() async throws {
        try await Self.run { _, _, _ in
            Answer.text(200, Answer.completion)
        } _: { rig in
            let first = try await ask(rig)
            #expect(first.headers[ProxyHeader.cache] == "miss" && first.headers[ProxyHeader.cost] == "11000")
            let again = try #require(try await becomesKept(rig))
            #expect(again.text == first.text && again.headers[ProxyHeader.cost] == "0")
            #expect(again.headers[ProxyHeader.saved] == "11000" && again.headers[ProxyHeader.model] == "upstream-2026")
            let calls = rig.calls.count
            let fresh = try await ask(rig, Self.question, [(ProxyHeader.cache, "no-cache")])
            #expect(fresh.headers[ProxyHeader.cache] == "miss" && rig.calls.count == calls + 1)
            let unshared = try await ask(rig, Self.question, [(ProxyHeader.cache, "no-store")])
            #expect(unshared.headers[ProxyHeader.cache] == nil && rig.calls.count == calls + 2)
            let other = try await ask(
                rig, Self.question, [(ProxyHeader.organization, "018f0000-0000-7000-8000-000000000002")])
            #expect(other.headers[ProxyHeader.cache] == "miss", "what one organisation was told is no other's business")
            let unkept = try await ask(rig, Self.question.replacing("kept", with: "gpt"))
            #expect(unkept.headers[ProxyHeader.cache] == nil)
        }
    }

    @Test func answerOfAModelThatStandsInIsNotGivenAgain() async throws {
        let answers = DialectAnswers(caller: .chatCompletions, model: "claude", provider: .messages)
        try await Self.run { call, request, _ in
            if request.path.contains("messages") { return Answer.text(200, answers.completion) }
            return call == 1 ? Answer.text(500, "") : Answer.text(200, Answer.completion)
        } _: { rig in
            let first = try await ask(rig)
            #expect(first.status == 200 && first.headers[ProxyHeader.provider] == "claude", "\(first.text)")
            // From then on the one that was asked for is there, and its answers are what is kept.
            let kept = try await becomesKept(rig)
            #expect(kept?.headers[ProxyHeader.provider] == "acme")
        }
    }

    @Test func whatWasAdjustedIsToldAgain() async throws {
        let answers = DialectAnswers(caller: .chatCompletions, model: "claude", provider: .messages)
        let body = String(Self.question.dropLast() + #","metadata":{"a":"b"}}"#).replacing("kept", with: "kept claude")
        try await Self.run { _, _, _ in
            Answer.text(200, answers.completion)
        } _: { rig in
            let first = try await ask(rig, body)
            #expect(first.headers[ProxyHeader.adjusted] == "metadata=omitted", "\(first.text)")
            let again = try await becomesKept(rig, body)
            #expect(again?.headers[ProxyHeader.adjusted] == "metadata=omitted")
        }
    }

    @Test func streamIsGivenAgainAsItWas() async throws {
        let body = Self.question.dropLast() + #","stream":true}"#
        try await Self.run { _, _, _ in
            Answer.pieces([Answer.chunk, Answer.last, Answer.usage, Answer.done])
        } _: { rig in
            let first = try await ask(rig, String(body))
            let again = try #require(try await becomesKept(rig, String(body)))
            #expect(again.text == first.text && again.text.hasSuffix("data: [DONE]\n\n"))
            #expect(again.headers["content-type"]?.hasPrefix("text/event-stream") == true)
        }
    }

    @Test func streamThatBreaksOffIsNotKept() async throws {
        let body = String(Self.question.dropLast() + #","stream":true}"#)
        try await Self.run { _, _, _ in
            Answer.pieces([Answer.chunk], breaksOff: true)
        } _: { rig in
            for turn in 1...3 {
                let broken = try await ask(rig, body)
                #expect(broken.headers[ProxyHeader.cache] != "hit" && !broken.text.contains("[DONE]"))
                #expect(rig.calls.count == turn)
            }
        }
    }
}
