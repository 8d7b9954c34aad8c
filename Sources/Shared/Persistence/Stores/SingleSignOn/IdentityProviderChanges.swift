package import FoundationEssentials
internal import JSON
package import Postgres
package import Tenancy

// Changes to identity providers, in the caller's transaction.
extension IdentityProviderStore {
    /// Adds one; `false` when the organisation has as many as it may.
    /// - Throws: `Conflict` when the name or a domain is taken.
    package static func add(
        _ provider: IdentityProvider, by user: UserID?, on connection: PostgresConnection
    ) async throws -> Bool {
        let settings = provider.settings
        do {
            let added = try await connection.execute(
                """
                INSERT INTO identity_providers (id, organization_id, name, is_enabled, metadata, metadata_url, \
                metadata_certificate, wanted_entity_id, entity_id, email_attribute, full_name_attribute, \
                groups_attribute, group_roles, default_role, creates_people, allows_unsolicited, clock_skew_seconds, metadata_read_at, created_by, \
                created_at, updated_at)
                SELECT \(provider.id), \(provider.organizationID), \(settings.name), \(settings.isEnabled), \
                \(provider.metadata), \(settings.metadataURL), \(settings.metadataCertificate), \
                \(settings.wantedEntityID), \(provider.entityID), \
                \(settings.attributes.email), \(settings.attributes.fullName), \(settings.attributes.groups), \
                \(StoredGroupRoles.text(of: settings.roles))::jsonb, \(settings.defaultRole), \
                \(settings.createsPeople), \(settings.allowsUnsolicited), \
                \(Int(settings.clockSkew.components.seconds)), \(provider.reading.readAt), \(user), \
                \(provider.createdAt), \(provider.updatedAt)
                WHERE (SELECT count(*) FROM identity_providers WHERE organization_id = \(provider.organizationID)) \
                < \(Self.most)
                """)
            guard added == 1 else { return false }
            try await setDomains(of: provider, on: connection)
            return true
        } catch let error as PostgresError {
            throw error.asConflict()
        }
    }

    /// Replaces the settings of the revision that the change began with, and the metadata where they are others: those that
    /// were read anew meanwhile stay.
    /// - Throws: `Conflict` when the name or a domain is taken.
    package static func replace(
        _ provider: IdentityProvider, withMetadata isNew: Bool, from revision: Int, on connection: PostgresConnection
    ) async throws -> RevisedChange {
        let settings = provider.settings
        do {
            let changed = try await connection.execute(
                """
                UPDATE identity_providers SET name = \(settings.name), is_enabled = \(settings.isEnabled), \
                metadata = CASE WHEN \(isNew) THEN \(provider.metadata) ELSE metadata END, \
                metadata_url = \(settings.metadataURL), \
                metadata_certificate = \(settings.metadataCertificate), wanted_entity_id = \(settings.wantedEntityID), \
                entity_id = CASE WHEN \(isNew) THEN \(provider.entityID) ELSE entity_id END, \
                email_attribute = \(settings.attributes.email), \
                full_name_attribute = \(settings.attributes.fullName), \
                groups_attribute = \(settings.attributes.groups), \
                group_roles = \(StoredGroupRoles.text(of: settings.roles))::jsonb, \
                default_role = \(settings.defaultRole), creates_people = \(settings.createsPeople), \
                allows_unsolicited = \(settings.allowsUnsolicited), \
                clock_skew_seconds = \(Int(settings.clockSkew.components.seconds)), \
                metadata_read_at = CASE WHEN \(isNew) THEN \(provider.reading.readAt) ELSE metadata_read_at END, \
                metadata_failing_since = CASE WHEN NOT \(isNew) THEN metadata_failing_since END, \
                metadata_failure = CASE WHEN NOT \(isNew) THEN metadata_failure END, \
                warned_at = CASE WHEN NOT \(isNew) THEN warned_at END, \
                updated_at = \(provider.updatedAt), revision = revision + 1
                WHERE id = \(provider.id) AND organization_id = \(provider.organizationID) AND revision = \(revision)
                """)
            guard changed == 1 else {
                return try await outcome(provider.id, of: provider.organizationID, on: connection)
            }
            try await setDomains(of: provider, on: connection)
            return .done
        } catch let error as PostgresError {
            throw error.asConflict()
        }
    }

