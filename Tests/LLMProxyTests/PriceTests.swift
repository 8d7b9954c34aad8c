import ChatModel
import EventLoop
import FoundationEssentials
import Scoring
import Spending
import Tenancy
import Testing

@testable import LLMProxy

/// What calls cost, and which price holds.
@Suite struct PriceTests {
    private static func dollars(_ dollars: Double) -> Money { Money(dollars: dollars) ?? .zero }
    private static let organization = OrganizationID(uuid: UUID(high: 1, low: 1))
    private static let noon = Date(timeIntervalSince1970: 1_900_000_000)

    private func entry(
        _ model: String, _ dollars: Double, provider: String = "*", of organization: OrganizationID? = nil,
        from: Double = -1000, until: Double? = nil
    ) -> PriceEntry {
        PriceEntry(
            id: PriceEntryID(uuid: UUID()), organizationID: organization, provider: provider, model: model,
            validFrom: Self.noon + from, validUntil: until.map { Self.noon + $0 },
            tariff: Tariff(input: Self.dollars(dollars), output: .zero))
    }

    private func price(_ entries: [PriceEntry], _ model: String, provider: String = "acme", at: Double = 0) -> Double? {
        PriceBook(entries).tariff(
            for: Self.organization, provider: provider, kind: "openai", model: model, at: Self.noon + at
        )?.input.dollars
    }

    @Test func theClosestPriceHolds() {
        let all = [
            entry("*", 1), entry("gpt-*", 2), entry("gpt-5*", 3), entry("gpt-5", 4),
            entry("gpt-5", 5, provider: "openai"), entry("gpt-5", 6, provider: "acme"),
            entry("*", 7, of: Self.organization),
        ]
        #expect(price(all, "gpt-5") == 7)
        let common = Array(all.dropLast())
        #expect(price(Array(common[..<1]), "claude") == 1)
        #expect(price(Array(common[..<2]), "gpt-4") == 2)
        #expect(price(Array(common[..<3]), "gpt-5-mini") == 3)
        #expect(price(Array(common[..<4]), "gpt-5") == 4)
        #expect(price(Array(common[..<5]), "gpt-5") == 5, "the provider by its kind")
        #expect(price(common, "gpt-5", provider: "other") == 5)
        #expect(price([entry("gpt-4", 1), entry("gpt-?", 1)], "gpt-5") == nil)
    }

    @Test func aPriceHoldsInItsTime() {
        let all = [
            entry("m", 1, from: -100, until: 10), entry("m", 2, from: 10), entry("m", 3, from: 50, until: 60),
        ]
        let found = [-101, -100, 9, 10, 49, 50, 59, 60].map { price(all, "m", at: Double($0)) }
        #expect(found == [nil, 1, 1, 2, 2, 3, 3, 2])
    }

    @Test(arguments: [
        ("a*c", "abc", true), ("a*c", "ac", true), ("a*c", "abcd", false), ("*", "", true), ("**b*", "aab", true),
        ("a*a*a", "aaaa", true), ("a*a*a", "aa", false), ("us.*-v1:0", "us.anthropic.claude-v1:0", true),
        ("", "a", false),
    ])
    func aStarStandsForAnyText(pattern: String, name: String, matches: Bool) {
        #expect((price([entry(pattern, 1)], name) == 1) == matches)
    }

    private static let tariff = Tariff(
        input: dollars(3), output: dollars(15), cachedInput: dollars(0.3), cacheWrite: dollars(3.75),
        longCacheWrite: dollars(6), image: Money(nanoDollars: 1000), request: Money(nanoDollars: 7))

    @Test func everyKindOfTokenHasItsPriceOnce() {
        // As a provider counts whose cached tokens are within the prompt, and as one whose are beside it: both readers
        // give the same usage.
        let usage = ChatUsage(
            promptTokens: 10_000, completionTokens: 2000, cachedTokens: 6000, reasoningTokens: 500,
            cacheWriteTokens: 1500, longCacheWriteTokens: 500)
        let expected = 2500 * 3000 + 6000 * 300 + 1000 * 3750 + 500 * 6000 + 2000 * 15_000 + 7
        #expect(Self.tariff.cost(of: usage) == Money(nanoDollars: Int64(expected)))
        #expect(Self.tariff.cost(of: usage, images: 2) == Money(nanoDollars: Int64(expected + 2000)))
        var dear = Self.tariff
        dear.reasoning = Self.dollars(20)
        #expect(dear.cost(of: usage).nanoDollars == Int64(expected + 500 * 5000))
        let counts = TokenCounts(usage)
        #expect(counts.promptTokens == 10_000 && counts.completionTokens == 2000)
    }

