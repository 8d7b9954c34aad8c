internal import Cryptography
internal import FoundationEssentials
internal import Postgres
internal import Records
internal import SAML
internal import Stores
package import Tenancy
package import WireAPI

/// Tries the connection to an identity provider, and explains what is wrong.
package struct IdentityProviderChecks: Sendable {
    private let providers: IdentityProviders
    private let refresh: RefreshMetadata
    private let database: PostgresClient

    private typealias Check = OperatorIdentityProviderTest.Check

    init(providers: IdentityProviders, refresh: RefreshMetadata, database: PostgresClient) {
        self.providers = providers
        self.refresh = refresh
        self.database = database
    }

    /// Reads its metadata anew, now.
    /// - Throws: `PermissionDenied`; `NotFound`; `InvalidDefinition` where there is no address, or nothing usable at it;
    ///   `ChangedMeanwhile`.
    package func refresh(_ id: IdentityProviderID, by actor: AuditActor) async throws -> OperatorIdentityProvider {
        try actor.require(.identityProviderUpdate)
        let provider = try await providers.known(id, for: actor)
        guard let url = provider.settings.metadataURL else {
            throw InvalidDefinition("metadata_url", "Its metadata were given as text. Give newer ones the same way.")
        }
        do {
            guard try await refresh.read(provider, at: url, by: actor, isKept: true) else {
                throw ChangedMeanwhile(kind: "identity provider")
            }
        } catch let problem as MetadataUnusable {
            throw InvalidDefinition("metadata_url", problem.description + (problem.advice.map { " \($0)" } ?? ""))
        }
        return try await providers.shown(id, for: actor)
    }

    /// Looks at everything that has to be right for somebody to sign in.
    /// - Throws: `PermissionDenied`; `NotFound`.
    package func test(_ id: IdentityProviderID, by actor: AuditActor) async throws -> OperatorIdentityProviderTest {
        try actor.require(.identityProviderRead)
        let provider = try await providers.known(id, for: actor)
        var checks = [try await metadata(of: provider, by: actor)]
        checks += try await certificates(of: provider)
        checks.append(try await ourKey(for: provider))
        checks += try await admission(to: provider)
        checks.append(try await lastSignIns(at: provider))
        return OperatorIdentityProviderTest(checks: checks, testedAt: providers.now())
    }

    private func metadata(of provider: Tenancy.IdentityProvider, by actor: AuditActor) async throws -> Check {
        guard let url = provider.settings.metadataURL else {
            return Check(
                name: "Metadata", outcome: .good,
                finding: "They were given as text, and describe \(provider.entityID).",
                advice: nil)
        }
        do {
            _ = try await refresh.read(provider, at: url, by: actor)
            return Check(
                name: "Metadata", outcome: .good,
                finding: "They were read at \(url), and describe \(provider.entityID).")
        } catch let problem as MetadataUnusable {
            return Check(
                name: "Metadata", outcome: .bad, finding: problem.description,
                advice: [problem.advice, "Until then the last good ones are used."].compactMap(\.self)
                    .joined(separator: " "))
        }
    }

    private func certificates(of provider: Tenancy.IdentityProvider) async throws -> [Check] {
        let current = try await IdentityProviderStore(database: database).find(provider.id, of: nil) ?? provider
        let said = try await providers.source.check(current.metadata, entityID: current.entityID).provider
        let moment = providers.now()
        let ends = said.certificates.map(\.expires)
        let valid = ends.filter { $0 > moment }
        var checks: [Check] = []
        if let last = valid.max() {
            let isSoon = last < moment.addingTimeInterval(RefreshMetadata.notice)
            checks.append(
                Check(
                    name: "Certificates", outcome: isSoon ? .warning : .good,
                    finding: "\(valid.count) of \(ends.count) certificates can sign; the last ends \(Self.day(last)).",
                    advice: isSoon ? "Ask the identity provider's administrator for the next one." : nil))
        } else {
            checks.append(
                Check(
                    name: "Certificates", outcome: .warning,
                    finding: "All certificates of the metadata have ended. Their keys count all the same.",
                    advice: "Ask the identity provider's administrator for the next ones: others refuse what it signs.")
            )
        }
        if let end = said.validUntil, end < moment.addingTimeInterval(RefreshMetadata.notice) {
            checks.append(
                Check(
                    name: "Validity", outcome: end <= moment ? .bad : .warning,
                    finding: "The metadata say that they hold until \(Self.day(end)).", advice: "Give newer ones."))
        }
        return checks
    }

    private func ourKey(for provider: Tenancy.IdentityProvider) async throws -> Check {
        do {
            let party = try await providers.services.party(with: provider)
            return Check(
                name: "Our key", outcome: .good,
                finding: "It can be used. The identity provider has to know us as \(party.service.id).")
        } catch let problem as KeyCannotBeOpened {
            return Check(
                name: "Our key", outcome: .bad, finding: problem.description,
                advice: "scorable identity-provider renew-key")
        } catch let refusal as SAMLRefusal {
            return Check(name: "Our key", outcome: .bad, finding: refusal.sentence, advice: "Give newer metadata.")
        }
    }

    private func admission(to provider: Tenancy.IdentityProvider) async throws -> [Check] {
        let settings = provider.settings
        var checks: [Check] = []
        if !settings.isEnabled {
            checks.append(
                Check(
                    name: "Use", outcome: .warning, finding: "It is switched off: nobody signs in by it.",
                    advice: "Switch it on when everything else is right."))
        }
        if settings.roles.isEmpty, settings.defaultRole == nil {
            checks.append(
                Check(
                    name: "Roles", outcome: .bad, finding: "No group has a role, and there is none for the others.",
                    advice: "Map groups to roles, or name a default role: else everybody is refused."))
        }
        if settings.isEnabled, !settings.domains.isEmpty,
            try await IdentityStore.lacksBreakGlass(provider.organizationID, in: database)
        {
            checks.append(
                Check(
                    name: "Emergency access", outcome: .warning,
                    finding: "No administrator may sign in by password when the identity provider is out of order.",
                    advice: "On the server: scorable user password-sign-in EMAIL --allow"))
        }
        return checks
    }

    /// What the audit says of the last one who tried.
    private func lastSignIns(at provider: Tenancy.IdentityProvider) async throws -> Check {
        let name = "Last sign-ins"
        let figures = try await IdentityProviderStore(database: database).figures(of: [provider.id])[provider.id]
        let succeeded =
            figures?.lastSignInAt.map { "Somebody signed in last \(Self.day($0))." } ?? "Nobody has signed in yet."
        let entries = try await AuditStore(database: database).page(
            of: provider.organizationID, andOfInstallation: false,
            matching: AuditFilter(action: "saml.sign_in", subject: IdentityProviders.subject(provider.id)),
            PageRequest(limit: 1))
        guard let last = entries.items.first?.entry, last.outcome != .done,
            last.createdAt > figures?.lastSignInAt ?? .distantPast
        else { return Check(name: name, outcome: .good, finding: succeeded) }
        return Check(
            name: name, outcome: .warning,
            finding: "\(succeeded) Since then \(last.actor.name.isEmpty ? "somebody" : last.actor.name) was refused: "
                + "\(last.after ?? "?")",
            advice: Self.advice(for: last.after ?? ""))
    }

    /// What usually is behind a refusal.
    private static func advice(for reason: String) -> String? {
        if reason.contains("too_early") || reason.contains("expired") {
            return "The clocks differ: keep both by NTP, or allow a larger clock skew."
        }
        if reason.contains("signature") { return "Its certificate may have changed: refresh the metadata." }
        if reason.contains("audience") || reason.contains("recipient") || reason.contains("destination") {
            return "Its settings for us are of another address: give it our metadata anew, and look at "
                + "deployment.public_address."
        }
        return nil
    }

    private static func day(_ date: Date) -> String { "on \(date.formatted(.iso8601.year().month().day()))" }
}
