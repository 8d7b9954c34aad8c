package import FoundationEssentials
package import Postgres
package import Scoring
package import Tenancy

/// Evaluators and judges where both are treated alike: as rows of a list, with their versions.
package struct ItemStore: Sendable {
    let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// The items that the organisation sees, of its own those within `reach`. Superseded built-in ones are left out.
    package func list(
        _ kind: ItemKind, readableBy organization: OrganizationID, within reach: ProjectReach = .organization,
        _ filter: ItemFilter, page: PageRequest
    ) async throws -> Slice<ItemSummary> {
        let keyset = KeysetQuery(page, createdAt: "i.created_at", id: "i.id")
        let row = ItemRow(kind)
        let conditions =
            [
                filter.isDeleted
                    ? "i.deleted_at IS NOT NULL AND i.organization_id = \(organization)" : "i.deleted_at IS NULL",
                row.isListed, row.scope(of: filter.origin, for: organization),
                SQL.within(reach, "i.project_id", orOutside: organization, "i.organization_id"),
                filter.projectID.map { "i.organization_id = \(organization) AND i.project_id = \($0)" },
                filter.namePart.map { "i.name ILIKE \(SearchPattern.containing($0))" },
                keyset.condition,
            ] as [SQL?]
        let rows = try await database.query(
            """
            \(fragment: row.selection(for: organization))\(fragment: .matching(all: conditions.compactMap { $0 }))\
            \(fragment: keyset.orderAndLimit)
            """)
        return try keyset.slice(rows) { try ItemSummary(row: $0, kind) }
    }

    /// The item, also when it was deleted if the organisation owns it; `nil` for one that the organisation does not see.
    package func find(
        _ kind: ItemKind, _ id: UUID, readableBy organization: OrganizationID
    ) async throws -> ItemSummary? {
        let row = ItemRow(kind)
        let rows = try await database.query(
            """
            \(fragment: row.selection(for: organization))
            WHERE i.id = \(id) AND (i.organization_id = \(organization)
                OR i.deleted_at IS NULL AND \(fragment: row.isShared))
            """)
        return try rows.first.map { try ItemSummary(row: $0, kind) }
    }

    /// Those of the items that the organisation owns and has in use, in no order.
    package func own(_ kind: ItemKind, _ ids: [UUID], in organization: OrganizationID) async throws -> [ItemSummary] {
        let row = ItemRow(kind)
        let rows = try await database.query(
            """
            \(fragment: row.selection(for: organization))
            WHERE i.id = ANY (\(ids)) AND \(fragment: row.scope(of: .own, for: organization)) AND i.deleted_at IS NULL
            """)
        return try rows.map { try ItemSummary(row: $0, kind) }
    }

    /// The evaluators of a judge that the organisation sees, which is why it sees them too; deleted ones are left out.
    package func evaluators(_ ids: [EvaluatorID], for organization: OrganizationID) async throws -> [ItemSummary] {
        let rows = try await database.query(
            """
            \(fragment: ItemRow(.evaluator).selection(for: organization))
            WHERE i.id = ANY (\(ids)) AND i.deleted_at IS NULL
            """)
        return try rows.map { try ItemSummary(row: $0, .evaluator) }
    }

    /// The versions of an item, which the caller has found to be one that the organisation sees.
    package func versions(of id: UUID, _ kind: ItemKind, page: PageRequest) async throws -> Slice<VersionSummary> {
        let keyset = KeysetQuery(page, createdAt: "v.created_at", id: "v.id")
        let row = ItemRow(kind)
        let conditions = ["v.\(fragment: row.owningColumn) = \(id)", keyset.condition] as [SQL?]
        let rows = try await database.query(
            """
            SELECT \(fragment: ItemRow.versionColumns) FROM \(fragment: row.versionTable) v
            JOIN users a ON a.id = v.created_by\(fragment: .matching(all: conditions.compactMap { $0 }))\
            \(fragment: keyset.orderAndLimit)
            """)
        return try keyset.slice(rows, VersionSummary.init(row:))
    }

    /// Those of the given versions that belong to the item.
    package func versions(
        _ versions: [UUID], of id: UUID, _ kind: ItemKind
    ) async throws -> [VersionSummary] {
        let row = ItemRow(kind)
        let rows = try await database.query(
            """
            SELECT \(fragment: ItemRow.versionColumns) FROM \(fragment: row.versionTable) v
            JOIN users a ON a.id = v.created_by
            WHERE v.\(fragment: row.owningColumn) = \(id) AND v.id = ANY (\(versions))
            """)
        return try rows.map(VersionSummary.init(row:))
    }

    /// The version of an item that has a number.
    package func version(number: Int, of id: UUID, _ kind: ItemKind) async throws -> VersionSummary? {
        let row = ItemRow(kind)
        let rows = try await database.query(
            """
            SELECT \(fragment: ItemRow.versionColumns) FROM \(fragment: row.versionTable) v
            JOIN users a ON a.id = v.created_by
            WHERE v.\(fragment: row.owningColumn) = \(id) AND v.number = \(number)
            """)
        return try rows.first.map(VersionSummary.init(row:))
    }

    /// The organisation's judges within `reach` that have one of the evaluators now, by the evaluator, by name.
    package func judges(
        having evaluators: [EvaluatorID], in organization: OrganizationID, within reach: ProjectReach = .organization
    ) async throws -> [EvaluatorID: [ItemReference]] {
        let bound: SQL = SQL.within(reach, "j.project_id").map { " AND \(fragment: $0)" } ?? ""
        let rows = try await database.query(
            """
            SELECT DISTINCT r.evaluator_id, j.id, j.name FROM judges j
            JOIN judge_version_evaluators r ON r.judge_version_id = j.current_version_id
            WHERE j.organization_id = \(organization) AND j.deleted_at IS NULL AND r.evaluator_id = ANY (\(evaluators))\
            \(fragment: bound)
            ORDER BY j.name, j.id
            """)
        var judges: [EvaluatorID: [ItemReference]] = [:]
        for row in rows {
            judges[try row.decode("evaluator_id"), default: []].append(
                ItemReference(kind: .judge, id: try row.decode("id"), name: try row.decode("name")))
        }
        return judges
    }
}

extension ItemSummary {
    fileprivate init(row: PostgresRow, _ kind: ItemKind) throws {
        self.init(
            kind: kind, id: try row.decode("id"), name: try row.decode("name"),
            organizationID: try row.decode("organization_id"), isRoot: try row.decode("is_root"),
            projectID: try row.decode("project_id"), version: try VersionSummary(row: row),
            versionCount: try row.decode("version_count"), models: try row.decode("models"),
            codeKinds: try row.decode("code_kinds", as: [String].self).compactMap(CodeKind.init(rawValue:)),
            evaluatorCount: try row.decode("evaluator_count"), judgeCount: try row.decode("judge_count"),
            owner: try UserReference(row: row, prefix: "owner"), createdAt: try row.decode("created_at"),
            deletedAt: try row.decode("deleted_at"))
    }
}

extension VersionSummary {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            id: try row.decode("version_id"), number: try row.decode("version_number"),
            createdAt: try row.decode("version_created_at"), author: try UserReference(row: row, prefix: "author"),
            changeNote: try row.decode("change_note"))
    }
}
