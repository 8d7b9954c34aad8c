package import FoundationEssentials
package import Postgres
package import Records
import Scoring
package import Tenancy

/// What people found of items of datasets and of executions.
package struct AnnotationStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Stores a new annotation; `false` when the organisation has no such target.
    package func create(_ annotation: Annotation, in organization: OrganizationID) async throws -> Bool {
        do {
            return try await database.execute(Self.insertion(of: annotation, in: organization)) == 1
        } catch {
            throw error.asConflict()
        }
    }

    /// The annotation, `nil` when the organisation has none of this identifier.
    package func find(_ id: AnnotationID, in organization: OrganizationID) async throws -> Annotation? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM annotations a \(fragment: Self.joins)
            WHERE a.id = \(id) AND a.organization_id = \(organization)
            """)
        return try rows.first.map(Self.annotation)
    }

    /// In which project something lies that is labelled; `nil` when the organisation has none of it.
    package func project(
        of target: Annotation.Target, in organization: OrganizationID
    ) async throws -> ProjectID? {
        let rows =
            switch target {
            case .datasetItem(let id):
                try await database.query(
                    """
                    SELECT d.project_id FROM dataset_items i JOIN datasets d ON d.id = i.dataset_id
                    WHERE (i.id = \(id) OR i.external_id = \(id)) AND i.organization_id = \(organization) LIMIT 1
                    """)
            case .executionLog(let id):
                try await database.query(
                    """
                    SELECT l.project_id FROM execution_logs l
                    WHERE l.id = \(id)\(fragment: ExecutionLogStore.partition(of: [id]))
                        AND l.organization_id = \(organization)
                    """)
            }
        return try rows.first?.decode("project_id")
    }

    /// One page of those that match, of what lies within `reach`.
    package func list(
        _ filter: AnnotationFilter, in organization: OrganizationID, within reach: ProjectReach, page: PageRequest
    ) async throws -> Slice<Annotation> {
        let keyset = KeysetQuery(page, createdAt: "a.created_at", id: "a.id")
        let conditions: [SQL?] = [
            "a.organization_id = \(organization)", filter.dataset.map { "a.dataset_id = \($0)" },
            filter.item.map {
                """
                a.item_external_id = (SELECT i.external_id FROM dataset_items i
                    WHERE (i.id = \($0) OR i.external_id = \($0)) AND i.organization_id = \(organization) LIMIT 1)
                """
            },
            filter.log.map { "a.execution_log_id = \($0)" },
            filter.scoreConfig.map { "a.score_config_id = \($0)" }, filter.status.map { "a.status = \($0)" },
            filter.author.map { "a.author_id = \($0)" }, Self.within(reach), keyset.condition,
        ]
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM annotations a \(fragment: Self.joins)\
            \(fragment: .matching(all: conditions.compactMap { $0 }))\(fragment: keyset.orderAndLimit)
            """)
        return try keyset.slice(rows, Self.annotation)
    }

    /// That what is labelled lies where somebody may see it; `nil` where they see everything.
    private static func within(_ reach: ProjectReach) -> SQL? {
        guard let dataset = SQL.within(reach, "d.project_id"), let log = SQL.within(reach, "l.project_id") else {
            return nil
        }
        return """
            (EXISTS (SELECT FROM datasets d WHERE d.id = a.dataset_id AND \(fragment: dataset))
                OR EXISTS (SELECT FROM execution_logs l WHERE l.id = a.execution_log_id
                    AND l.created_at = a.execution_log_at AND \(fragment: log)))
            """
    }

    /// The published annotations of items, by what is the same in all their versions, the newest first.
    package func published(
        of items: [DatasetItemID], in organization: OrganizationID
    ) async throws -> [DatasetItemID: [Annotation]] {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns), a.item_external_id FROM annotations a \(fragment: Self.joins)
            WHERE a.item_external_id = ANY(\(items)) AND a.organization_id = \(organization)
                AND a.status = 'published'
            ORDER BY a.created_at DESC, a.id DESC
            """)
        return try Dictionary(
            grouping: rows.map { (try $0.decode("item_external_id", as: DatasetItemID.self), try Self.annotation($0)) },
            by: \.0
        ).mapValues { $0.map(\.1) }
    }

    /// Changes what was found and how it is said; the target and the scale stay. `nil` when there is none.
    package func update(
        _ id: AnnotationID, in organization: OrganizationID, verdict: Verdict, rationale: String,
        status: Annotation.Status, at moment: Date
    ) async throws -> Bool {
        try await database.execute(
            """
            UPDATE annotations SET value = \(verdict.value), category = \(verdict.category), \
                rationale = \(ExecutionLogStore.storable(rationale)), status = \(status), updated_at = \(moment)
            WHERE id = \(id) AND organization_id = \(organization)
            """) == 1
    }

    /// Deletes an annotation; `false` when the organisation has none of this identifier.
    package func delete(_ id: AnnotationID, in organization: OrganizationID) async throws -> Bool {
        try await database.execute(
            "DELETE FROM annotations WHERE id = \(id) AND organization_id = \(organization)") == 1
    }

    // MARK: Rows

    /// Of what is labelled, the database finds the rest; nothing is inserted when the organisation has no such target.
    private static func insertion(of annotation: Annotation, in organization: OrganizationID) -> SQL {
        let common: SQL = """
            \(annotation.id), \(organization), \(annotation.scoreConfigID), \(annotation.verdict.value), \
            \(annotation.verdict.category), \(ExecutionLogStore.storable(annotation.rationale)), \
            \(annotation.status), \(annotation.author.id), \(annotation.createdAt), \(annotation.updatedAt)
            """
        let columns: SQL = """
            id, organization_id, score_config_id, value, category, rationale, status, author_id, created_at, updated_at
            """
        switch annotation.target {
        case .datasetItem(let id):
            return """
                INSERT INTO annotations (\(fragment: columns), dataset_id, dataset_item_id, item_external_id)
                SELECT \(fragment: common), i.dataset_id, i.id, i.external_id FROM dataset_items i
                WHERE i.organization_id = \(organization)
                    AND (i.id = \(id) OR i.external_id = \(id) AND i.is_latest)
                ORDER BY i.id = \(id) DESC LIMIT 1
                """
        case .executionLog(let id):
            return """
                INSERT INTO annotations (\(fragment: columns), execution_log_id, execution_log_at)
                SELECT \(fragment: common), l.id, l.created_at FROM execution_logs l
                WHERE l.id = \(id)\(fragment: ExecutionLogStore.partition(of: [id])) AND l.organization_id = \(organization)
                """
        }
    }

    /// The published labels of items that are added together with them.
    static func insertion(
        of labels: [(annotation: AnnotationID, item: DatasetItem, label: ItemLabel)], by author: UserID,
        in organization: OrganizationID
    ) -> SQL {
        """
        INSERT INTO annotations (id, organization_id, dataset_id, dataset_item_id, item_external_id, score_config_id, \
        value, rationale, status, author_id, created_at, updated_at)
        SELECT unnest(\(labels.map(\.annotation))), \(organization), unnest(\(labels.map(\.item.datasetID))), \
        unnest(\(labels.map(\.item.id))), unnest(\(labels.map(\.item.externalID))), c.id, \
        unnest(\(labels.map(\.label.value))), \
        unnest(\(labels.map { ExecutionLogStore.storable($0.label.rationale) })), 'published', \(author), \
        unnest(\(labels.map(\.item.createdAt))), unnest(\(labels.map(\.item.createdAt)))
        FROM score_configs c WHERE c.organization_id IS NULL AND c.is_default
        """
    }

    private static let columns: SQL = """
        a.id, a.dataset_item_id, a.execution_log_id, a.score_config_id, a.value, a.category, a.rationale, a.status, \
        a.created_at, a.updated_at, a.author_id, o.email AS author_email, o.full_name AS author_full_name
        """
    private static let joins: SQL = "JOIN users o ON o.id = a.author_id"

    private static func annotation(_ row: PostgresRow) throws -> Annotation {
        let target: Annotation.Target
        if let item = try row.decode("dataset_item_id", as: DatasetItemID?.self) {
            target = .datasetItem(item)
        } else {
            target = .executionLog(try row.decode("execution_log_id"))
        }
        return Annotation(
            id: try row.decode("id"), target: target, scoreConfigID: try row.decode("score_config_id"),
            verdict: Verdict(value: try row.decode("value"), category: try row.decode("category")),
            rationale: try row.decode("rationale"), status: try row.decode("status"),
            author: try UserReference(row: row, prefix: "author"), createdAt: try row.decode("created_at"),
            updatedAt: try row.decode("updated_at"))
    }
}
