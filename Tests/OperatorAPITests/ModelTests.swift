import APIClient
import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPTransfer
import JSON
import Operations
import Scoring
import Stores
import Tenancy
import Testing
import WireAPI

/// Models with their routes, as the console sees and changes them.
@Suite struct ModelTests {
    private func provider(_ viewer: Viewer, _ name: String = "acme", kind: String = "openai") async throws -> UUID {
        try await viewer.ask(.addProvider(OperatorProviderDraft(kind: kind, name: name, url: "https://acme.example")))
            .id
    }

    @Test func aServerIsProbedAndItsModelAddedWithWhatWasFound() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer(.operator)
            let url = "http://vllm-\(server.identifiers.uuid()):8000/v1"
            let probe = try await viewer.ask(.probeServer(OperatorServerProbeWish(url: url)))
            #expect(probe.models == ["tiny", "big"] && probe.model == "tiny" && probe.abilities.kind == "vllm")
            #expect(probe.abilities.findings.map(\.answer) == [.yes, .no] && probe.abilities.contextLength == 8192)
            let asked = server.proxies[0].probes.count { $0.url == url }
            let model = try await viewer.ask(
                .addModel(OperatorModelDraft(name: "local", url: url, upstreamModel: "tiny", probeID: probe.id)))
            #expect(server.proxies[0].probes.count { $0.url == url } == asked, "it is not asked again")
            #expect(model.abilities == probe.abilities)
            let place = try #require(model.places.first)
            #expect(place.kind == "vllm" && place.url == url && place.upstreamModel == "tiny")
            #expect(place.tariff == OperatorTariff(input: 0, output: 0), "a model on one's own machine is free")
            #expect(!model.isUnpricedAllowed)
            let elsewhere = try await viewer.refusal(
                .addModel(OperatorModelDraft(name: "other", url: "http://other:1", probeID: probe.id)))
            #expect(elsewhere?.status == 400 && elsewhere?.detail.contains("Another server was probed") == true)
            let foreign = try await server.tenant().viewer(.operator).refusal(
                .addModel(OperatorModelDraft(name: "other", url: url, probeID: probe.id)))
            #expect(foreign?.status == 400, "what others found out is theirs")
            let again = try await viewer.ask(.probeModel(model.id))
            #expect(again.abilities?.findings.count == 2 && again.revision == model.revision + 1)
            #expect(server.proxies[0].probes.last { $0.url == url }?.model == "tiny")
            let wrong = try await viewer.refusal(.probeServer(OperatorServerProbeWish(url: "gopher://x")))
            #expect(wrong?.status == 400)
        }
    }

    @Test func aRouteIsStoredAndReplacedAsAWhole() async throws {
        try await OperatorServer.run { server in
            let viewer = try await server.tenant().viewer(.operator)
            let (first, second) = (try await provider(viewer), try await provider(viewer, "umbrella"))
            _ = try await viewer.ask(.addModel(OperatorModelDraft(name: "spare", providerID: second)))
            let draft = OperatorModelDraft(
                name: "gpt", aliases: ["fast"], providerID: first, upstreamModel: "gpt-5-mini", weight: 3,
                choice: .weighted, furtherPlaces: [.init(providerID: second, upstreamModel: "mini", weight: 2)],
                fallbacks: ["spare"], cacheSeconds: 600, maximumOutputTokens: 2000)
            let made = try await viewer.ask(.addModel(draft))
            #expect(made.places.map(\.providerName) == ["acme", "umbrella"] && made.places.map(\.weight) == [3, 2])
            #expect(made.choice == .weighted && made.fallbacks == ["spare"] && made.cacheSeconds == 600)
            #expect(made.places.allSatisfy { $0.tariff == nil } && made.aliases == ["fast"])
            let change = OperatorModelDraft(
                name: "gpt", isListed: false, providerID: second, upstreamModel: "mini", isUnpricedAllowed: true,
                revision: made.revision)
            let changed = try await viewer.ask(.changeModel(made.id, to: change))
            #expect(changed.places.map(\.providerName) == ["umbrella"] && changed.fallbacks.isEmpty)
            #expect(changed.isUnpricedAllowed && !changed.isListed && changed.revision > made.revision)
            #expect(try await viewer.refusal(.changeModel(made.id, to: change))?.status == 409)
            let strange = try await viewer.refusal(
                .addModel(
                    OperatorModelDraft(
                        name: "x", providerID: UUID(), furtherPlaces: [.init(providerID: UUID(), upstreamModel: "m")],
                        fallbacks: ["nobody", "x"])))
            for words in [
                "provider_id: There is no such provider", "further_places", "“nobody”", "fall back to itself",
            ] {
                #expect(strange?.detail.contains(words) == true, "\(words): \(strange?.detail ?? "")")
            }
            let homeless = try await viewer.refusal(.addModel(OperatorModelDraft(name: "x")))
            #expect(homeless?.status == 400 && homeless?.detail.contains("an address of the model's own") == true)
            _ = try await viewer.ask(.deleteModel(made.id, revision: changed.revision))
            #expect(try await viewer.refusal(.model(made.id))?.status == 404)
        }
    }

    @Test func whatUsesAModelIsToldBeforeItGoes() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer(.operator)
            let provider = try await provider(viewer)
            let model = try await viewer.ask(.addModel(OperatorModelDraft(name: "judge-model", providerID: provider)))
            _ = try await viewer.ask(
                .addModel(OperatorModelDraft(name: "primary", providerID: provider, fallbacks: ["judge-model"])))
            var draft = EvaluatorDraft()
            draft.name = "Politeness"
            draft.criteria = "Judge {{response}}"
            draft.objective = .new(intent: "To measure something.")
            draft.models = ["judge-model"]
            let evaluator = try await server.product.evaluators.create(draft, overwrite: false, for: tenant.principal())
            _ = try await tenant.judge("Manners", [evaluator])
            let effects = try await viewer.ask(.modelEffects(model.id))
            #expect(
                effects
                    == OperatorModelEffects(
                        evaluatorCount: 1, judgeCount: 1, evaluatorNames: ["Politeness"], fallbackOf: ["primary"]))
            let ending = try await viewer.ask(.providerEffects(provider))
            #expect(ending.modelsLost == ["judge-model", "primary"] && ending.evaluatorCount == 1)
            #expect(try await server.tenant().viewer(.owner).refusal(.modelEffects(model.id))?.status == 404)
        }
    }

    @Test func aTestCallIsMadeInTheNameOfTheOrganisation() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let viewer = try await tenant.viewer(.operator)
            let name = "tested \(server.identifiers.uuid())"
            let model = try await viewer.ask(
                .addModel(OperatorModelDraft(name: name, providerID: try await provider(viewer))))
            let result = try await viewer.ask(.testCall(of: model.id, OperatorTestCall(prompt: "Hello?")))
            #expect(result.isAnswered && result.text == "ready" && result.costNanodollars == 900)
            let call = try #require(server.proxies[0].testCalls.last { $0.model == name })
            #expect(call.organizationID == tenant.organization.uuid && call.prompt == "Hello?")
            #expect(try await tenant.viewer(.viewer).refusal(.testCall(of: model.id))?.status == 403)
            #expect(try await server.tenant().viewer(.operator).refusal(.testCall(of: model.id))?.status == 404)
        }
    }

    @Test func aKeyGoesToNoOtherServer() async throws {
        try await OperatorServer.run { server in
            let viewer = try await server.tenant().viewer(.operator)
            let model = try await viewer.ask(
                .addModel(OperatorModelDraft(name: "m", url: "https://one.example/v1", key: "sk-one")))
            #expect(model.hasKey)
            func move(to url: String, key: String? = nil) -> OperatorRequest<OperatorModel> {
                .changeModel(model.id, to: OperatorModelDraft(name: "m", url: url, key: key, revision: model.revision))
            }
            let refused = try await viewer.refusal(move(to: "https://two.example/v1"))
            #expect(refused?.status == 400 && refused?.detail.contains("Give the key again") == true)
            #expect(try await viewer.ask(move(to: "https://one.example/v2")).hasKey)
        }
    }
}
