package import FoundationEssentials
package import Postgres
package import Tenancy

/// Which keys are looked for.
package struct APIKeyFilter: Sendable, Hashable {
    /// Whose; `nil` for everybody's.
    package var owner: UserID?
    package var state: State?
    /// Those that end by themselves before then, and work at the moment.
    package var expiringBefore: Date?

    package init(owner: UserID? = nil, state: State? = nil, expiringBefore: Date? = nil) {
        self.owner = owner
        self.state = state
        self.expiringBefore = expiringBefore
    }

    /// Whether a key opens anything.
    package enum State: String, Sendable, Hashable, CaseIterable {
        case usable
        case expired
        case revoked
        case ownerDisabled = "owner_disabled"
    }

    func conditions(at moment: Date) -> [SQL] {
        var conditions: [SQL] = []
        if let owner { conditions.append("k.owner_id = \(owner)") }
        if let expiringBefore {
            conditions.append("\(fragment: APIKeyStore.end) <= \(expiringBefore)")
            conditions.append(Self.condition(of: .usable, at: moment))
        }
        if let state { conditions.append(Self.condition(of: state, at: moment)) }
        return conditions
    }

    /// The same order of reasons as ``ListedAPIKey/state(at:)``.
    private static func condition(of state: State, at moment: Date) -> SQL {
        let isRevoked: SQL = "coalesce(k.revoked_at <= \(moment), false)"
        let isExpired: SQL = "coalesce(\(fragment: APIKeyStore.end) <= \(moment), false)"
        return switch state {
        case .revoked: isRevoked
        case .expired: "NOT \(fragment: isRevoked) AND \(fragment: isExpired)"
        case .ownerDisabled:
            "NOT \(fragment: isRevoked) AND NOT \(fragment: isExpired) AND u.disabled_at IS NOT NULL"
        case .usable: "NOT \(fragment: isRevoked) AND NOT \(fragment: isExpired) AND u.disabled_at IS NULL"
        }
    }
}

/// A key as a list shows it.
package struct ListedAPIKey: Sendable {
    package let key: APIKey
    package let owner: User
    package let projectName: String?
    /// Who made it; `nil` where it was made on the server itself.
    package let maker: UserReference?

    /// Whether it opens anything at that moment, and why not.
    package func state(at moment: Date) -> APIKeyFilter.State {
        if let revokedAt = key.revokedAt, revokedAt <= moment { return .revoked }
        if let expiresAt = key.expiresAt, expiresAt <= moment { return .expired }
        return owner.isDisabled ? .ownerDisabled : .usable
    }
}

extension ListedAPIKey {
    init(row: PostgresRow) throws {
        let hasMaker = try row.decode("maker_id", as: UserID?.self) != nil
        self.init(
            key: try APIKey(row: row), owner: try User(row: row), projectName: try row.decode("project_name"),
            maker: hasMaker ? try UserReference(row: row, prefix: "maker") : nil)
    }
}

// Changes in the caller's transaction, beside the entry that tells of them.
extension APIKeyStore {
    /// Stores a key under its hash.
    package static func add(_ key: APIKey, keyHash: [UInt8], on connection: PostgresConnection) async throws {
        do {
            try await connection.execute(insertion(of: key, keyHash: keyHash))
        } catch {
            throw error.asConflict()
        }
    }

    /// Ends a key; `false` when there is no such key. One that was revoked keeps its time.
    package static func revoke(
        _ id: APIKeyID, in organization: OrganizationID, at moment: Date, on connection: PostgresConnection
    ) async throws -> Bool {
        let changed = try await connection.execute(
            """
            UPDATE api_keys SET revoked_at = coalesce(revoked_at, \(moment))
            WHERE id = \(id) AND organization_id = \(organization)
            """)
        return changed == 1
    }

    /// Ends what a key has made, and what that has made in turn; how many of them still worked.
    package static func revokeAll(
        madeBy id: APIKeyID, in organization: OrganizationID, at moment: Date, on connection: PostgresConnection
    ) async throws -> Int {
        try await connection.execute(
            """
            WITH RECURSIVE made AS (
                SELECT id FROM api_keys WHERE made_by_key = \(id) AND organization_id = \(organization)
                UNION
                SELECT k.id FROM api_keys k JOIN made m ON k.made_by_key = m.id
                WHERE k.organization_id = \(organization)
            )
            UPDATE api_keys SET revoked_at = \(moment)
            WHERE organization_id = \(organization) AND id IN (SELECT id FROM made)
                AND (revoked_at IS NULL OR revoked_at > \(moment)) AND (expires_at IS NULL OR expires_at > \(moment))
            """)
    }

    /// Lets a key that works end by itself at that moment, if it does not sooner; `nil` when it does not work any more.
    /// Answers when it ends.
    package static func expire(
        _ id: APIKeyID, in organization: OrganizationID, at end: Date, worksAt moment: Date,
        on connection: PostgresConnection
    ) async throws -> Date? {
        let rows = try await connection.query(
            """
            UPDATE api_keys SET expires_at = least(expires_at, \(end))
            WHERE id = \(id) AND organization_id = \(organization) AND (revoked_at IS NULL OR revoked_at > \(moment))
                AND (expires_at IS NULL OR expires_at > \(moment))
            RETURNING expires_at
            """)
        return try rows.first?.decode("expires_at")
    }
}
