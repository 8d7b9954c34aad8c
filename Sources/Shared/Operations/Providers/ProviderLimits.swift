package import Scoring
internal import Spending
internal import Stores
package import Tenancy
package import WireAPI

/// How many calls providers, their models and their keys get.
package struct ProviderLimits: Sendable {
    private let stores: ProviderStores
    private let rights: InstallationRights
    private let identifiers: IdentifierSource
    private let changes: Changes

    package init(
        stores: ProviderStores, rights: InstallationRights, identifiers: IdentifierSource, changes: Changes
    ) {
        self.stores = stores
        self.rights = rights
        self.identifiers = identifiers
        self.changes = changes
    }

    /// Sets the limits of one subject in place of those it had; none at all lifts them.
    /// - Throws: `NotFound`, `ReadOnly`, `InvalidDefinition`.
    package func set(_ draft: OperatorCallLimitDraft, of id: ProviderID, for principal: Principal) async throws {
        let provider = try await stores.editableProvider(id, rights, principal)
        let limits = CallLimits(
            requestsPerMinute: draft.limits.requestsPerMinute, tokensPerMinute: draft.limits.tokensPerMinute,
            concurrency: draft.limits.concurrency)
        try limits.validate()
        let subject = try await subject(draft.subject, of: provider, principal)
        if limits.isEmpty {
            _ = try await stores.limits.lift(subject, at: id, of: provider.organizationID)
        } else {
            let isSet = try await stores.limits.put(
                CallLimitRule(id: identifiers.next(), providerID: id, subject: subject, limits: limits),
                of: provider.organizationID)
            guard isSet else { throw NotFound("Provider") }
        }
        await changes.announce(CatalogueChange(provider, .updated), by: principal)
    }

    private func subject(
        _ wire: OperatorCallLimit.Subject, of provider: Provider, _ principal: Principal
    ) async throws -> CallLimitSubject {
        switch (wire.upstreamModel, wire.keyID.map { ProviderKeyID(uuid: $0) }) {
        case (nil, nil): return .provider
        case (let model?, nil):
            try InvalidDefinition.check { $0.length(of: model, in: 1...1000, field: "upstream_model") }
            return .model(model)
        case (nil, let key?):
            let known = try await stores.keys.list(of: provider.id, usableBy: principal.organizationID)
            guard known.contains(where: { $0.id == key }), key.uuid != provider.id.uuid else {
                throw InvalidDefinition(problems: [.init(field: "key_id", message: "The provider has no such key.")])
            }
            return .key(key)
        case (_?, _?):
            throw InvalidDefinition(problems: [
                .init(field: "key_id", message: "A limit is of a model or of a key, not of both.")
            ])
        }
    }
}
