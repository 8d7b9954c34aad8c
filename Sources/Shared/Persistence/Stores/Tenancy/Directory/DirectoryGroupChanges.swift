package import FoundationEssentials
package import Postgres
package import Tenancy

// What is changed of groups, in the caller's transaction.
extension DirectoryGroupStore {
    /// Holds a group's row; `nil` when the organisation has none of this identifier.
    package static func lock(
        _ id: DirectoryGroupID, in organization: OrganizationID, on connection: PostgresConnection
    ) async throws -> DirectoryGroup? {
        let rows = try await connection.query(
            """
            SELECT \(fragment: selection) FROM directory_groups g
            WHERE g.organization_id = \(organization) AND g.id = \(id) FOR UPDATE
            """)
        return try rows.first.map { try DirectoryGroup(row: $0) }
    }

    /// Who is in a group.
    package static func memberIDs(
        of group: DirectoryGroup, on connection: PostgresConnection
    ) async throws -> Set<UserID> {
        let rows = try await connection.query(
            """
            SELECT user_id FROM directory_group_members
            WHERE organization_id = \(group.organizationID) AND group_id = \(group.id)
            """)
        return Set(try rows.map { try $0.decode("user_id", as: UserID.self) })
    }

    /// Stores a group without members.
    package static func add(_ group: DirectoryGroup, on connection: PostgresConnection) async throws {
        do {
            try await connection.execute(
                """
                INSERT INTO directory_groups (id, organization_id, display_name, external_id, created_at, updated_at)
                VALUES (\(group.id), \(group.organizationID), \(group.displayName), \(group.externalID), \
                \(group.createdAt), \(group.updatedAt))
                """)
        } catch {
            throw error.asConflict()
        }
    }

    /// Gives a group its names, and counts the change.
    package static func change(
        _ group: DirectoryGroup, to draft: DirectoryGroupDraft, at moment: Date, on connection: PostgresConnection
    ) async throws -> DirectoryGroup {
        do {
            let rows = try await connection.query(
                """
                UPDATE directory_groups AS g SET display_name = \(draft.displayName),
                    external_id = \(draft.externalID), revision = g.revision + 1, updated_at = \(moment)
                WHERE g.organization_id = \(group.organizationID) AND g.id = \(group.id)
                RETURNING \(fragment: selection)
                """)
            // Locked, it cannot have gone.
            return try rows.first.map { try DirectoryGroup(row: $0) } ?? group
        } catch let error as PostgresError {
            throw error.asConflict()
        }
    }

    /// Puts people into a group; those whom it could. Service accounts, and who is not of the organisation or was taken
    /// away, are in none.
    package static func addMembers(
        _ people: [UserID], to group: DirectoryGroup, on connection: PostgresConnection
    ) async throws -> Set<UserID> {
        let rows = try await connection.query(
            """
            INSERT INTO directory_group_members (organization_id, group_id, user_id)
            SELECT u.organization_id, \(group.id), u.id FROM \(fragment: ProvisionedPersonStore.people)
            WHERE u.organization_id = \(group.organizationID) AND u.id = ANY(\(people))
                AND u.kind = \(User.Kind.person) AND (p.removed_at IS NULL OR u.disabled_at IS NULL)
            RETURNING user_id
            """)
        return Set(try rows.map { try $0.decode("user_id", as: UserID.self) })
    }

    /// Takes people out of a group.
    package static func removeMembers(
        _ people: [UserID], of group: DirectoryGroup, on connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            DELETE FROM directory_group_members WHERE organization_id = \(group.organizationID)
                AND group_id = \(group.id) AND user_id = ANY(\(people))
            """)
    }

    /// Takes somebody out of all groups.
    package static func removeFromAll(_ user: User, on connection: PostgresConnection) async throws {
        try await connection.execute(
            """
            WITH left_groups AS (
                DELETE FROM directory_group_members
                WHERE organization_id = \(user.organizationID) AND user_id = \(user.id) RETURNING group_id
            )
            UPDATE directory_groups SET revision = revision + 1
            WHERE organization_id = \(user.organizationID) AND id IN (SELECT group_id FROM left_groups)
            """)
    }

    /// Who is in groups of these names, in order, behind `last`.
    package static func members(
        ofGroupsNamed names: [String], in organization: OrganizationID, after last: UserID?, limit: Int,
        on connection: PostgresConnection
    ) async throws -> [UserID] {
        let rows = try await connection.query(
            """
            SELECT DISTINCT m.user_id FROM directory_group_members m
            JOIN directory_groups g ON g.organization_id = m.organization_id AND g.id = m.group_id
            WHERE m.organization_id = \(organization) AND g.display_name = ANY(\(names))
                AND (\(last)::uuid IS NULL OR m.user_id > \(last))
            ORDER BY m.user_id LIMIT \(limit)
            """)
        return try rows.map { try $0.decode("user_id") }
    }

    /// People with the names of their groups, whom nobody else changes until the transaction ends.
    package static func memberships(
        of people: [UserID], in organization: OrganizationID, on connection: PostgresConnection
    ) async throws -> [(user: User, groups: [String])] {
        let rows = try await connection.query(
            """
            SELECT \(fragment: UserStore.columns), ARRAY(
                SELECT g.display_name FROM directory_group_members m
                JOIN directory_groups g ON g.organization_id = m.organization_id AND g.id = m.group_id
                WHERE m.organization_id = u.organization_id AND m.user_id = u.id) AS group_names
            FROM users u WHERE u.organization_id = \(organization) AND u.id = ANY(\(people))
            ORDER BY u.id FOR NO KEY UPDATE OF u
            """)
        return try rows.map { (try User(row: $0), try $0.decode("group_names")) }
    }

    /// Deletes a group.
    package static func delete(_ group: DirectoryGroup, on connection: PostgresConnection) async throws {
        try await connection.execute(
            "DELETE FROM directory_groups WHERE organization_id = \(group.organizationID) AND id = \(group.id)")
    }
}
