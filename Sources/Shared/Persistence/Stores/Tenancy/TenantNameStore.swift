package import Postgres
package import Tenancy

/// What organisations, projects and people are called, for lists that name those of several organisations.
package struct TenantNameStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// The names of organisations; those that are gone are missing.
    package func organizations(_ ids: Set<OrganizationID>) async throws -> [OrganizationID: String] {
        guard !ids.isEmpty else { return [:] }
        return try names(
            try await database.query("SELECT id, name FROM organizations WHERE id = ANY (\(Array(ids)))"))
    }

    /// The names of projects, each of its organisation; those that are gone are missing.
    package func projects(_ ids: Set<ProjectID>) async throws -> [ProjectID: String] {
        guard !ids.isEmpty else { return [:] }
        return try names(try await database.query("SELECT id, name FROM projects WHERE id = ANY (\(Array(ids)))"))
    }

    /// People, as others see them; those that are gone are missing.
    package func people(_ ids: Set<UserID>) async throws -> [UserID: UserReference] {
        guard !ids.isEmpty else { return [:] }
        let rows = try await database.query(
            """
            SELECT id AS user_id, email AS user_email, full_name AS user_full_name FROM users
            WHERE id = ANY (\(Array(ids)))
            """)
        let people = try rows.map { try UserReference(row: $0, prefix: "user") }
        return Dictionary(people.map { ($0.id, $0) }) { first, _ in first }
    }

    private func names<Entity>(_ rows: PostgresRows) throws -> [EntityID<Entity>: String] {
        var names: [EntityID<Entity>: String] = [:]
        for row in rows { names[try row.decode("id")] = try row.decode("name", as: String.self) }
        return names
    }
}
