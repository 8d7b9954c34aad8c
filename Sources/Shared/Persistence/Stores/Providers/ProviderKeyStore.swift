package import FoundationEssentials
package import Postgres
package import Scoring
package import Spending
package import Tenancy

/// The keys with which providers are called. They come in sealed, and only ``sealedKeys(of:)`` gives them out again,
/// still sealed, to the proxy.
package struct ProviderKeyStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Adds a key; `nil` as the organisation means a provider of the installation. The key that it `replaces` is drained in
    /// the same moment, so that there is always one to use. `false` when there is no such provider.
    package func add(
        _ key: StoredProviderKey, sealed: [UInt8], of organization: OrganizationID?,
        replaces other: ProviderKeyID? = nil
    ) async throws -> Bool {
        do {
            let added = try await database.execute(
                """
                WITH provider AS (
                    SELECT id, organization_id FROM providers
                    WHERE id = \(key.providerID) AND organization_id IS NOT DISTINCT FROM \(organization)
                ), drained AS (
                    UPDATE provider_keys k SET state = 'draining', updated_at = \(key.createdAt)
                    FROM provider p WHERE k.id = \(other) AND k.provider_id = p.id AND k.state = 'active'
                )
                INSERT INTO provider_keys (id, provider_id, organization_id, name, sealed_key, weight, state, \
                created_at, updated_at)
                SELECT \(key.id), p.id, p.organization_id, \(key.name), \(sealed), \(Int32(clamping: key.weight)), \
                \(key.state), \(key.createdAt), \(key.createdAt)
                FROM provider p
                """)
            return added == 1
        } catch {
            throw error.asConflict()
        }
    }

    /// Changes whether a key is used; one that is revoked stays so. `false` when there is no such key.
    package func setState(
        _ state: ProviderKeyState, _ id: ProviderKeyID, of organization: OrganizationID?, at moment: Date
    ) async throws -> Bool {
        let changed = try await database.execute(
            """
            UPDATE provider_keys SET state = \(state), updated_at = \(moment)
            WHERE id = \(id) AND organization_id IS NOT DISTINCT FROM \(organization)
                AND (state <> 'revoked' OR \(state) = 'revoked')
            """)
        return changed == 1
    }

    /// Deletes a key for good; `false` when there is no such key.
    package func delete(_ id: ProviderKeyID, of organization: OrganizationID?) async throws -> Bool {
        let deleted = try await database.execute(
            "DELETE FROM provider_keys WHERE id = \(id) AND organization_id IS NOT DISTINCT FROM \(organization)")
        return deleted == 1
    }

    /// Forgets the key in a provider's own row for good; `false` when there is none.
    package func forgetFirstKey(
        of provider: ProviderID, of organization: OrganizationID?, at moment: Date
    ) async throws -> Bool {
        let changed = try await database.execute(
            """
            UPDATE providers SET sealed_key = NULL, updated_at = \(moment)
            WHERE id = \(provider) AND organization_id IS NOT DISTINCT FROM \(organization) AND sealed_key IS NOT NULL
            """)
        return changed == 1
    }

    /// The keys of a provider that the organisation may use, revoked ones too, without the keys themselves. The key in a
    /// provider's own row is there under the provider's identifier, as ``sealedKeys(of:)`` gives it.
    package func list(of provider: ProviderID, usableBy organization: OrganizationID) async throws
        -> [StoredProviderKey]
    {
        let rows = try await database.query(
            """
            SELECT id, provider_id, name, weight, state, created_at FROM provider_keys
            WHERE provider_id = \(provider) AND (organization_id = \(organization) OR organization_id IS NULL)
            UNION ALL
            SELECT id, id, name, 1, 'draining', created_at FROM providers
            WHERE id = \(provider) AND sealed_key IS NOT NULL
                AND (organization_id = \(organization) OR organization_id IS NULL)
            ORDER BY created_at, id
            """)
        return try rows.map { try StoredProviderKey(row: $0) }
    }

    /// What providers can be called with, sealed. The key in a provider's own row counts as one that is being drained: it
    /// is used until there is another.
    package func sealedKeys(of providers: [ProviderID]) async throws -> [SealedProviderKey] {
        let rows = try await database.query(
            """
            SELECT id, provider_id, name, weight, state, created_at, sealed_key FROM provider_keys
            WHERE provider_id = ANY (\(providers)) AND state <> 'revoked'
            UNION ALL
            SELECT id, id, name, 1, 'draining', created_at, sealed_key FROM providers
            WHERE id = ANY (\(providers)) AND sealed_key IS NOT NULL
            ORDER BY created_at, id
            """)
        return try rows.map { row in
            SealedProviderKey(key: try StoredProviderKey(row: row), box: try row.decode("sealed_key"))
        }
    }
}

/// A key with the box it is in, which only the proxy can open.
package struct SealedProviderKey: Sendable, Hashable {
    package let key: StoredProviderKey
    package let box: [UInt8]

    package init(key: StoredProviderKey, box: [UInt8]) {
        self.key = key
        self.box = box
    }
}

extension StoredProviderKey {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"), providerID: try row.decode("provider_id"), name: try row.decode("name"),
            weight: try row.decode("weight"), state: try row.decode("state"), createdAt: try row.decode("created_at"))
    }
}
