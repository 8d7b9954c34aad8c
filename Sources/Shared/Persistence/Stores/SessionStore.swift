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
            INSERT INTO sessions (id, organization_id, user_id, token_hash, created_at, idle_expires_at, expires_at)
            VALUES (\(session.id), \(session.organizationID), \(session.userID), \(tokenHash), \
            \(session.createdAt), \(session.idleExpiresAt), \(session.expiresAt))
            """)
    }

    /// The session of a token with its user, also when it has expired; `nil` for an unknown token.
    package func find(tokenHash: [UInt8]) async throws -> SessionHolder? {
        let rows = try await database.query(
            """
            SELECT s.id, s.organization_id, s.user_id AS session_user_id, s.created_at, s.idle_expires_at, \
            s.expires_at, p.id AS default_project_id, \(fragment: UserStore.columns)
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

    /// Moves the idle limit of a session in use.
    package func extend(_ id: SessionID, in organization: OrganizationID, idleExpiresAt: Date) async throws {
        try await database.execute(
            """
            UPDATE sessions SET idle_expires_at = \(idleExpiresAt)
            WHERE id = \(id) AND organization_id = \(organization)
            """)
    }

    /// Ends a session.
    package func delete(_ id: SessionID, in organization: OrganizationID) async throws {
        try await database.execute(
            "DELETE FROM sessions WHERE id = \(id) AND organization_id = \(organization)")
    }

    /// Removes what has expired, of every organisation; how many they were.
    @discardableResult
    package func deleteExpired(at moment: Date) async throws -> Int {
        try await database.execute("DELETE FROM sessions WHERE expires_at <= \(moment) OR idle_expires_at <= \(moment)")
    }
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
            idleExpiresAt: try row.decode("idle_expires_at"), expiresAt: try row.decode("expires_at"))
    }
}
