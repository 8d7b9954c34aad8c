package import FoundationEssentials
package import Scoring
internal import Stores
package import Tenancy
package import WireAPI

/// Adds, changes and removes models as operators see them, with how their calls are spread.
package struct ModelChanges: Sendable {
    private let stores: ProviderStores
    private let sealing: ProviderKeySealing
    private let probes: ServerProbes
    private let rights: InstallationRights
    private let identifiers: IdentifierSource
    private let changes: Changes
    private let now: @Sendable () -> Date

    package init(
        stores: ProviderStores, sealing: ProviderKeySealing, probes: ServerProbes, rights: InstallationRights,
        identifiers: IdentifierSource, changes: Changes, now: @escaping @Sendable () -> Date
    ) {
        self.stores = stores
        self.sealing = sealing
        self.probes = probes
        self.rights = rights
        self.identifiers = identifiers
        self.changes = changes
        self.now = now
    }

    /// What is found at the address of a draft, which may take a while: it was probed already, or is probed now; `nil` for
    /// one without an address of its own. For what has to be known before a transaction begins.
    /// - Throws: `InvalidDefinition`, `KeyCannotBeSealed`, `NotOfInstallation`, `LLMProxyUnavailable`.
    package func look(_ draft: OperatorModelDraft, for principal: Principal) async throws -> FoundServer? {
        let owner = try await rights.owner(draft.holder, for: principal)
        let definition = ModelDefinition(draft, owner: owner)
        try await check(draft, definition, ModelRouting(draft), owner, principal)
        return try await found(
            draft, definition, try await sealing.sealed(draft.key, field: "key"), principal
        ).map(FoundServer.init)
    }

    /// What was found at an address.
    package struct FoundServer: Sendable {
        fileprivate let server: ProbedServer
    }

    /// Adds a model with what was found at its address.
    /// - Throws: `InvalidDefinition`, `Conflict` when the name is taken, `KeyCannotBeSealed`, `NotOfInstallation`.
    package func add(
        _ draft: OperatorModelDraft, finding server: FoundServer?, for principal: Principal
    ) async throws -> ModelID {
        let owner = try await rights.owner(draft.holder, for: principal)
        var definition = ModelDefinition(draft, owner: owner)
        let routing = ModelRouting(draft)
        try await check(draft, definition, routing, owner, principal)
        let sealed = try await sealing.sealed(draft.key, field: "key")
        let found = server?.server
        definition.serverKind = found?.kind
        let (id, moment) = identifiers.nextDated(Model.self)
        try await stores.models.create(
            definition, id: id, of: owner, owner: principal.user.id, sealedKey: sealed, abilities: found?.abilities,
            at: moment)
        _ = try await stores.models.setRouting(routing, of: id, in: owner, at: moment)
        await announce(id, definition.name, owner, .created, principal)
        return id
    }

    /// Replaces what a model is; its key stays unless another one is given.
    /// - Throws: `NotFound`, `ReadOnly`, `InvalidDefinition`, `Conflict` when the name is taken, `KeyCannotBeSealed`,
    ///   `ChangedMeanwhile`.
    package func change(_ id: ModelID, to draft: OperatorModelDraft, for principal: Principal) async throws {
        let current = try await editable(id, principal)
        let owner = current.organizationID
        guard let revision = draft.revision else { throw ProviderChanges.noRevision }
        var definition = ModelDefinition(draft, owner: owner)
        let routing = ModelRouting(draft)
        try await check(draft, definition, routing, owner, principal)
        // A key goes to no other server than the one that it was given for, whoever names one.
        let isSameServer =
            ServerAddress(definition.url ?? "") == ServerAddress(current.definition.url ?? "")
            && definition.providerID == current.definition.providerID
        if current.hasKey, draft.key == nil, !isSameServer {
            throw InvalidDefinition(problems: [
                .init(field: "key", message: "Give the key again: it was stored for another server.")
            ])
        }
        let sealed = try await sealing.sealed(draft.key, field: "key")
        let found =
            draft.probeID == nil ? nil : try await self.found(draft, definition, sealed, principal)
        definition.serverKind =
            found?.kind ?? (definition.url == current.definition.url ? current.definition.serverKind : nil)
        try await stores.models.replace(
            id, of: owner, by: definition, routing, sealedKey: sealed, keepsKey: isSameServer,
            abilities: found?.abilities, from: revision, at: now()
        ).require("Model")
        await announce(id, definition.name, owner, .updated, principal)
    }

    /// Deletes a model.
    /// - Throws: `NotFound`, `ReadOnly`, `ChangedMeanwhile`.
    package func delete(_ id: ModelID, at revision: Int, for principal: Principal) async throws {
        let current = try await editable(id, principal)
        try await stores.models.delete(id, of: current.organizationID, at: revision).require("Model")
        await announce(id, current.definition.name, current.organizationID, .deleted, principal)
    }

    /// Finds out again what a model with an address of its own can do, and keeps it.
    /// - Throws: `NotFound`, `ReadOnly`, `InvalidDefinition`, `LLMProxyUnavailable`.
    package func probe(_ id: ModelID, for principal: Principal) async throws {
        let current = try await editable(id, principal)
        let found = try await probes.probe(current, for: principal)
        let isKept = try await stores.models.setAbilities(
            found.abilities, serverKind: found.kind, of: id, in: current.organizationID, at: now())
        guard isKept else { throw NotFound("Model") }
        await announce(id, current.definition.name, current.organizationID, .updated, principal)
    }

    private func found(
        _ draft: OperatorModelDraft, _ definition: ModelDefinition, _ sealed: [UInt8]?, _ principal: Principal
    ) async throws -> ProbedServer? {
        guard let url = definition.url else { return nil }
        if let id = draft.probeID { return try await probes.found(id, of: url, for: principal) }
        return try await probes.look(at: url, sealedKey: sealed, model: definition.upstreamModel)
    }

    private func editable(_ id: ModelID, _ principal: Principal) async throws -> Model {
        guard let found = try await stores.models.find(id, usableBy: principal.organizationID) else {
            throw NotFound("Model")
        }
        try await rights.requireEditable("Model", of: found.organizationID, for: principal)
        return found
    }

    private func announce(
        _ id: ModelID, _ name: String, _ owner: OrganizationID?, _ action: CatalogueChange.Action,
        _ principal: Principal
    ) async {
        await changes.announce(
            CatalogueChange(.model, id.uuid, named: name, action, isInstalled: owner == nil), by: principal)
    }

    /// Names everything that is wrong with a draft, also what it refers to that is not there.
    private func check(
        _ draft: OperatorModelDraft, _ definition: ModelDefinition, _ routing: ModelRouting, _ owner: OrganizationID?,
        _ principal: Principal
    ) async throws {
        try definition.validate()
        try routing.validate()
        let providers = try await stores.providers.list(usableBy: principal.organizationID)
        let usable = Set(providers.filter { owner != nil || $0.organizationID == nil }.map(\.id))
        let unknown =
            routing.fallbacks.isEmpty
            ? [] : try await stores.models.unknownNames(among: routing.fallbacks, usableBy: principal.organizationID)
        try InvalidDefinition.check { findings in
            if let url = definition.url { findings.check(url: url, field: "url") }
            if (definition.url == nil) == (definition.providerID == nil) {
                findings.add("provider_id", "Name a provider, or an address of the model's own.")
            }
            if let provider = definition.providerID, !usable.contains(provider) {
                findings.add("provider_id", "There is no such provider.")
            }
            if routing.furtherPlaces.contains(where: { !usable.contains($0.providerID) }) {
                findings.add("further_places", "There is no such provider.")
            }
            for name in unknown { findings.add("fallbacks", "There is no model “\(name)”.") }
            if routing.fallbacks.contains(definition.name) {
                findings.add("fallbacks", "A model does not fall back to itself.")
            }
        }
    }
}

