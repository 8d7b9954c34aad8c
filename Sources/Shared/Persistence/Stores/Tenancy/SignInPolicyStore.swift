package import FoundationEssentials
package import Postgres
package import Tenancy

/// What organisations want of sign-ins and keys.
package struct SignInPolicyStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// The policy in force; the standard one, of revision 0, where the organisation has said nothing.
    package func find(of organization: OrganizationID) async throws -> StoredSignInPolicy {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns), y.updated_at, y.revision, u.id AS author_id, u.email AS author_email, \
            u.full_name AS author_full_name
            FROM sign_in_policies y LEFT JOIN users u ON u.id = y.updated_by
            WHERE y.organization_id = \(organization)
            """)
        guard let row = rows.first else {
            return StoredSignInPolicy(policy: .standard, revision: 0, updatedAt: nil, updatedBy: nil)
        }
        let author = try row.decode("author_id", as: UserID?.self)
        return StoredSignInPolicy(
            policy: try SignInPolicy(row: row), revision: try row.decode("revision"),
            updatedAt: try row.decode("updated_at"),
            updatedBy: try author.map { _ in try UserReference(row: row, prefix: "author") })
    }

    /// Replaces the policy of that revision, and ends at once, or sooner, what sessions it allows no more. `false` when
    /// somebody else has changed it meanwhile.
    package func replace(
        by policy: SignInPolicy, of organization: OrganizationID, revision: Int, at moment: Date, by author: UserID?,
        on connection: PostgresConnection
    ) async throws -> Bool {
        let changed = try await connection.execute(
            """
            INSERT INTO sign_in_policies AS y (organization_id, idle_limit_seconds, absolute_limit_seconds, \
            sessions_per_person, wants_second_factor, key_age_limit_seconds, updated_at, updated_by, revision)
            SELECT \(organization), \(policy.idleLimit.components.seconds), \
            \(policy.absoluteLimit.components.seconds), \(policy.sessionsPerPerson), \(policy.wantsSecondFactor), \
            \(policy.keyAgeLimit?.components.seconds), \(moment), \(author), 1
            WHERE \(revision) = 0 OR EXISTS (SELECT FROM sign_in_policies WHERE organization_id = \(organization))
            ON CONFLICT (organization_id) DO UPDATE SET
                idle_limit_seconds = excluded.idle_limit_seconds,
                absolute_limit_seconds = excluded.absolute_limit_seconds,
                sessions_per_person = excluded.sessions_per_person,
                wants_second_factor = excluded.wants_second_factor,
                key_age_limit_seconds = excluded.key_age_limit_seconds,
                updated_at = excluded.updated_at, updated_by = excluded.updated_by, revision = y.revision + 1
                WHERE y.revision = \(revision)
            """)
        guard changed == 1 else { return false }
        try await shortenSessions(of: organization, to: policy, on: connection)
        return true
    }

    private func shortenSessions(
        of organization: OrganizationID, to policy: SignInPolicy, on connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            UPDATE sessions SET
                expires_at = least(expires_at, created_at + \(policy.absoluteLimit)),
                idle_expires_at = least(idle_expires_at, coalesce(last_used_at, created_at) + \(policy.idleLimit))
            WHERE organization_id = \(organization)
            """)
        try await connection.execute(
            """
            DELETE FROM sessions WHERE organization_id = \(organization) AND id IN (
                SELECT id FROM (
                    SELECT id, row_number() OVER (PARTITION BY user_id ORDER BY created_at DESC, id DESC) AS place
                    FROM sessions WHERE organization_id = \(organization)
                ) AS placed WHERE place > \(policy.sessionsPerPerson))
            """)
    }

    /// Of the table under the name `y`.
    private static let columns: SQL = """
        y.idle_limit_seconds, y.absolute_limit_seconds, y.sessions_per_person, y.wants_second_factor, \
        y.key_age_limit_seconds
        """
}

/// A policy, and whose change it was.
package struct StoredSignInPolicy: Sendable, Hashable {
    package let policy: SignInPolicy
    /// Counts the changes, from 1; 0 is the standard policy.
    package let revision: Int
    package let updatedAt: Date?
    package let updatedBy: UserReference?
}

extension SignInPolicy {
    fileprivate init(row: PostgresRow) throws {
        let keyAge = try row.decode("key_age_limit_seconds", as: Int?.self)
        self.init(
            idleLimit: .seconds(try row.decode("idle_limit_seconds", as: Int.self)),
            absoluteLimit: .seconds(try row.decode("absolute_limit_seconds", as: Int.self)),
            sessionsPerPerson: try row.decode("sessions_per_person"),
            wantsSecondFactor: try row.decode("wants_second_factor"), keyAgeLimit: keyAge.map { .seconds($0) })
    }
}
