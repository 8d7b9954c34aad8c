package import FoundationEssentials
package import Postgres
package import Tenancy

/// The API keys of organisations. The key itself is never stored, only a keyed hash of it.
package struct APIKeyStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Stores a key under its hash.
    package func create(_ key: APIKey, keyHash: [UInt8]) async throws {
        do {
            try await database.execute(Self.insertion(of: key, keyHash: keyHash))
        } catch {
            throw error.asConflict()
        }
    }

    /// The key of that hash with its owner, also when it cannot be used any more; `nil` for an unknown one.
    package func find(keyHash: [UInt8]) async throws -> APIKeyHolder? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns), p.id AS default_project_id, \(fragment: UserStore.columns)
            FROM api_keys k
            JOIN users u ON u.id = k.owner_id AND u.organization_id = k.organization_id
            JOIN projects p ON p.organization_id = k.organization_id
                AND (p.id = k.project_id OR k.project_id IS NULL AND p.is_default)
            WHERE k.key_hash = \(keyHash)
            """)
        return try rows.first.map { row in
            APIKeyHolder(
                key: try APIKey(row: row), owner: try User(row: row),
                defaultProjectID: try row.decode("default_project_id"))
        }
    }

    /// The organisation's keys, revoked and expired ones too.
    package func list(in organization: OrganizationID, page: PageRequest) async throws -> Slice<APIKey> {
        let keyset = KeysetQuery(page, createdAt: "k.created_at", id: "k.id")
        let conditions = ["k.organization_id = \(organization)", keyset.condition].compactMap { $0 }
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM api_keys k\(fragment: .matching(all: conditions))\
            \(fragment: keyset.orderAndLimit)
            """)
        return try keyset.slice(rows, APIKey.init(row:))
    }

    /// Ends a key; `false` when there is no such key. One that was revoked keeps its time.
    package func revoke(_ id: APIKeyID, in organization: OrganizationID, at moment: Date) async throws -> Bool {
        let changed = try await database.execute(
            """
            UPDATE api_keys SET revoked_at = coalesce(revoked_at, \(moment))
            WHERE id = \(id) AND organization_id = \(organization)
            """)
        return changed == 1
    }

    /// Notes the last use of keys, gathered over a while; of whichever organisation.
    package func recordUse(_ uses: [APIKeyID: Date]) async throws {
        let sorted = uses.sorted { $0.key < $1.key }  // one order for all, so that writers never deadlock
        try await database.execute(
            """
            UPDATE api_keys k SET last_used_at = used.at
            FROM unnest(\(sorted.map(\.key)), \(sorted.map(\.value))) AS used (id, at)
            WHERE k.id = used.id AND (k.last_used_at IS NULL OR k.last_used_at < used.at)
            """)
    }

    static func insertion(of key: APIKey, keyHash: [UInt8]) -> SQL {
        """
        INSERT INTO api_keys (id, organization_id, project_id, owner_id, name, key_hash, prefix, scopes, created_at, \
        expires_at)
        VALUES (\(key.id), \(key.organizationID), \(key.projectID), \(key.ownerID), \(key.name), \(keyHash), \
        \(key.prefix), \(key.scopes.words), \(key.createdAt), \(key.expiresAt))
        """
    }

    private static let columns: SQL = """
        k.id, k.organization_id, k.project_id, k.owner_id, k.name, k.prefix, k.scopes, k.created_at, k.expires_at, \
        k.last_used_at, k.revoked_at
        """
}

/// A key, whose it is, and where its new resources land.
package struct APIKeyHolder: Sendable {
    package let key: APIKey
    package let owner: User
    package let defaultProjectID: ProjectID
}

extension APIKey {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"), organizationID: try row.decode("organization_id"),
            projectID: try row.decode("project_id"), ownerID: try row.decode("owner_id"),
            name: try row.decode("name"), prefix: try row.decode("prefix"),
            scopes: Scopes(words: try row.decode("scopes")), createdAt: try row.decode("created_at"),
            expiresAt: try row.decode("expires_at"), lastUsedAt: try row.decode("last_used_at"),
            revokedAt: try row.decode("revoked_at"))
    }
}
