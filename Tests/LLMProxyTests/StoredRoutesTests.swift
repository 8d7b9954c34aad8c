import ChatModel
import Cryptography
import EventLoop
import FoundationEssentials
import Logging
import Postgres
import Providers
import Schema
import Scoring
import Stores
import Tenancy
import TestSupport
import Testing

@testable import LLMProxy

/// Routes out of a real database.
@Suite struct StoredRoutesTests {
    /// A migrated database, and organisations in it that see nothing of each other.
    private struct World: Sendable {
        let database: PostgresClient
        let keys: SealedBox.KeyPair
        let identifiers = IdentifierSource { Date() }

        static let shared = Task { try await World() }

        private init() async throws {
            let loops = TestLoops.group
            let connection = try await PrivatePostgres.shared().freshDatabase()
            let database = PostgresClient(loops: loops, settings: PostgresSettings(connection: connection))
            try await loops.next().run {
                try await SchemaMigrator(client: database, logger: Logger(label: "test")).migrate()
                try await PresetStore(database: database).seed(at: Date())
            }
            self.database = database
            keys = try SealedBox.KeyPair.generate()
        }

        func source(isDemoOn: Bool = true, defaultModel: String? = nil) -> RouteSource {
            StoredRoutes(
                models: ModelStore(database: database), isDemoOn: isDemoOn, defaultModel: defaultModel,
                open: { box in
                    String(
                        decoding: try SealedBox.open(box, with: keys, purpose: Scoring.Provider.keyPurpose),
                        as: UTF8.self)
                }
            ).source
        }
    }

    /// One organisation.
    private struct Tenant: Sendable {
        let world: World
        let id: OrganizationID

        init(_ world: World) async throws {
            self.world = world
            id = world.identifiers.next()
            let owner = User(
                id: world.identifiers.next(), organizationID: id, email: "owner-\(id)@example.com", fullName: "Owner",
                role: .owner, createdAt: Date())
            let project = Project(
                id: world.identifiers.next(), organizationID: id, name: "Default", description: "", isDefault: true,
                ownerID: owner.id, createdAt: Date())
            try await OrganizationStore(database: world.database).create(
                Organization(id: id, name: "Tenant", createdAt: Date()), owner: owner, passwordHash: "hash",
                defaultProject: project)
        }

        /// Adds a provider with these models.
        @discardableResult
        func provide(
            _ models: [String], kind: Scoring.ProviderKind = .openAICompatible, name: String = "acme",
            upstream: String? = nil, settings: ProviderSettings = ProviderSettings(), key: [UInt8]? = nil
        ) async throws -> ProviderID {
            let provider = Scoring.Provider(
                id: world.identifiers.next(), organizationID: id, kind: kind, name: name,
                baseURL: "https://acme.example/v1", settings: settings, hasKey: key != nil, isEnabled: true,
                createdAt: Date())
            try await ProviderStore(database: world.database).create(provider, sealedKey: key)
            for model in models {
                try await add(
                    ModelDefinition(name: model, upstreamModel: upstream ?? model, providerID: provider.id))
            }
            return provider.id
        }

        @discardableResult
        func add(_ model: ModelDefinition, key: [UInt8]? = nil) async throws -> ModelID {
            let modelID: ModelID = world.identifiers.next()
            try await ModelStore(database: world.database).create(
                model, id: modelID, of: id, owner: PresetCatalogue.owner.id, sealedKey: key, at: Date())
            return modelID
        }

        func sealed(_ key: String, for pair: SealedBox.KeyPair? = nil) throws -> [UInt8] {
            try SealedBox.seal(
                Array(key.utf8), to: (pair ?? world.keys).publicKey, purpose: Scoring.Provider.keyPurpose)
        }

        func route(_ name: String, _ source: RouteSource? = nil) async throws -> CallRoute? {
            try await (source ?? world.source()).route(id, name)
        }

        /// The first deployment of a route.
        func deployment(_ name: String, _ source: RouteSource? = nil) async throws -> Deployment? {
            try await route(name, source)?.stages.first?.deployments.first
        }
    }

    private func with(_ body: @escaping @Sendable (Tenant) async throws -> Void) async throws {
        let world = try await World.shared.value
        try await TestLoops.group.next().run { try await body(Tenant(world)) }
    }

    private func isDemonstration(_ route: CallRoute?) -> Bool {
        guard let deployment = route?.stages.first?.deployments.first, deployment.obstacle == nil else { return false }
        return deployment.providerName == DemoModel.provider
    }

    @Test func demonstrationStandsInWhereThereIsNoProvider() async throws {
        try await with { tenant in
            for name in [DemoModel.name] + DemoModel.aliases {
                #expect(isDemonstration(try await tenant.route(name)), "\(name)")
            }
            #expect(try await tenant.route("unknown") == nil)
            let off = tenant.world.source(isDemoOn: false)
            #expect(try await tenant.route("root", off) == nil)
            let listed = try await tenant.world.source().models(tenant.id)
            #expect(listed.map(\.name) == [DemoModel.name] + DemoModel.aliases)
            #expect(listed.allSatisfy { $0.answeredBy == DemoModel.name })
            #expect(try await off.models(tenant.id).isEmpty)
        }
    }

    @Test func storedStandInAnswersAsTheDemonstration() async throws {
        try await with { tenant in
            try await tenant.provide(
                [DemoModel.name, "gpt-9"], kind: .demonstration, upstream: DemoModel.name)
            #expect(isDemonstration(try await tenant.route("gpt-9")))
            #expect(isDemonstration(try await tenant.route(DemoModel.name)))
            let off = try await tenant.deployment(DemoModel.name, tenant.world.source(isDemoOn: false))
            #expect(off?.obstacle?.code == .noProvider)
        }
    }

