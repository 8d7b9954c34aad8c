package import FoundationEssentials
package import Postgres
package import Tenancy

/// Whom identity providers mean by the names that they have for people. In the caller's transaction: whoever is found is
/// locked until its end, so that nobody changes their role or closes their account meanwhile.
package enum IdentityStore {
    /// Who signed in under this name before.
    package static func find(
        _ name: String, at provider: IdentityProviderID, on connection: PostgresConnection
    ) async throws -> User? {
        let rows = try await connection.query(
            """
            SELECT \(fragment: UserStore.columns) FROM identities i
            JOIN users u ON u.id = i.user_id AND u.organization_id = i.organization_id
            WHERE i.provider_id = \(provider) AND i.name_id = \(name) FOR UPDATE OF u
            """)
        return try rows.first.map { try User(row: $0) }
    }

    /// Who has this address, in whichever organisation.
    package static func find(email: String, on connection: PostgresConnection) async throws -> User? {
        let rows = try await connection.query(
            "SELECT \(fragment: UserStore.columns) FROM users u WHERE lower(u.email) = lower(\(email)) FOR UPDATE")
        // The database may take letters for one another that are not the same.
        return try rows.first.map { try User(row: $0) }.flatMap { EmailAddress.isSame($0.email, email) ? $0 : nil }
    }

    /// Whether an identity provider of their organisation keeps somebody here (SCIM), who is not its owner.
    package static func isProvisioned(_ user: User, on connection: PostgresConnection) async throws -> Bool {
        let rows = try await connection.query(
            """
            SELECT FROM provisioned_people p
            JOIN users u ON u.id = p.user_id AND u.organization_id = p.organization_id
            WHERE p.organization_id = \(user.organizationID) AND p.user_id = \(user.id) AND p.removed_at IS NULL
                AND u.role <> 'owner'
            """)
        return !rows.isEmpty
    }

    /// Makes somebody one of an organisation's people, without a password.
    /// - Throws: `Conflict` when somebody has the address.
    package static func add(_ user: User, on connection: PostgresConnection) async throws {
        do {
            try await connection.execute(UserStore.insertion(of: user, passwordHash: nil))
        } catch {
            throw error.asConflict()
        }
    }

    /// Gives somebody another role.
    package static func setRole(
        _ role: Role, of user: UserID, in organization: OrganizationID, at moment: Date,
        on connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            UPDATE users SET role = \(role), revision = revision + 1, updated_at = \(moment)
            WHERE id = \(user) AND organization_id = \(organization)
            """)
    }

    /// Notes that somebody has signed in under a name.
    package static func note(
        _ name: String, of user: User, at provider: IdentityProviderID, at moment: Date,
        on connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            INSERT INTO identities (provider_id, name_id, organization_id, user_id, created_at, last_sign_in_at)
            VALUES (\(provider), \(name), \(user.organizationID), \(user.id), \(moment), \(moment))
            ON CONFLICT (provider_id, name_id) DO UPDATE SET last_sign_in_at = \(moment)
            """)
    }

    /// Whether nobody of the organisation but service accounts may sign in by password where their domain is enforced.
    package static func lacksBreakGlass(
        _ organization: OrganizationID, in database: PostgresClient
    ) async throws -> Bool {
        let rows = try await database.query(
            """
            SELECT FROM users WHERE organization_id = \(organization) AND role IN ('owner', 'admin') \
            AND NOT is_disabled AND password_hash IS NOT NULL AND (may_use_password OR NOT EXISTS (
                SELECT FROM identity_provider_domains d JOIN identity_providers p ON p.id = d.provider_id
                WHERE p.is_enabled AND p.organization_id = \(organization)
                    AND d.domain = split_part(lower(email), '@', 2)))
            LIMIT 1
            """)
        return rows.isEmpty
    }
}
