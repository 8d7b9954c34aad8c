internal import FoundationEssentials
internal import Postgres
internal import Stores
package import Tenancy
package import WireAPI

/// The identity providers of organisations: which there are, and what people decide about them.
package struct IdentityProviders: Sendable {
    private let store: IdentityProviderStore
    private let rows: IdentityProviderRows
    let source: MetadataSource
    let services: ServiceProviders
    let audit: Audit
    private let identifiers: IdentifierSource
    private let roles: GroupRoleRefresh
    let now: @Sendable () -> Date

    init(
        store: IdentityProviderStore, rows: IdentityProviderRows, source: MetadataSource, services: ServiceProviders,
        audit: Audit, identifiers: IdentifierSource, roles: GroupRoleRefresh, now: @escaping @Sendable () -> Date
    ) {
        self.store = store
        self.rows = rows
        self.source = source
        self.services = services
        self.audit = audit
        self.identifiers = identifiers
        self.roles = roles
        self.now = now
    }

    /// Those of the caller's organisation; of all, for whoever administers on the server itself.
    package func list(for actor: AuditActor) async throws -> OperatorIdentityProviderList {
        try actor.require(.identityProviderRead)
        let found = try await store.list(of: actor.principal?.organizationID)
        return OperatorIdentityProviderList(results: try await rows.shown(found), countedAt: now())
    }

    /// One of them.
    /// - Throws: `NotFound`.
    package func find(_ id: IdentityProviderID, for actor: AuditActor) async throws -> OperatorIdentityProvider {
        try actor.require(.identityProviderRead)
        return try await shown(id, for: actor)
    }

    /// Adds one to the caller's organisation, or to `organization` for whoever administers on the server itself.
    /// - Throws: `PermissionDenied`; `InvalidDefinition`; `Conflict` when the name or a domain is taken.
    package func add(
        _ draft: OperatorIdentityProviderDraft, to organization: OrganizationID, by actor: AuditActor
    ) async throws -> OperatorIdentityProvider {
        try actor.require(.identityProviderUpdate)
        let owner = actor.principal?.organizationID ?? organization
        let settings = try await settings(draft.settings, of: owner, by: actor)
        let found = try await metadata(draft, settings, present: nil)
        let (id, moment) = identifiers.nextDated(IdentityProvider.self)
        let provider = IdentityProvider(
            id: id, organizationID: owner, settings: settings, metadata: found.text, entityID: found.entityID,
            reading: .init(readAt: moment), createdAt: moment, updatedAt: moment)
        let key = try await services.makeKey(.present, for: id, at: moment)
        let kept = await self.kept(provider)
        try await audit.perform(
            Audit.Deed("identity_provider.add", on: Self.subject(id)), by: actor, needs: .identityProviderUpdate
        ) { connection in
            guard
                try await IdentityProviderStore.add(provider, by: actor.principal?.user.id, on: connection)
            else {
                throw InvalidDefinition(
                    "non_field_errors",
                    "An organization has at most \(IdentityProviderStore.most) identity providers.")
            }
            try await IdentityProviderKeyStore.put(key, for: id, of: owner, at: moment, on: connection)
            return Audit.Change((), after: kept)
        }
        try await roles.apply(settings, formerly: nil, in: owner, by: actor)
        return try await shown(id, for: actor)
    }

    /// Replaces the settings; metadata stay unless others are given or their address is another one.
    /// - Throws: `PermissionDenied`; `NotFound`; `InvalidDefinition`; `ChangedMeanwhile`; `Conflict`.
    package func change(
        _ id: IdentityProviderID, to draft: OperatorIdentityProviderDraft, by actor: AuditActor
    ) async throws -> OperatorIdentityProvider {
        try actor.require(.identityProviderUpdate)
        let known = try await known(id, for: actor)
        guard let revision = draft.revision else {
            throw InvalidDefinition("revision", "Say which revision the change began with.")
        }
        let settings = try await settings(draft.settings, of: known.organizationID, by: actor)
        let found = try await metadata(draft, settings, present: known)
        var provider = known
        provider.settings = settings
        provider.updatedAt = now()
        if found.isNew {
            (provider.metadata, provider.entityID) = (found.text, found.entityID)
            provider.reading = .init(readAt: provider.updatedAt)
        }
        let (changed, isNew) = (provider, found.isNew)
        let (before, after) = (await kept(known), await kept(changed))
        try await audit.perform(
            Audit.Deed("identity_provider.update", on: Self.subject(id)), by: actor, needs: .identityProviderUpdate
        ) { connection in
            try await IdentityProviderStore.replace(
                changed, withMetadata: isNew, from: revision, on: connection
            )
            .require("Identity provider")
            return Audit.Change((), before: before, after: after)
        }
        try await roles.apply(settings, formerly: known.settings, in: known.organizationID, by: actor)
        return try await shown(id, for: actor)
    }

    /// Removes the revision that was looked at. Its people stay, with their sessions.
    /// - Throws: `PermissionDenied`; `NotFound`; `ChangedMeanwhile`.
    package func delete(_ id: IdentityProviderID, at revision: Int, by actor: AuditActor) async throws {
        let known = try await known(id, for: actor)
        let kept = await self.kept(known)
        try await audit.perform(
            Audit.Deed("identity_provider.remove", on: Self.subject(id)), by: actor, needs: .identityProviderUpdate
        ) { connection in
            try await IdentityProviderStore.delete(id, of: known.organizationID, at: revision, on: connection)
                .require("Identity provider")
            return Audit.Change((), before: kept)
        }
    }

    /// Makes the key that takes the place of ours, or lets it take its place. One that cannot be opened is replaced at once.
    /// - Throws: `PermissionDenied`; `NotFound`.
    package func renewKey(of id: IdentityProviderID, by actor: AuditActor) async throws -> OperatorIdentityProvider {
        try actor.require(.identityProviderUpdate)
        let known = try await known(id, for: actor)
        let moment = now()
        var state = IdentityProviderKeyStore.State.next
        do {
            _ = try await services.service(for: id)
        } catch is KeyCannotBeOpened {
            state = .present
        }
        let key = try await services.makeKey(state, for: id, at: moment)
        try await audit.perform(
            Audit.Deed("identity_provider.renew_key", on: Self.subject(id)), by: actor, needs: .identityProviderUpdate
        ) { connection in
            if key.state == .next, try await IdentityProviderKeyStore.promote(id, on: connection) {
                return Audit.Change((), after: ["key": "the next one has taken its place"])
            }
            try await IdentityProviderKeyStore.put(key, for: id, of: known.organizationID, at: moment, on: connection)
            return Audit.Change((), after: ["key": key.state == .next ? "the next one is published" : "replaced"])
        }
        return try await shown(id, for: actor)
    }

    // MARK: For what else is done with them

    /// One within reach.
    /// - Throws: `NotFound`.
    func known(_ id: IdentityProviderID, for actor: AuditActor) async throws -> IdentityProvider {
        guard let found = try await store.find(id, of: actor.principal?.organizationID) else {
            throw NotFound("Identity provider")
        }
        return found
    }

    /// One as operators see it.
    func shown(_ id: IdentityProviderID, for actor: AuditActor) async throws -> OperatorIdentityProvider {
        try await rows.shown([try await known(id, for: actor)])[0]
    }

    /// As the audit keeps it.
    private func kept(_ provider: IdentityProvider) async -> KeptIdentityProvider {
        KeptIdentityProvider(provider, trusts: await source.anchor(of: provider))
    }

    /// As the audit names it.
    static func subject(_ id: IdentityProviderID) -> String { "identity_provider:\(id)" }

    /// What a draft says, checked.
    private func settings(
        _ draft: OperatorIdentityProviderSettings, of organization: OrganizationID, by actor: AuditActor
    ) async throws -> IdentityProviderSettings {
        let settings = try IdentityProviderSettings(draft)
        try settings.validate()
        // On the server itself somebody may know that both organisations agree.
        guard actor.principal != nil else { return settings }
        let others = try await store.domains(among: settings.domains, usedOutside: organization)
        guard others.isEmpty else {
            throw InvalidDefinition(
                "domains",
                "People of another organisation have addresses of \(others.joined(separator: ", ")). Whoever administers "
                    + "the server can add it: scorable identity-provider update --domain")
        }
        return settings
    }

    private struct Metadata {
        let text: String
        let entityID: String
        /// Whether they were just read.
        let isNew: Bool
    }

    /// The metadata of a draft: those that are given, else those at an address, else those that are there.
    private func metadata(
        _ draft: OperatorIdentityProviderDraft, _ settings: IdentityProviderSettings, present: IdentityProvider?
    ) async throws -> Metadata {
        let (wanted, signer) = (settings.wantedEntityID, settings.metadataCertificate)
        do {
            if let text = draft.metadata {
                let found = try await source.check(text, entityID: wanted, signedBy: signer)
                return Metadata(text: found.text, entityID: found.entityID, isNew: true)
            }
            // Of a list only what is said of the one that was meant is there, and no signature.
            let isProven = signer == nil || signer == present?.settings.metadataCertificate
            let isSame =
                settings.metadataURL == present?.settings.metadataURL && wanted == present?.settings.wantedEntityID
            if let present, isProven, isSame || settings.metadataURL == nil {
                let found = try await source.check(present.metadata, entityID: wanted)
                return Metadata(text: present.metadata, entityID: found.entityID, isNew: false)
            }
            guard let url = settings.metadataURL else {
                throw InvalidDefinition("metadata", "Give the metadata, or the address where they are.")
            }
            let found = try await source.read(at: url, entityID: wanted, signedBy: signer)
            return Metadata(text: found.text, entityID: found.entityID, isNew: true)
        } catch let problem as MetadataUnusable {
            let isAtAddress = draft.metadata == nil && settings.metadataURL != nil
            let advice =
                isAtAddress || problem.isUnsigned
                ? problem.advice : "A file has to hold the metadata of a SAML 2.0 identity provider, as it gives them."
            throw InvalidDefinition(
                isAtAddress ? "metadata_url" : "metadata",
                problem.description + (advice.map { " \($0)" } ?? ""))
        }
    }
}
