import FoundationEssentials
import Postgres
import Records
import Scoring
import Spending
import Stores
import Tenancy
import Testing

/// Providers and models as operators look after them, in a real database.
@Suite struct ProviderOverviewStoreTests {
    private static let date = Date(timeIntervalSince1970: 1_900_000_000)

    private func provider(_ tenant: Tenant, installed: Bool = false) async throws -> Provider {
        let provider = Provider(
            id: tenant.world.identifiers.next(), organizationID: installed ? nil : tenant.organization,
            kind: .vllm, name: "provider \(UUID())", baseURL: "https://acme.example/v1", hasKey: false,
            isEnabled: true, createdAt: Self.date)
        try await ProviderStore(database: tenant.world.database).create(provider, sealedKey: nil)
        return provider
    }

    private func model(
        _ tenant: Tenant, at provider: Provider, further: [Provider] = []
    ) async throws -> (id: ModelID, name: String) {
        let (id, date) = tenant.world.identifiers.nextDated(Model.self)
        let name = "model \(id)"
        let store = ModelStore(database: tenant.world.database)
        try await store.create(
            ModelDefinition(name: name, upstreamModel: "upstream", providerID: provider.id), id: id,
            of: tenant.organization, owner: tenant.owner.id, sealedKey: nil, at: date)
        var routing = ModelRouting()
        routing.furtherPlaces = further.map {
            ModelRouting.Place(providerID: $0.id, upstreamModel: "further", weight: 3)
        }
        #expect(try await store.setRouting(routing, of: id, in: tenant.organization, at: date))
        return (id, name)
    }

    private func evaluator(_ tenant: Tenant, naming model: String) async throws {
        let evaluator = try await tenant.evaluator("Uses \(model)")
        let change = tenant.change(of: evaluator) { $0.models = [model] }
        #expect(try await EvaluatorStore(database: tenant.world.database).addVersion(change))
    }

