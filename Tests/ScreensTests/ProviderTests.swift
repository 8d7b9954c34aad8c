import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing
import WireAPI

/// Ways through the room of providers, by keys.
struct ProviderTests {
    private var drains: String { OperatorDrainWish.path }

    @Test func theWorstIsOnTop() {
        let story = Story.providers()
        #expect(story.screen(ProvidersScreen.self)?.held.selected?.name == "azure-gpt")
        #expect(story.shows("unhealthy 31"))
        #expect(story.shows("1 open"))
    }

    @Test func whatIsReadAnewLeavesTheCursorOnItsProvider() {
        var story = Story.providers()
        story.press(.character("j"))
        let name = story.screen(ProvidersScreen.self)?.held.selected?.name
        story.pass(.seconds(6))
        let list = Samples.providers
        let better = Samples.provider(
            1, "azure-gpt", "azure_openai", Samples.health(.healthy, 100, "well"), figures: Samples.azure.figures)
        story.answer(
            OperatorProvider.path,
            OperatorProviderList(
                results: list.results.map { $0.id == better.id ? better : $0 }, proxies: list.proxies,
                kinds: list.kinds,
                runsInstallation: true))
        #expect(story.screen(ProvidersScreen.self)?.held.selected?.name == name)
        #expect(!story.shows("unhealthy"))
    }

    @Test func demonstrationIsNotOfferedToBeDrained() {
        var story = Story.providers(Size(columns: 200, rows: 60))
        #expect(story.shows("D drain"))
        story.pass(.seconds(6))
        let list = Samples.providers
        story.answer(
            OperatorProvider.path,
            OperatorProviderList(
                results: [Samples.provider(9, "Demonstration", "demo", Samples.health(.healthy, 100, "well"))],
                proxies: list.proxies, kinds: list.kinds, runsInstallation: true))
        #expect(story.shows("E edit") && !story.shows("D drain"))
    }

    @Test func whileItIsNotSeenNothingIsRead() {
        var story = Story.providers()
        story.press(.character("2"))
        let before = story.asked.count { $0.request.path == OperatorProvider.path }
        story.pass(.seconds(60))
        #expect(story.asked.count { $0.request.path == OperatorProvider.path } == before)
    }

