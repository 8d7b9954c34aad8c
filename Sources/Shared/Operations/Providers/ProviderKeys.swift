package import FoundationEssentials
package import Scoring
package import Spending
internal import Stores
package import Tenancy
package import WireAPI

/// The keys of providers. They go in, and never come out again.
package struct ProviderKeys: Sendable {
    private let stores: ProviderStores
    private let sealing: ProviderKeySealing
    private let rights: InstallationRights
    private let identifiers: IdentifierSource
    private let changes: Changes
    private let now: @Sendable () -> Date

    package init(
        stores: ProviderStores, sealing: ProviderKeySealing, rights: InstallationRights,
        identifiers: IdentifierSource, changes: Changes, now: @escaping @Sendable () -> Date
    ) {
        self.stores = stores
        self.sealing = sealing
        self.rights = rights
        self.identifiers = identifiers
        self.changes = changes
        self.now = now
    }

    /// Adds a key, which is used within seconds; one that it replaces is drained in the same moment.
    /// - Throws: `NotFound`, `ReadOnly`, `InvalidDefinition`, `Conflict` when the name is taken, `KeyCannotBeSealed`.
    package func add(
        _ draft: OperatorProviderKeyDraft, to id: ProviderID, for principal: Principal
    ) async throws -> OperatorProviderKey {
        let provider = try await stores.editableProvider(id, rights, principal)
        try InvalidDefinition.check { findings in
            findings.length(of: draft.name, in: 1...100, field: "name")
            if !(1...1000).contains(draft.weight) { findings.add("weight", "Ensure this value is between 1 and 1000.") }
        }
        let replaced = draft.replaces.map { ProviderKeyID(uuid: $0) }
        if let replaced { _ = try await key(replaced, of: provider, principal, field: "replaces") }
        guard let sealed = try await sealing.sealed(draft.key, field: "key") else {
            preconditionFailure("a key that is there is sealed")
        }
        let (keyID, moment) = identifiers.nextDated(StoredProviderKey.self)
        let key = StoredProviderKey(
            id: keyID, providerID: id, name: draft.name, weight: draft.weight, state: .active, createdAt: moment)
        let added = try await stores.keys.add(
            key, sealed: sealed, of: provider.organizationID, replaces: replaced)
        guard added else { throw NotFound("Provider") }
        await changes.announce(CatalogueChange(provider, .updated), by: principal)
        return OperatorProviderKey(key, [])
    }

    /// Activates, drains or revokes a key. One that is revoked stays so.
    /// - Throws: `NotFound`, `ReadOnly`, `InvalidDefinition`.
    package func set(
        _ id: ProviderKeyID, of providerID: ProviderID, to state: OperatorProviderKey.State, for principal: Principal
    ) async throws -> OperatorProviderKey {
        let provider = try await stores.editableProvider(providerID, rights, principal)
        let key = try await key(id, of: provider, principal, field: nil)
        let wanted = ProviderKeyState(state)
        let changed =
            switch (id.uuid == providerID.uuid, wanted) {
            // The key in the provider's own row is used as long as there is no other, or is not there.
            case (true, .revoked):
                try await stores.keys.forgetFirstKey(of: providerID, of: provider.organizationID, at: now())
            case (true, .active), (true, .draining): wanted == .draining
            case (false, _):
                try await stores.keys.setState(wanted, id, of: provider.organizationID, at: now())
            }
        guard changed else {
            throw InvalidDefinition(problems: [
                .init(
                    field: "state",
                    message: key.state == .revoked
                        ? "A revoked key stays revoked. Add a new one."
                        : "This key was given with the provider: it is used while there is no other. Add one to replace it."
                )
            ])
        }
        await changes.announce(CatalogueChange(provider, .updated), by: principal)
        return OperatorProviderKey(
            StoredProviderKey(
                id: key.id, providerID: providerID, name: key.name, weight: key.weight, state: wanted,
                createdAt: key.createdAt), [])
    }

    /// Deletes a key for good, with its limits.
    /// - Throws: `NotFound`, `ReadOnly`.
    package func delete(_ id: ProviderKeyID, of providerID: ProviderID, for principal: Principal) async throws {
        let provider = try await stores.editableProvider(providerID, rights, principal)
        _ = try await key(id, of: provider, principal, field: nil)
        let isDeleted =
            if id.uuid == providerID.uuid {
                try await stores.keys.forgetFirstKey(of: providerID, of: provider.organizationID, at: now())
            } else {
                try await stores.keys.delete(id, of: provider.organizationID)
            }
        guard isDeleted else { throw NotFound("Key") }
        await changes.announce(CatalogueChange(provider, .updated), by: principal)
    }

    private func key(
        _ id: ProviderKeyID, of provider: Provider, _ principal: Principal, field: String?
    ) async throws -> StoredProviderKey {
        let known = try await stores.keys.list(of: provider.id, usableBy: principal.organizationID)
        if let found = known.first(where: { $0.id == id }) { return found }
        guard let field else { throw NotFound("Key") }
        throw InvalidDefinition(problems: [.init(field: field, message: "The provider has no such key.")])
    }
}

extension ProviderKeyState {
    fileprivate init(_ state: OperatorProviderKey.State) {
        switch state {
        case .active: self = .active
        case .draining: self = .draining
        case .revoked: self = .revoked
        }
    }
}