    @Test func ofTwoWhoEditAProviderTheSecondIsTold() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let store = ProviderStore(database: world.database)
            let provider = try await provider(tenant)
            let seen = try #require(try await store.overview(provider.id, usableBy: tenant.organization))
            #expect(seen.provider == Revised(provider, revision: 1) && seen.keyCount == 0 && seen.modelCount == 0)
            #expect(try await store.overview(provider.id, usableBy: other.organization) == nil)
            let renamed = Provider(
                id: provider.id, organizationID: provider.organizationID, kind: .vllm, name: provider.name + " 2",
                baseURL: provider.baseURL, settings: ProviderSettings(region: "eu"), hasKey: false, isEnabled: false,
                createdAt: provider.createdAt)
            #expect(try await store.update(renamed, from: 1, at: Self.date) == .done)
            #expect(try await store.update(renamed, from: 1, at: Self.date) == .outdated)
            let now = try await store.overview(provider.id, usableBy: tenant.organization)
            #expect(now?.provider == Revised(renamed, revision: 2))
            #expect(try await store.delete(provider.id, of: other.organization, at: 2) == .missing)
            #expect(try await store.delete(provider.id, of: tenant.organization, at: 1) == .outdated)
            #expect(try await store.delete(provider.id, of: tenant.organization, at: 2) == .done)
            #expect(try await store.delete(provider.id, of: tenant.organization, at: 2) == .missing)
        }
    }

    @Test func whatEndsWithAProviderIsToldBeforeAndNothingElseEnds() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let (store, models) = (ProviderStore(database: world.database), ModelStore(database: world.database))
            let (going, staying) = (try await provider(tenant), try await provider(tenant))
            let lost = try await model(tenant, at: going)
            let narrowed = try await model(tenant, at: going, further: [staying])
            let untouched = try await model(tenant, at: staying)
            try await evaluator(tenant, naming: lost.name)
            try await evaluator(tenant, naming: narrowed.name)
            _ = try await CallLimitStore(database: world.database).put(
                CallLimitRule(
                    id: world.identifiers.next(), providerID: going.id, subject: .provider,
                    limits: CallLimits(concurrency: 3)), of: tenant.organization)
            let effects = try await store.effects(ofDeleting: going.id, seenBy: tenant.organization)
            #expect(effects.modelsLost == [lost.name] && effects.modelsNarrowed == [narrowed.name])
            #expect(effects.evaluatorCount == 1 && effects.keyCount == 0 && effects.limitCount == 1)
            #expect(try await store.delete(going.id, of: tenant.organization, at: 1) == .done)
            let left = try await models.catalogue(usableBy: tenant.organization).filter {
                $0.model.organizationID != nil
            }
            #expect(Set(left.map(\.model.id)) == [narrowed.id, untouched.id])
            let heir = try #require(left.first { $0.model.id == narrowed.id })
            #expect(heir.model.definition.providerID == staying.id && heir.model.definition.upstreamModel == "further")
            #expect(heir.routing.weight == 3 && heir.routing.furtherPlaces.isEmpty)
        }
    }

    @Test func whatIsDrainedIsSeenByThoseWhoMayUseIt() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let store = DrainStore(database: world.database)
            let (own, installed) = (try await provider(tenant), try await provider(tenant, installed: true))
            func add(_ subject: DrainSubject, _ reason: String, of owner: OrganizationID?) async throws -> Bool {
                try await store.add(
                    subject, id: UUID(), reason: reason, by: tenant.owner.id, of: owner, at: Self.date)
            }
            #expect(try await !add(.provider(own.id), "not mine", of: other.organization))
            #expect(try await add(.provider(own.id), "maintenance", of: tenant.organization))
            #expect(try await add(.provider(own.id), "again", of: tenant.organization))
            #expect(try await add(.deployment(installed.id, upstreamModel: "m"), "slow", of: nil))
            let seen = try await store.list(usableBy: tenant.organization).filter {
                [.provider(own.id), .deployment(installed.id, upstreamModel: "m")].contains($0.subject)
            }
            #expect(seen.count == 2)
            let first = try #require(seen.first { $0.subject == .provider(own.id) })
            #expect(first.reason == "maintenance" && first.by == tenant.owner.reference && first.since == Self.date)
            let foreign = try await store.list(usableBy: other.organization)
            #expect(!foreign.contains { $0.subject == .provider(own.id) })
            // A person of another organisation is nobody's business.
            #expect(foreign.first { $0.subject == .deployment(installed.id, upstreamModel: "m") }?.by == nil)
            #expect(try await store.all().contains(.provider(own.id)))
            #expect(try await !store.remove(.provider(own.id), of: other.organization))
            #expect(try await store.remove(.provider(own.id), of: tenant.organization))
            #expect(try await !store.remove(.provider(own.id), of: tenant.organization))
            #expect(try await ProviderStore(database: world.database).delete(installed.id, of: nil))
            #expect(try await !store.all().contains(.deployment(installed.id, upstreamModel: "m")))
        }
    }

    @Test func spansOfSeveralProxiesAreOneHistory() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let store = DeploymentSpanStore(database: world.database)
            let provider = try await provider(tenant)
            let start = DeploymentSpan.start(of: Self.date)
            func span(_ calls: Int, _ score: Int, after seconds: TimeInterval = 0, _ model: String = "m")
                -> DeploymentSpan
            {
                var sums = DeploymentSums()
                sums.calls = calls
                sums.failures = ["timeout": 1]
                sums.promptTokens = 10
                sums.costInNanoDollars = 5
                sums.firstByte.add(calls, in: 30)
                return DeploymentSpan(
                    place: provider.id.uuid, upstreamModel: model, start: start.addingTimeInterval(seconds), sums: sums,
                    worst: WorstHealth(score: score, sentence: "\(score) points."))
            }
            let (one, other) = (UUID(), UUID())
            try await store.write([span(1, 100), span(4, 90, after: 600)], of: one)
            // Written again, it takes the place of what it was.
            try await store.write([span(3, 70)], of: one)
            try await store.write([span(2, 80), span(9, 10, "n")], of: other)
            try await store.write(
                [
                    DeploymentSpan(
                        place: UUID(), upstreamModel: "m", start: start, sums: DeploymentSums(),
                        worst: WorstHealth(score: 1, sentence: ""))
                ], of: one)
            func history(_ model: String?) async throws -> [(start: Date, sums: DeploymentSums, worst: WorstHealth)] {
                try await store.history(
                    of: provider.id.uuid, upstreamModel: model, from: start, to: start.addingTimeInterval(900),
                    every: .seconds(300))
            }
            let found = try await history("m")
            #expect(found.map(\.start) == [start, start.addingTimeInterval(600)])
            #expect(found.map(\.sums.calls) == [5, 4] && found.map(\.worst.score) == [70, 90])
            #expect(found.first?.sums.failures == ["timeout": 2])
            #expect(found.first?.sums.firstByte.counts[30] == 5 && found.first?.sums.costInNanoDollars == 10)
            let all = try await history(nil)
            #expect(all.first?.sums.calls == 14 && all.first?.worst.sentence == "10 points.")
            let owners = try await world.database.query(
                "SELECT DISTINCT organization_id FROM deployment_spans WHERE place_id = \(provider.id)")
            #expect(try owners.map { try $0.decode("organization_id") } == [tenant.organization])
            #expect(try await store.delete(before: start.addingTimeInterval(1), limit: 1000) >= 3)
            #expect(try await history(nil).map(\.start) == [start.addingTimeInterval(600)])
        }
    }

    @Test func modelsAreReplacedWithTheirPlacesAndAbilities() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let store = ModelStore(database: world.database)
            let (first, second) = (try await provider(tenant), try await provider(tenant))
            let (id, name) = try await model(tenant, at: first, further: [second])
            let known = try #require(try await store.catalogued(id, usableBy: tenant.organization))
            #expect(known.routing.furtherPlaces.map(\.providerID) == [second.id] && known.abilities == nil)
            #expect(try await store.catalogued(id, usableBy: other.organization) == nil)
            let abilities = ModelAbilities(
                contextLength: 8192, findings: [.init(ability: "tools", answer: .no, evidence: "They are off.")],
                foundAt: Self.date)
            let definition = ModelDefinition(
                name: name, upstreamModel: "m", url: "http://gpu:8000/v1", serverKind: .vllm, aliases: ["short"])
            var routing = ModelRouting(choice: .weighted, weight: 2, isUnpricedAllowed: false)
            routing.fallbacks = ["root"]
            func replace(_ revision: Int, keepsKey: Bool, key: [UInt8]?) async throws -> RevisedChange {
                try await store.replace(
                    id, of: tenant.organization, by: definition, routing, sealedKey: key, keepsKey: keepsKey,
                    abilities: abilities, from: revision, at: Self.date)
            }
            #expect(try await replace(known.revision, keepsKey: false, key: [7]) == .done)
            #expect(try await replace(known.revision, keepsKey: false, key: [7]) == .outdated)
            let now = try #require(try await store.catalogued(id, usableBy: tenant.organization))
            #expect(now.model.definition == definition && now.routing == routing && now.abilities == abilities)
            #expect(try await store.sealedKey(of: id, usableBy: tenant.organization) == [7])
            #expect(try await store.sealedKey(of: id, usableBy: other.organization) == nil)
            #expect(try await replace(now.revision, keepsKey: true, key: nil) == .done)
            #expect(try await store.sealedKey(of: id, usableBy: tenant.organization) == [7])
            #expect(try await replace(now.revision + 1, keepsKey: false, key: nil) == .done)
            #expect(try await store.sealedKey(of: id, usableBy: tenant.organization) == nil)
            try await evaluator(tenant, naming: "short")
            let effects = try await store.effects(ofDeleting: id, seenBy: tenant.organization)
            #expect(effects.evaluatorCount == 1 && effects.evaluatorNames == ["Uses short"])
            #expect(try await store.delete(id, of: tenant.organization, at: 1) == .outdated)
            #expect(try await store.delete(id, of: tenant.organization, at: now.revision + 2) == .done)
        }
    }

    @Test func theFirstOrganisationRunsTheInstallation() async throws {
        try await World.runAlone { world in
            let (first, second) = (try await world.tenant(), try await world.tenant())
            let store = OrganizationStore(database: world.database)
            #expect(try await store.runsInstallation(first.organization))
            #expect(try await !store.runsInstallation(second.organization))
            #expect(try await !store.runsInstallation(PresetCatalogue.organizationID))
        }
    }
}
