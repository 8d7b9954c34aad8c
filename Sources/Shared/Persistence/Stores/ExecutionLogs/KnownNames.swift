import FoundationEssentials
import Postgres
import Records
import Tenancy

/// What the names in a search stand for: indexes know identifiers and whole names, and not parts of them.
struct KnownNames: Sendable {
    /// The projects whose name is searched; `nil` when none is.
    var projects: [ProjectID]?
    /// What has been executed under the names that are searched; `nil` when none is, and for too many of them.
    var items: ExecutedItems?
    /// The models of which a part is searched; `nil` when none is.
    var models: [String]?

    /// Of a search that names nothing.
    init() {}

    /// Reads what the search names; `nil` when nothing that it names is there.
    init?(_ search: ExecutionSearch, in organization: OrganizationID, _ database: PostgresClient) async throws {
        if let part = search.projectNamePart {
            let rows = try await database.query(
                """
                SELECT id FROM projects WHERE organization_id = \(organization)
                    AND name ILIKE \(SearchPattern.containing(part))
                """)
            projects = try rows.map { try $0.decode("id") }
        }
        if !search.nameParts.isEmpty {
            items = try await ExecutedItems.fulfilling(
                search.nameParts.map(ExecutedItems.isNamed), in: organization, database)
        }
        if let part = search.modelPart {
            let rows = try await database.query(
                """
                SELECT name FROM (\(fragment: Self.models(of: organization))) AS m
                WHERE name ILIKE \(SearchPattern.containing(part))
                """)
            models = try rows.map { try $0.decode("name") }
        }
        if projects?.isEmpty == true || items?.isEmpty == true || models?.isEmpty == true { return nil }
    }

    /// What a log `l` of these projects and models fulfils.
    var conditions: [SQL] {
        [projects.map { "l.project_id = ANY (\($0))" }, models.map { "l.model = ANY (\($0))" }].compactMap { $0 }
    }

    /// Steps from one model to the next along the index.
    private static func models(of organization: OrganizationID) -> SQL {
        """
        WITH RECURSIVE models (name) AS (
            (SELECT model FROM execution_logs WHERE organization_id = \(organization) AND model IS NOT NULL
            ORDER BY model LIMIT 1)
            UNION ALL
            SELECT (SELECT n.model FROM execution_logs n
                WHERE n.organization_id = \(organization) AND n.model > models.name ORDER BY n.model LIMIT 1)
            FROM models WHERE models.name IS NOT NULL
        )
        SELECT name FROM models WHERE name IS NOT NULL
        """
    }
}
