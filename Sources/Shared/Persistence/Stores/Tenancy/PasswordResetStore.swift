package import FoundationEssentials
package import Postgres
package import Tenancy

/// Links by which people give themselves a new password. Their tokens are never stored, only hashes of them.
package struct PasswordResetStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// For whom a link works at a moment; `nil` for one that does not.
    package func holder(of tokenHash: [UInt8], at moment: Date) async throws -> User? {
        let rows = try await database.query(
            """
            SELECT \(fragment: UserStore.columns) FROM password_resets r
            JOIN users u ON u.id = r.user_id AND u.organization_id = r.organization_id
            WHERE r.token_hash = \(tokenHash) AND r.used_at IS NULL AND r.expires_at > \(moment)
                AND u.disabled_at IS NULL
            """)
        return try rows.first.map { try User(row: $0) }
    }

    /// Who made a link; `nil` where it was made on the server itself, and for what is no link.
    package func maker(of tokenHash: [UInt8]) async throws -> UserID? {
        let rows = try await database.query(
            "SELECT created_by FROM password_resets WHERE token_hash = \(tokenHash)")
        return try rows.first?.decode("created_by", as: UserID?.self)
    }

    // MARK: In the caller's transaction

    /// Stores a reset under the hash of its link's token; earlier ones of the same person are forgotten.
    package static func add(
        _ reset: PasswordReset, tokenHash: [UInt8], by creator: UserID?, on connection: PostgresConnection
    ) async throws {
        try await forgetAll(of: reset.userID, in: reset.organizationID, on: connection)
        try await connection.execute(
            """
            INSERT INTO password_resets (id, organization_id, user_id, token_hash, created_by, created_at, expires_at)
            VALUES (\(reset.id), \(reset.organizationID), \(reset.userID), \(tokenHash), \(creator), \
            \(reset.createdAt), \(reset.expiresAt))
            """)
    }

    /// Uses a link up; `false` when it does not work any more.
    package static func use(
        _ tokenHash: [UInt8], at moment: Date, on connection: PostgresConnection
    ) async throws -> Bool {
        let used = try await connection.execute(
            """
            UPDATE password_resets SET used_at = \(moment)
            WHERE token_hash = \(tokenHash) AND used_at IS NULL AND expires_at > \(moment)
            """)
        return used == 1
    }

    /// Lets no link of somebody work any more.
    package static func forgetAll(
        of user: UserID, in organization: OrganizationID, on connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            "DELETE FROM password_resets WHERE user_id = \(user) AND organization_id = \(organization)")
    }

    /// Lets no link work any more that somebody has made.
    package static func forgetAll(by maker: UserID, on connection: PostgresConnection) async throws {
        try await connection.execute("DELETE FROM password_resets WHERE created_by = \(maker) AND used_at IS NULL")
    }
}
