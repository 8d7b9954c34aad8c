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
    private let notices: Notices?
    private let logger: Logger
    private let now: @Sendable () -> Date

    /// How long before a certificate or metadata end somebody is told, and how often.
    static let notice: TimeInterval = 30 * 86_400
    private static let repetition: TimeInterval = 7 * 86_400

    /// `notices` tell those who watch.
    package init(
        store: IdentityProviderStore, source: MetadataSource, notices: Notices?, logger: Logger,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.store = store
        self.source = source
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
                    try await read(provider, at: url)
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

    /// Reads those of one.
    /// - Throws: `MetadataUnusable`, which is noted.
    func read(_ provider: Tenancy.IdentityProvider, at url: String) async throws {
        let moment = now()
        do {
            let found = try await source.read(at: url, entityID: provider.settings.wantedEntityID)
            if let end = found.provider.validUntil, end <= moment {
                throw MetadataUnusable("They were valid until \(end.formatted(.iso8601)) only.")
            }
            try await store.takeOver(found.text, of: found.provider.id, by: provider.id, at: moment)
        } catch let problem as MetadataUnusable {
            let isFirst = try await store.noteFailure(problem.description, of: provider.id, at: moment)
            // A proxy of ours that is away for a moment is told of elsewhere.
            if isFirst, !problem.isOurs {
                try await tell(
                    "The metadata of the identity provider \(provider.settings.name) cannot be read anew. "
                        + "The last good ones stay in use. \(problem.description)", of: provider)
            }
            throw problem
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
