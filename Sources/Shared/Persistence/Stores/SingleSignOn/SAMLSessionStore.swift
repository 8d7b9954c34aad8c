package import FoundationEssentials
package import Postgres
package import Tenancy

/// Which sessions of ours belong to which sessions of identity providers, so that both end together.
package struct SAMLSessionStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// A session at an identity provider.
    package struct Subject: Sendable, Hashable {
        package let providerID: IdentityProviderID
        package let organizationID: OrganizationID
        /// JSON.
        package let text: String

        package init(providerID: IdentityProviderID, organizationID: OrganizationID, text: String) {
            self.providerID = providerID
            self.organizationID = organizationID
            self.text = text
        }
    }

    /// Notes where a session comes from. It ends with the one there, where that is said to end.
    package func add(
        _ session: SessionID, _ subject: Subject, name: String, index: String?, endsAt: Date?
    ) async throws {
        try await database.execute(
            """
            WITH shortened AS (
                UPDATE sessions SET expires_at = least(expires_at, \(endsAt)), \
                idle_expires_at = least(idle_expires_at, \(endsAt))
                WHERE id = \(session) AND organization_id = \(subject.organizationID) AND \(endsAt)::timestamptz IS NOT NULL
            )
            INSERT INTO saml_sessions (session_id, organization_id, provider_id, name_id, session_index, subject)
            VALUES (\(session), \(subject.organizationID), \(subject.providerID), \(name), \(index), \
            \(subject.text)::jsonb)
            """)
    }

    /// Where a session comes from; `nil` for one that did not begin at an identity provider. Without an organisation only
    /// for whom a secret has led there.
    package func find(_ session: SessionID, in organization: OrganizationID? = nil) async throws -> Subject? {
        let rows = try await database.query(
            """
            SELECT provider_id, organization_id, subject::text AS subject FROM saml_sessions
            WHERE session_id = \(session) AND (\(organization)::uuid IS NULL OR organization_id = \(organization))
            """)
        return try rows.first.map(Self.subject)
    }

    /// Ends the sessions that belong to one or all of a person's sessions at an identity provider; whose they were. What was
    /// signed in there and has opened none yet opens none any more.
    package static func end(
        of name: String, indexes: [String], at provider: IdentityProvider, on connection: PostgresConnection
    ) async throws -> [UserID] {
        try await connection.execute(
            """
            WITH meant AS (
                SELECT id FROM saml_requests
                WHERE organization_id = \(provider.organizationID) AND provider_id = \(provider.id)
                    AND answered_at IS NOT NULL AND subject->>'name_id' = \(name)
                    AND (\(indexes.isEmpty) OR subject->>'session_index' = ANY(\(indexes)))
            ), used AS (
                UPDATE saml_requests r SET used_at = now() FROM meant WHERE r.id = meant.id AND r.used_at IS NULL
            )
            UPDATE device_logins l SET state = 'denied' FROM meant
            WHERE l.request_id = meant.id AND l.state = 'allowed'
            """)
        let rows = try await connection.query(
            """
            DELETE FROM sessions s USING saml_sessions m
            WHERE m.session_id = s.id AND s.organization_id = \(provider.organizationID)
                AND m.provider_id = \(provider.id) AND m.name_id = \(name)
                AND (\(indexes.isEmpty) OR m.session_index = ANY(\(indexes)))
            RETURNING s.user_id
            """)
        return try rows.map { try $0.decode("user_id") }
    }

    // MARK: Logouts that a browser takes to the identity provider

    /// Lets whoever has a token end a session at its identity provider.
    package static func addLogout(
        of subject: Subject, tokenHash: [UInt8], at moment: Date, until expiry: Date,
        on connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            INSERT INTO saml_logouts (token_hash, organization_id, provider_id, subject, created_at, expires_at)
            VALUES (\(tokenHash), \(subject.organizationID), \(subject.providerID), \(subject.text)::jsonb, \
            \(moment), \(expiry))
            """)
    }

    /// What a token ends.
    package func logout(tokenHash: [UInt8], now: Date) async throws -> Subject? {
        let rows = try await database.query(
            """
            SELECT provider_id, organization_id, subject::text AS subject FROM saml_logouts
            WHERE token_hash = \(tokenHash) AND expires_at > \(now)
            """)
        return try rows.first.map(Self.subject)
    }

    /// Notes the request that was taken to the identity provider.
    package func noteLogoutRequest(_ id: String, of tokenHash: [UInt8]) async throws {
        try await database.execute("UPDATE saml_logouts SET request_id = \(id) WHERE token_hash = \(tokenHash)")
    }

    /// Whether a request of a token waits for its answer.
    package func logoutRequest(of tokenHash: [UInt8], at provider: IdentityProviderID, now: Date) async throws
        -> String?
    {
        let rows = try await database.query(
            """
            SELECT request_id FROM saml_logouts
            WHERE token_hash = \(tokenHash) AND provider_id = \(provider) AND expires_at > \(now)
            """)
        return try rows.first?.decode("request_id", as: String?.self)
    }

    /// Removes what is over; how many they were.
    package func deleteExpired(at moment: Date) async throws -> Int {
        try await database.execute("DELETE FROM saml_logouts WHERE expires_at <= \(moment)")
    }

    private static func subject(_ row: PostgresRow) throws -> Subject {
        Subject(
            providerID: try row.decode("provider_id"), organizationID: try row.decode("organization_id"),
            text: try row.decode("subject"))
    }
}
