import Postgres
package import Records
package import Scoring
package import Tenancy

// What people who label need to know of a dataset.
extension DatasetStore {
    /// All versions of an item, the newest first, at most a thousand.
    package func versions(
        of id: DatasetItemID, in dataset: DatasetID, of organization: OrganizationID
    ) async throws -> [DatasetItem] {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.itemColumns) FROM dataset_items i
            WHERE i.dataset_id = \(dataset) AND i.organization_id = \(organization) AND i.external_id = (
                SELECT n.external_id FROM dataset_items n
                WHERE (n.id = \(id) OR n.external_id = \(id)) AND n.dataset_id = \(dataset) LIMIT 1)
            ORDER BY i.created_at DESC, i.id DESC LIMIT 1000
            """)
        return try rows.map(Self.item)
    }

    /// How many items datasets have that are not archived, and how many of them have a published label.
    package func counts(
        of datasets: [DatasetID], in organization: OrganizationID
    ) async throws -> [DatasetID: DatasetCounts] {
        let rows = try await database.query(
            """
            SELECT i.dataset_id, count(*) AS items, count(*) FILTER (WHERE EXISTS (
                SELECT FROM annotations a
                WHERE a.item_external_id = i.external_id AND a.status = 'published')) AS labelled
            FROM dataset_items i
            WHERE i.dataset_id = ANY(\(datasets)) AND i.organization_id = \(organization) AND i.is_latest
                AND NOT i.is_archived
            GROUP BY i.dataset_id
            """)
        var counts: [DatasetID: DatasetCounts] = [:]
        for row in rows {
            counts[try row.decode("dataset_id")] = DatasetCounts(
                items: try row.decode("items"), labelled: try row.decode("labelled"))
        }
        return counts
    }

    /// Items behind a position that somebody has not labelled on a scale, in their order, with how many there are in all
    /// and how many the person has labelled.
    package func unlabelled(
        of dataset: DatasetID, in organization: OrganizationID, by person: UserID, on config: ScoreConfigID,
        behind position: Int?, limit: Int
    ) async throws -> (items: [DatasetItem], total: Int, done: Int) {
        let isLabelled: SQL = """
            EXISTS (SELECT FROM annotations a WHERE a.item_external_id = i.external_id
                AND a.author_id = \(person) AND a.score_config_id = \(config))
            """
        let current: SQL = """
            i.dataset_id = \(dataset) AND i.organization_id = \(organization) AND i.is_latest AND NOT i.is_archived
            """
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.itemColumns) FROM dataset_items i
            WHERE \(fragment: current) AND i.position > \(position ?? -1) AND NOT \(fragment: isLabelled)
            ORDER BY i.position LIMIT \(limit)
            """)
        let counts = try await database.query(
            """
            SELECT count(*) AS total, count(*) FILTER (WHERE \(fragment: isLabelled)) AS done FROM dataset_items i
            WHERE \(fragment: current)
            """)
        guard let row = counts.first else { return ([], 0, 0) }
        return (try rows.map(Self.item), try row.decode("total"), try row.decode("done"))
    }
}

/// How many items a dataset has, and how many of them somebody has labelled.
package struct DatasetCounts: Sendable, Hashable {
    package var items = 0
    package var labelled = 0

    package init(items: Int = 0, labelled: Int = 0) {
        self.items = items
        self.labelled = labelled
    }
}
