import ChatModel
import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPServer
import HTTPTransfer
import JSON
import Providers
import Scoring
import Spending
import Stores
import Tenancy
import Testing

@testable import LLMProxy

/// What is set aside before a call, and what is booked of one that nobody has counted.
@Suite struct WorstCaseTests {
    private static let payer = GatewayFileTests.payer

    /// A budget for all calls, of `limit` nano-dollars; `change` for what else is not as usual.
    private static func options(
        _ limit: Int64, _ change: (inout ProxyRig.Options) -> Void = { _ in }
    ) -> ProxyRig.Options {
        ProxyRig.Options { options in
            options.budgets = [
                Budget(
                    id: BudgetID(uuid: UUID()), organizationID: payer.organization, scope: .organization,
                    period: .total, limit: Money(nanoDollars: limit), createdAt: Date())
            ]
            options.callers = .everybody(Caller(payer: payer))
            change(&options)
        }
    }

    private static func spent(_ rig: ProxyRig) -> Int64 {
        rig.parts.budgets.standings(of: payer.organization).reduce(0) { $0 + $1.spent.nanoDollars }
    }

    private static func question(_ model: String, _ members: String = "") -> String {
        #"{"model":"\#(model)","messages":[{"role":"user","content":"hi"}]\#(members)}"#
    }

    // MARK: Before the call