    @Test func providersModelIsReachedWithThePoolOfItsKeysAndEndsTheStandIns() async throws {
        try await with { tenant in
            let id = try await tenant.provide(["mini"], key: tenant.sealed("sk-1"))
            let deployment = try #require(try await tenant.deployment("mini"))
            #expect(deployment.server.address == "openai_compatible acme https://acme.example/v1 mini")
            #expect(deployment.providerID == id && deployment.place == id.description)
            guard case .pool(id) = deployment.keys else { throw Unexpected(what: "\(deployment.keys)") }
            #expect(deployment.obstacle == nil)
            #expect(try await tenant.deployment("root")?.server.address == deployment.server.address)
            #expect(try await tenant.route("gpt-4o") == nil)
            #expect(isDemonstration(try await tenant.route(DemoModel.name)))
            let names = try await tenant.world.source().models(tenant.id).map(\.name)
            #expect(names == ["mini", DemoModel.name])
        }
    }

    @Test func defaultModelIsTheChosenOneElseTheOldest() async throws {
        try await with { tenant in
            try await tenant.provide(["first", "second"])
            #expect(try await tenant.deployment("root")?.modelName == "first")
            let chosen = tenant.world.source(defaultModel: "second")
            #expect(try await tenant.deployment("RootJudge", chosen)?.modelName == "second")
        }
    }

    @Test func modelWithAnAddressOfItsOwnIsReachedThereAndTakesNothingOver() async throws {
        try await with { tenant in
            try await tenant.add(
                ModelDefinition(name: "llama", upstreamModel: "ollama/llama3", url: "http://gpu:11434"),
                key: tenant.sealed("own"))
            let deployment = try #require(try await tenant.deployment("llama"))
            #expect(deployment.server.address == "ollama llama http://gpu:11434 llama3")
            guard case .fixed(ProviderKey("own")) = deployment.keys else {
                throw Unexpected(what: "\(deployment.keys)")
            }
            #expect(isDemonstration(try await tenant.route("root")))
            #expect(isDemonstration(try await tenant.route("gpt-4o")))
        }
    }

    @Test func modelWithAKeyAloneIsOpenAIs() async throws {
        try await with { tenant in
            try await tenant.add(ModelDefinition(name: "mine", upstreamModel: "gpt-5-mini"), key: tenant.sealed("k"))
            try await tenant.add(ModelDefinition(name: "bare", upstreamModel: "bare"))
            let mine = try await tenant.deployment("mine")
            #expect(mine?.server.address == "openai openai https://api.openai.com/v1 gpt-5-mini")
            #expect(try await tenant.deployment("bare")?.obstacle?.code == .noProvider)
        }
    }

    @Test func keyForAnotherProxyIsAnObstacleAndNotAnError() async throws {
        try await with { tenant in
            try await tenant.add(
                ModelDefinition(name: "m", upstreamModel: "m", url: "http://gpu:1"),
                key: tenant.sealed("sk-2", for: .generate()))
            #expect(try await tenant.deployment("m")?.obstacle?.code == .authentication)
        }
    }

    @Test func otherOrganisationsModelIsNobodys() async throws {
        try await with { tenant in
            try await tenant.provide(["private-model"])
            #expect(try await Tenant(tenant.world).route("private-model") == nil)
        }
    }

    @Test func furtherPlacesAndFallbacksAreAskedInTheOrderThatIsStored() async throws {
        try await with { tenant in
            let first = try await tenant.provide([], name: "first")
            let second = try await tenant.provide(
                ["second-best"], kind: Scoring.ProviderKind(rawValue: "bedrock"), name: "second",
                settings: ProviderSettings(region: "eu-west-1"))
            let models = ModelStore(database: tenant.world.database)
            let model = try await tenant.add(ModelDefinition(name: "best", upstreamModel: "b-1", providerID: first))
            let routing = ModelRouting(
                choice: .weighted, weight: 3,
                furtherPlaces: [ModelRouting.Place(providerID: second, upstreamModel: "b-2", weight: 2)],
                fallbacks: ["second-best", "gone"], isUnpricedAllowed: false, answersKeptForSeconds: 60)
            #expect(try await models.setRouting(routing, of: model, in: tenant.id, at: Date()))
            #expect(try await models.routing(of: model, usableBy: tenant.id) == routing)
            let route = try #require(try await tenant.route("best"))
            #expect(route.stages.map { $0.deployments.map(\.modelName) } == [["b-1", "b-2"], ["second-best"]])
            #expect(route.stages.first?.choice == .weighted)
            #expect(route.stages.first?.deployments.map(\.weight) == [3, 2])
            guard case .provider(let provider, _)? = route.stages.first?.deployments.last?.server else {
                throw Unexpected(what: "no provider")
            }
            #expect(provider.kind == .bedrock && provider.settings.region == "eu-west-1")
            #expect(route.terms == RouteTerms(isUnpricedAllowed: false, answersKeptFor: .seconds(60)))
            let plain = ModelRouting()
            #expect(try await models.setRouting(plain, of: model, in: tenant.id, at: Date()))
            #expect(try await models.routing(of: model, usableBy: tenant.id) == plain)
            #expect(try await tenant.route("best")?.stages.count == 1)
            #expect(try await models.setRouting(plain, of: model, in: nil, at: Date()) == false)
        }
    }

    private struct Unexpected: Error { let what: String }
}

extension Deployment.Server {
    /// Everything that tells where the model is asked.
    fileprivate var address: String {
        switch self {
        case .provider(let provider, let model):
            "\(provider.kind.rawValue) \(provider.name) \(provider.baseURL) \(model)"
        case .demonstration: "demonstration"
        }
    }
}
