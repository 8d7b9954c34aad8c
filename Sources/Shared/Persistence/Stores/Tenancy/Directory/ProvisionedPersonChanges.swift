package import FoundationEssentials
package import Postgres
package import Tenancy

// What an identity provider changes of people, in the caller's transaction.
extension ProvisionedPersonStore {
    /// Lets one identity provider at a time change an organisation's people and groups: names are compared with those of
    /// people who have no row of their own, which no index can do.
    package static func lock(_ organization: OrganizationID, on connection: PostgresConnection) async throws {
        try await connection.execute(
            "SELECT FROM organizations WHERE id = \(organization) FOR NO KEY UPDATE")
    }

    /// Who is known by a name or an address.
    package static func known(
        by userName: String, or email: String, in organization: OrganizationID, on connection: PostgresConnection
    ) async throws -> [KnownPerson] {
        let rows = try await connection.query(
            """
            SELECT u.id, p.removed_at IS NOT NULL AND u.disabled_at IS NOT NULL AS is_removed, u.kind,
                lower(coalesce(p.user_name, u.email)) = lower(\(userName)) AS has_name
            FROM \(fragment: people)
            WHERE u.organization_id = \(organization)
                AND (lower(coalesce(p.user_name, u.email)) = lower(\(userName)) OR lower(u.email) = lower(\(email)))
            ORDER BY has_name DESC, p.removed_at DESC, u.id
            """)
        return try rows.map { row in
            KnownPerson(
                id: try row.decode("id"), hasName: try row.decode("has_name"),
                isRemoved: try row.decode("is_removed"), kind: try row.decode("kind"))
        }
    }

    /// A person, also one that was taken away.
    package static func find(
        _ id: UserID, in organization: OrganizationID, on connection: PostgresConnection
    ) async throws -> ProvisionedPerson? {
        let rows = try await connection.query(
            """
            SELECT \(fragment: selection) FROM \(fragment: people)
            WHERE u.organization_id = \(organization) AND u.id = \(id) AND u.kind = \(User.Kind.person)
            """)
        return try rows.first.map { try ProvisionedPerson(row: $0) }
    }

    /// Whether somebody was taken away.
    package static func isRemoved(
        _ id: UserID, in organization: OrganizationID, on connection: PostgresConnection
    ) async throws -> Bool {
        let rows = try await connection.query(
            """
            SELECT FROM \(fragment: people)
            WHERE u.organization_id = \(organization) AND u.id = \(id)
                AND p.removed_at IS NOT NULL AND u.disabled_at IS NOT NULL
            """)
        return !rows.isEmpty
    }

    /// Keeps what an identity provider says about somebody; who was taken away is there again.
    package static func save(
        _ profile: DirectoryProfile, of user: User, at moment: Date, on connection: PostgresConnection
    ) async throws {
        do {
            try await connection.execute(
                """
                INSERT INTO provisioned_people (organization_id, user_id, user_name, external_id, given_name, \
                family_name, formatted_name, has_display_name, emails, updated_at)
                VALUES (\(user.organizationID), \(user.id), \(profile.userName), \(profile.externalID), \
                \(profile.givenName), \(profile.familyName), \(profile.formattedName), \
                \(profile.displayName != nil), \(DirectoryAddress.stored(profile.addresses)), \(moment))
                ON CONFLICT (organization_id, user_id) DO UPDATE SET user_name = excluded.user_name,
                    external_id = excluded.external_id, given_name = excluded.given_name,
                    family_name = excluded.family_name, formatted_name = excluded.formatted_name,
                    has_display_name = excluded.has_display_name, emails = excluded.emails,
                    revision = provisioned_people.revision + 1, updated_at = excluded.updated_at, removed_at = NULL
                """)
        } catch {
            throw error.asConflict()
        }
    }

    /// Notes that somebody was taken away.
    package static func remove(
        _ person: ProvisionedPerson, at moment: Date, on connection: PostgresConnection
    ) async throws {
        try await save(person.profile, of: person.user, at: moment, on: connection)
        try await connection.execute(
            """
            UPDATE provisioned_people SET removed_at = \(moment)
            WHERE organization_id = \(person.user.organizationID) AND user_id = \(person.user.id)
            """)
    }

    /// Changes by what somebody is known here: their address and their name.
    package static func setIdentity(
        email: String, fullName: String, of user: User, at moment: Date, on connection: PostgresConnection
    ) async throws {
        do {
            try await connection.execute(
                """
                UPDATE users SET email = \(email), full_name = \(fullName), revision = revision + 1,
                    updated_at = \(moment)
                WHERE id = \(user.id) AND organization_id = \(user.organizationID)
                """)
        } catch {
            throw error.asConflict()
        }
    }
}

/// Somebody who is known by a name or an address that an identity provider uses.
package struct KnownPerson: Sendable, Hashable {
    package let id: UserID
    /// Whether by the name; if not, by the address alone.
    package let hasName: Bool
    /// Whether they were taken away.
    package let isRemoved: Bool
    package let kind: User.Kind
}
