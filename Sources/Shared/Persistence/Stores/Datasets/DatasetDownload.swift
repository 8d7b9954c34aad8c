import Postgres
package import Records
package import Scoring
package import Tenancy

// What a download of a dataset needs.
extension DatasetStore {
    /// The names of all variables of a dataset's items, in alphabetical order, at most `limit`.
    package func variableNames(
        of dataset: DatasetID, in organization: OrganizationID, limit: Int
    ) async throws -> [String] {
        let rows = try await database.query(
            """
            SELECT DISTINCT name FROM dataset_items i CROSS JOIN json_object_keys(i.variables) AS name
            WHERE i.dataset_id = \(dataset) AND i.organization_id = \(organization) AND i.is_latest
                AND NOT i.is_archived AND i.variables IS NOT NULL
            ORDER BY name LIMIT \(limit)
            """)
        return try rows.map { try $0.decode("name") }
    }

    /// Items in their order behind a position, those that are not archived.
    package func items(
        of dataset: DatasetID, in organization: OrganizationID, behind position: Int?, limit: Int
    ) async throws -> [DatasetItem] {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.itemColumns) FROM dataset_items i
            WHERE i.dataset_id = \(dataset) AND i.organization_id = \(organization) AND i.is_latest
                AND NOT i.is_archived AND i.position > \(position ?? -1)
            ORDER BY i.position LIMIT \(limit)
            """)
        return try rows.map(Self.item)
    }
}
