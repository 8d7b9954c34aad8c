internal import Postgres
internal import Tenancy

/// The roles that somebody has in single projects, read together with who they are.
enum HeldGrants {
    /// Of the person in the table under the name `u`.
    static let columns: SQL = """
        ARRAY(SELECT g.project_id FROM project_grants g WHERE g.organization_id = u.organization_id \
        AND g.user_id = u.id ORDER BY g.project_id) AS granted_projects, \
        ARRAY(SELECT g.role FROM project_grants g WHERE g.organization_id = u.organization_id \
        AND g.user_id = u.id ORDER BY g.project_id) AS granted_roles
        """

    /// Reads them. A role that this release does not know grants nothing.
    static func grants(of row: PostgresRow) throws -> [ProjectID: Role] {
        let projects = try row.decode("granted_projects", as: [ProjectID].self)
        let roles = try row.decode("granted_roles", as: [String].self)
        var grants: [ProjectID: Role] = [:]
        for (project, word) in zip(projects, roles) { grants[project] = Role(rawValue: word) }
        return grants
    }
}
