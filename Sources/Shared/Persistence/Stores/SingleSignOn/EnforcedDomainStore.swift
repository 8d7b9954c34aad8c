package import Postgres
package import Tenancy

/// Whose addresses sign in by an identity provider and not by password.
package struct EnforcedDomainStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Whether an address may not sign in by password. The answer is the same for an address that nobody has. People of
    /// other organisations are not bound by a domain, nor is who was excepted on the server. `user` has the address, as it
    /// is stored; `nil` for nobody.
    package func refusesPassword(email: String, of user: UserID?) async throws -> Bool {
        guard let domain = EmailDomain(of: email) else { return false }
        let rows = try await database.query(
            """
            SELECT FROM identity_provider_domains d
            JOIN identity_providers p ON p.id = d.provider_id AND p.is_enabled
            LEFT JOIN users u ON u.id = \(user)
            WHERE d.domain = \(domain.description)
                AND (u.id IS NULL OR (u.organization_id = p.organization_id AND NOT u.may_use_password))
            """)
        return !rows.isEmpty
    }

    /// Excepts somebody, or binds them again. Answers who it is and what was before; `nil` for nobody.
    package static func setPasswordUse(
        _ isAllowed: Bool, of email: String, on connection: PostgresConnection
    ) async throws -> (user: User, wasAllowed: Bool)? {
        let rows = try await connection.query(
            """
            WITH old AS (SELECT id, may_use_password FROM users WHERE lower(email) = lower(\(email)) FOR UPDATE)
            UPDATE users u SET may_use_password = \(isAllowed), revision = u.revision + 1, updated_at = now()
            FROM old WHERE u.id = old.id
            RETURNING \(fragment: UserStore.columns), old.may_use_password AS was_allowed
            """)
        return try rows.first.map { (try User(row: $0), try $0.decode("was_allowed")) }
    }
}
