package import FoundationEssentials
package import Postgres
package import Records
package import Scoring
package import Tenancy

/// Datasets and the versions of their items.
package struct DatasetStore: Sendable {
    let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    // MARK: Datasets

    /// Stores a dataset without items; one that is not complete is seen by nobody until ``complete(_:in:)``.
    package func create(_ dataset: Dataset, isComplete: Bool = true) async throws {
        try await database.execute(
            """
            INSERT INTO datasets (id, organization_id, project_id, owner_id, name, tags, is_complete, created_at)
            VALUES (\(dataset.id), \(dataset.organizationID), \(dataset.projectID), \(dataset.owner.id), \
            \(dataset.name), \(dataset.tags), \(isComplete), \(dataset.createdAt))
            """)
    }

    /// Shows a dataset whose items are all there, as it is called now; `false` when it is gone.
    package func complete(_ dataset: Dataset) async throws -> Bool {
        try await database.execute(
            """
            UPDATE datasets SET is_complete = true, name = \(dataset.name), tags = \(dataset.tags), \
                project_id = \(dataset.projectID)
            WHERE id = \(dataset.id) AND organization_id = \(dataset.organizationID)
            """) == 1
    }

    /// Deletes what was begun before a moment and never completed; how many there were.
    package func deleteIncomplete(before moment: Date, limit: Int) async throws -> Int {
        try await database.execute(
            """
            DELETE FROM datasets WHERE id IN (
                SELECT id FROM datasets WHERE NOT is_complete AND created_at < \(moment) LIMIT \(limit))
            """)
    }

    /// The dataset, `nil` when the organisation has none of this identifier.
    package func find(_ id: DatasetID, in organization: OrganizationID) async throws -> Dataset? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) WHERE d.id = \(id) AND d.organization_id = \(organization) \
            AND d.is_complete
            """)
        return try rows.first.map(Dataset.init(row:))
    }

    /// The same in a transaction in which nobody else changes it.
    package func lock(_ id: DatasetID, in organization: OrganizationID) async throws -> Dataset? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) WHERE d.id = \(id) AND d.organization_id = \(organization) \
            AND d.is_complete FOR UPDATE OF d
            """)
        return try rows.first.map(Dataset.init(row:))
    }

    /// The organisation's datasets within `reach`, those of a project, those with a text in their name.
    package func list(
        in organization: OrganizationID, within reach: ProjectReach = .organization, project: ProjectID?,
        search: String?, page: PageRequest
    ) async throws -> Slice<Dataset> {
        let keyset = KeysetQuery(page, createdAt: "d.created_at", id: "d.id")
        let conditions: [SQL?] = [
            "d.organization_id = \(organization)", "d.is_complete", project.map { "d.project_id = \($0)" },
            SQL.within(reach, "d.project_id"), search.map { "d.name ILIKE \(SearchPattern.containing($0))" },
            keyset.condition,
        ]
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns)\(fragment: .matching(all: conditions.compactMap { $0 }))\
            \(fragment: keyset.orderAndLimit)
            """)
        return try keyset.slice(rows, Dataset.init(row:))
    }

    /// Renames a dataset; `false` when the organisation has none of this identifier.
    package func rename(_ id: DatasetID, to name: String, in organization: OrganizationID) async throws -> Bool {
        try await database.execute(
            "UPDATE datasets SET name = \(name) WHERE id = \(id) AND organization_id = \(organization)") == 1
    }

    /// Deletes a dataset with its items; `false` when the organisation has none of this identifier.
    package func delete(_ id: DatasetID, in organization: OrganizationID) async throws -> Bool {
        try await database.execute(
            "DELETE FROM datasets WHERE id = \(id) AND organization_id = \(organization)") == 1
    }

    private static let columns: SQL = """
        d.id, d.organization_id, d.project_id, d.owner_id, d.name, d.tags, d.created_at, o.email, o.full_name \
        FROM datasets d JOIN users o ON o.id = d.owner_id
        """
}

extension Dataset {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"), organizationID: try row.decode("organization_id"),
            projectID: try row.decode("project_id"),
            owner: UserReference(
                id: try row.decode("owner_id"), email: try row.decode("email"),
                fullName: try row.decode("full_name")), name: try row.decode("name"),
            tags: try row.decode("tags"), createdAt: try row.decode("created_at"))
    }
}
