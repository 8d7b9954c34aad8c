package import FoundationEssentials
package import Postgres
package import Tenancy

/// The sessions of signed-in people. The token itself is never stored, only a hash of it.
package struct SessionStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Stores a session under the hash of its token.
    package func create(_ session: Session, tokenHash: [UInt8]) async throws {
        try await database.execute(Self.insertion(of: session, tokenHash: tokenHash))
    }

    /// The session of a token with its user, also when it has expired; `nil` for an unknown token.
    package func find(tokenHash: [UInt8]) async throws -> SessionHolder? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns), p.id AS default_project_id, \(fragment: UserStore.columns), \
            \(fragment: HeldGrants.columns), y.idle_limit_seconds, \
            s.method <> 'saml' AND y.wants_second_factor IS TRUE AND f.user_id IS NULL AS lacks_second_factor
            FROM sessions s
            JOIN users u ON u.id = s.user_id AND u.organization_id = s.organization_id
            JOIN projects p ON p.organization_id = s.organization_id AND p.is_default
            LEFT JOIN sign_in_policies y ON y.organization_id = s.organization_id
            LEFT JOIN second_factors f ON f.organization_id = s.organization_id AND f.user_id = s.user_id
                AND f.confirmed_at IS NOT NULL
            WHERE s.token_hash = \(tokenHash)
            """)
        return try rows.first.map { row in
            let idleLimit = try row.decode("idle_limit_seconds", as: Int?.self)
            return SessionHolder(
                session: try Session(row: row), user: try User(row: row),
                defaultProjectID: try row.decode("default_project_id"), grants: try HeldGrants.grants(of: row),
                idleLimit: idleLimit.map { .seconds($0) } ?? SignInPolicy.standard.idleLimit,
                lacksSecondFactor: try row.decode("lacks_second_factor"))
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

    /// A page of the sessions of an organisation that have not expired, with their owners; of one person, when they are
    /// named.
    package func page(
        in organization: OrganizationID, of user: UserID? = nil, validAt moment: Date, _ request: PageRequest
    ) async throws -> Slice<OpenSession> {
        let keyset = KeysetQuery(request, createdAt: "s.created_at", id: "s.id")
        var conditions: [SQL] = [
            "s.organization_id = \(organization)", "s.expires_at > \(moment)", "s.idle_expires_at > \(moment)",
        ]
        if let user { conditions.append("s.user_id = \(user)") }
        if let condition = keyset.condition { conditions.append(condition) }
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns), \(fragment: UserStore.columns)
            FROM sessions s JOIN users u ON u.id = s.user_id AND u.organization_id = s.organization_id\
            \(fragment: .matching(all: conditions))\(fragment: keyset.orderAndLimit)
            """)
        return try keyset.slice(rows) { OpenSession(session: try Session(row: $0), user: try User(row: $0)) }
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

    /// Ends a session in a transaction, whosever it is; `false` when there is none of this identifier.
    package func end(
        _ id: SessionID, in organization: OrganizationID, on connection: PostgresConnection
    ) async throws -> Bool {
        let ended = try await connection.execute(
            "DELETE FROM sessions WHERE id = \(id) AND organization_id = \(organization)")
        return ended == 1
    }

    /// Ends every session of a person, but the one to keep, in a transaction; how many they were. Sign-ins of theirs that
    /// have opened none yet open none any more.
    package func endAll(
        of user: UserID, in organization: OrganizationID, keeping kept: SessionID? = nil,
        on connection: PostgresConnection
    ) async throws -> Int {
        try await connection.execute(
            """
            WITH used AS (
                UPDATE saml_requests SET used_at = now()
                WHERE user_id = \(user) AND organization_id = \(organization) AND answered_at IS NOT NULL
                    AND used_at IS NULL
            ), denied AS (
                UPDATE device_logins SET state = 'denied'
                WHERE user_id = \(user) AND organization_id = \(organization) AND state = 'allowed'
                    AND (\(kept)::uuid IS NULL OR session_id IS DISTINCT FROM \(kept))
            )
            DELETE FROM sessions WHERE user_id = \(user) AND organization_id = \(organization)
                AND id IS DISTINCT FROM \(kept)
            """)
    }

    /// Notes in a transaction that a session's owner has shown once more who they are; `false` when it has ended.
    package func confirm(
        _ id: SessionID, in organization: OrganizationID, at moment: Date, on connection: PostgresConnection
    ) async throws -> Bool {
        let changed = try await connection.execute(
            """
            UPDATE sessions SET confirmed_at = \(moment), failed_proofs = 0
            WHERE id = \(id) AND organization_id = \(organization)
            """)
        return changed == 1
    }

    /// Counts that somebody could not show that a session is theirs; how often that was since its owner last did, `nil` when
    /// it has ended.
    package func countFailedProof(_ id: SessionID, in organization: OrganizationID) async throws -> Int? {
        let rows = try await database.query(
            """
            UPDATE sessions SET failed_proofs = failed_proofs + 1
            WHERE id = \(id) AND organization_id = \(organization) RETURNING failed_proofs
            """)
        return try rows.first?.decode("failed_proofs")
    }

    /// Removes what has expired, of every organisation; how many they were.
    @discardableResult
    package func deleteExpired(at moment: Date) async throws -> Int {
        try await database.execute("DELETE FROM sessions WHERE expires_at <= \(moment) OR idle_expires_at <= \(moment)")
    }

    static func insertion(of session: Session, tokenHash: [UInt8]) -> SQL {
        """
        INSERT INTO sessions (id, organization_id, user_id, token_hash, created_at, idle_expires_at, expires_at, \
        method, confirmed_at, address, client, last_used_at)
        VALUES (\(session.id), \(session.organizationID), \(session.userID), \(tokenHash), \(session.createdAt), \
        \(session.idleExpiresAt), \(session.expiresAt), \(session.method), \(session.confirmedAt), \
        \(session.address), \(session.client), \(session.lastUsedAt))
        """
    }

    /// Of the table under the name `s`.
    private static let columns: SQL = """
        s.id, s.organization_id, s.user_id AS session_user_id, s.created_at, s.idle_expires_at, s.expires_at, \
        s.method, s.confirmed_at, s.address, s.client, s.last_used_at
        """
}

/// A session, whose it is, where their new resources land, and what they may do in single projects.
package struct SessionHolder: Sendable {
    package let session: Session
    package let user: User
    package let defaultProjectID: ProjectID
    package let grants: [ProjectID: Role]
    /// How long it lives without a request, as their organisation wants it.
    package let idleLimit: Duration
    /// Whether their organisation wants a second factor of them, and they have none.
    package let lacksSecondFactor: Bool

    /// What the session may be used for: whoever lacks a second factor can set one up, and nothing else.
    package var scopes: Scopes { lacksSecondFactor ? Self.enrolment : .everything }

    /// All that a session may be used for whose owner lacks a second factor.
    package static let enrolment = Scopes.only([.signInOwn])
}

/// An open session, and whose it is.
package struct OpenSession: Sendable, Hashable {
    package let session: Session
    package let user: User
}

extension Session.Method: PostgresBindable, PostgresDecodable {}

extension Session {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"), organizationID: try row.decode("organization_id"),
            userID: try row.decode("session_user_id"), createdAt: try row.decode("created_at"),
            idleExpiresAt: try row.decode("idle_expires_at"), expiresAt: try row.decode("expires_at"),
            method: try row.decode("method"), confirmedAt: try row.decode("confirmed_at"),
            address: try row.decode("address"), client: try row.decode("client"),
            lastUsedAt: try row.decode("last_used_at"))
    }
}
