internal import FoundationEssentials
internal import Postgres
package import Scoring
package import Stores
package import Tenancy
package import WireAPI

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
    private let sealing: ProviderKeySealing
    /// `nil` where no LLM proxy can be asked: models are then added as they are.
    let probes: ServerProbes?
    private let identifiers: IdentifierSource
    private let changes: Changes
    private let audit: ProviderAudit

    /// The names under which the server's default model is known, whatever it is.
    package static let defaultNames = ["root", "RootJudge"]

    package init(
        store: ModelStore, sealing: ProviderKeySealing, probes: ServerProbes?, identifiers: IdentifierSource,
        changes: Changes, audit: ProductAudit
    ) {
        self.store = store
        self.sealing = sealing
        self.probes = probes
        self.identifiers = identifiers
        self.changes = changes
        self.audit = audit.models(at: { Date() })
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

    /// What was found out about a model with an address of its own; `nil` when nothing was.
    package func abilities(of id: ModelID, for principal: Principal) async throws -> OperatorAbilities? {
        guard let known = try await store.catalogued(id, usableBy: principal.organizationID) else {
            throw NotFound("Model")
        }
        return known.abilities.map { OperatorAbilities($0, kind: known.model.definition.ownServerKind) }
    }

    /// Adds a model of the caller's organisation. A server of its own is asked for a moment what it can do; the model is
    /// added also when it does not answer.
    /// - Throws: `InvalidDefinition`, also when the name is taken; `KeyCannotBeSealed`.
    package func create(_ draft: ModelDraft, for principal: Principal) async throws -> Model {
        guard let name = draft.name else {
            throw InvalidDefinition(problems: [.init(field: "name", message: "This field is required.")])
        }
        var definition = ModelDefinition(
            name: name, upstreamModel: draft.upstreamModel ?? name, url: draft.url,
            maximumOutputTokens: draft.maximumOutputTokens, maximumTokens: draft.maximumTokens)
        try definition.validate()
        let sealed = try await sealing.sealed(draft.key, field: "default_key")
        let found = try await found(definition, sealed)
        definition.serverKind = found?.kind
        let (id, moment) = identifiers.nextDated(Model.self)
        do {
            try await audit.making("model.create", by: AuditActor(calling: principal)) { [definition] database in
                try await ModelStore(database: database).create(
                    definition, id: id, of: principal.organizationID, owner: principal.user.id, sealedKey: sealed,
                    abilities: found?.abilities, at: moment)
            } thing: { _ in
                .model(id)
            }
        } catch let conflict as Conflict where conflict.kind == .nameTaken {
            throw Self.nameTaken
        }
        await changes.announce(CatalogueChange(.model, id.uuid, named: definition.name, .created), by: principal)
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
        let sealed = try await sealing.sealed(draft.key, field: "default_key")
        let isElsewhere = definition.url != current.definition.url
        let found = isElsewhere ? try await found(definition, sealed) : nil
        if isElsewhere { definition.serverKind = found?.kind }
        do {
            try await audit.changing("model.update", .model(id), by: AuditActor(calling: principal)) {
                [definition] database in
                let store = ModelStore(database: database)
                let changed = try await store.update(
                    id, of: principal.organizationID, to: definition, sealedKey: sealed, at: Date())
                guard changed else { throw NotFound("Model") }
                if let found {
                    _ = try await store.setAbilities(
                        found.abilities, serverKind: found.kind, of: id, in: principal.organizationID, at: Date())
                }
            }
        } catch let conflict as Conflict where conflict.kind == .nameTaken {
            throw Self.nameTaken
        }
        await changes.announce(CatalogueChange(.model, id.uuid, named: definition.name, .updated), by: principal)
        return try await find(id, for: principal)
    }

    /// Deletes the model.
    /// - Throws: `NotFound`, `ReadOnly`.
    package func delete(_ id: ModelID, for principal: Principal) async throws {
        let name = try await own(id, principal).definition.name
        try await audit.changing("model.delete", .model(id), by: AuditActor(calling: principal)) { database in
            guard try await ModelStore(database: database).delete(id, of: principal.organizationID) else {
                throw NotFound("Model")
            }
        }
        await changes.announce(CatalogueChange(.model, id.uuid, named: name, .deleted), by: principal)
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

    private func found(_ definition: ModelDefinition, _ sealed: [UInt8]?) async throws -> ProbedServer? {
        guard let url = definition.url, !url.isEmpty else { return nil }
        return try await probes?.look(at: url, sealedKey: sealed, model: definition.upstreamModel)
    }

    private func own(_ id: ModelID, _ principal: Principal) async throws -> Model {
        let model = try await find(id, for: principal)
        guard model.organizationID == principal.organizationID else { throw ReadOnly("Model") }
        return model
    }

    private static let nameTaken = InvalidDefinition(problems: [
        .init(field: "name", message: "A model with this name already exists.")
    ])
}
