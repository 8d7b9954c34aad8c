package import Postgres
package import Tenancy

/// What people may do in single projects beyond what their role in the organisation allows.
package struct ProjectGrantStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// The grants of somebody with the names of the projects, those of a name that comes first first.
    package func list(of user: UserID, in organization: OrganizationID) async throws -> [NamedProjectGrant] {
        let rows = try await database.query(
            """
            SELECT g.project_id, g.role, g.created_at, p.name, u.id AS granter_id, u.email AS granter_email,
                u.full_name AS granter_full_name
            FROM project_grants g
            JOIN projects p ON p.id = g.project_id AND p.organization_id = g.organization_id
            LEFT JOIN users u ON u.id = g.granted_by AND u.organization_id = g.organization_id
            WHERE g.organization_id = \(organization) AND g.user_id = \(user) ORDER BY p.name, p.id
            """)
        return try rows.map(NamedProjectGrant.init(row:))
    }

    // MARK: In the caller's transaction

    /// The role of somebody in one project; `nil` for none.
    package static func role(
        of user: User, in project: ProjectID, on connection: PostgresConnection
    ) async throws -> Role? {
        let rows = try await connection.query(
            """
            SELECT role FROM project_grants WHERE organization_id = \(user.organizationID) AND user_id = \(user.id)
                AND project_id = \(project)
            """)
        return try rows.first?.decode("role")
    }

    /// Gives somebody a role in one project, in the place of the one they have there.
    /// - Throws: `Conflict` of the kind `missingReference` when the organisation has no such project.
    package static func give(
        _ grant: ProjectGrant, to user: User, by granter: UserID?, on connection: PostgresConnection
    ) async throws {
        do {
            try await connection.execute(
                """
                INSERT INTO project_grants (organization_id, user_id, project_id, role, granted_by, created_at)
                VALUES (\(user.organizationID), \(user.id), \(grant.projectID), \(grant.role), \(granter), \
                \(grant.createdAt))
                ON CONFLICT (organization_id, user_id, project_id) DO UPDATE
                SET role = excluded.role, granted_by = excluded.granted_by, created_at = excluded.created_at
                """)
        } catch {
            throw error.asConflict()
        }
    }

    /// Takes somebody's role in one project away.
    package static func take(
        from user: User, in project: ProjectID, on connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            DELETE FROM project_grants WHERE organization_id = \(user.organizationID) AND user_id = \(user.id)
                AND project_id = \(project)
            """)
    }
}

/// A grant with what its project is called and who has given it.
package struct NamedProjectGrant: Sendable, Hashable {
    package let grant: ProjectGrant
    package let projectName: String
    package let granter: UserReference?
}

extension NamedProjectGrant {
    fileprivate init(row: PostgresRow) throws {
        let granter = try row.decode("granter_id", as: UserID?.self)
        self.init(
            grant: ProjectGrant(
                projectID: try row.decode("project_id"), role: try row.decode("role"),
                createdAt: try row.decode("created_at")),
            projectName: try row.decode("name"),
            granter: try granter.map { _ in try UserReference(row: row, prefix: "granter") })
    }
}
