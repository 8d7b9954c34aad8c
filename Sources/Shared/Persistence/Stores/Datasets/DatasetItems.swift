import FoundationEssentials
import Postgres
package import Records
package import Scoring
package import Tenancy

// The items of datasets.
extension DatasetStore {
    /// Adds items at the end of a dataset, with the labels that `author` gives them; `nil` when the organisation has none of
    /// this identifier.
    package func add(
        _ new: [NewDatasetItem], by author: UserID, to dataset: DatasetID, in organization: OrganizationID,
        identifiers: IdentifierSource
    ) async throws -> [DatasetItem]? {
        try await database.transaction { connection in
            // Locks the dataset until the commit, so that no two items get the same position.
            let rows = try await connection.query(
                """
                UPDATE datasets SET item_count = item_count + \(new.count)
                WHERE id = \(dataset) AND organization_id = \(organization)
                RETURNING item_count - \(new.count) AS first
                """)
            guard let first = try rows.first?.decode("first", as: Int.self) else { return nil }
            let items = new.enumerated().map { offset, new in
                let (id, date) = identifiers.nextDated(DatasetItem.self)
                return DatasetItem(
                    id: id, externalID: identifiers.next(), datasetID: dataset, position: first + offset,
                    isLatest: true, isArchived: false, content: new.content, createdAt: date)
            }
            try await connection.execute(Self.insertion(of: items, in: organization))
            let labels = zip(items, new).compactMap { item, new in
                new.label.map { (annotation: identifiers.next(Annotation.self), item: item, label: $0) }
            }
            if !labels.isEmpty {
                try await connection.execute(AnnotationStore.insertion(of: labels, by: author, in: organization))
            }
            return items
        }
    }

    /// Makes new content the latest version of an item. `nil` when the organisation has no such item or the version is
    /// not the latest.
    package func revise(
        _ id: DatasetItemID, of dataset: DatasetID, to content: DatasetItemContent, in organization: OrganizationID,
        identifiers: IdentifierSource
    ) async throws -> DatasetItem? {
        try await database.transaction { connection in
            let rows = try await connection.query(
                """
                UPDATE dataset_items SET is_latest = false
                WHERE id = \(id) AND dataset_id = \(dataset) AND organization_id = \(organization) AND is_latest
                RETURNING external_id, position, is_archived
                """)
            guard let row = rows.first else { return nil }
            let (newID, date) = identifiers.nextDated(DatasetItem.self)
            let item = DatasetItem(
                id: newID, externalID: try row.decode("external_id"), datasetID: dataset,
                position: try row.decode("position"), isLatest: true, isArchived: try row.decode("is_archived"),
                content: content, createdAt: date)
            try await connection.execute(Self.insertion(of: [item], in: organization))
            return item
        }
    }

