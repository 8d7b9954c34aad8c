internal import Cryptography
internal import FoundationEssentials
package import Scoring
package import Stores
package import Tenancy

/// What a caller wants a model to be; what is `nil` was not said.
package struct ModelDraft: Sendable {
    package var name: String?
    package var upstreamModel: String?
    package var url: String?
    package var maximumOutputTokens: Int?
    package var maximumTokens: Int?
    /// The key of the model's server. It is sealed before it goes anywhere.
    package var key: String?

    package init() {}
}

/// The language models that a caller may use, and the caller's own to change.
package struct Models: Sendable {
    private let store: ModelStore
    private let installation: InstallationStore
    private let identifiers: IdentifierSource
    private let changes: Changes

    /// The names under which the server's default model is known, whatever it is.
    package static let defaultNames = ["root", "RootJudge"]

    package init(
        store: ModelStore, installation: InstallationStore, identifiers: IdentifierSource, changes: Changes
    ) {
        self.store = store
        self.installation = installation
        self.identifiers = identifiers
        self.changes = changes
    }

    /// One page of what the caller may use.
    package func list(_ page: PageRequest, for principal: Principal) async throws -> Slice<Model> {
        try await store.list(usableBy: principal.organizationID, page: page)
    }

    /// The model.
    /// - Throws: `NotFound`.
    package func find(_ id: ModelID, for principal: Principal) async throws -> Model {
        guard let found = try await store.find(id, usableBy: principal.organizationID) else {
            throw NotFound("Model")
        }
        return found
    }

    /// Adds a model of the caller's organisation.
    /// - Throws: `InvalidDefinition`, also when the name is taken; `KeyCannotBeSealed`.
    package func create(_ draft: ModelDraft, for principal: Principal) async throws -> Model {
        guard let name = draft.name else {
            throw InvalidDefinition(problems: [.init(field: "name", message: "This field is required.")])
        }
        let definition = ModelDefinition(
            name: name, upstreamModel: draft.upstreamModel ?? name, url: draft.url,
            maximumOutputTokens: draft.maximumOutputTokens, maximumTokens: draft.maximumTokens)
        try definition.validate()
        let id = identifiers.next(Model.self)
        do {
            try await store.create(
                definition, id: id, of: principal.organizationID, owner: principal.user.id,
                sealedKey: try await sealed(draft.key), at: id.uuid.versionSevenDate ?? Date())
        } catch let conflict as Conflict where conflict.kind == .nameTaken {
            throw Self.nameTaken
        }
        await changes.announce(.models)
        return try await find(id, for: principal)
    }

    /// Changes what the draft says; the rest stays.
    /// - Throws: `NotFound`, `ReadOnly`, `InvalidDefinition`, `KeyCannotBeSealed`.
    package func update(_ id: ModelID, _ draft: ModelDraft, for principal: Principal) async throws -> Model {
        let current = try await own(id, principal)
        // A key goes to no other server than the one it was given for, whoever names one.
        if let url = draft.url, url != current.definition.url, current.hasKey, draft.key == nil {
            throw InvalidDefinition(problems: [
                .init(field: "default_key", message: "Give the key again: it was stored for another url.")
            ])
        }
        var definition = current.definition
        if let name = draft.name { definition.name = name }
        if let upstreamModel = draft.upstreamModel { definition.upstreamModel = upstreamModel }
        if let url = draft.url { definition.url = url }
        if let tokens = draft.maximumOutputTokens { definition.maximumOutputTokens = tokens }
        if let tokens = draft.maximumTokens { definition.maximumTokens = tokens }
        try definition.validate()
        do {
            let changed = try await store.update(
                id, of: principal.organizationID, to: definition, sealedKey: try await sealed(draft.key), at: Date())
            guard changed else { throw NotFound("Model") }
        } catch let conflict as Conflict where conflict.kind == .nameTaken {
            throw Self.nameTaken
        }
        await changes.announce(.models)
        return try await find(id, for: principal)
    }

    /// Deletes the model.
    /// - Throws: `NotFound`, `ReadOnly`.
    package func delete(_ id: ModelID, for principal: Principal) async throws {
        _ = try await own(id, principal)
        guard try await store.delete(id, of: principal.organizationID) else { throw NotFound("Model") }
        await changes.announce(.models)
    }

    /// Those of the names that are of no model that the caller may use.
    func unknown(_ names: [String], for principal: Principal) async throws -> [String] {
        let asked = names.filter { !Self.defaultNames.contains($0) }
        guard !asked.isEmpty else { return [] }
        return try await store.unknownNames(among: asked, usableBy: principal.organizationID)
    }

    /// Names the models that the caller may not use.
    func requireKnown(_ names: [String], for principal: Principal) async throws {
        let unknown = try await unknown(names, for: principal)
        guard unknown.isEmpty else {
            throw InvalidDefinition(
                problems: unknown.map {
                    .init(field: "models", message: "There is no model “\($0)”. GET /v1/models/ lists those there are.")
                })
        }
    }

    private func own(_ id: ModelID, _ principal: Principal) async throws -> Model {
        let model = try await find(id, for: principal)
        guard model.organizationID == principal.organizationID else { throw ReadOnly("Model") }
        return model
    }

    /// The key as it is stored: only the proxy can open it.
    private func sealed(_ key: String?) async throws -> [UInt8]? {
        guard let key else { return nil }
        guard let publicKey = try await installation.proxyPublicKey() else { throw KeyCannotBeSealed() }
        return try SealedBox.seal(
            Array(key.utf8), to: SealedBox.PublicKey(publicKey), purpose: Provider.keyPurpose)
    }

    private static let nameTaken = InvalidDefinition(problems: [
        .init(field: "name", message: "A model with this name already exists.")
    ])
}

/// A provider's key was given, and no proxy has published the key to seal it with.
package struct KeyCannotBeSealed: Error, CustomStringConvertible {
    package init() {}
    package var description: String {
        "The key cannot be stored: no LLM proxy has started yet. Start scorable-llmproxyd and try again."
    }
}
