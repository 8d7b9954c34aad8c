import Postgres
package import Tenancy

/// A project with how much is in it.
package struct ProjectContents: Sendable {
    package let project: Project
    package let owner: UserReference
    /// Without deleted ones.
    package let evaluatorCount: Int
    package let judgeCount: Int
}

extension ProjectStore {
    /// The organisation's projects whose name contains a text, in any case, with how much is in them.
    package func listContents(
        in organization: OrganizationID, within reach: ProjectReach = .organization, containing text: String?,
        page: PageRequest
    ) async throws -> Slice<ProjectContents> {
        let keyset = KeysetQuery(page, createdAt: "p.created_at", id: "p.id")
        let conditions =
            [
                "p.organization_id = \(organization)", SQL.within(reach, "p.id"),
                text.map { "p.name ILIKE \(SearchPattern.containing($0))" }, keyset.condition,
            ] as [SQL?]
        let rows = try await database.query(
            """
            \(fragment: Self.contents(in: organization))\(fragment: .matching(all: conditions.compactMap { $0 }))\
            \(fragment: keyset.orderAndLimit)
            """)
        return try keyset.slice(rows, ProjectContents.init(row:))
    }

    /// One project with how much is in it; `nil` when the organisation has none of this identifier.
    package func findContents(_ id: ProjectID, in organization: OrganizationID) async throws -> ProjectContents? {
        let rows = try await database.query(
            """
            \(fragment: Self.contents(in: organization))
            WHERE p.id = \(id) AND p.organization_id = \(organization)
            """)
        return try rows.first.map(ProjectContents.init(row:))
    }

    /// Evaluators and judges are counted once for all projects.
    private static func contents(in organization: OrganizationID) -> SQL {
        """
        SELECT p.id, p.organization_id, p.name, p.description, p.is_default, p.owner_id, p.created_at, \
        o.email AS owner_email, o.full_name AS owner_full_name, \
        coalesce(e.total, 0)::int AS evaluator_count, coalesce(j.total, 0)::int AS judge_count
        FROM projects p
        JOIN users o ON o.id = p.owner_id
        LEFT JOIN (SELECT project_id, count(*) AS total FROM evaluators
            WHERE organization_id = \(organization) AND deleted_at IS NULL GROUP BY project_id) e
            ON e.project_id = p.id
        LEFT JOIN (SELECT project_id, count(*) AS total FROM judges
            WHERE organization_id = \(organization) AND deleted_at IS NULL GROUP BY project_id) j
            ON j.project_id = p.id
        """
    }
}

extension ProjectContents {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            project: try Project(row: row), owner: try UserReference(row: row, prefix: "owner"),
            evaluatorCount: try row.decode("evaluator_count"), judgeCount: try row.decode("judge_count"))
    }
}