extension ModelDefinition {
    fileprivate init(_ draft: OperatorModelDraft, owner: OrganizationID?) {
        let visibility: ModelVisibility =
            switch (draft.isListed, owner) {
            case (false, _): .publicUnlisted
            case (true, nil): .public
            case (true, _?): .private
            }
        self.init(
            name: draft.name, upstreamModel: draft.upstreamModel ?? draft.name,
            providerID: draft.providerID.map { ProviderID(uuid: $0) },
            url: draft.url.flatMap { $0.isEmpty ? nil : $0 }, maximumOutputTokens: draft.maximumOutputTokens,
            maximumTokens: draft.maximumTokens, visibility: visibility, aliases: draft.aliases)
    }
}

extension ModelRouting {
    fileprivate init(_ draft: OperatorModelDraft) {
        let choice: Choice =
            switch draft.choice {
            case .ordered: .ordered
            case .weighted: .weighted
            case .leastBusy: .leastBusy
            }
        self.init(
            choice: choice, weight: draft.weight,
            furtherPlaces: draft.furtherPlaces.map {
                Place(
                    providerID: ProviderID(uuid: $0.providerID), upstreamModel: $0.upstreamModel, weight: $0.weight)
            }, fallbacks: draft.fallbacks, isUnpricedAllowed: draft.isUnpricedAllowed,
            answersKeptForSeconds: draft.cacheSeconds)
    }
}
