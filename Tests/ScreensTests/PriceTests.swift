import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing
import WireAPI

/// Prices, budgets and spending.
struct PriceTests {
    @Test func whatHasNoPriceIsOnTopAndIsGivenOne() throws {
        var story = Story.prices(Size(columns: 120, rows: 40))
        #expect(story.shows("calls there are refused"))
        #expect(story.screen(PricesScreen.self)?.held.selected?.id.hasPrefix("anthropic") == true)
        story.press(.character("N"))
        for _ in 0..<4 { story.press(Key(.tab)) }
        story.type("2.50")
        story.press(Key(.tab))
        story.type("$10.000000001")
        story.press(Key(.enter))
        let body = try story.body(OperatorPrice.path)
        #expect(body?["provider"] == "anthropic")
        #expect(body?["model"] == "claude-y-2026")
        #expect(body?["tariff"]?["input"] == 2_500_000_000)
        #expect(body?["tariff"]?["output"] == 10_000_000_001)
        #expect(body?["valid_from"] == .null)
        story.answer(
            OperatorPrice.path,
            OperatorPriceOutcome(price: Samples.prices.results[0], ended: Samples.prices.results[1]))
        #expect(story.shows("the one before ends then"))
    }

    @Test func aPriceGetsAnEnd() throws {
        var story = Story.prices()
        story.press(.character("/"))
        story.type("holds own")
        story.press(Key(.enter), .character("U"))
        story.type("soon")
        story.press(Key(.enter))
        #expect(story.shows("Not a day such as"))
        story.press(.control("u"))
        story.type("2026-12-31")
        story.press(Key(.enter))
        let path = "\(OperatorPrice.path)/\(Samples.uuid(0x7A01).uuidString.lowercased())"
        #expect(story.ask(path)?.request.method == "PUT")
        #expect(try story.body(path)?["valid_until"]?.stringValue?.hasPrefix("2026-12-31T00:00:00") == true)
        #expect(try story.body(path)?["revision"] == 2)
    }

    @Test func whatTheInstallationPricesIsNotOursToChange() {
        var story = Story.prices()
        story.press(.character("/"))
        story.type("future")
        story.press(Key(.enter), .character("E"), .character("U"), .character("K"))
        #expect(story.screen(PricesScreen.self) != nil)
    }

    // MARK: Budgets

    @Test func whatIsUsedUpIsOnTopWithItsBar() {
        let story = Story.budgets(Size(columns: 200, rows: 60))
        #expect(story.screen(BudgetsScreen.self)?.held.selected?.scope.name == "playground")
        #expect(story.shows("■■■■■■■■■■ 115%"))
        #expect(story.shows("refusing"))
        #expect(story.shows("tells people"))
    }

    @Test func aBudgetIsMadeForAProject() throws {
        var story = Story.budgets()
        story.press(.character("N"))
        story.answer(OperatorSpending.path, Samples.spending)
        story.press(.character("p"), Key(.tab), Key(.right), Key(.tab))
        story.type("25")
        story.press(Key(.tab))
        story.type("30")
        story.press(Key(.enter))
        #expect(story.shows("not above the limit"))
        story.press(.control("u"))
        story.type("20")
        story.press(Key(.tab), .character("t"), Key(.enter))
        let body = try story.body(OperatorBudget.path)
        #expect(body?["scope"] == "project")
        #expect(body?["scope_id"] == .string(Samples.uuid(0x7B01).uuidString.lowercased()))
        #expect(body?["period"] == "day")
        #expect(body?["limit"] == 25_000_000_000)
        #expect(body?["warn_at"] == 20_000_000_000)
        #expect(body?["enforcement"] == "soft")
        story.answer(OperatorBudget.path, Samples.budgets.results[1])
        #expect(story.shows("rag-prod may spend $50.00 a day"))
    }

    @Test func liftingABudgetWantsTheName() {
        var story = Story.budgets()
        story.press(.character("K"))
        #expect(story.shows("$11.50 of $10.00 a month are spent."))
        story.pass(.seconds(1))
        story.type("playground")
        story.press(Key(.enter))
        #expect(
            story.ask("\(OperatorBudget.path)/\(Samples.uuid(0x7C04).uuidString.lowercased())")?.request.method
                == "DELETE")
    }

    @Test func theDaysAreThoseOfTheRowUnderTheCursor() {
        var story = Story.budgets(Size(columns: 120, rows: 40))
        #expect(story.shows("playground, day by day"))
        story.press(.character("j"))
        #expect(story.ask(OperatorSpending.path + "/days")?.request.parameters.last?.name == "scope_id")
        #expect(!story.shows("cost/day"), "the days of another are not shown in its place")
    }

    @Test func spendingLeadsToABudget() {
        var story = Story.spending()
        story.press(.character("j"), .character("N"))
        #expect(story.shows("project rag-prod"))
    }

    @Test func tabGoesRoundTheLists() {
        var story = Story.spending()
        story.press(Key(.tab))
        #expect(story.screen(ProvidersScreen.self) != nil)
        story.press(Key(.tab, .shift))
        #expect(story.screen(SpendingScreen.self) != nil)
        story.press(Key(.escape))
        #expect(story.screen(ProvidersScreen.self) != nil)
    }

    @Test func whatAnEngineerMayNotSeeIsNotOffered() {
        var story = Story.entering(.providers, session: Samples.viewer)
        story.answer(OperatorProvider.path, Samples.providers)
        #expect(!story.shows("Budgets"))
        story.press(Key(.tab), Key(.tab))
        #expect(story.screen(ProvidersScreen.self) != nil)
    }
}
