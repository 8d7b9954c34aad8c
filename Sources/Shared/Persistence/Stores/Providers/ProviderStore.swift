package import FoundationEssentials
package import Postgres
package import Scoring
package import Tenancy

/// The places where models are served: an organisation's own and those of the installation. Keys come in sealed and
/// only ``ModelStore/route(to:for:)`` gives them out again, still sealed, to the proxy.
package struct ProviderStore: Sendable {
    let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Stores a provider, with its sealed key when it needs one.
    package func create(_ provider: Provider, sealedKey: [UInt8]?) async throws {
        do {
            try await database.execute(
                """
                INSERT INTO providers (id, organization_id, kind, name, base_url, settings, sealed_key, is_enabled, \
                created_at, updated_at)
                VALUES (\(provider.id), \(provider.organizationID), \(provider.kind), \(provider.name), \
                \(provider.baseURL), \(StoredJSON.text(of: provider.settings))::jsonb, \(sealedKey), \(provider.isEnabled), \(provider.createdAt), \
                \(provider.createdAt))
                """)
        } catch {
            throw error.asConflict()
        }
    }

    /// Every provider the organisation may use, the installation's first.
    package func list(usableBy organization: OrganizationID) async throws -> [Provider] {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM providers p
            WHERE p.organization_id = \(organization) OR p.organization_id IS NULL
            ORDER BY p.organization_id NULLS FIRST, p.name
            """)
        return try rows.map { try Provider(row: $0) }
    }

    /// Switches a provider on or off; `nil` as the organisation means one of the installation. `false` when there is
    /// no such provider.
    package func setEnabled(
        _ isEnabled: Bool, _ id: ProviderID, of organization: OrganizationID?, at moment: Date
    ) async throws -> Bool {
        let changed = try await database.execute(
            """
            UPDATE providers SET is_enabled = \(isEnabled), updated_at = \(moment)
            WHERE id = \(id) AND organization_id IS NOT DISTINCT FROM \(organization)
            """)
        return changed == 1
    }

    /// Deletes a provider with its models; `nil` as the organisation means one of the installation. `false` when
    /// there is no such provider.
    package func delete(_ id: ProviderID, of organization: OrganizationID?) async throws -> Bool {
        let deleted = try await database.execute(
            "DELETE FROM providers WHERE id = \(id) AND organization_id IS NOT DISTINCT FROM \(organization)")
        return deleted == 1
    }

    /// Of the table under the name `p`.
    static let columns: SQL = """
        p.id AS provider_id, p.organization_id AS provider_organization_id, p.kind AS provider_kind, \
        p.name AS provider_name, p.base_url, p.settings::text AS provider_settings, p.sealed_key IS NOT NULL AS provider_has_key, p.is_enabled, \
        p.created_at AS provider_created_at
        """
}

extension Provider {
    /// Reads `ProviderStore.columns`.
    init(row: PostgresRow) throws {
        self.init(
            id: try row.decode("provider_id"), organizationID: try row.decode("provider_organization_id"),
            kind: try row.decode("provider_kind"), name: try row.decode("provider_name"),
            baseURL: try row.decode("base_url"),
            settings: try StoredJSON.providerSettings(from: row.decode("provider_settings")),
            hasKey: try row.decode("provider_has_key"),
            isEnabled: try row.decode("is_enabled"), createdAt: try row.decode("provider_created_at"))
    }
}
