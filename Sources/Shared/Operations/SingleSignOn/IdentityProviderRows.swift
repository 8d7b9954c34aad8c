internal import Cryptography
internal import FoundationEssentials
internal import Postgres
internal import SAML
internal import Stores
package import Tenancy
package import WireAPI

/// Makes identity providers into what operators see.
struct IdentityProviderRows: Sendable {
    private let store: IdentityProviderStore
    private let names: TenantNameStore
    private let services: ServiceProviders

    init(database: PostgresClient, services: ServiceProviders) {
        store = IdentityProviderStore(database: database)
        names = TenantNameStore(database: database)
        self.services = services
    }

    func shown(_ providers: [Tenancy.IdentityProvider]) async throws -> [OperatorIdentityProvider] {
        let names = TenantNames(
            organizations: try await names.organizations(Set(providers.map(\.organizationID))), projects: [:])
        let ids = providers.map(\.id)
        let figures = try await store.figures(of: ids)
        let certificates = try await services.certificates(of: ids)
        return try await services.work {
            try providers.map { provider in
                let id = provider.id
                return OperatorIdentityProvider(
                    id: id.uuid, organization: names.organization(provider.organizationID),
                    settings: OperatorIdentityProviderSettings(provider.settings),
                    metadata: try OperatorIdentityProvider.Metadata(provider),
                    ours: OperatorServiceProvider(
                        entityID: services.url(ServiceProviders.Path.metadata, for: id),
                        callbackAddress: services.url(ServiceProviders.Path.callback, for: id),
                        signOutAddress: services.url(ServiceProviders.Path.signOut, for: id),
                        certificates: try (certificates[id] ?? []).map { pem in
                            OperatorCertificate(try PublicCertificate(text: pem))
                        }),
                    peopleCount: figures[id]?.people ?? 0, lastSignInAt: figures[id]?.lastSignInAt,
                    revision: provider.revision, createdAt: provider.createdAt, updatedAt: provider.updatedAt)
            }
        }
    }
}

extension OperatorCertificate {
    /// A certificate as people compare it.
    init(_ certificate: PublicCertificate) {
        self.init(
            fingerprint: certificate.fingerprint, notBefore: certificate.starts, notAfter: certificate.expires)
    }
}

extension OperatorIdentityProvider.Metadata {
    /// What stored metadata say. They could be used when they were stored.
    init(_ provider: Tenancy.IdentityProvider) throws {
        let said = try SAML.IdentityProvider(metadata: provider.metadata, id: provider.entityID)
        self.init(
            entityID: said.id, signInAddress: said.signInByRedirect ?? said.signInByForm ?? "",
            signOutAddress: said.signOutByRedirect ?? said.signOutByForm,
            certificates: said.certificates.map(OperatorCertificate.init), validUntil: said.validUntil,
            readAt: provider.reading.readAt, failingSince: provider.reading.failingSince,
            failure: provider.reading.failure,
            signer: try provider.settings.metadataCertificate.map {
                OperatorCertificate(try MetadataSigner(certificate: $0).certificate)
            })
    }
}

extension OperatorIdentityProviderSettings {
    /// The settings as operators see them.
    package init(_ settings: IdentityProviderSettings) {
        self.init(
            name: settings.name, isEnabled: settings.isEnabled, metadataURL: settings.metadataURL,
            metadataCertificate: settings.metadataCertificate, entityID: settings.wantedEntityID,
            attributes: Attributes(
                email: settings.attributes.email, fullName: settings.attributes.fullName,
                groups: settings.attributes.groups),
            roles: settings.roles.map { GroupRole(group: $0.group, role: $0.role.rawValue) },
            defaultRole: settings.defaultRole?.rawValue, domains: settings.domains.map(\.description),
            createsPeople: settings.createsPeople, allowsUnsolicited: settings.allowsUnsolicited,
            clockSkewSeconds: Int(settings.clockSkew.components.seconds))
    }
}

extension IdentityProviderSettings {
    /// What a draft says.
    /// - Throws: `InvalidDefinition` for words that are none.
    init(_ draft: OperatorIdentityProviderSettings) throws {
        let (roles, domains) = (draft.roles.map { Role(rawValue: $0.role) }, draft.domains.map { EmailDomain($0) })
        let known = Self.grantableRoles.map(\.rawValue).joined(separator: ", ")
        try InvalidDefinition.check { findings in
            for (role, meant) in zip(draft.roles, roles) where meant == nil {
                findings.add("roles", "“\(role.role.prefix(40))” is no role. There are: \(known).")
            }
            for (text, domain) in zip(draft.domains, domains) where domain == nil {
                findings.add("domains", "“\(text.prefix(80))” is no domain, such as example.com.")
            }
            if let role = draft.defaultRole, Role(rawValue: role) == nil {
                findings.add("default_role", "“\(role.prefix(40))” is no role. There are: \(known).")
            }
            if let url = draft.metadataURL { findings.check(metadataURL: url) }
        }
        let signer = try draft.metadataCertificate.map { text in
            do throws(SAMLRefusal) {
                return try MetadataSigner(certificate: text)
            } catch {
                throw InvalidDefinition("metadata_certificate", error.sentence)
            }
        }
        self.init(
            name: draft.name, isEnabled: draft.isEnabled, metadataURL: draft.metadataURL,
            metadataCertificate: signer?.certificate.pem, wantedEntityID: draft.entityID,
            attributes: AttributeNames(
                email: draft.attributes.email, fullName: draft.attributes.fullName, groups: draft.attributes.groups),
            roles: zip(draft.roles, roles).compactMap { role, meant in
                meant.map { GroupRole(group: role.group, role: $0) }
            },
            defaultRole: draft.defaultRole.flatMap(Role.init(rawValue:)), domains: domains.compactMap(\.self),
            createsPeople: draft.createsPeople, allowsUnsolicited: draft.allowsUnsolicited,
            clockSkew: .seconds(draft.clockSkewSeconds))
    }
}

extension InvalidDefinition.Findings {
    /// Checks where metadata are to be read. Whoever can change them on the way decides who everybody is.
    fileprivate mutating func check(metadataURL url: String) {
        check(url: url, field: "metadata_url")
        let lowered = url.lowercased()
        guard lowered.hasPrefix("http://") else { return }
        let host = lowered.dropFirst(7).prefix { !"/?#".contains($0) }
        let isHere = ["localhost", "127.0.0.1", "[::1]"].contains { host == $0 || host.hasPrefix($0 + ":") }
        if !isHere {
            add(
                "metadata_url",
                "Metadata are read over https:// only, except from this machine. Or give them as a file.")
        }
    }
}
