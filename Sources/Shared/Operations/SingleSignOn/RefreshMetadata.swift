internal import Cryptography
internal import Records
package import FoundationEssentials
package import Logging
internal import SAML
package import Stores
internal import Tenancy

/// Reads the metadata of identity providers anew: so we learn of new certificates before they are used. What cannot be used
/// changes nothing, and somebody is told.
package struct RefreshMetadata: Sendable {
    private let store: IdentityProviderStore
    private let source: MetadataSource
    private let audit: Audit
    private let notices: Notices?
    private let logger: Logger
    private let now: @Sendable () -> Date

    /// How long before a certificate or metadata end somebody is told, and how often.
    static let notice: TimeInterval = 30 * 86_400
    private static let repetition: TimeInterval = 7 * 86_400

    /// `notices` tell those who watch.
    package init(
        store: IdentityProviderStore, source: MetadataSource, audit: Audit, notices: Notices?, logger: Logger,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.store = store
        self.source = source
        self.audit = audit
        self.notices = notices
        self.logger = logger
        self.now = now
    }

    /// Reads those of every identity provider that is used; how many were taken over.
    package func all() async throws -> Int {
        var count = 0
        for provider in try await store.list(of: nil) where provider.settings.isEnabled {
            if let url = provider.settings.metadataURL {
                do {
                    _ = try await read(provider, at: url, by: .worker(of: provider.organizationID))
                    count += 1
                } catch let problem as MetadataUnusable {
                    logger.warning(
                        "metadata could not be read anew",
                        metadata: ["identity_provider.id": "\(provider.id)", "reason": "\(problem)"])
                }
            }
            try await warn(of: provider)
        }
        return count
    }

    /// Reads those of one; `false` when somebody has changed it meanwhile, whose change stays. What is kept of it is what
    /// is trusted now, if it was something else before; always, when `isKept`.
    /// - Throws: `MetadataUnusable`, which is noted.
    func read(
        _ provider: Tenancy.IdentityProvider, at url: String, by actor: AuditActor, isKept: Bool = false
    ) async throws -> Bool {
        let moment = now()
        do {
            let found = try await source.read(
                at: url, entityID: provider.settings.wantedEntityID, signedBy: provider.settings.metadataCertificate)
            if let end = found.provider.validUntil, end <= moment {
                throw MetadataUnusable("They were valid until \(end.formatted(.iso8601)) only.")
            }
            return try await takeOver(found, by: provider, actor, at: moment, isKept: isKept)
        } catch let problem as MetadataUnusable {
            let isFirst = try await store.noteFailure(
                problem.description, of: provider.id, at: moment, revision: provider.revision)
            // A proxy of ours that is away for a moment is told of elsewhere.
            if isFirst, !problem.isOurs {
                try await tell(
                    "The metadata of the identity provider \(provider.settings.name) cannot be read anew. "
                        + "The last good ones stay in use. \(problem.description)", of: provider)
            }
            throw problem
        }
    }

    private func takeOver(
        _ found: MetadataSource.Found, by provider: Tenancy.IdentityProvider, _ actor: AuditActor, at moment: Date,
        isKept: Bool
    ) async throws -> Bool {
        let source = source
        let deed = Audit.Deed("identity_provider.refresh", on: IdentityProviders.subject(provider.id))
        return try await audit.perform(deed, by: actor, needs: nil) { connection in
            guard
                let former = try await IdentityProviderStore.takeOver(
                    found.text, of: found.entityID, by: provider, at: moment, on: connection)
            else { return .nothing(false) }
            var old = provider
            (old.metadata, old.entityID) = (former.metadata, former.entityID)
            let (before, after) = (await source.anchor(of: old), TrustAnchor(found.provider))
            if before == after {
                return isKept ? Audit.Change(true) : .nothing(true)
            }
            return Audit.Change(true, before: before, after: after)
        }
    }

    /// Tells of certificates and metadata that end soon.
    private func warn(of provider: Tenancy.IdentityProvider) async throws {
        let moment = now()
        guard let current = try await store.find(provider.id, of: nil) else { return }
        let said = try await source.check(current.metadata, entityID: current.entityID).provider
        let ends = [said.certificates.map(\.expires).max(), said.validUntil].compactMap(\.self)
        guard let end = ends.min(), end < moment.addingTimeInterval(Self.notice),
            try await store.noteWarning(
                of: provider.id, at: moment, unlessSince: moment.addingTimeInterval(-Self.repetition))
        else { return }
        let days = Int(end.timeIntervalSince(moment) / 86_400)
        let when = end <= moment ? "has ended" : "ends in \(days) days"
        try await tell(
            "What the identity provider \(provider.settings.name) signs with \(when). Its administrator has to renew it, "
                + "or nobody can sign in by it.", of: provider)
    }

    private func tell(_ sentence: String, of provider: Tenancy.IdentityProvider) async throws {
        try await notices?.post(
            .warning, sentence, about: nil, to: provider.organizationID, needs: .identityProviderRead)
    }
}

extension AuditActor {
    /// What reads metadata again and again.
    fileprivate static func worker(of organization: OrganizationID) -> AuditActor {
        AuditActor(daemon: "scorable-workerd", of: organization)
    }
}