    /// An item by the identifier of one of its versions, or its latest version by the item's own; `nil` when there is none.
    package func item(
        _ id: DatasetItemID, of dataset: DatasetID, in organization: OrganizationID
    ) async throws -> DatasetItem? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.itemColumns) FROM dataset_items i
            WHERE i.dataset_id = \(dataset) AND i.organization_id = \(organization)
                AND (i.id = \(id) OR i.external_id = \(id) AND i.is_latest)
            ORDER BY i.id = \(id) DESC LIMIT 1
            """)
        return try rows.first.map(Self.item)
    }

    /// The latest versions of the items of a dataset, with those that are archived when they are wanted.
    package func items(
        of dataset: DatasetID, in organization: OrganizationID, withArchived: Bool, page: PageRequest
    ) async throws -> Slice<DatasetItem> {
        let keyset = KeysetQuery(page, createdAt: "i.created_at", id: "i.id")
        let conditions: [SQL?] = [
            "i.dataset_id = \(dataset)", "i.organization_id = \(organization)", "i.is_latest",
            withArchived ? nil : "NOT i.is_archived", keyset.condition,
        ]
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.itemColumns) FROM dataset_items i\
            \(fragment: .matching(all: conditions.compactMap { $0 }))\(fragment: keyset.orderAndLimit)
            """)
        return try keyset.slice(rows, Self.item)
    }

    /// Archives an item in all its versions; `false` when there is none.
    package func archive(
        _ id: DatasetItemID, of dataset: DatasetID, in organization: OrganizationID
    ) async throws -> Bool {
        try await database.execute(
            """
            UPDATE dataset_items SET is_archived = true
            WHERE dataset_id = \(dataset) AND organization_id = \(organization) AND external_id = (
                SELECT n.external_id FROM dataset_items n
                WHERE (n.id = \(id) OR n.external_id = \(id)) AND n.dataset_id = \(dataset) LIMIT 1)
            """) > 0
    }

    // MARK: For batches

    /// How many items a batch over the dataset has: those that are not archived, counted in their order, within `range`.
    package func count(
        of dataset: DatasetID, in organization: OrganizationID, range: ClosedRange<Int>?
    ) async throws -> Int {
        let rows = try await database.query(
            """
            SELECT count(*) AS count FROM dataset_items
            WHERE dataset_id = \(dataset) AND organization_id = \(organization) AND is_latest AND NOT is_archived
            """)
        let count = try rows.first?.decode("count", as: Int.self) ?? 0
        guard let range else { return count }
        return max(0, min(range.upperBound, count - 1) + 1 - range.lowerBound)
    }

    /// What a batch evaluates of the dataset: items in their order behind a position, those that are not archived.
    package func inputs(
        of dataset: DatasetID, in organization: OrganizationID, behind position: Int?, skipping: Int, limit: Int
    ) async throws -> [(position: Int, input: BatchInput)] {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.itemColumns) FROM dataset_items i
            WHERE i.dataset_id = \(dataset) AND i.organization_id = \(organization) AND i.is_latest
                AND NOT i.is_archived AND i.position > \(position ?? -1)
            ORDER BY i.position OFFSET \(skipping) LIMIT \(limit)
            """)
        return try rows.map { row in
            let item = try Self.item(row)
            return (item.position, BatchInput(input: item.content.input))
        }
    }

    // MARK: Rows

    private static func insertion(of items: [DatasetItem], in organization: OrganizationID) -> SQL {
        func each<T>(_ value: (DatasetItem) -> T) -> [T] { items.map(value) }
        func text(_ value: (DatasetItem) -> String) -> [String] {
            items.map { ExecutionLogStore.storable(value($0)) }
        }
        return """
            INSERT INTO dataset_items (id, external_id, dataset_id, organization_id, position, is_archived, request, \
            response, turns, contexts, expected_output, variables, metadata, change_note, created_at)
            SELECT unnest(\(each(\.id))), unnest(\(each(\.externalID))), unnest(\(each(\.datasetID))), \
            \(organization), unnest(\(each(\.position))), unnest(\(each(\.isArchived))), \
            unnest(\(text(\.content.request))), unnest(\(text(\.content.response))), \
            unnest(\(each { StoredJSON.text(of: $0.content.turns) }))::json, \
            unnest(\(each { ArrayLiteral.of($0.content.contexts) }))::text[], \
            unnest(\(text(\.content.expectedOutput))), \
            unnest(\(each { StoredJSON.text(of: $0.content.variables) }))::json, \
            unnest(\(each(\.content.metadata?.text)))::json, unnest(\(text(\.content.changeNote))), \
            unnest(\(each(\.createdAt)))
            """
    }

    static let itemColumns: SQL = """
        i.id, i.external_id, i.dataset_id, i.position, i.is_latest, i.is_archived, i.request, i.response, i.turns, \
        i.contexts, i.expected_output, i.variables, i.metadata, i.change_note, i.created_at
        """

    static func item(_ row: PostgresRow) throws -> DatasetItem {
        DatasetItem(
            id: try row.decode("id"), externalID: try row.decode("external_id"),
            datasetID: try row.decode("dataset_id"), position: try row.decode("position"),
            isLatest: try row.decode("is_latest"), isArchived: try row.decode("is_archived"),
            content: DatasetItemContent(
                request: try row.decode("request"), response: try row.decode("response"),
                turns: try StoredJSON.turns(from: row.decode("turns")), contexts: try row.decode("contexts"),
                expectedOutput: try row.decode("expected_output"),
                variables: try StoredJSON.variables(from: row.decode("variables")),
                metadata: try row.decode("metadata", as: String?.self).map(OpaqueJSON.init(text:)),
                changeNote: try row.decode("change_note")),
            createdAt: try row.decode("created_at"))
    }
}