    @Test func whatHasNoPriceOfItsOwnIsNeverCheaperThanItMayBe() {
        let plain = Tariff(input: Self.dollars(4), output: Self.dollars(8))
        func cost(_ usage: ChatUsage) -> Int64 { plain.cost(of: usage).nanoDollars }
        #expect(cost(ChatUsage(promptTokens: 10, completionTokens: 0, cachedTokens: 10)) == 40_000)
        #expect(cost(ChatUsage(promptTokens: 10, completionTokens: 0, cacheWriteTokens: 10)) == 50_000)
        #expect(
            cost(ChatUsage(promptTokens: 10, completionTokens: 0, cacheWriteTokens: 10, longCacheWriteTokens: 10))
                == 80_000)
        #expect(cost(ChatUsage(promptTokens: 0, completionTokens: 10, reasoningTokens: 10)) == 80_000)
        #expect(
            cost(ChatUsage(promptTokens: 10, completionTokens: 10, audioPromptTokens: 10, audioCompletionTokens: 10))
                == 120_000)
    }

    @Test func whatTheProviderSaysWins() {
        let usage = ChatUsage(promptTokens: 10, completionTokens: 10, statedCost: 123)
        #expect(Self.tariff.cost(of: usage) == Money(nanoDollars: 123))
    }

    @Test func theWorstCaseIsWorseThanAnyCase() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let usage = ChatUsage(
                promptTokens: .random(in: 0...5000, using: &generator),
                completionTokens: .random(in: 0...3000, using: &generator),
                cachedTokens: .random(in: 0...5000, using: &generator),
                reasoningTokens: .random(in: 0...3000, using: &generator),
                cacheWriteTokens: .random(in: 0...5000, using: &generator),
                longCacheWriteTokens: .random(in: 0...5000, using: &generator),
                audioPromptTokens: .random(in: 0...5000, using: &generator),
                audioCompletionTokens: .random(in: 0...3000, using: &generator))
            let worst = Self.tariff.worstCase(
                promptTokens: usage.promptTokens, outputTokens: usage.completionTokens, images: 1)
            #expect(Self.tariff.cost(of: usage, images: 1) <= worst)
            let counts = TokenCounts(usage)
            #expect(
                counts.promptTokens == usage.promptTokens && counts.completionTokens == usage.completionTokens)
        }
        let huge = Tariff(input: Money(nanoDollars: .max), output: Money(nanoDollars: .max))
        #expect(huge.worstCase(promptTokens: .max, outputTokens: .max).nanoDollars == .max)
    }

    @Test func ownMachinesCostNothingAndTheRestIsUnknown() async throws {
        try await RoomLoops.run {
            let stored = Note<[PriceEntry]>([])
            let prices = Prices(source: { stored.value }, logger: silentLogger, now: { Self.noon })
            func tariff(_ kind: String) async throws -> Tariff? {
                try await prices.tariff(for: Self.organization, provider: "here", kind: kind, model: "m")
            }
            #expect(try await tariff("vllm") == .free)
            #expect(try await tariff("demo") == .free)
            #expect(try await tariff("openai") == nil)
            stored.value = [entry("m", 5)]
            let loop = try #require(Loop.current)
            let running = loop.spawn { await prices.run() }
            #expect(try await becomesTrue { try await tariff("openai")?.input == Self.dollars(5) })
            stored.value = [entry("m", 6)]
            prices.invalidate()
            #expect(try await becomesTrue(within: .seconds(2)) { try await tariff("openai")?.input == Self.dollars(6) })
            running.cancel()
            await running.value
            stored.value = [entry("m", 7)]
            try await prices.reload()
            #expect(try await tariff("openai")?.input == Self.dollars(7))
        }
    }

    @Test func pricesOfSettingsFilesAreRead() {
        let id = PriceEntryID(uuid: UUID())
        let entries = PriceText.entries(["a=b=0.15/0.60/0.075", "m*=1/2"], id: { id })
        #expect(entries?.map(\.model) == ["a=b", "m*"])
        #expect(entries?.first?.tariff.cachedInput == Self.dollars(0.075))
        #expect(entries?.last?.tariff == Tariff(input: Self.dollars(1), output: Self.dollars(2)))
        for wrong in ["", "m", "m=1", "=1/2", "m=1/x", "m=1/2/3/4", "m=1/2/", "m=-1/2", "m=1/inf"] {
            #expect(PriceText.entries([wrong], id: { id }) == nil, "\(wrong)")
        }
    }

    @Test func daysAndMonthsAreThoseOfUTC() {
        let leap = Date(timeIntervalSince1970: 1_835_395_199)  // 2028-02-28 23:59:59
        #expect(BudgetPeriod.day.window(around: leap).next?.start == leap + 1)
        let month = BudgetPeriod.month.window(around: leap)
        #expect(month.first.start == Date(timeIntervalSince1970: 1_832_976_000))
        #expect(month.next?.start == Date(timeIntervalSince1970: 1_835_481_600), "the 29th belongs to it")
        var day = UTCDay(number: -800_000)
        while day.number < 800_000 {
            #expect(day.startOfMonth <= day && day < day.startOfNextMonth)
            #expect((28...31).contains(day.startOfNextMonth.number - day.startOfMonth.number))
            #expect(day.startOfMonth.startOfMonth == day.startOfMonth)
            day = UTCDay(number: day.number + 977)
        }
        #expect(BudgetPeriod.total.window(around: leap).next == nil)
    }
}
