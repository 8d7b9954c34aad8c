package import FoundationEssentials
package import Postgres
package import Tenancy

/// What somebody could have come back by, and has not any more.
package struct ForgottenCredentials: Sendable, Hashable, Encodable {
    /// How many keys were revoked.
    package let keys: Int
    /// How many roles in single projects were taken.
    package let grants: Int
    /// By how many names identity providers knew them.
    package let identities: Int
}

extension UserStore {
    /// Takes everything from somebody that would let in who takes their place: keys, password, second factor, roles in single
    /// projects and the names that identity providers have for them. Their sessions and links are ended by those who let
    /// them in nowhere any more. In the caller's transaction, who has them locked.
    package static func forgetCredentials(
        of user: User, at moment: Date, on connection: PostgresConnection
    ) async throws -> ForgottenCredentials {
        let (id, organization) = (user.id, user.organizationID)
        let keys = try await connection.execute(
            """
            UPDATE api_keys SET revoked_at = \(moment)
            WHERE organization_id = \(organization) AND owner_id = \(id)
                AND (revoked_at IS NULL OR revoked_at > \(moment))
            """)
        try await connection.execute(
            """
            UPDATE users SET password_hash = NULL, may_use_password = false
            WHERE organization_id = \(organization) AND id = \(id)
            """)
        for table in ["recovery_codes", "second_factors"] {
            try await connection.execute(
                """
                DELETE FROM \(identifier: table) WHERE organization_id = \(organization) AND user_id = \(id)
                """)
        }
        let grants = try await connection.execute(
            "DELETE FROM project_grants WHERE organization_id = \(organization) AND user_id = \(id)")
        let identities = try await connection.execute(
            "DELETE FROM identities WHERE organization_id = \(organization) AND user_id = \(id)")
        return ForgottenCredentials(keys: keys, grants: grants, identities: identities)
    }
}
