internal import FoundationEssentials
package import Postgres
package import Scoring
internal import Stores
package import Tenancy

/// The places of the installation where models are served.
package struct ModelProviders: Sendable {
    private let providers: ProviderStore
    private let models: ModelStore
    private let sealing: ProviderKeySealing
    private let identifiers: IdentifierSource

    /// A provider that is to be added.
    package struct NewProvider: Sendable {
        package let kind: ProviderKind
        package let name: String
        package let baseURL: String
        package let key: String?
        /// The names of its models; also what the provider calls them.
        package let models: [String]

        package init(kind: ProviderKind, name: String, baseURL: String, key: String?, models: [String]) {
            self.kind = kind
            self.name = name
            self.baseURL = baseURL
            self.key = key
            self.models = models
        }
    }

    package init(database: PostgresClient, identifiers: IdentifierSource) {
        providers = ProviderStore(database: database)
        models = ModelStore(database: database)
        sealing = ProviderKeySealing(installation: InstallationStore(database: database))
        self.identifiers = identifiers
    }

    /// Every provider of the installation.
    package func list() async throws -> [Provider] {
        try await providers.list(usableBy: PresetCatalogue.organizationID)
    }

    /// Adds a provider with its models. The demonstration's stand-ins for well-known models end with the first one.
    /// - Throws: `Conflict` when the name of the provider or of a model is taken; `KeyCannotBeSealed`. Nothing is changed
    ///   then.
    package func add(_ new: NewProvider) async throws {
        let now = Date()
        let known = try await models.list(usableBy: PresetCatalogue.organizationID, page: PageRequest(limit: 1000))
            .items
        let standIns = known.filter(\.isStandIn)
        let taken = Set(known.map(\.definition.name)).subtracting(standIns.map(\.definition.name))
        let isNameFree = try await list().allSatisfy { $0.name != new.name }
        guard isNameFree, taken.isDisjoint(with: new.models), Set(new.models).count == new.models.count else {
            throw Conflict(.nameTaken)
        }
        let provider = Provider(
            id: identifiers.next(), organizationID: nil, kind: new.kind, name: new.name, baseURL: new.baseURL,
            hasKey: new.key != nil, isEnabled: true, createdAt: now)
        let sealed = try await sealing.sealed(new.key, field: "key")
        for standIn in standIns { _ = try await models.delete(standIn.id, of: nil) }
        try await providers.create(provider, sealedKey: sealed)
        for name in new.models {
            try await models.create(
                ModelDefinition(name: name, upstreamModel: name, providerID: provider.id, visibility: .public),
                id: identifiers.next(), of: nil, owner: PresetCatalogue.owner.id, sealedKey: nil, at: now)
        }
    }

    /// Removes a provider with its models.
    /// - Throws: `NotFound`.
    package func remove(named name: String) async throws {
        guard let provider = try await list().first(where: { $0.name == name }),
            try await providers.delete(provider.id, of: nil)
        else { throw NotFound("Provider") }
    }

    /// Lists the demonstration model, and under well-known names as well as long as there is no real provider.
    package func addDemonstration(model: String, standIns: [String]) async throws {
        let known = try await list()
        guard known.allSatisfy({ $0.kind != .demonstration }) else { return }
        let now = Date()
        let provider = Provider(
            id: identifiers.next(), organizationID: nil, kind: .demonstration, name: "Demonstration", baseURL: "",
            hasKey: false, isEnabled: true, createdAt: now)
        try await providers.create(provider, sealedKey: nil)
        for name in [model] + (known.isEmpty ? standIns : []) {
            try await models.create(
                ModelDefinition(name: name, upstreamModel: model, providerID: provider.id, visibility: .public),
                id: identifiers.next(), of: nil, owner: PresetCatalogue.owner.id, sealedKey: nil, at: now)
        }
    }
}

extension Model {
    /// Whether it is the demonstration's model under the name of another.
    fileprivate var isStandIn: Bool {
        provider?.kind == .demonstration && definition.name != definition.upstreamModel
    }
}