    @Test func theFilterKnowsItsNumbers() {
        var story = Story.providers()
        story.press(.character("/"))
        story.type("errors>5 p95>5s kind:azure")
        story.press(Key(.enter))
        #expect(story.screen(ProvidersScreen.self)?.held.list.shown.map(\.name) == ["azure-gpt"])
        story.press(.character("a"), .character("/"))
        story.type("drained")
        story.press(Key(.enter))
        #expect(
            Set(story.screen(ProvidersScreen.self)?.held.list.shown.map(\.name) ?? []) == ["self-host-a", "anthropic"])
    }

    @Test func aProviderSaysWhyInSentences() {
        var story = Story.provider(Size(columns: 120, rows: 60))
        #expect(story.shows("40 for 9.8% of the calls failed"))
        #expect(story.shows("breaker open for 18s at the proxy 10.0.0.4:8082"))
        #expect(story.shows("The key 2026-11 is not used for 8s, asked too often."))
        #expect(story.shows("7 calls wait for the limit of all of it, stopped for 8s"))
        #expect(story.shows("Rate limit is exceeded. Try again in 8 seconds."))
        story.press(Key(.tab))
        #expect(story.shows("half open") || story.shows("open 18s 1/2"))
    }

    // MARK: Out of service

    @Test func drainingSaysHowManyCallsRunAndWantsTheNameWhereCallsWouldBeRefused() throws {
        var story = Story.providers()
        story.press(.character("D"))
        story.answer(Story.azurePath + "/effects", Samples.providerEffects)
        #expect(story.shows("40 calls run there now"))
        #expect(story.shows("gpt-x"))
        story.type("quota used up")
        story.press(Key(.enter))
        #expect(story.ask(drains) == nil, "the name was not typed")
        story.type("azure-gpt")
        story.press(Key(.enter))
        let body = try story.body(drains)
        #expect(body?["is_drained"] == true)
        #expect(body?["reason"] == "quota used up")
        #expect(body?["provider_id"] == .string(Samples.azure.id.uuidString.lowercased()))
        story.answer(drains, OperatorNothing())
        #expect(story.shows("azure-gpt gets no new calls"))
        #expect(story.screen(ProvidersScreen.self) != nil)
        story.press(.character("z"))
        #expect(try story.body(drains)?["is_drained"] == false)
    }

    @Test func whatIsDrainedIsPutBackByTheSameKey() throws {
        var story = Story.providers()
        story.press(.character("/"))
        story.type("self-host")
        story.press(Key(.enter), .character("D"))
        #expect(try story.body(drains)?["is_drained"] == false)
        story.answer(drains, OperatorNothing())
        #expect(story.shows("self-host-a is in service again"))
    }

    @Test func theModelUnderTheCursorIsDrainedAlone() throws {
        var story = Story.provider(tab: 1)
        story.press(.character("D"))
        #expect(story.shows("Drain gpt-x-mini at azure-gpt"))
        story.press(Key(.enter))
        #expect(try story.body(drains)?["upstream_model"] == "gpt-x-mini")
    }

    @Test func deletingSaysWhatUsesItAndWantsTheName() throws {
        var story = Story.providers()
        story.press(.character("K"))
        story.answer(Story.azurePath + "/effects", Samples.providerEffects)
        #expect(story.shows("12 evaluators name one of those and would fail"))
        story.pass(.seconds(1))
        story.type("azure-gpt")
        story.press(Key(.enter))
        let ask = try #require(story.ask(Story.azurePath))
        #expect(ask.request.method == "DELETE")
        #expect(ask.request.parameters == [OperatorParameter("revision", "3")])
        story.answer(Story.azurePath, OperatorNothing())
        #expect(story.shows("azure-gpt is deleted"))
    }

    // MARK: Keys

    @Test func aKeyIsReplacedWithoutEverBeingSeen() throws {
        var story = Story.provider(Size(columns: 120, rows: 40), tab: 2)
        let old = try #require(story.screen(ProviderScreen.self)?.title)
        #expect(old == "azure-gpt")
        story.press(.character("R"))
        story.type("2027-01")
        #expect(!story.model.isTypingSecret)
        story.press(Key(.tab))
        #expect(story.model.isTypingSecret)
        let secret = "sk-hidden-4711"
        for letter in secret.unicodeScalars {
            story.press(.character(letter))
            #expect(!story.shows("sk-"), "no part of the key is on the screen")
        }
        #expect(story.model.screen.copies(story.model.scope).isEmpty)
        #expect(story.model.screen.sheet(story.model.scope) == nil)
        #expect(!String(reflecting: story.model.screen).contains(secret))
        #expect(!"\(story.model.preferences)".contains(secret))
        story.press(Key(.enter))
        let path = Story.azurePath + "/keys"
        let body = try story.body(path)
        #expect(body?["key"] == .string(secret))
        #expect(body?["replaces"] == .string(Samples.uuid(0x7201).uuidString.lowercased()))
        story.answer(path, Samples.key(9, "2027-01", .active, load: nil))
        #expect(story.shows("2027-01 is used from now on, 2026-11 is being drained"))
        #expect(!story.shows(secret))
        #expect(!String(reflecting: story.model.screen).contains(secret))
    }

    @Test func revokingTheLastKeyThatIsUsedSaysSo() throws {
        var story = Story.providers()
        story.press(Key(.enter))
        let detail = Samples.azureDetail
        story.answer(
            Story.azurePath,
            OperatorProviderDetail(
                provider: detail.provider, deployments: [], keys: [Samples.key(1, "only", .active, load: 0.2)],
                limits: [],
                proxies: detail.proxies))
        story.press(Key(.tab), Key(.tab), .character("V"))
        #expect(story.shows("No other key of azure-gpt is active: its calls will be refused."))
        story.pass(.seconds(1))
        story.type("only")
        story.press(Key(.enter))
        #expect(try story.body(Story.azurePath + "/keys")?["state"] == "revoked")
    }

    @Test func aKeyIsDrainedAndUsedAgainByOneKey() throws {
        var story = Story.provider(tab: 2)
        story.press(.character("U"))
        #expect(try story.body(Story.azurePath + "/keys")?["state"] == "draining")
        story.answer(Story.azurePath + "/keys", Samples.key(1, "2026-11", .draining, load: 0))
        #expect(story.shows("is used only while no other can be"))
    }

    @Test func keyThatIsRefusedSaysSoAlsoWhileItIsDrained() {
        var story = Story.providers()
        story.press(Key(.enter))
        let detail = Samples.azureDetail
        story.answer(
            Story.azurePath,
            OperatorProviderDetail(
                provider: detail.provider, deployments: [],
                keys: [Samples.key(1, "first", .draining, load: 0, cools: 58_000, reason: "refused")], limits: [],
                proxies: detail.proxies))
        #expect(story.shows("The key first is not used for 58s, refused."))
    }

    // MARK: Adding and changing

    @Test func aProviderIsAddedByAForm() throws {
        var story = Story.providers(Size(columns: 120, rows: 40))
        story.press(.character("N"))
        story.press(.character("b"))
        #expect(story.shows("Region"), "what the kind needs is asked for")
        story.press(.character("o"), Key(.tab))
        #expect(!story.shows("Region"))
        story.type("openai-eu")
        story.press(Key(.enter))
        let body = try story.body(OperatorProvider.path)
        #expect(body?["name"] == "openai-eu")
        #expect(body?["kind"] == "openai")
        #expect(body?["holder"] == "organization")
        story.fail(OperatorProvider.path, ServerFailure(.rejected, "name: Another provider is called that."))
        #expect(story.shows("Another provider is called that."))
        story.type("-2")
        story.press(Key(.enter))
        story.answer(OperatorProvider.path, Samples.provider(8, "openai-eu-2", "openai", nil))
        #expect(story.shows("openai-eu-2 is there"))
        #expect(story.screen(ProviderScreen.self)?.title == "openai-eu-2")
    }

    @Test func whatIsNotChangedIsSentAsItWas() throws {
        var story = Story.providers()
        story.press(.character("E"), Key(.enter))
        let body = try story.body(Story.azurePath)
        #expect(story.ask(Story.azurePath)?.request.method == "PUT")
        #expect(body?["name"] == "azure-gpt")
        #expect(body?["url"] == "https://acme-swe.openai.azure.com")
        #expect(body?["settings"]?["api_version"] == "2024-10-21")
        #expect(body?["is_enabled"] == true)
        #expect(body?["revision"] == 3)
        #expect(body?["key"] == .null)
    }

    @Test func escapeAsksBeforeItThrowsAwayWhatWasTyped() {
        var story = Story.providers()
        story.press(.character("N"), Key(.tab))
        story.type("x")
        story.press(Key(.escape))
        #expect(story.shows("Esc again throws away"))
        story.press(Key(.escape))
        #expect(story.screen(ProvidersScreen.self) != nil)
    }

    @Test func limitsAreSetForTheModelUnderTheCursor() throws {
        var story = Story.provider(tab: 1)
        story.press(.character("S"))
        story.type("1.5k")
        story.press(Key(.enter))
        #expect(story.shows("is not a whole number"))
        story.press(.control("u"))
        story.type("2k")
        story.press(Key(.tab), Key(.tab))
        story.type("8")
        story.press(Key(.enter))
        let body = try story.body(Story.azurePath + "/limits")
        #expect(body?["subject"]?["upstream_model"] == "gpt-x-mini")
        #expect(body?["limits"]?["requests_per_minute"] == 2000)
        #expect(body?["limits"]?["concurrency"] == 8)
        #expect(body?["limits"]?["tokens_per_minute"] == .null)
    }

    // MARK: Rights

    @Test func whoMayOnlyLookIsOfferedNoAction() {
        var story = Story.providers(session: Samples.viewer)
        for key in "DTENAPK" { story.press(.character(key.unicodeScalars.first ?? "D")) }
        #expect(story.screen(ProvidersScreen.self) != nil)
        #expect(story.asked.allSatisfy { $0.request.method == "GET" })
    }

    @Test func whatIsNotOursToChangeCannotBe() {
        var story = Story.providers()
        story.press(.character("/"))
        story.type("groq")
        story.press(Key(.enter), .character("D"), .character("K"), .character("E"))
        #expect(story.screen(ProvidersScreen.self) != nil)
        #expect(story.asked.allSatisfy { !$0.request.path.hasSuffix("/effects") })
    }
}