    /// Takes metadata over that were read anew for the settings that `provider` has; `nil` when somebody has changed those
    /// meanwhile, else what was there before.
    package static func takeOver(
        _ metadata: String, of entityID: String, by provider: IdentityProvider, at moment: Date,
        on connection: PostgresConnection
    ) async throws -> (metadata: String, entityID: String)? {
        let rows = try await connection.query(
            """
            WITH old AS (SELECT metadata, entity_id FROM identity_providers
                WHERE id = \(provider.id) AND revision = \(provider.revision) \
                AND metadata_url IS NOT DISTINCT FROM \(provider.settings.metadataURL) FOR UPDATE)
            UPDATE identity_providers p SET metadata = \(metadata), entity_id = \(entityID), \
            metadata_read_at = \(moment), metadata_failing_since = NULL, metadata_failure = NULL, \
            warned_at = CASE WHEN p.metadata = \(metadata) THEN p.warned_at END
            FROM old WHERE p.id = \(provider.id)
            RETURNING old.metadata AS former, old.entity_id AS former_entity_id
            """)
        return try rows.first.map { (try $0.decode("former"), try $0.decode("former_entity_id")) }
    }

    /// Deletes the revision that was looked at, with what belongs to it. Its people stay.
    package static func delete(
        _ id: IdentityProviderID, of organization: OrganizationID, at revision: Int,
        on connection: PostgresConnection
    ) async throws -> RevisedChange {
        let deleted = try await connection.execute(
            """
            DELETE FROM identity_providers
            WHERE id = \(id) AND organization_id = \(organization) AND revision = \(revision)
            """)
        return deleted == 1 ? .done : try await outcome(id, of: organization, on: connection)
    }

    private static func outcome(
        _ id: IdentityProviderID, of organization: OrganizationID, on connection: PostgresConnection
    ) async throws -> RevisedChange {
        let rows = try await connection.query(
            "SELECT FROM identity_providers WHERE id = \(id) AND organization_id = \(organization)")
        return RevisedChange(changed: 0, isThere: !rows.isEmpty)
    }

    private static func setDomains(of provider: IdentityProvider, on connection: PostgresConnection) async throws {
        let domains = Array(Set(provider.settings.domains.map(\.description))).sorted()
        try await connection.execute("DELETE FROM identity_provider_domains WHERE provider_id = \(provider.id)")
        try await connection.execute(
            """
            INSERT INTO identity_provider_domains (domain, organization_id, provider_id)
            SELECT domain, \(provider.organizationID), \(provider.id) FROM unnest(\(domains)::text[]) AS domain
            """)
    }
}

/// Which groups make which roles, as they are stored.
enum StoredGroupRoles {
    private enum Name {
        static let group = "group"
        static let role = "role"
    }

    static func text(of roles: [IdentityProviderSettings.GroupRole]) -> String {
        var writer = JSONWriter()
        writer.beginArray()
        for role in roles {
            writer.object { writer in
                writer.member(Name.group, role.group)
                writer.member(Name.role, role.role.rawValue)
            }
        }
        writer.endArray()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    static func roles(from text: String) throws -> [IdentityProviderSettings.GroupRole] {
        (try JSONParser.parse(text).arrayValue ?? []).compactMap { value in
            guard let group = value[Name.group]?.stringValue,
                let role = value[Name.role]?.stringValue.flatMap(Role.init(rawValue:))
            else { return nil }
            return IdentityProviderSettings.GroupRole(group: group, role: role)
        }
    }
}
