package import FoundationEssentials
package import Postgres
package import Tenancy

/// In which project of an organisation a thing lies.
package struct ObjectProjectStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// What lies in projects; each has a table of its name.
    package enum Kind: String, Sendable, Hashable {
        case evaluators
        case judges
        case objectives
        case datasets
    }

    /// The project of a thing, also of a deleted one; `nil` for what the organisation has not got.
    package func project(
        of id: UUID, among kind: Kind, in organization: OrganizationID
    ) async throws -> ProjectID? {
        let rows = try await database.query(
            """
            SELECT project_id FROM \(identifier: kind.rawValue)
            WHERE id = \(id) AND organization_id = \(organization) AND project_id IS NOT NULL
            """)
        return try rows.first?.decode("project_id")
    }

    /// Whether it is one of the built-in evaluators, which lie in no project and are everybody's to use.
    package func isBuiltInEvaluator(_ id: UUID) async throws -> Bool {
        let rows = try await database.query(
            "SELECT FROM evaluators WHERE id = \(id) AND is_root AND deleted_at IS NULL")
        return !rows.isEmpty
    }
}
