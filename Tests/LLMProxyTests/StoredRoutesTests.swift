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
                models: ModelStore(database: database), prices: PriceList(["mini=1/2"]) ?? PriceList(),
                isDemoOn: isDemoOn, defaultModel: defaultModel,
                open: { box in
                    String(decoding: try SealedBox.open(box, with: keys, purpose: Provider.keyPurpose), as: UTF8.self)
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
                role: .owner, isDisabled: false, createdAt: Date())
            let project = Project(
                id: world.identifiers.next(), organizationID: id, name: "Default", description: "", isDefault: true,
                ownerID: owner.id, createdAt: Date())
            try await OrganizationStore(database: world.database).create(
                Organization(id: id, name: "Tenant", createdAt: Date()), owner: owner, passwordHash: "hash",
                defaultProject: project)
        }

        /// Adds a provider with these models.
        func provide(
            _ models: [String], kind: ProviderKind = .openAICompatible, upstream: String? = nil, key: [UInt8]? = nil
        ) async throws {
            let provider = Provider(
                id: world.identifiers.next(), organizationID: id, kind: kind, name: "acme",
                baseURL: "https://acme.example/v1", hasKey: key != nil, isEnabled: true, createdAt: Date())
            try await ProviderStore(database: world.database).create(provider, sealedKey: key)
            for model in models {
                try await add(
                    ModelDefinition(name: model, upstreamModel: upstream ?? model, providerID: provider.id))
            }
        }

        func add(_ model: ModelDefinition, key: [UInt8]? = nil) async throws {
            try await ModelStore(database: world.database).create(
                model, id: world.identifiers.next(), of: id, owner: PresetCatalogue.owner.id, sealedKey: key, at: Date()
            )
        }

        func sealed(_ key: String, for pair: SealedBox.KeyPair? = nil) throws -> [UInt8] {
            try SealedBox.seal(Array(key.utf8), to: (pair ?? world.keys).publicKey, purpose: Provider.keyPurpose)
        }

        func route(_ name: String, _ source: RouteSource? = nil) async throws -> CallRoute? {
            try await (source ?? world.source()).route(id, name)
        }
    }

    private func with(_ body: @escaping @Sendable (Tenant) async throws -> Void) async throws {
        let world = try await World.shared.value
        try await TestLoops.group.next().run { try await body(Tenant(world)) }
    }

    @Test func demonstrationStandsInWhereThereIsNoProvider() async throws {
        try await with { tenant in
            for name in [DemoModel.name] + DemoModel.aliases { #expect(try await tenant.route(name) == .demo) }
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
            #expect(try await tenant.route("gpt-9") == .demo)
            #expect(try await tenant.route(DemoModel.name) == .demo)
            let off = try await tenant.route(DemoModel.name, tenant.world.source(isDemoOn: false))
            #expect(off?.obstacle?.code == .noProvider)
        }
    }

    @Test func providersModelIsReachedWithItsKeyAndEndsTheStandIns() async throws {
        try await with { tenant in
            try await tenant.provide(["mini"], key: tenant.sealed("sk-1"))
            let route = try #require(try await tenant.route("mini"))
            let upstream = Upstream(
                provider: "acme", model: "mini",
                dialect: .openAICompatible(endpoint: "https://acme.example/v1/chat/completions"),
                key: ProviderKey("sk-1"))
            #expect(route.upstream == upstream)
            #expect(route.price?.output == Money(dollars: 2))
            #expect(route.obstacle == nil)
            #expect(try await tenant.route("root")?.upstream == upstream)
            #expect(try await tenant.route("gpt-4o") == nil)
            #expect(try await tenant.route(DemoModel.name) == .demo)
            let names = try await tenant.world.source().models(tenant.id).map(\.name)
            #expect(names == ["mini", DemoModel.name])
        }
    }

    @Test func defaultModelIsTheChosenOneElseTheOldest() async throws {
        try await with { tenant in
            try await tenant.provide(["first", "second"])
            #expect(try await tenant.route("root")?.upstream.model == "first")
            let chosen = tenant.world.source(defaultModel: "second")
            #expect(try await tenant.route("RootJudge", chosen)?.upstream.model == "second")
        }
    }

    @Test func modelWithAnAddressOfItsOwnIsReachedThereAndTakesNothingOver() async throws {
        try await with { tenant in
            try await tenant.add(
                ModelDefinition(name: "llama", upstreamModel: "ollama/llama3", url: "http://gpu:11434"),
                key: tenant.sealed("own"))
            let route = try #require(try await tenant.route("llama"))
            #expect(route.upstream.model == "llama3")
            #expect(route.upstream.dialect == .openAICompatible(endpoint: "http://gpu:11434/v1/chat/completions"))
            #expect(route.upstream.key == ProviderKey("own"))
            #expect(try await tenant.route("root") == .demo)
            #expect(try await tenant.route("gpt-4o") == .demo)
        }
    }

    @Test func modelWithAKeyAloneIsOpenAIs() async throws {
        try await with { tenant in
            try await tenant.add(ModelDefinition(name: "mine", upstreamModel: "gpt-5-mini"), key: tenant.sealed("k"))
            try await tenant.add(ModelDefinition(name: "bare", upstreamModel: "bare"))
            let dialect = try await tenant.route("mine")?.upstream.dialect
            #expect(dialect == .openAICompatible(endpoint: "https://api.openai.com/v1/chat/completions"))
            #expect(try await tenant.route("bare")?.obstacle?.code == .noProvider)
        }
    }

    @Test func keyForAnotherProxyIsAnObstacleAndNotAnError() async throws {
        try await with { tenant in
            try await tenant.provide(["m"], key: tenant.sealed("sk-2", for: .generate()))
            let route = try #require(try await tenant.route("m"))
            #expect(route.obstacle?.code == .authentication)
            #expect(route.upstream.key == nil)
        }
    }

    @Test func otherOrganisationsModelIsNobodys() async throws {
        try await with { tenant in
            try await tenant.provide(["private-model"])
            #expect(try await Tenant(tenant.world).route("private-model") == nil)
        }
    }
}
