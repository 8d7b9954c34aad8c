internal import FoundationEssentials
package import Postgres
package import Tenancy

/// What signing in looks at and leaves behind.
package struct SignInStore: Sendable {
    private let database: PostgresClient

    /// From how many places a person is remembered to have signed in; the one that was used last stays.
    private static let mostOrigins = 32

    package init(database: PostgresClient) { self.database = database }

    /// Who wants to sign in, in whichever organisation, and whether they have done so from there before. Case is forgiven.
    package func find(email: String, from origin: SignInOrigin) async throws -> SignInAccount? {
        let rows = try await database.query(
            """
            SELECT \(fragment: UserStore.columns), u.password_hash, o.user_id IS NOT NULL AS is_known_origin, \
            f.user_id IS NOT NULL AS has_second_factor
            FROM users u
            LEFT JOIN sign_in_origins o ON o.organization_id = u.organization_id AND o.user_id = u.id
                AND o.origin = \(origin.description)
            LEFT JOIN second_factors f ON f.organization_id = u.organization_id AND f.user_id = u.id
                AND f.confirmed_at IS NOT NULL
            WHERE lower(u.email) = lower(\(email)) AND u.kind = 'person'
            """)
        let account = try rows.first.map { row in
            SignInAccount(
                user: try User(row: row), passwordHash: try row.decode("password_hash"),
                isKnownOrigin: try row.decode("is_known_origin"),
                hasSecondFactor: try row.decode("has_second_factor"))
        }
        return account.flatMap { EmailAddress.isSame($0.user.email, email) ? $0 : nil }
    }

    /// Opens a session under the hash of its token, in a transaction, and ends the oldest of its owner's beyond so many.
    /// `false` when its owner gets in nowhere, or has another password meanwhile than the one that `passwordHash` is of.
    package func open(
        _ session: Session, tokenHash: [UInt8], from origin: SignInOrigin, provenBy passwordHash: String?,
        beside most: Int, on connection: PostgresConnection
    ) async throws -> Bool {
        let (user, organization) = (session.userID, session.organizationID)
        // It also makes sign-ins of one person wait for each other, and for whoever deactivates them.
        let admitted = try await connection.execute(
            """
            UPDATE users SET last_sign_in_at = \(session.createdAt)
            WHERE id = \(user) AND organization_id = \(organization) AND NOT is_disabled AND kind = 'person'
                AND (\(passwordHash)::text IS NULL OR password_hash = \(passwordHash))
            """)
        guard admitted == 1 else { return false }
        try await connection.execute(SessionStore.insertion(of: session, tokenHash: tokenHash))
        try await connection.execute(
            """
            DELETE FROM sessions
            WHERE organization_id = \(organization) AND user_id = \(user) AND id NOT IN (
                SELECT id FROM sessions
                WHERE organization_id = \(organization) AND user_id = \(user)
                    AND expires_at > \(session.createdAt) AND idle_expires_at > \(session.createdAt)
                ORDER BY created_at DESC, id DESC LIMIT \(most))
            """)
        try await remember(origin, of: session, on: connection)
        return true
    }

    private func remember(
        _ origin: SignInOrigin, of session: Session, on connection: PostgresConnection
    ) async throws {
        let (user, organization) = (session.userID, session.organizationID)
        try await connection.execute(
            """
            INSERT INTO sign_in_origins (organization_id, user_id, origin, last_used_at)
            VALUES (\(organization), \(user), \(origin.description), \(session.createdAt))
            ON CONFLICT (organization_id, user_id, origin) DO UPDATE SET last_used_at = excluded.last_used_at
            """)
        try await connection.execute(
            """
            DELETE FROM sign_in_origins
            WHERE organization_id = \(organization) AND user_id = \(user) AND origin NOT IN (
                SELECT origin FROM sign_in_origins
                WHERE organization_id = \(organization) AND user_id = \(user)
                ORDER BY last_used_at DESC, origin LIMIT \(Self.mostOrigins))
            """)
    }
}

/// A person who wants to sign in, and what they have to show.
package struct SignInAccount: Sendable {
    package let user: User
    /// `nil` for somebody who cannot sign in by password.
    package let passwordHash: String?
    /// Whether they have signed in before from where they want to now.
    package let isKnownOrigin: Bool
    /// Whether a code is wanted beside the password.
    package let hasSecondFactor: Bool
}
