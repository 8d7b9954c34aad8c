package import FoundationEssentials
package import Postgres
package import Tenancy

/// The sessions of signed-in people. The token itself is never stored, only a hash of it.
package struct SessionStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Stores a session under the hash of its token.
    package func create(_ session: Session, tokenHash: [UInt8]) async throws {
        try await database.execute(
            """
            INSERT INTO sessions (id, organization_id, user_id, token_hash, created_at, idle_expires_at, expires_at, \
            address, last_used_at)
            VALUES (\(session.id), \(session.organizationID), \(session.userID), \(tokenHash), \
            \(session.createdAt), \(session.idleExpiresAt), \(session.expiresAt), \(session.address), \
            \(session.lastUsedAt))
            """)
    }

    /// The session of a token with its user, also when it has expired; `nil` for an unknown token.
    package func find(tokenHash: [UInt8]) async throws -> SessionHolder? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns), p.id AS default_project_id, \(fragment: UserStore.columns)
            FROM sessions s
            JOIN users u ON u.id = s.user_id AND u.organization_id = s.organization_id
            JOIN projects p ON p.organization_id = s.organization_id AND p.is_default
            WHERE s.token_hash = \(tokenHash)
            """)
        return try rows.first.map { row in
            SessionHolder(
                session: try Session(row: row), user: try User(row: row),
                defaultProjectID: try row.decode("default_project_id"))
        }
    }

    /// A session by its identifier, also when it has expired; `nil` when it was ended.
    package func find(_ id: SessionID, in organization: OrganizationID) async throws -> Session? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM sessions s
            WHERE s.id = \(id) AND s.organization_id = \(organization)
            """)
        return try rows.first.map(Session.init(row:))
    }

    /// The sessions of a person that have not expired, the one that was used last first.
    package func list(
        of user: UserID, in organization: OrganizationID, validAt moment: Date
    ) async throws -> [Session] {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM sessions s
            WHERE s.user_id = \(user) AND s.organization_id = \(organization)
                AND s.expires_at > \(moment) AND s.idle_expires_at > \(moment)
            ORDER BY coalesce(s.last_used_at, s.created_at) DESC, s.id DESC
            """)
        return try rows.map(Session.init(row:))
    }

    /// Notes that a session is in use and moves its idle limit.
    package func extend(
        _ id: SessionID, in organization: OrganizationID, usedAt moment: Date, idleExpiresAt: Date
    ) async throws {
        try await database.execute(
            """
            UPDATE sessions SET last_used_at = \(moment), idle_expires_at = \(idleExpiresAt)
            WHERE id = \(id) AND organization_id = \(organization)
            """)
    }

    /// Ends a session.
    package func delete(_ id: SessionID, in organization: OrganizationID) async throws {
        try await database.execute(
            "DELETE FROM sessions WHERE id = \(id) AND organization_id = \(organization)")
    }

    /// Ends a session of a person; `false` when they have none of this identifier.
    package func delete(_ id: SessionID, of user: UserID, in organization: OrganizationID) async throws -> Bool {
        let ended = try await database.execute(
            """
            DELETE FROM sessions
            WHERE id = \(id) AND user_id = \(user) AND organization_id = \(organization)
            """)
        return ended == 1
    }

    /// Removes what has expired, of every organisation; how many they were.
    @discardableResult
    package func deleteExpired(at moment: Date) async throws -> Int {
        try await database.execute("DELETE FROM sessions WHERE expires_at <= \(moment) OR idle_expires_at <= \(moment)")
    }

    /// Of the table under the name `s`.
    private static let columns: SQL = """
        s.id, s.organization_id, s.user_id AS session_user_id, s.created_at, s.idle_expires_at, s.expires_at, \
        s.address, s.last_used_at
        """
}

/// A session, whose it is, and where their new resources land.
package struct SessionHolder: Sendable {
    package let session: Session
    package let user: User
    package let defaultProjectID: ProjectID
}

extension Session {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"), organizationID: try row.decode("organization_id"),
            userID: try row.decode("session_user_id"), createdAt: try row.decode("created_at"),
            idleExpiresAt: try row.decode("idle_expires_at"), expiresAt: try row.decode("expires_at"),
            address: try row.decode("address"), lastUsedAt: try row.decode("last_used_at"))
    }
}
