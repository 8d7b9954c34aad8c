import FoundationEssentials
import Scoring
import Stores
import Tenancy
import Testing

@Suite struct ModelStoreTests {
    private func provider(
        _ world: World, of organization: OrganizationID?, sealedKey: [UInt8]? = nil
    ) async throws -> Provider {
        let (id, date) = world.identifiers.nextDated(Provider.self)
        let provider = Provider(
            id: id, organizationID: organization, kind: .openAICompatible, name: "Provider \(id)",
            baseURL: "https://models.example.com/v1", hasKey: sealedKey != nil, isEnabled: true, createdAt: date)
        try await ProviderStore(database: world.database).create(provider, sealedKey: sealedKey)
        return provider
    }

    @discardableResult
    private func model(
        _ tenant: Tenant, of organization: OrganizationID?, _ definition: ModelDefinition, sealedKey: [UInt8]? = nil
    ) async throws -> ModelID {
        let (id, date) = tenant.world.identifiers.nextDated(Model.self)
        try await ModelStore(database: tenant.world.database).create(
            definition, id: id, of: organization, owner: tenant.owner.id, sealedKey: sealedKey, at: date)
        return id
    }

    @Test func aNameIsOneModelWithinAnOrganisationAndWithinTheInstallation() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let definition = ModelDefinition(name: "m \(tenant.organization)", upstreamModel: "u")
            try await model(tenant, of: tenant.organization, definition)
            try await model(tenant, of: nil, definition)
            await #expect(throws: Conflict(.nameTaken)) { try await model(tenant, of: tenant.organization, definition) }
            await #expect(throws: Conflict(.nameTaken)) { try await model(tenant, of: nil, definition) }
            try await model(try await world.tenant(), of: nil, ModelDefinition(name: "other", upstreamModel: "u"))
        }
    }

    @Test func theOrganisationsOwnModelShadowsTheInstallations() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let store = ModelStore(database: world.database)
            let name = "shadowed \(tenant.organization)"
            let provider = try await provider(world, of: nil, sealedKey: [9, 9])
            try await model(
                tenant, of: nil, ModelDefinition(name: name, upstreamModel: "global", providerID: provider.id))
            let global = try #require(try await store.route(to: name, for: tenant.organization))
            #expect(global.model.definition.upstreamModel == "global" && global.provider == provider)
            #expect(global.providerSealedKey == [9, 9] && global.sealedKey == nil)
            #expect(global.model.provider?.id == provider.id)

            let url = "http://127.0.0.1:9/v1"
            let own = ModelDefinition(name: name, upstreamModel: "own", url: url, maximumOutputTokens: 900)
            try await model(tenant, of: tenant.organization, own, sealedKey: [1])
            let route = try #require(try await store.route(to: name, for: tenant.organization))
            #expect(route.model.definition == own && route.model.hasKey && route.sealedKey == [1])
            #expect(route.provider == nil && route.model.owner == tenant.owner.reference)
            let elsewhere = try await store.route(to: name, for: try await world.tenant().organization)
            #expect(elsewhere?.model.definition.upstreamModel == "global")
        }
    }

    @Test func anAliasLeadsToItsModelAfterEveryName() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let store = ModelStore(database: world.database)
            try await model(
                tenant, of: tenant.organization, ModelDefinition(name: "a", upstreamModel: "a", aliases: ["b", "c"]))
            try await model(tenant, of: tenant.organization, ModelDefinition(name: "b", upstreamModel: "b"))
            #expect(try await store.route(to: "c", for: tenant.organization)?.model.definition.name == "a")
            #expect(try await store.route(to: "b", for: tenant.organization)?.model.definition.name == "b")
            let unknown = try await store.unknownNames(among: ["a", "c", "z"], usableBy: tenant.organization)
            #expect(unknown == ["z"])
        }
    }

    @Test func aProviderThatIsSwitchedOffServesNothing() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let (providers, models) = (ProviderStore(database: world.database), ModelStore(database: world.database))
            let provider = try await provider(world, of: tenant.organization)
            let id = try await model(
                tenant, of: tenant.organization,
                ModelDefinition(name: "served", upstreamModel: "u", providerID: provider.id))
            #expect(try await models.route(to: "served", for: tenant.organization) != nil)
            #expect(try await providers.setEnabled(false, provider.id, of: tenant.organization, at: Date()))
            #expect(try await models.route(to: "served", for: tenant.organization) == nil)
            #expect(try await models.find(id, usableBy: tenant.organization) != nil, "it is still listed")
            #expect(try await providers.setEnabled(false, provider.id, of: nil, at: Date()) == false)
            #expect(try await providers.delete(provider.id, of: tenant.organization))
            #expect(try await models.find(id, usableBy: tenant.organization) == nil)
        }
    }

    @Test func othersModelsAndProvidersDoNotExist() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let (providers, models) = (ProviderStore(database: world.database), ModelStore(database: world.database))
            let provider = try await provider(world, of: tenant.organization)
            let definition = ModelDefinition(name: "mine", upstreamModel: "u", providerID: provider.id)
            let id = try await model(tenant, of: tenant.organization, definition)
            #expect(try await models.find(id, usableBy: other.organization) == nil)
            #expect(try await models.route(to: "mine", for: other.organization) == nil)
            #expect(try await models.delete(id, of: other.organization) == false)
            #expect(
                try await models.update(id, of: other.organization, to: definition, sealedKey: nil, at: Date())
                    == false)
            #expect(try await !providers.list(usableBy: other.organization).contains(provider))
            #expect(try await providers.list(usableBy: tenant.organization).contains(provider))
            #expect(
                try await models.list(usableBy: other.organization, page: .firstHundred).items.allSatisfy {
                    $0.organizationID == nil
                })
        }
    }

    @Test func anUpdateKeepsTheKeyUnlessOneIsGiven() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let store = ModelStore(database: world.database)
            var definition = ModelDefinition(name: "kept", upstreamModel: "u")
            let id = try await model(tenant, of: tenant.organization, definition, sealedKey: [7])
            definition.upstreamModel = "v"
            for (given, expected) in [(nil, [7]), ([8], [8])] as [([UInt8]?, [UInt8])] {
                let updated = try await store.update(
                    id, of: tenant.organization, to: definition, sealedKey: given, at: Date())
                #expect(updated)
                let route = try await store.route(to: "kept", for: tenant.organization)
                #expect(route?.sealedKey == expected && route?.model.definition == definition)
            }
        }
    }

    @Test func unlistedModelsAreFoundByNameOnly() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let store = ModelStore(database: world.database)
            let (open, unlisted) = ("open \(tenant.organization)", "unlisted \(tenant.organization)")
            try await model(
                tenant, of: nil, ModelDefinition(name: open, upstreamModel: "u", visibility: .public))
            try await model(
                tenant, of: nil, ModelDefinition(name: unlisted, upstreamModel: "u", visibility: .publicUnlisted))
            let names = try await store.list(usableBy: tenant.organization, page: .firstHundred).items
                .map(\.definition.name)
            #expect(names.contains(open) && !names.contains(unlisted))
            #expect(try await store.route(to: unlisted, for: tenant.organization) != nil)
        }
    }
}
