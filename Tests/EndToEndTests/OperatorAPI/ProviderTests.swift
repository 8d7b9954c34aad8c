import Foundation
import Testing
import WireAPI

extension EndToEnd.OperatorAPI {
    /// Providers, models and prices as the console looks after them, through real daemons and a real provider.
    @Suite struct ProviderTests {
        @Test func aProviderIsAddedPricedTriedDrainedAndWatched() async throws {
            let installation = try await PrivateInstallation.faulty()
            let server = try await FaultyProvider.shared()
            let caller = try await installation.administrator()
            let name = "acme \(UUID())"
            let list = try await caller.ask(.providers)
            #expect(list.runsInstallation && list.proxies.answering == 1, "\(list.proxies)")
            let provider = try await caller.ask(
                .addProvider(
                    OperatorProviderDraft(
                        kind: "openai_compatible", name: name, url: "http://127.0.0.1:\(server.port)/v1",
                        key: FaultyProvider.key)))
            let model = try await caller.ask(
                .addModel(OperatorModelDraft(name: name, providerID: provider.id, upstreamModel: "well")))
            let unpriced = try await caller.ask(.testCall(of: model.id), within: .seconds(60))
            #expect(!unpriced.isAnswered, "\(unpriced)")

            _ = try await caller.ask(
                .addPrice(
                    OperatorPriceDraft(
                        provider: name, model: "*",
                        tariff: OperatorTariff(input: 1_000_000_000, output: 2_000_000_000))))
            let priced = try await eventualValue("the price is known to the proxy") {
                let result = try await caller.ask(.testCall(of: model.id), within: .seconds(60))
                return result.isAnswered ? result : nil
            }.value
            // A hundred tokens in, twenty out.
            #expect(priced.costNanodollars == 140_000 && priced.provider == name, "\(priced)")

            let drain = OperatorDrainWish(providerID: provider.id, isDrained: true, reason: "maintenance")
            _ = try await caller.ask(.drain(drain))
            try await eventually("the proxy lets no call there") {
                try await !caller.ask(.testCall(of: model.id), within: .seconds(60)).isAnswered
            }
            _ = try await caller.ask(.drain(OperatorDrainWish(providerID: provider.id, isDrained: false)))
            try await eventually("the proxy lets calls there again") {
                try await caller.ask(.testCall(of: model.id), within: .seconds(60)).isAnswered
            }
            let detail = try await eventualValue("the calls are seen") {
                let detail = try await caller.ask(.provider(provider.id))
                return (detail.deployments.first?.figures?.recent.calls ?? 0) >= 2 ? detail : nil
            }.value
            let deployment = try #require(detail.deployments.first)
            #expect(deployment.upstreamModel == "well" && deployment.models == [name])
            #expect(deployment.replicas.count == 1)
            #expect(detail.provider.health != nil && detail.keys.map(\.state) == [.active], "\(detail.provider)")
            try await eventually("how it did is written down", within: .seconds(120)) {
                try await caller.ask(.providerHistory(provider.id, .sixHours)).buckets.contains { $0.health != nil }
            }
            _ = try await caller.ask(.deleteProvider(provider.id, revision: provider.revision))
            #expect(try await !caller.ask(.models).results.contains { $0.id == model.id })
        }

        @Test func aServerIsProbedByItsAddress() async throws {
            let installation = try await PrivateInstallation.faulty()
            let server = try await FaultyProvider.shared()
            let caller = try await installation.administrator()
            let probe = try await caller.ask(
                .probeServer(
                    OperatorServerProbeWish(
                        url: "http://127.0.0.1:\(server.port)/v1", key: FaultyProvider.key, model: "well")),
                within: .seconds(120))
            #expect(probe.abilities.kind == "openai_compatible")
            #expect(probe.abilities.findings.first { $0.ability == "chat" }?.answer == .yes, "\(probe)")
            let model = try await caller.ask(
                .addModel(
                    OperatorModelDraft(
                        name: "probed \(UUID())", url: probe.url, key: FaultyProvider.key, upstreamModel: "well",
                        isUnpricedAllowed: true, probeID: probe.id)))
            #expect(model.abilities == probe.abilities)
            let result = try await caller.ask(.testCall(of: model.id), within: .seconds(60))
            #expect(result.isAnswered, "\(result)")
            _ = try await caller.ask(.deleteModel(model.id, revision: model.revision))
        }
    }
}
