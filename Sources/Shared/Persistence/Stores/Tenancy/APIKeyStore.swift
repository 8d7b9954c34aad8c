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
            SELECT \(fragment: Self.columns), p.id AS default_project_id, \(fragment: UserStore.columns), \
            \(fragment: HeldGrants.columns)
            FROM api_keys k
            JOIN users u ON u.id = k.owner_id AND u.organization_id = k.organization_id
            JOIN projects p ON p.organization_id = k.organization_id
                AND (p.id = k.project_id OR k.project_id IS NULL AND p.is_default)
            LEFT JOIN sign_in_policies y ON y.organization_id = k.organization_id
            WHERE k.key_hash = \(keyHash)
            """)
        return try rows.first.map { row in
            APIKeyHolder(
                key: try APIKey(row: row), owner: try User(row: row),
                defaultProjectID: try row.decode("default_project_id"), grants: try HeldGrants.grants(of: row))
        }
    }

    /// Notes the last use of keys, gathered over a while; of whichever organisation.
    package func recordUse(_ uses: [APIKeyID: KeyUse]) async throws {
        let sorted = uses.sorted { $0.key < $1.key }  // one order for all, so that writers never deadlock
        try await database.execute(
            """
            UPDATE api_keys k SET last_used_at = used.at, last_used_address = used.address
            FROM unnest(\(sorted.map(\.key)), \(sorted.map(\.value.at)), \(sorted.map(\.value.address))) \
            AS used (id, at, address)
            WHERE k.id = used.id AND (k.last_used_at IS NULL OR k.last_used_at < used.at)
            """)
    }

    static func insertion(of key: APIKey, keyHash: [UInt8]) -> SQL {
        """
        INSERT INTO api_keys (id, organization_id, project_id, owner_id, name, key_hash, prefix, scopes, created_at, \
        expires_at, address_ranges, created_by, replaces, is_confined, made_by_key)
        VALUES (\(key.id), \(key.organizationID), \(key.projectID), \(key.ownerID), \(key.name), \(keyHash), \
        \(key.prefix), \(key.scopes.words), \(key.createdAt), \(key.expiresAt), \
        \(key.addressRanges.map(\.description))::text[]::cidr[], \(key.createdBy), \(key.replaces), \
        \(key.isConfined), \(key.madeByKey))
        """
    }

    // MARK: Looking at them

    /// Keys of an organisation with whose they are, the newest first; of all organisations for `nil`.
    package func list(
        in organization: OrganizationID?, matching filter: APIKeyFilter, at moment: Date, page: PageRequest
    ) async throws -> Slice<ListedAPIKey> {
        let keyset = KeysetQuery(page, createdAt: "k.created_at", id: "k.id")
        let conditions =
            [organization.map { "k.organization_id = \($0)" }, keyset.condition].compactMap { $0 }
            + filter.conditions(at: moment)
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.listedColumns)\
            \(fragment: .matching(all: conditions.isEmpty ? ["true"] : conditions))\(fragment: keyset.orderAndLimit)
            """)
        return try keyset.slice(rows, ListedAPIKey.init(row:))
    }

    /// A key of an organisation, or of whichever has it; `nil` when there is none.
    package func find(_ id: APIKeyID, in organization: OrganizationID?) async throws -> ListedAPIKey? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.listedColumns)
            WHERE k.id = \(id) AND (\(organization)::uuid IS NULL OR k.organization_id = \(organization))
            """)
        return try rows.first.map(ListedAPIKey.init(row:))
    }

    private static let listedColumns: SQL = """
        \(fragment: columns), p.name AS project_name, \(fragment: UserStore.columns), m.id AS maker_id, \
        m.email AS maker_email, m.full_name AS maker_full_name
        FROM api_keys k
        JOIN users u ON u.id = k.owner_id AND u.organization_id = k.organization_id
        LEFT JOIN projects p ON p.organization_id = k.organization_id AND p.id = k.project_id
        LEFT JOIN users m ON m.id = k.created_by
        LEFT JOIN sign_in_policies y ON y.organization_id = k.organization_id
        """

    /// When a key of the table under the name `k` ends: by itself, or because the organisation's policy, under the name
    /// `y`, lets none become older.
    static let end: SQL = "least(k.expires_at, k.created_at + y.key_age_limit_seconds * interval '1 second')"

    private static let columns: SQL = """
        k.id, k.organization_id, k.project_id, k.owner_id, k.name, k.prefix, k.scopes, k.created_at, \
        \(fragment: end) AS expires_at, \
        k.last_used_at, k.revoked_at, k.address_ranges::text[] AS address_ranges, k.last_used_address, \
        k.created_by AS key_created_by, k.replaces, k.is_confined, k.made_by_key
        """
}

/// When a key was used, and from where.
package struct KeyUse: Sendable, Hashable {
    package let at: Date
    /// `nil` when that is not known.
    package let address: String?

    package init(at moment: Date, from address: String?) {
        at = moment
        self.address = address
    }
}

/// A key, whose it is, where its new resources land, and what its owner may do in single projects.
package struct APIKeyHolder: Sendable {
    package let key: APIKey
    package let owner: User
    package let defaultProjectID: ProjectID
    package let grants: [ProjectID: Role]
}

extension APIKey {
    init(row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"), organizationID: try row.decode("organization_id"),
            projectID: try row.decode("project_id"), ownerID: try row.decode("owner_id"),
            name: try row.decode("name"), prefix: try row.decode("prefix"),
            scopes: Scopes(words: try row.decode("scopes")), createdAt: try row.decode("created_at"),
            expiresAt: try row.decode("expires_at"), lastUsedAt: try row.decode("last_used_at"),
            revokedAt: try row.decode("revoked_at"), addressRanges: try Self.ranges(row.decode("address_ranges")),
            lastUsedAddress: try row.decode("last_used_address"), createdBy: try row.decode("key_created_by"),
            replaces: try row.decode("replaces"), isConfined: try row.decode("is_confined"),
            madeByKey: try row.decode("made_by_key"))
    }

    /// A range that cannot be read must not open the key to everybody.
    private static func ranges(_ words: [String]) throws(UnreadableRange) -> [AddressRange] {
        var ranges: [AddressRange] = []
        for word in words {
            guard let range = AddressRange(word) else { throw UnreadableRange(text: word) }
            ranges.append(range)
        }
        return ranges
    }
}

/// The table holds a range of addresses that this release cannot read.
private struct UnreadableRange: Error, CustomStringConvertible {
    let text: String

    var description: String { "api_keys.address_ranges: “\(text)” is no range of addresses" }
}
