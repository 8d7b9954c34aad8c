package import Postgres
package import Tenancy

/// By which identity providers somebody may sign in whose domain belongs to none of them.
package struct IdentityProviderChoice: Sendable {
    /// That of the organisation of whoever has the address.
    package let own: IdentityProvider?
    /// Those of every organisation that has people with addresses of the domain, the oldest first.
    package let ofDomain: [IdentityProvider]

    /// So many organisations share a domain: those of public mail services.
    private static let most = 50

    /// It takes the same time whether or not somebody has the address.
    package init(for email: String, in domain: EmailDomain, _ database: PostgresClient) async throws {
        let rows = try await database.query(
            """
            SELECT \(fragment: IdentityProviderStore.columns), held.is_own FROM identity_providers p
            CROSS JOIN LATERAL (SELECT EXISTS (
                SELECT FROM users u WHERE lower(u.email) = lower(\(email)) AND u.kind = 'person'
                    AND u.organization_id = p.organization_id) AS is_own) AS held
            LEFT JOIN LATERAL (
                SELECT max(i.last_sign_in_at) AS last FROM identities i
                JOIN users u ON u.id = i.user_id AND u.organization_id = i.organization_id
                WHERE i.provider_id = p.id AND lower(u.email) = lower(\(email))) AS used ON true
            WHERE p.is_enabled AND p.organization_id IN (
                SELECT u.organization_id FROM users u
                WHERE split_part(lower(u.email), '@', 2) = \(domain.description) AND u.kind = 'person')
            ORDER BY held.is_own DESC, used.last DESC NULLS LAST, p.created_at, p.id LIMIT \(Self.most)
            """)
        own = try rows.first { try $0.decode("is_own", as: Bool.self) }.map(IdentityProvider.init(row:))
        ofDomain = try rows.map(IdentityProvider.init(row:)).sorted { $0.createdAt < $1.createdAt }
    }
}
