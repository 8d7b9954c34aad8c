import FoundationEssentials
import JSON
import Screens
import Terminal
import Testing
import WireAPI

/// Models: their route, their price, asking them, adding them.
struct ModelTests {
    private func path(_ model: OperatorModel) -> String { "\(OperatorModel.path)/\(model.id.uuidString.lowercased())" }

    private func filtered(_ text: String, _ size: Size = Size(columns: 120, rows: 40)) -> Story {
        var story = Story.models(size)
        story.press(.character("/"))
        story.type(text)
        story.press(Key(.enter))
        return story
    }

    @Test func theirStateSaysWhyTheyCannotBeCalled() {
        let story = Story.models(Size(columns: 200, rows: 60))
        #expect(story.shows("no place"))
        #expect(story.shows("no price"))
        #expect(story.shows("azure-gpt x3, openai x1"))
    }

    @Test func aProviderLeadsToItsModels() {
        var story = Story.providers()
        story.press(.character("d"))
        story.answer(OperatorModel.path, Samples.modelList)
        #expect(story.screen(ModelsScreen.self)?.query == "provider:azure-gpt")
        #expect(story.screen(ModelsScreen.self)?.held.list.shown.map(\.name) == ["gpt-x", "gpt-x-mini"])
    }

    @Test func aTestCallTellsWhoAnsweredHowFastAndForHowMuch() throws {
        var story = filtered("gpt-x-mini")
        story.press(.character("T"))
        story.type("Are you there?")
        story.press(Key(.enter))
        let test = path(Samples.weightedModel) + "/test-call"
        #expect(try story.body(test)?["prompt"] == "Are you there?")
        #expect(story.ask(test)?.request.patience == .models)
        story.answer(test, Samples.testResult)
        for text in ["openai answered in 1.2 s.", "gpt-x-mini-2026", "1.2s", "14", "$0.000095", "Yes, I am here."] {
            #expect(story.shows(text), "\(text)")
        }
        story.press(.character("R"))
        #expect(story.ask(test) != nil)
        story.press(Key(.escape))
        #expect(story.shows("Not waited for any more"))
    }

    @Test func aTestCallFromAProviderAsksWhichOfItsModels() throws {
        var story = Story.provider(Size(columns: 120, rows: 40))
        story.press(.character("T"))
        story.answer(OperatorModel.path, Samples.modelList)
        #expect(story.shows("Ask which model of azure-gpt"))
        story.press(.character("1"))
        #expect(story.shows("Ask gpt-x-mini"))
        story.press(Key(.enter))
        #expect(story.ask(path(Samples.weightedModel) + "/test-call") != nil)
    }

    @Test func aServerIsTriedAndItsModelAddedWithWhatWasFound() throws {
        var story = Story.models(Size(columns: 120, rows: 40))
        story.press(.character("B"))
        story.type("gpu2:8000")
        story.press(Key(.enter))
        #expect(story.shows("begins with http:// or https://"))
        story.press(.control("u"))
        story.type("http://gpu2:8000/v1")
        story.press(Key(.enter))
        story.answer(OperatorServerProbeWish.path, Samples.probe)
        #expect(story.shows("llama-70b answered in 840ms"))
        #expect(story.shows("It kept to a JSON schema"))
        story.press(.character("N"))
        story.answer(OperatorProvider.path, Samples.providers)
        #expect(story.shows("http://gpu2:8000/v1"))
        story.press(Key(.enter))
        let body = try story.body(OperatorModel.path)
        #expect(body?["probe_id"] == .string(Samples.probe.id.uuidString.lowercased()))
        #expect(body?["url"] == "http://gpu2:8000/v1")
        #expect(body?["upstream_model"] == "llama-70b")
        #expect(body?["maximum_tokens"] == 32_768)
    }

    @Test func theRouteIsEditedAsText() throws {
        var story = filtered("gpt-x-mini")
        story.press(.character("E"))
        story.answer(OperatorProvider.path, Samples.providers)
        for _ in 0..<4 { story.press(Key(.tab)) }
        story.press(.control("u"))
        story.type("nobody/gpt")
        story.press(Key(.enter))
        #expect(story.shows("begins with none of the providers"))
        story.press(.control("u"))
        story.type("openai/gpt-x-mini-2026*4, anthropic/claude/y")
        story.press(Key(.enter))
        let body = try story.body(path(Samples.weightedModel))
        #expect(body?["revision"] == 5)
        #expect(body?["choice"] == "weighted")
        let places = body?["further_places"]
        #expect(places?[0]?["upstream_model"] == "gpt-x-mini-2026")
        #expect(places?[0]?["weight"] == 4)
        #expect(places?[1]?["upstream_model"] == "claude/y")
        #expect(places?[1]?["provider_id"] == .string(Samples.providers.results[2].id.uuidString.lowercased()))
        story.answer(path(Samples.weightedModel), Samples.weightedModel)
        #expect(story.shows("gpt-x-mini is changed"))
    }

    @Test func deletingSaysWhichEvaluatorsWouldFail() {
        var story = filtered("hosted")
        story.press(.character("K"))
        story.answer(path(Samples.hostedModel) + "/effects", Samples.modelEffects)
        #expect(story.shows("7 evaluators in 2 judges would fail: Faithfulness, Toxicity, Politeness and 4 more"))
        story.pass(.seconds(1))
        story.type("local-8b")
        story.press(Key(.enter))
        #expect(story.ask(path(Samples.hostedModel))?.request.method == "DELETE")
    }

    @Test func aModelWithAnAddressOfItsOwnIsTriedAgain() {
        var story = filtered("hosted")
        story.press(Key(.enter))
        story.answer(path(Samples.hostedModel), Samples.hostedModel)
        #expect(story.shows("schema output"))
        story.press(.character("A"))
        #expect(story.ask(path(Samples.hostedModel) + "/probe")?.request.method == "POST")
    }
}
