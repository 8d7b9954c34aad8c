package import FoundationEssentials
package import Postgres
package import Tenancy

/// The identity providers of organisations, with the domains that sign in by them.
package struct IdentityProviderStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// How many an organisation may have.
    package static let most = 20

    /// Those of an organisation, or of all, by name.
    package func list(of organization: OrganizationID?) async throws -> [IdentityProvider] {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM identity_providers p
            WHERE \(organization)::uuid IS NULL OR p.organization_id = \(organization)
            ORDER BY p.name, p.id LIMIT 10000
            """)
        return try rows.map(IdentityProvider.init(row:))
    }

    /// One of an organisation, or of whichever has it.
    package func find(_ id: IdentityProviderID, of organization: OrganizationID?) async throws -> IdentityProvider? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM identity_providers p
            WHERE p.id = \(id) AND (\(organization)::uuid IS NULL OR p.organization_id = \(organization))
            """)
        return try rows.first.map(IdentityProvider.init(row:))
    }

    /// Those that people sign in by, of all organisations, the oldest first; at most `limit`.
    package func enabled(limit: Int) async throws -> [IdentityProvider] {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM identity_providers p WHERE p.is_enabled
            ORDER BY p.created_at, p.id LIMIT \(limit)
            """)
        return try rows.map(IdentityProvider.init(row:))
    }

    /// By which one addresses of a domain sign in.
    package func find(signingIn domain: EmailDomain) async throws -> IdentityProvider? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM identity_providers p
            JOIN identity_provider_domains d ON d.provider_id = p.id
            WHERE d.domain = \(domain.description) AND p.is_enabled
            """)
        return try rows.first.map(IdentityProvider.init(row:))
    }

    /// How many people sign in by each of these, and when the last did.
    package func figures(of ids: [IdentityProviderID]) async throws -> [IdentityProviderID: IdentityProviderFigures] {
        let rows = try await database.query(
            """
            SELECT provider_id, count(DISTINCT user_id) AS people, max(last_sign_in_at) AS last_sign_in_at
            FROM identities WHERE provider_id = ANY(\(ids)) GROUP BY provider_id
            """)
        return Dictionary(
            uniqueKeysWithValues: try rows.map { row in
                (
                    try row.decode("provider_id", as: IdentityProviderID.self),
                    IdentityProviderFigures(
                        people: try row.decode("people"), lastSignInAt: try row.decode("last_sign_in_at"))
                )
            })
    }

    /// Which of these domains people of other organisations have addresses of.
    package func domains(
        among domains: [EmailDomain], usedOutside organization: OrganizationID
    ) async throws -> [String] {
        let rows = try await database.query(
            """
            SELECT DISTINCT split_part(lower(email), '@', 2) AS domain FROM users
            WHERE organization_id <> \(organization)
                AND split_part(lower(email), '@', 2) = ANY(\(domains.map(\.description)))
            ORDER BY 1
            """)
        return try rows.map { try $0.decode("domain") }
    }

    // MARK: Metadata

    /// Notes that reading them has failed; the last good ones stay. Answers whether it is the first time. Of settings that
    /// somebody has changed meanwhile nothing is noted.
    package func noteFailure(
        _ reason: String, of id: IdentityProviderID, at moment: Date, revision: Int
    ) async throws -> Bool {
        let rows = try await database.query(
            """
            WITH old AS (SELECT metadata_failing_since FROM identity_providers
                WHERE id = \(id) AND revision = \(revision) FOR UPDATE)
            UPDATE identity_providers p SET metadata_failure = \(reason), \
            metadata_failing_since = coalesce(p.metadata_failing_since, \(moment))
            FROM old WHERE p.id = \(id) RETURNING old.metadata_failing_since IS NULL AS is_first
            """)
        return try rows.first?.decode("is_first", as: Bool.self) ?? false
    }

    /// Notes that somebody was told that a certificate ends soon; `false` when they were told since `earlier`.
    package func noteWarning(of id: IdentityProviderID, at moment: Date, unlessSince earlier: Date) async throws -> Bool
    {
        let changed = try await database.execute(
            """
            UPDATE identity_providers SET warned_at = \(moment)
            WHERE id = \(id) AND (warned_at IS NULL OR warned_at < \(earlier))
            """)
        return changed == 1
    }

    /// Of the table under the name `p`.
    static let columns: SQL = """
        p.id AS provider_id, p.organization_id AS provider_organization_id, p.name AS provider_name, p.is_enabled, \
        p.metadata, p.metadata_url, p.metadata_certificate, p.wanted_entity_id, p.entity_id, p.email_attribute, p.full_name_attribute, \
        p.groups_attribute, p.group_roles::text AS group_roles, p.default_role, p.creates_people, \
        p.allows_unsolicited, p.clock_skew_seconds, p.metadata_read_at, p.metadata_failing_since, p.metadata_failure, \
        p.warned_at, p.created_at AS provider_created_at, p.updated_at AS provider_updated_at, \
        p.revision AS provider_revision, ARRAY(SELECT d.domain FROM identity_provider_domains d \
        WHERE d.provider_id = p.id ORDER BY d.domain) AS domains
        """
}

/// How an identity provider is used.
package struct IdentityProviderFigures: Sendable, Hashable {
    package let people: Int
    package let lastSignInAt: Date?

    package init(people: Int = 0, lastSignInAt: Date? = nil) {
        self.people = people
        self.lastSignInAt = lastSignInAt
    }
}

extension IdentityProvider {
    /// Reads `IdentityProviderStore.columns`.
    init(row: PostgresRow) throws {
        let skew: Int = try row.decode("clock_skew_seconds")
        self.init(
            id: try row.decode("provider_id"), organizationID: try row.decode("provider_organization_id"),
            settings: IdentityProviderSettings(
                name: try row.decode("provider_name"), isEnabled: try row.decode("is_enabled"),
                metadataURL: try row.decode("metadata_url"),
                metadataCertificate: try row.decode("metadata_certificate"),
                wantedEntityID: try row.decode("wanted_entity_id"),
                attributes: IdentityProviderSettings.AttributeNames(
                    email: try row.decode("email_attribute"), fullName: try row.decode("full_name_attribute"),
                    groups: try row.decode("groups_attribute")),
                roles: try StoredGroupRoles.roles(from: try row.decode("group_roles")),
                defaultRole: try row.decode("default_role"),
                domains: try row.decode("domains", as: [String].self).compactMap { EmailDomain($0) },
                createsPeople: try row.decode("creates_people"),
                allowsUnsolicited: try row.decode("allows_unsolicited"), clockSkew: .seconds(skew)),
            metadata: try row.decode("metadata"), entityID: try row.decode("entity_id"),
            reading: MetadataReading(
                readAt: try row.decode("metadata_read_at"), failingSince: try row.decode("metadata_failing_since"),
                failure: try row.decode("metadata_failure"), warnedAt: try row.decode("warned_at")),
            createdAt: try row.decode("provider_created_at"), updatedAt: try row.decode("provider_updated_at"),
            revision: try row.decode("provider_revision"))
    }
}
