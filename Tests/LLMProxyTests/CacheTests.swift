import EventLoop
import FoundationEssentials
import Observability
import Redis
import Scoring
import Tenancy
import TestSupport
import Testing

@testable import LLMProxy

/// Answers that are given again.
@Suite struct CacheTests {
    private static let organization = OrganizationID(uuid: UUID(high: 1, low: 1))

    /// Patient, so that a machine that is busy with other things is not taken for a Redis that is away.
    private static let patient: CacheSettings = {
        var settings = CacheSettings()
        settings.patience = .seconds(10)
        return settings
    }()

    private func place(
        _ body: String, _ organization: OrganizationID = Self.organization, dispensable: String = "",
        endpoint: String = "/v1/chat/completions", provider: String = "acme", model: String = "m",
        fields: [String] = []
    ) -> CacheKey? {
        CacheKey(
            CacheKey.Question(
                organization: organization, dispensable: dispensable, endpoint: endpoint, provider: provider,
                model: model, fields: fields, body: Array(body.utf8)))
    }

    private func answer(_ text: String, cost: Int64 = 50) -> CachedAnswer {
        CachedAnswer(
            contentType: "application/json", body: Array(text.utf8), provider: "acme", model: "m-2026",
            promptTokens: 3, completionTokens: 4, cost: Money(nanoDollars: cost),
            givenAt: Date(timeIntervalSince1970: 1_900_000_000))
    }

    private func with(
        _ settings: CacheSettings = Self.patient,
        _ body: @escaping @Sendable (ExactCache, RedisClient, PrivateRedis, Metrics) async throws -> Void
    ) async throws {
        let server = try await PrivateRedis.start()
        try await RoomLoops.run {
            let redis = RedisClient(loops: RoomLoops.group, settings: try RedisSettings(url: server.url))
            let metrics = Metrics()
            let cache = ExactCache(redis: redis, settings: settings, metrics: metrics)
            try await cache.prepare()
            try await body(cache, redis, server, metrics)
            await redis.close()
        }
    }

    // MARK: Questions

