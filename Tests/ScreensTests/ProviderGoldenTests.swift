import Screens
import Terminal
import Testing
import WireAPI

/// Every screen of the room of providers as it looks, at every size.
struct ProviderGoldenTests {
    @Test func lists() throws {
        try Golden.check("providers") { .providers($0) }
        try Golden.check("providers-ascii", charset: .ascii) { .providers($0, charset: .ascii) }
        try Golden.check("providers-loading") { .entering(.providers, $0) }
        try Golden.check("providers-no-proxy") { size in
            var story = Story.entering(.providers, size)
            let list = Samples.providers
            story.answer(
                OperatorProvider.path,
                OperatorProviderList(
                    results: [Samples.provider(9, "openai", "openai", nil, models: 2)],
                    proxies: OperatorProxies(
                        known: 2, answering: 0, complaint: "Neither of the LLM proxies answers: connection refused.",
                        askedAt: Samples.now), kinds: list.kinds, runsInstallation: true))
            return story
        }
        try Golden.check("providers-empty") { size in
            var story = Story.entering(.providers, size)
            story.answer(
                OperatorProvider.path,
                OperatorProviderList(
                    results: [], proxies: Samples.proxies, kinds: Samples.providers.kinds, runsInstallation: true))
            return story
        }
        try Golden.check("models") { .models($0) }
        try Golden.check("prices") { .prices($0) }
        try Golden.check("budgets") { .budgets($0) }
        try Golden.check("budgets-ascii", charset: .ascii) { .budgets($0, charset: .ascii) }
        try Golden.check("spending") { .spending($0) }
    }

    @Test func aProvider() throws {
        try Golden.check("provider-health") { .provider($0) }
        try Golden.check("provider-health-ascii", charset: .ascii) { .provider($0, charset: .ascii) }
        try Golden.check("provider-models") { .provider($0, tab: 1) }
        try Golden.check("provider-keys") { .provider($0, tab: 2) }
        try Golden.check("provider-limits") { .provider($0, tab: 3) }
        try Golden.check("provider-history") { size in
            var story = Story.provider(size, tab: 4)
            story.answer(Story.azurePath + "/history", Samples.providerHistory)
            return story
        }
        try Golden.check("provider-explained") { size in
            var story = Story.provider(size)
            story.press(.character("e"))
            return story
        }
    }

    @Test func aModel() throws {
        try Golden.check("model") { size in
            var story = Story.models(size)
            story.press(.character("/"))
            story.type("gpt-x-mini")
            story.press(Key(.enter), Key(.enter))
            story.answer("\(OperatorModel.path)/", Samples.weightedModel)
            return story
        }
        try Golden.check("model-hosted") { size in
            var story = Story.models(size)
            story.press(.character("/"))
            story.type("hosted")
            story.press(Key(.enter), Key(.enter))
            story.answer("\(OperatorModel.path)/", Samples.hostedModel)
            return story
        }
        try Golden.check("model-test") { size in
            var story = Story.models(size)
            story.press(.character("T"), Key(.enter))
            story.answer("\(OperatorModel.path)/", Samples.testResult)
            return story
        }
        try Golden.check("model-test-failed") { size in
            var story = Story.models(size)
            story.press(.character("T"), Key(.enter))
            story.answer("\(OperatorModel.path)/", Samples.failedTest)
            return story
        }
        try Golden.check("server-probe") { size in
            var story = Story.models(size)
            story.press(.character("B"))
            story.type("http://gpu2:8000/v1")
            story.press(Key(.enter))
            story.answer(OperatorServerProbeWish.path, Samples.probe)
            return story
        }
    }

    @Test func forms() throws {
        try Golden.check("provider-add") { size in
            var story = Story.providers(size)
            story.press(.character("N"), Key(.right), Key(.tab))
            story.type("azure-eu")
            story.press(Key(.enter))
            return story
        }
        try Golden.check("provider-key-add") { size in
            var story = Story.provider(size, tab: 2)
            story.press(.character("R"))
            story.type("2027-01")
            story.press(Key(.tab))
            story.type("sk-secret-9")
            return story
        }
        try Golden.check("provider-drain") { size in
            var story = Story.providers(size)
            story.press(.character("D"))
            story.answer(Story.azurePath + "/effects", Samples.providerEffects)
            return story
        }
        try Golden.check("provider-delete") { size in
            var story = Story.providers(size)
            story.press(.character("K"))
            story.answer(Story.azurePath + "/effects", Samples.providerEffects)
            return story
        }
        try Golden.check("model-edit") { size in
            var story = Story.models(size)
            story.press(.character("/"))
            story.type("gpt-x-mini")
            story.press(Key(.enter), .character("E"))
            story.answer(OperatorProvider.path, Samples.providers)
            return story
        }
        try Golden.check("price-add") { size in
            var story = Story.prices(size)
            story.press(.character("N"))
            return story
        }
        try Golden.check("budget-add") { size in
            var story = Story.budgets(size)
            story.press(.character("N"))
            story.answer(OperatorSpending.path, Samples.spending)
            return story
        }
    }

    @Test func theDashboardTellsOfAnUnhealthyProvider() throws {
        try Golden.check("dashboard-provider") { size in
            var story = Story.entering(.dashboard, size)
            story.answer(OperatorDashboard.path, Samples.dashboard())
            story.answer(OperatorProvider.path, Samples.providers)
            return story
        }
    }
}
