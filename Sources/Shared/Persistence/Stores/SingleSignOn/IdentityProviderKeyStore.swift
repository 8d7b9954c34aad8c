package import FoundationEssentials
package import Postgres
package import Tenancy

/// What we sign with, and identity providers encrypt for. Private keys come in sealed and go out sealed.
package struct IdentityProviderKeyStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// One of our keys.
    package struct Key: Sendable, Hashable {
        package let state: State
        /// PEM.
        package let certificate: String
        package let sealedPrivateKey: [UInt8]

        package init(state: State, certificate: String, sealedPrivateKey: [UInt8]) {
            self.state = state
            self.certificate = certificate
            self.sealedPrivateKey = sealedPrivateKey
        }
    }

    /// What a key is for.
    package enum State: String, Sendable, Hashable {
        /// It signs.
        case present
        /// It is published, and takes the present one's place soon.
        case next
        /// It still opens what was encrypted for it.
        case former
    }

    /// The keys for these identity providers, the present ones first.
    package func keys(of ids: [IdentityProviderID]) async throws -> [IdentityProviderID: [Key]] {
        let rows = try await database.query(
            """
            SELECT provider_id, state, certificate, sealed_private_key FROM identity_provider_keys
            WHERE provider_id = ANY(\(ids)) ORDER BY provider_id, state <> 'present', state <> 'next'
            """)
        return Dictionary(
            grouping: try rows.map { row in
                (
                    id: try row.decode("provider_id", as: IdentityProviderID.self),
                    key: Key(
                        state: try row.decode("state"), certificate: try row.decode("certificate"),
                        sealedPrivateKey: try row.decode("sealed_private_key"))
                )
            }, by: \.id
        ).mapValues { $0.map(\.key) }
    }

    /// Stores a key in the place of the one in its state.
    package static func put(
        _ key: Key, for id: IdentityProviderID, of organization: OrganizationID, at moment: Date,
        on connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            INSERT INTO identity_provider_keys (provider_id, organization_id, state, certificate, \
            sealed_private_key, created_at)
            VALUES (\(id), \(organization), \(key.state), \(key.certificate), \(key.sealedPrivateKey), \(moment))
            ON CONFLICT (provider_id, state) DO UPDATE SET certificate = excluded.certificate, \
            sealed_private_key = excluded.sealed_private_key, created_at = excluded.created_at
            """)
    }

    /// Lets the next key take the present one's place; `false` when there is none.
    package static func promote(_ id: IdentityProviderID, on connection: PostgresConnection) async throws -> Bool {
        let rows = try await connection.query(
            "SELECT FROM identity_provider_keys WHERE provider_id = \(id) AND state = 'next' FOR UPDATE")
        guard !rows.isEmpty else { return false }
        try await connection.execute(
            "DELETE FROM identity_provider_keys WHERE provider_id = \(id) AND state = 'former'")
        try await connection.execute(
            "UPDATE identity_provider_keys SET state = 'former' WHERE provider_id = \(id) AND state = 'present'")
        try await connection.execute(
            "UPDATE identity_provider_keys SET state = 'present' WHERE provider_id = \(id) AND state = 'next'")
        return true
    }
}

extension IdentityProviderKeyStore.State: PostgresBindable, PostgresDecodable {}
