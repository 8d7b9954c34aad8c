package import Postgres
package import Tenancy

/// The projects of organisations.
package struct ProjectStore: Sendable {
    let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Stores a project. When it is to be the default, the previous default steps back in the same moment.
    package func create(_ project: Project) async throws {
        do {
            try await database.transaction { connection in
                if project.isDefault {
                    try await connection.execute(Self.clearDefault(of: project.organizationID))
                }
                try await connection.execute(Self.insertion(of: project))
            }
        } catch let error as PostgresError {
            throw error.asConflict()
        }
    }

    /// The project, `nil` when the organisation has none of this identifier.
    package func find(_ id: ProjectID, in organization: OrganizationID) async throws -> Project? {
        let rows = try await database.query(
            "SELECT \(fragment: Self.columns) FROM projects WHERE id = \(id) AND organization_id = \(organization)")
        return try rows.first.map(Project.init(row:))
    }

    /// The same in a transaction in which nobody else changes it.
    package func lock(_ id: ProjectID, in organization: OrganizationID) async throws -> Project? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM projects
            WHERE id = \(id) AND organization_id = \(organization) FOR UPDATE
            """)
        return try rows.first.map(Project.init(row:))
    }

    /// The organisation's project of exactly that name.
    package func find(named name: String, in organization: OrganizationID) async throws -> Project? {
        let rows = try await database.query(
            "SELECT \(fragment: Self.columns) FROM projects WHERE name = \(name) AND organization_id = \(organization)")
        return try rows.first.map(Project.init(row:))
    }

    /// The organisation's default project.
    package func defaultProject(of organization: OrganizationID) async throws -> Project? {
        let rows = try await database.query(
            "SELECT \(fragment: Self.columns) FROM projects WHERE organization_id = \(organization) AND is_default")
        return try rows.first.map(Project.init(row:))
    }

    /// The organisation's projects within `reach`.
    package func list(
        in organization: OrganizationID, within reach: ProjectReach = .organization, page: PageRequest
    ) async throws -> Slice<Project> {
        let keyset = KeysetQuery(page, createdAt: "created_at", id: "id")
        let wanted: [SQL?] = ["organization_id = \(organization)", SQL.within(reach, "id"), keyset.condition]
        let conditions = wanted.compactMap { $0 }
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM projects\(fragment: .matching(all: conditions))\
            \(fragment: keyset.orderAndLimit)
            """)
        return try keyset.slice(rows, Project.init(row:))
    }

    /// Changes name and description, and makes it the default when asked to; `nil` when there is no such project.
    package func update(
        _ id: ProjectID, in organization: OrganizationID, to definition: ProjectDefinition, makeDefault: Bool
    ) async throws -> Project? {
        do {
            return try await database.transaction { connection in
                if makeDefault {
                    // Only where the project exists: else the organisation would be left without a default.
                    try await connection.execute(
                        """
                        UPDATE projects SET is_default = false
                        WHERE organization_id = \(organization) AND is_default AND EXISTS (
                            SELECT FROM projects WHERE id = \(id) AND organization_id = \(organization))
                        """)
                }
                let rows = try await connection.query(
                    """
                    UPDATE projects SET name = \(definition.name), description = \(definition.description),
                        is_default = is_default OR \(makeDefault)
                    WHERE id = \(id) AND organization_id = \(organization)
                    RETURNING \(fragment: Self.columns)
                    """)
                return try rows.first.map(Project.init(row:))
            }
        } catch let error as PostgresError {
            throw error.asConflict()
        }
    }

    /// Deletes an empty project; `false` when there is no such project. The default, and one with anything in it, stay.
    package func delete(_ id: ProjectID, in organization: OrganizationID) async throws -> Bool {
        guard let project = try await find(id, in: organization) else { return false }
        guard !project.isDefault else { throw Conflict(.isDefault) }
        do {
            let deleted = try await database.execute(
                """
                DELETE FROM projects WHERE id = \(id) AND organization_id = \(organization) AND NOT is_default
                    AND NOT EXISTS (
                        SELECT FROM execution_logs WHERE organization_id = \(organization) AND project_id = \(id))
                """)
            guard deleted == 1 else { throw Conflict(.inUse) }
            return true
        } catch let error as PostgresError {
            throw error.asConflict(foreignKey: .inUse)
        }
    }

    static func insertion(of project: Project) -> SQL {
        """
        INSERT INTO projects (id, organization_id, name, description, is_default, owner_id, created_at)
        VALUES (\(project.id), \(project.organizationID), \(project.name), \(project.description), \
        \(project.isDefault), \(project.ownerID), \(project.createdAt))
        """
    }

    private static func clearDefault(of organization: OrganizationID) -> SQL {
        "UPDATE projects SET is_default = false WHERE organization_id = \(organization) AND is_default"
    }

    private static let columns: SQL = "id, organization_id, name, description, is_default, owner_id, created_at"
}

extension Project {
    init(row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"), organizationID: try row.decode("organization_id"), name: try row.decode("name"),
            description: try row.decode("description"), isDefault: try row.decode("is_default"),
            ownerID: try row.decode("owner_id"), createdAt: try row.decode("created_at"))
    }
}