    @Test(arguments: [
        "", #","max_tokens":-1"#, #","max_tokens":0"#, #","max_tokens":9223372036854775807,"n":9"#,
        #","max_tokens":5,"n":1000"#, #","max_tokens":5,"max_completion_tokens":5000"#,
    ])
    func aCallThatMayBeLongIsTakenForALongOne(members: String) async throws {
        try await ProxyRig.run(Self.options(5_000_000)) { _, _, _ in
            Answer.text(200, Answer.completion)
        } _: { rig in
            let long = try await rig.post(Self.question("gpt", members))
            #expect(long.status == 402 && rig.calls.count == 0, "\(long.text)")
            let short = try await rig.post(Self.question("gpt", #","max_tokens":5"#))
            #expect(short.status == 200, "\(short.text)")
        }
    }

    @Test func nobodyBringsTheProxyDownByNumbersThatAreTooLarge() async throws {
        try await ProxyRig.run { _, _, _ in
            Answer.text(200, Answer.completion)
        } _: { rig in
            let answer = try await rig.post(
                Self.question("gpt", #","max_tokens":9223372036854775807,"n":9223372036854775807"#))
            #expect(answer.status == 200, "\(answer.text)")
        }
    }

    @Test(arguments: [false, true])
    func whatTheProxyItselfAllowsAModelToWriteIsSetAside(isEnough: Bool) async throws {
        // Two thousand a token.
        let longest = ModelTraits(kind: .anthropic, model: "claude-sonnet-5").longestAnswer
        let limit = Int64(longest) * 2000 + (isEnough ? 1_000_000 : 0)
        let answers = DialectAnswers(caller: .chatCompletions, model: "claude", provider: .messages)
        try await ProxyRig.run(Self.options(limit)) { _, _, _ in
            Answer.text(200, answers.completion)
        } _: { rig in
            let answer = try await rig.post(Self.question("claude"))
            #expect(answer.status == (isEnough ? 200 : 402), "\(answer.text)")
            #expect(isEnough || answer.text.contains("no limit to its answer"))
            let allowed = try rig.calls.all.first.flatMap { try JSONScanner($0.body).integer("max_tokens") }
            #expect(allowed == (isEnough ? Int64(longest) : nil))
        }
    }

    // MARK: After an attempt that said nothing

    enum Loss: CaseIterable {
        case silence, halfAnAnswer, noJSON
    }

    private static func lose(_ loss: Loss) async throws -> HTTPResponse {
        switch loss {
        case .silence:
            try await Loop.current?.sleep(for: .seconds(30))
            return Answer.text(200, Answer.completion)
        case .halfAnAnswer:
            return HTTPResponse(
                status: 200, headers: ["content-length": "1000"],
                body: .stream { writer in
                    try await writer.write(Array(Answer.completion.utf8))
                    throw HTTPClientGone()
                })
        case .noJSON: return Answer.text(200, String(Answer.completion.dropLast(20)))
        }
    }

    @Test(arguments: Loss.allCases, [false, true])
    func whatAnAttemptMayHaveCostIsBooked(loss: Loss, hasAnother: Bool) async throws {
        let options = Self.options(1_000_000_000) { options in
            if loss == .silence { options.settings.patience.firstByte = .seconds(1) }
            options.settings.retries.attempts = 1
            options.routes = { _, port in
                let second = hasAnother ? [CallRoute.Stage(.ordered, [ProxyRig.deployment("second", port)])] : []
                return CallRoute(stages: [CallRoute.Stage(.ordered, [ProxyRig.deployment("first", port)])] + second)
            }
        }
        try await ProxyRig.run(options) { _, _, body in
            String(decoding: body, as: UTF8.self).contains("upstream-first")
                ? try await Self.lose(loss) : Answer.text(200, Answer.completion)
        } _: { rig in
            let body = Self.question("m")
            let answer = try await rig.post(body)
            #expect(answer.status == (hasAnother ? 200 : loss == .silence ? 504 : 502), "\(answer.text)")
            // At least the question, which the first one has read.
            let asked = Int64(PromptSize(of: Array(body.utf8)).likelyTokens) * 1000
            let answered: Int64 = hasAnother ? 11_000 : 0
            let spent = Self.spent(rig)
            #expect(spent >= asked + answered && spent < asked + answered + 4096 * 2000, "\(spent)")
            #expect(rig.metric("scorable_llm_cost_nanodollars_total") == String(spent))
            if hasAnother { #expect(answer.headers[ProxyHeader.cost] == nil, "a part of it is an estimate") }
        }
    }

    @Test func whatWasCountedIsBookedAlsoWhereTheAnswerHadToBeTranslated() async throws {
        let useless = #"{"content":[{"type":"text"}],"usage":{"input_tokens":3,"output_tokens":4}}"#
        try await ProxyRig.run(Self.options(1_000_000_000)) { _, _, _ in
            Answer.text(200, useless)
        } _: { rig in
            let answer = try await rig.post(Self.question("claude"))
            #expect(answer.errorCode == "invalid_response", "\(answer.text)")
            #expect(Self.spent(rig) == 11_000)
        }
    }

    @Test func nobodyBringsTheProxyDownByCountsThatCannotBe() async throws {
        let huge = Answer.completion.replacing(#""prompt_tokens":3"#, with: #""prompt_tokens":9223372036854775807"#)
            .replacing(#""completion_tokens":4"#, with: #""completion_tokens":9223372036854775807"#)
        try await ProxyRig.run(Self.options(.max)) { _, _, _ in
            Answer.text(200, huge)
        } _: { rig in
            for _ in 0..<5 {
                let answer = try await rig.ask()
                #expect(answer.status == 200, "\(answer.text)")
            }
            #expect(Self.spent(rig) == 5 * ChatUsage.mostCost)
        }
    }

    @Test(arguments: [400, 401, 429, 500, 503])
    func aRefusalCostsNothing(status: Int) async throws {
        let options = Self.options(1_000_000_000) { $0.settings.retries.attempts = 1 }
        try await ProxyRig.run(options) { _, _, _ in
            Answer.text(status, #"{"error":{"message":"no"}}"#)
        } _: { rig in
            let answer = try await rig.ask()
            #expect(answer.status >= 400)
            #expect(Self.spent(rig) == 0)
        }
    }

    // MARK: Pictures

    @Test func picturesAndFilesCountAlsoWhereTheBodyOnlyNamesThem() {
        func size(_ body: String) -> PromptSize { PromptSize(of: Array(body.utf8)) }
        let named = #"""
            {"content":[{"type":"image_url","image_url":{"url":"https://a/b.png"}},
            {"type":"file","file":{"file_id": "file-1"}},{"type":"input_image","image_url":"https://a/c.png"}]}
            """#
        #expect(size(named).images == 3)
        #expect(size(#"{"content":"\"image_url\": is a word","tool_call_id":"c_1"}"#).images == 0)
        let letters = String(repeating: "A", count: 1_000_000)
        #expect(size(#"{"data":"\#(letters)"}"#).mostTokens < 10_000, "a picture")
        #expect(size(#"{"data":"JVBERi\#(letters)"}"#).mostTokens > 100_000, "a document has many pages")
    }

    @Test func aPictureIsPaidForWhereItHasAPrice() async throws {
        let picture = String(repeating: "QUJD", count: 2000)
        let part = #"{"type":"image_url","image_url":{"url":"data:image/png;base64,\#(picture)"}}"#
        try await ProxyRig.run(Self.options(1_000_000_000)) { _, _, _ in
            Answer.text(200, Answer.completion)
        } _: { rig in
            let answer = try await rig.post(
                #"{"model":"gpt","messages":[{"role":"user","content":[\#(part),\#(part)]}]}"#)
            #expect(answer.headers[ProxyHeader.cost] == "13000", "a thousand for each of two")
        }
    }
}
