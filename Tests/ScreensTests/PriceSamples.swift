import FoundationEssentials
import Screens
import Terminal
import WireAPI

/// Made-up prices and budgets, the same in every run.
extension Samples {
    static func price(
        _ number: Int, _ provider: String, _ model: String, _ tariff: OperatorTariff, from: Double? = nil,
        until: Double? = nil, state: OperatorPrice.State = .current, holder: OperatorHolder = .installation,
        isEditable: Bool = true, models: [String] = []
    ) -> OperatorPrice {
        OperatorPrice(
            id: uuid(0x7A00 + number), holder: holder, isEditable: isEditable, revision: 2, provider: provider,
            model: model, validFrom: from.map { now.addingTimeInterval($0 * 86_400) },
            validUntil: until.map { now.addingTimeInterval($0 * 86_400) }, state: state, tariff: tariff, models: models)
    }

    static let prices = OperatorPriceList(
        results: [
            price(1, "openai", "gpt-x-mini*", tariff, from: -100, holder: .organization, models: ["gpt-x-mini"]),
            price(
                2, "openai", "gpt-x-mini*",
                OperatorTariff(input: 3_000_000_000, output: 12_000_000_000, cachedInput: 1_500_000_000), from: -300,
                until: -100, state: .past),
            price(
                3, "azure", "*",
                OperatorTariff(input: 2_750_000_000, output: 11_000_000_000, reasoning: 11_000_000_000),
                models: ["gpt-x", "gpt-x-mini"]),
            price(
                4, "anthropic", "claude-y*",
                OperatorTariff(
                    input: 3_000_000_000, output: 15_000_000_000, cachedInput: 300_000_000, cacheWrite: 3_750_000_000),
                from: 7, state: .future, isEditable: false),
        ],
        unpriced: [
            .init(model: "claude-y", provider: "anthropic", upstreamModel: "claude-y-2026", isAllowed: false),
            .init(model: "embed-small", provider: "openai", upstreamModel: "embed-small", isAllowed: true),
        ], freeKinds: ["vllm", "llama_cpp", "ollama", "demo"], runsInstallation: true)

    static func spender(_ kind: OperatorSpendingScope.Kind, _ name: String, _ number: Int?) -> OperatorSpendingScope {
        OperatorSpendingScope(kind: kind, id: number.map { uuid(0x7B00 + $0) }, name: name)
    }

    static func budget(
        _ number: Int, _ scope: OperatorSpendingScope, _ period: OperatorBudget.Period, limit: Int64, spent: Int64,
        leased: Int64 = 0, warnAt: Int64? = nil, enforcement: OperatorBudget.Enforcement = .hard,
        standing: OperatorBudget.Standing = .ok, resets: Double? = 400_000
    ) -> OperatorBudget {
        OperatorBudget(
            id: uuid(0x7C00 + number), scope: scope, period: period, limit: limit, warnAt: warnAt,
            enforcement: enforcement, revision: 4, createdAt: now.addingTimeInterval(-86_400 * 60), spent: spent,
            leased: leased, remaining: max(0, limit - spent - leased),
            resetsAt: resets.map { now.addingTimeInterval($0) },
            standing: standing)
    }

    private static let dollar: Int64 = 1_000_000_000

    static let budgets = OperatorBudgetList(results: [
        budget(
            1, spender(.organization, "Acme", nil), .month, limit: 9000 * dollar, spent: 6310 * dollar,
            leased: 12 * dollar, warnAt: 7500 * dollar),
        budget(
            2, spender(.project, "rag-prod", 1), .day, limit: 50 * dollar, spent: 43 * dollar, leased: dollar,
            warnAt: 40 * dollar, standing: .warned, resets: 43_000),
        budget(
            3, spender(.apiKey, "ci nightly", 2), .total, limit: 20 * dollar, spent: 20 * dollar, standing: .exhausted,
            resets: nil),
        budget(
            4, spender(.project, "playground", 3), .month, limit: 10 * dollar, spent: 11 * dollar + 500_000_000,
            enforcement: .soft, standing: .exhausted),
    ])

    static func sum(_ dollars: Double, _ calls: Int) -> OperatorSpendingSum {
        OperatorSpendingSum(
            cost: Int64(dollars * 1e9), calls: calls, promptTokens: calls * 1204, completionTokens: calls * 87)
    }

    static let spending = OperatorSpending(scopes: [
        .init(scope: spender(.organization, "Acme", nil), today: sum(212.4, 91_200), month: sum(6310, 2_704_110)),
        .init(scope: spender(.project, "rag-prod", 1), today: sum(43, 20_100), month: sum(1190.5, 611_000)),
        .init(scope: spender(.project, "playground", 3), today: sum(0.02, 12), month: sum(11.5, 4_012)),
        .init(scope: spender(.apiKey, "ci nightly", 2), today: sum(0, 0), month: sum(3.25, 1_702)),
    ])

    static let spendingDays = OperatorSpendingDays(days: (0..<31).map(spendingDay))

    private static func spendingDay(_ day: Int) -> OperatorSpendingDays.Day {
        let start = now.addingTimeInterval(Double(day - 30) * 86_400 - 43_470)
        let dollars = day % 7 < 2 ? 40.0 : Double(210 + day * 37 % 50)
        return OperatorSpendingDays.Day(start: start, sum: sum(dollars, 80_000))
    }
}

/// The other lists of the room of providers.
extension Story {
    static func prices(_ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode) -> Story {
        var story = Story.models(size, charset: charset)
        story.press(Key(.tab))
        story.answer(OperatorPrice.path, Samples.prices)
        return story
    }

    static func budgets(_ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode) -> Story {
        var story = Story.prices(size, charset: charset)
        story.press(Key(.tab))
        story.answer(OperatorBudget.path, Samples.budgets)
        story.answer(OperatorSpending.path + "/days", Samples.spendingDays)
        return story
    }

    static func spending(_ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode) -> Story {
        var story = Story.budgets(size, charset: charset)
        story.press(Key(.tab))
        story.answer(OperatorSpending.path, Samples.spending)
        story.answer(OperatorSpending.path + "/days", Samples.spendingDays)
        return story
    }
}