    @Test func theSameQuestionIsTheSameHoweverItIsWritten() {
        let plain = place(#"{"messages":[{"role":"user","content":"ä"}],"temperature":0}"#)
        #expect(plain != nil)
        #expect(
            plain == place(#" {"temperature" : 0, "user":"u", "messages":[{"content":"\u00e4","role":"user"}]} "#))
        #expect(plain == place(#"{"model":"alias","messages":[{"role":"user","content":"ä"}],"temperature":0}"#))
        for other in [
            place(#"{"messages":[{"role":"user","content":"a"}],"temperature":0}"#),
            place(#"{"messages":[{"role":"user","content":"ä"}],"temperature":1}"#),
            place(#"{"messages":[{"role":"user","content":"ä"}],"temperature":0,"stream":true}"#),
            place(#"{"messages":[{"role":"user","content":"ä"}],"temperature":0,"seed":1}"#),
        ] { #expect(other != plain && other != nil) }
        #expect(place("[1]") == nil)
        #expect(place("{") == nil)
    }

    @Test func whoAsksWhereIsPartOfTheQuestion() {
        let body = #"{"messages":[]}"#
        let keys = [
            place(body), place(body, OrganizationID(uuid: UUID(high: 1, low: 2))), place(body, dispensable: "logprobs"),
            place(body, endpoint: "/v1/messages"), place(body, provider: "other"), place(body, model: "n"),
            place(body, provider: "ac", model: "mem"), place(body, fields: ["beta-1"]), place(body, fields: ["beta-2"]),
            place(body, fields: ["beta-1", "beta-2"]),
        ]
        #expect(Set(keys).count == keys.count)
    }

    @Test(arguments: [#""conversation":"conv_1""#, #""background":true"#, #""container":{"id":"c"}"#])
    func whatDependsOnWhatTheProviderHasKeptIsNoQuestion(member: String) {
        #expect(place(#"{"input":"hi",\#(member)}"#) == nil)
        #expect(place(#"{"input":"hi","conversation":null,"background":false}"#) != nil)
    }

    // MARK: Answers

    @Test func anAnswerIsGivenAgainToTheByteWithWhatItSaves() async throws {
        try await with { cache, _, _, metrics in
            let key = try #require(place(#"{"messages":[]}"#))
            #expect(await cache.find(key) == nil)
            var recorder = cache.recorder()
            for piece in ["data: {\"a\":1}\n\n", "data: [DONE]\n\n"] { recorder.append(piece.utf8.span) }
            let body = try #require(recorder.body)
            let stream = CachedAnswer(
                contentType: "text/event-stream", body: body, provider: "acme", model: "m", promptTokens: 1,
                completionTokens: 2, cost: Money(nanoDollars: 77), givenAt: Date(timeIntervalSince1970: 1_900_000_000),
                adjusted: "user=omitted")
            await cache.keep(stream, under: key, for: .seconds(60))
            #expect(await cache.find(key) == stream)
            let text = String(decoding: metrics.exposition(), as: UTF8.self)
            #expect(text.contains("scorable_llm_cache_saved_nanodollars_total 77"))
            #expect(text.contains(#"scorable_llm_cache_lookups_total{result="hit"} 1"#))
            #expect(text.contains(#"scorable_llm_cache_lookups_total{result="miss"} 1"#))
        }
    }

    @Test func answersEndWithTheirTime() async throws {
        try await with { cache, _, _, _ in
            let key = try #require(place("{}"))
            await cache.keep(answer("x"), under: key, for: .milliseconds(500))
            #expect(await cache.find(key) != nil)
            #expect(try await becomesTrue(within: .seconds(5)) { await cache.find(key) == nil })
        }
    }

    @Test func anOrganisationKeepsToItsShareAndTakesNobodyElses() async throws {
        var settings = Self.patient
        settings.bytesPerOrganization = 20_000
        settings.answerBytes = 5000
        try await with(settings) { cache, redis, _, _ in
            let other = OrganizationID(uuid: UUID(high: 1, low: 9))
            let foreign = try #require(place(#"{"n":0}"#, other))
            await cache.keep(answer("theirs"), under: foreign, for: .seconds(60))
            let keys = try (0..<50).map { try #require(place(#"{"n":\#($0)}"#)) }
            for (number, key) in keys.enumerated() {
                let text = String(repeating: "x", count: 1000)
                await cache.keep(answer(text), under: key, for: .seconds(Double(100 + number)))
            }
            let size = try await cache.size(of: Self.organization)
            #expect(size.bytes <= 20_000 && size.answers >= 8, "\(size)")
            #expect(await cache.find(keys[0]) == nil, "the first to end made room")
            #expect(await cache.find(keys[49]) != nil)
            #expect(await cache.find(foreign) != nil)
            let stored = try await redis.command(["DBSIZE"]).integer ?? 0
            #expect(stored == Int64(size.answers) + 2 + 3, "nothing is left behind")
            await cache.keep(answer(String(repeating: "x", count: 5001)), under: keys[0], for: .seconds(60))
            #expect(await cache.find(keys[0]) == nil, "too long to be kept")
            #expect(try await cache.clear(Self.organization) == size.answers)
            #expect(try await redis.command(["DBSIZE"]).integer == 3)
            #expect(await cache.find(foreign) != nil)
        }
    }

    @Test func keepingAgainReplacesAndCountsOnce() async throws {
        try await with { cache, _, _, _ in
            let key = try #require(place("{}"))
            for number in 0..<5 { await cache.keep(answer("answer \(number)"), under: key, for: .seconds(60)) }
            #expect(await cache.find(key)?.body == Array("answer 4".utf8))
            let size = try await cache.size(of: Self.organization)
            #expect(size.answers == 1 && size.bytes < 2000)
        }
    }

    @Test func anAnswerThatIsTooLongIsForgottenAsItGoesBy() {
        let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
        var recorder = AnswerRecorder(limit: 10)
        recorder.append(bytes.span.extracting(..<3))
        #expect(recorder.body == [1, 2, 3])
        recorder.append(bytes.span)
        recorder.append(bytes.span.extracting(..<1))
        #expect(recorder.body == nil)
    }

    @Test func damagedAndForeignEntriesAreNoAnswers() async throws {
        try await with { cache, redis, _, _ in
            let key = try #require(place("{}"))
            let good = answer("hello").encoded
            for bad in [
                [], [0], Array(good.dropLast(good.count - 10)), [0xff, 0xff, 0xff, 0xff] + good, [0, 0, 0, 2] + good,
            ] {
                _ = try await redis.command(["SET", .init(CacheLibrary.entry(key)), .init(bad)])
                #expect(await cache.find(key) == nil)
            }
        }
    }

    @Test func withoutRedisThereIsSimplyNoAnswer() async throws {
        try await with(CacheSettings()) { cache, _, server, metrics in
            let key = try #require(place("{}"))
            await cache.keep(answer("x"), under: key, for: .seconds(60))
            server.freeze(true)
            let begin = Moment.now
            #expect(await cache.find(key) == nil)
            #expect(begin.duration(to: .now) < .seconds(1))
            server.freeze(false)
            #expect(try await becomesTrue { await cache.find(key) != nil })
            server.kill()
            #expect(try await becomesTrue { await cache.find(key) == nil })
            await cache.keep(answer("x"), under: key, for: .seconds(60))
            let text = String(decoding: metrics.exposition(), as: UTF8.self)
            #expect(!text.contains(#"scorable_llm_cache_answers_total{result="unavailable"} 0"#))
        }
    }
}
