package import FoundationEssentials
package import Scoring
internal import Spending
internal import Stores
package import Tenancy
package import WireAPI

/// Adds, changes and removes providers.
package struct ProviderChanges: Sendable {
    private let stores: ProviderStores
    private let keys: ProviderKeySealing
    private let rights: InstallationRights
    private let identifiers: IdentifierSource
    private let changes: Changes
    private let now: @Sendable () -> Date

    package init(
        stores: ProviderStores, keys: ProviderKeySealing, rights: InstallationRights, identifiers: IdentifierSource,
        changes: Changes, now: @escaping @Sendable () -> Date
    ) {
        self.stores = stores
        self.keys = keys
        self.rights = rights
        self.identifiers = identifiers
        self.changes = changes
        self.now = now
    }

    /// Adds a provider, with its first key when one is given.
    /// - Throws: `InvalidDefinition`, `Conflict` when the name is taken, `KeyCannotBeSealed`, `NotOfInstallation`.
    package func add(_ draft: OperatorProviderDraft, for principal: Principal) async throws -> ProviderID {
        let owner = try await rights.owner(draft.holder, for: principal)
        let (id, moment) = identifiers.nextDated(Provider.self)
        let provider = Provider(draft, id: id, owner: owner, createdAt: moment)
        try provider.validate()
        guard provider.kind != .demonstration else {
            throw InvalidDefinition(problems: [
                .init(field: "kind", message: "The installation adds its demonstration by itself.")
            ])
        }
        // Sealed first: a key that cannot be kept leaves no provider behind.
        let sealed = try await keys.sealed(draft.key, field: "key")
        try await stores.providers.create(provider, sealedKey: nil)
        if let sealed {
            _ = try await stores.keys.add(
                StoredProviderKey(
                    id: identifiers.next(), providerID: id, name: "first", weight: 1, state: .active,
                    createdAt: moment), sealed: sealed, of: owner)
        }
        await announce(provider, .created, principal)
        return id
    }

    /// Replaces what a provider is, but its keys.
    /// - Throws: `NotFound`, `ReadOnly`, `InvalidDefinition`, `Conflict` when the name is taken, `ChangedMeanwhile`.
    package func change(
        _ id: ProviderID, to draft: OperatorProviderDraft, for principal: Principal
    ) async throws {
        let overview = try await stores.editable(id, rights, principal)
        let current = overview.provider.value
        let provider = Provider(draft, id: id, owner: current.organizationID, createdAt: current.createdAt)
        try provider.validate()
        try Self.requireSameServer(current, provider, hasKeys: overview.keyCount > 0)
        guard let revision = draft.revision else { throw Self.noRevision }
        guard draft.key == nil else {
            throw InvalidDefinition(problems: [
                .init(field: "key", message: "Keys are added to a provider one by one, not with its other settings.")
            ])
        }
        try await stores.providers.update(provider, from: revision, at: now()).require("Provider")
        await announce(provider, .updated, principal)
    }

    /// Deletes a provider with its keys, its limits and the models that have no other place.
    /// - Throws: `NotFound`, `ReadOnly`, `ChangedMeanwhile`.
    package func delete(_ id: ProviderID, at revision: Int, for principal: Principal) async throws {
        let current = try await stores.editableProvider(id, rights, principal)
        try await stores.providers.delete(id, of: current.organizationID, at: revision).require("Provider")
        await announce(current, .deleted, principal)
    }

    /// What names no revision cannot be compared with what is there.
    static let noRevision = InvalidDefinition(problems: [
        .init(field: "revision", message: "Say which revision the change began from.")
    ])

    /// A key goes to no other server than the one that it was given for: its keys would be told to whoever is there.
    private static func requireSameServer(_ current: Provider, _ new: Provider, hasKeys: Bool) throws {
        guard new.kind == current.kind else {
            throw InvalidDefinition(problems: [
                .init(field: "kind", message: "A provider keeps its kind. Add another one instead.")
            ])
        }
        guard hasKeys, ServerAddress(new.baseURL) != ServerAddress(current.baseURL) else { return }
        throw InvalidDefinition(problems: [
            .init(field: "url", message: "Its keys were given for another server. Revoke or delete them first.")
        ])
    }

    private func announce(
        _ provider: Provider, _ action: CatalogueChange.Action, _ principal: Principal
    ) async {
        await changes.announce(CatalogueChange(provider, action), by: principal)
    }
}

extension ProviderStores {
    /// A provider that somebody may change.
    /// - Throws: `NotFound`, `ReadOnly`.
    func editable(
        _ id: ProviderID, _ rights: InstallationRights, _ principal: Principal
    ) async throws -> ProviderOverview {
        guard let found = try await providers.overview(id, usableBy: principal.organizationID) else {
            throw NotFound("Provider")
        }
        try await rights.requireEditable("Provider", of: found.provider.value.organizationID, for: principal)
        return found
    }

    /// The same without what belongs to it.
    func editableProvider(
        _ id: ProviderID, _ rights: InstallationRights, _ principal: Principal
    ) async throws -> Provider {
        try await editable(id, rights, principal).provider.value
    }
}

extension CatalogueChange {
    init(_ provider: Provider, _ action: Action) {
        self.init(
            .provider, provider.id.uuid, named: provider.name, action, isInstalled: provider.organizationID == nil)
    }
}

extension Provider {
    fileprivate init(_ draft: OperatorProviderDraft, id: ProviderID, owner: OrganizationID?, createdAt: Date) {
        func filled(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }
        self.init(
            id: id, organizationID: owner, kind: ProviderKind(rawValue: draft.kind), name: draft.name,
            baseURL: draft.url ?? "",
            settings: ProviderSettings(
                apiVersion: filled(draft.settings.apiVersion), region: filled(draft.settings.region),
                project: filled(draft.settings.project), location: filled(draft.settings.location)), hasKey: false,
            isEnabled: draft.isEnabled, createdAt: createdAt)
    }
}
