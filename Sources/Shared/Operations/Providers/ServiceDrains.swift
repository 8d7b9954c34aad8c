package import FoundationEssentials
internal import Scoring
internal import Stores
package import Tenancy
package import WireAPI

/// Takes providers and models out of service and puts them back.
package struct ServiceDrains: Sendable {
    private let stores: ProviderStores
    private let rights: InstallationRights
    private let identifiers: IdentifierSource
    private let changes: Changes
    private let now: @Sendable () -> Date

    package init(
        stores: ProviderStores, rights: InstallationRights, identifiers: IdentifierSource, changes: Changes,
        now: @escaping @Sendable () -> Date
    ) {
        self.stores = stores
        self.rights = rights
        self.identifiers = identifiers
        self.changes = changes
        self.now = now
    }

    /// Does what is wished: every proxy follows within seconds. Done twice, it is done once.
    /// - Throws: `NotFound`, `ReadOnly`, `InvalidDefinition`, `PermissionDenied`.
    package func perform(_ wish: OperatorDrainWish, for principal: Principal) async throws {
        let reason = wish.reason ?? ""
        try InvalidDefinition.check { findings in
            findings.length(of: reason, in: 0...500, field: "reason")
            if let model = wish.upstreamModel {
                findings.length(of: model, in: 1...1000, field: "upstream_model")
            }
        }
        let (subject, owner, change) = try await target(of: wish, principal)
        if wish.isDrained {
            let isThere = try await stores.drains.add(
                subject, id: identifiers.uuid(), reason: reason, by: principal.user.id, of: owner, at: now())
            guard isThere else { throw NotFound("Provider") }
        } else {
            _ = try await stores.drains.remove(subject, of: owner)
        }
        await changes.announce(change, by: principal)
    }

    private func target(
        of wish: OperatorDrainWish, _ principal: Principal
    ) async throws -> (DrainSubject, OrganizationID?, CatalogueChange) {
        switch (wish.providerID.map { ProviderID(uuid: $0) }, wish.modelID.map { ModelID(uuid: $0) }) {
        case (let id?, nil):
            try principal.require(.providerUpdate)
            let provider = try await stores.editableProvider(id, rights, principal)
            guard provider.kind != .demonstration else {
                throw InvalidDefinition(problems: [
                    .init(field: "provider_id", message: "The demonstration is switched off, not drained.")
                ])
            }
            let subject = wish.upstreamModel.map { DrainSubject.deployment(id, upstreamModel: $0) } ?? .provider(id)
            return (subject, provider.organizationID, CatalogueChange(provider, .updated))
        case (nil, let id?):
            try principal.require(.modelUpdate)
            guard let model = try await stores.models.find(id, usableBy: principal.organizationID) else {
                throw NotFound("Model")
            }
            try await rights.requireEditable("Model", of: model.organizationID, for: principal)
            guard let url = model.definition.url, !url.isEmpty else {
                throw InvalidDefinition(problems: [
                    .init(field: "model_id", message: "This model is served by a provider: drain it there.")
                ])
            }
            return (.model(id), model.organizationID, CatalogueChange(model, .updated))
        case (nil, nil), (_?, _?):
            throw InvalidDefinition(problems: [
                .init(field: "provider_id", message: "Name a provider, or a model with an address of its own.")
            ])
        }
    }
}

extension CatalogueChange {
    init(_ model: Model, _ action: Action) {
        self.init(
            .model, model.id.uuid, named: model.definition.name, action, isInstalled: model.organizationID == nil)
    }
}
