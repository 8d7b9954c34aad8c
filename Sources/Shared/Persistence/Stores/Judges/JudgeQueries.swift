import Postgres
package import Scoring
package import Tenancy

// Finding judges: an organisation's own and what others published, each with its evaluators resolved.
extension JudgeStore {
    /// The judge at its current version or at the given one of its versions.
    package func find(
        _ id: JudgeID, version: JudgeVersionID? = nil, readableBy organization: OrganizationID
    ) async throws -> Judge? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM judges j
            JOIN judge_versions v ON v.id = coalesce(\(version), j.current_version_id) AND v.judge_id = j.id
            JOIN users o ON o.id = j.owner_id
            WHERE j.id = \(id) AND (j.organization_id = \(organization) OR j.visibility = 'public')
                AND j.deleted_at IS NULL
            """)
        return try await resolved(rows.map(JudgeRow.init(row:))).first
    }

    /// The judge that a name means: the newest with exactly this name, else the newest that has it but for case and
    /// separators; of those within `reach`.
    package func find(
        named name: String, in organization: OrganizationID, within reach: ProjectReach = .organization
    ) async throws -> Judge? {
        let bound = SQL.within(reach, "j.project_id")
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM judges j
            JOIN judge_versions v ON v.id = j.current_version_id
            JOIN users o ON o.id = j.owner_id
            WHERE j.organization_id = \(organization) AND j.lenient_name = \(LenientName.of(name))
                AND j.deleted_at IS NULL\(fragment: bound.map { " AND \(fragment: $0)" } ?? "")
            ORDER BY j.name = \(name) DESC, j.created_at DESC, j.id DESC
            LIMIT 1
            """)
        return try await resolved(rows.map(JudgeRow.init(row:))).first
    }

    /// The judges the organisation sees, of its own those within `reach`.
    package func list(
        readableBy organization: OrganizationID, within reach: ProjectReach = .organization, _ filter: JudgeFilter,
        page: PageRequest
    ) async throws -> Slice<Judge> {
        let keyset = KeysetQuery(page, createdAt: "j.created_at", id: "j.id")
        let conditions =
            [
                "j.deleted_at IS NULL",
                filter.includesPublic && filter.projectID == nil
                    ? "(j.organization_id = \(organization) OR j.visibility = 'public')"
                    : "j.organization_id = \(organization)",
                SQL.within(reach, "j.project_id", orOutside: organization, "j.organization_id"),
                filter.matchesNothing ? "false" : nil,
                filter.projectID.map { "j.project_id = \($0)" },
                filter.name.map { "j.name = \($0)" },
                filter.search.map { text in
                    let pattern = SearchPattern.containing(text)
                    return "(j.name ILIKE \(pattern) OR v.intent ILIKE \(pattern))"
                },
                filter.executedSince.map { moment in
                    """
                    EXISTS (SELECT FROM execution_logs l WHERE l.organization_id = \(organization) \
                    AND l.judge_id = j.id AND l.created_at >= \(moment))
                    """
                },
                keyset.condition,
            ] as [SQL?]
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM judges j
            JOIN judge_versions v ON v.id = j.current_version_id
            JOIN users o ON o.id = j.owner_id\
            \(fragment: .matching(all: conditions.compactMap { $0 }))\(fragment: keyset.orderAndLimit)
            """)
        let page = try keyset.slice(rows, JudgeRow.init(row:))
        return Slice(
            items: try await resolved(page.items), hasPrevious: page.hasPrevious, hasNext: page.hasNext)
    }

    /// The judge at each of its versions.
    package func versions(
        of id: JudgeID, readableBy organization: OrganizationID, page: PageRequest
    ) async throws -> Slice<Judge> {
        let keyset = KeysetQuery(page, createdAt: "v.created_at", id: "v.id")
        let conditions =
            [
                "j.id = \(id)", "(j.organization_id = \(organization) OR j.visibility = 'public')",
                "j.deleted_at IS NULL", keyset.condition,
            ] as [SQL?]
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM judges j
            JOIN judge_versions v ON v.judge_id = j.id
            JOIN users o ON o.id = j.owner_id\
            \(fragment: .matching(all: conditions.compactMap { $0 }))\(fragment: keyset.orderAndLimit)
            """)
        let page = try keyset.slice(rows, JudgeRow.init(row:))
        return Slice(
            items: try await resolved(page.items), hasPrevious: page.hasPrevious, hasNext: page.hasNext)
    }

    /// The judges with their evaluators, which are fetched in one statement for all. Whoever may see a judge sees what it is
    /// made of: the organisation is the judge's own. What that does not see, or not any more, is part of none.
    private func resolved(_ judges: [JudgeRow]) async throws -> [Judge] {
        guard !judges.isEmpty else { return [] }
        let rows = try await database.query(
            """
            SELECT r.judge_version_id, r.evaluator_version_id AS pinned_version_id, \
            \(fragment: EvaluatorRow.columns)
            FROM judge_version_evaluators r
            JOIN evaluators e ON e.id = r.evaluator_id AND \(fragment: EvaluatorRow.isReadable(by: "r.organization_id"))
            JOIN evaluator_versions v ON v.id = coalesce(r.evaluator_version_id, e.current_version_id)
            \(fragment: EvaluatorRow.joins)
            WHERE r.judge_version_id = ANY (\(judges.map(\.versionID)))
            ORDER BY r.judge_version_id, r.position
            """)
        var members: [JudgeVersionID: [(EvaluatorReference, Evaluator)]] = [:]
        for row in rows {
            let evaluator = try Evaluator(row: row)
            let reference = EvaluatorReference(id: evaluator.id, pinned: try row.decode("pinned_version_id"))
            members[try row.decode("judge_version_id"), default: []].append((reference, evaluator))
        }
        return judges.map { $0.judge(with: members[$0.versionID] ?? []) }
    }

    private static let columns: SQL = """
        j.id, j.organization_id, j.project_id, j.visibility, j.created_at, j.updated_at, o.id AS owner_id, \
        o.email AS owner_email, o.full_name AS owner_full_name, v.id AS version_id, v.number AS version_number, v.name, v.intent, v.stage, \
        v.file_id, v.change_note, v.created_at AS version_created_at, \
        (SELECT f.name FROM files f WHERE f.id = v.file_id AND f.organization_id = j.organization_id) AS file_name, \
        (SELECT f.media_type FROM files f WHERE f.id = v.file_id AND f.organization_id = j.organization_id) AS file_media_type
        """
}

/// A judge whose evaluators are still to be fetched.
private struct JudgeRow {
    let versionID: JudgeVersionID
    private let bare: Judge

    init(row: PostgresRow) throws {
        let id = try row.decode("id", as: JudgeID.self)
        versionID = try row.decode("version_id")
        bare = Judge(
            id: id, organizationID: try row.decode("organization_id"), projectID: try row.decode("project_id"),
            owner: try UserReference(row: row, prefix: "owner"), visibility: try row.decode("visibility"),
            createdAt: try row.decode("created_at"), updatedAt: try row.decode("updated_at"),
            version: JudgeVersion(
                id: versionID, judgeID: id, number: try row.decode("version_number"),
                definition: JudgeDefinition(
                    name: try row.decode("name"), intent: try row.decode("intent"), stage: try row.decode("stage"),
                    fileID: try row.decode("file_id"), changeNote: try row.decode("change_note")),
                createdAt: try row.decode("version_created_at")),
            evaluators: [], file: try Self.file(row))
    }

    private static func file(_ row: PostgresRow) throws -> AttachedFile? {
        guard let id = try row.decode("file_id", as: FileID?.self),
            let name = try row.decode("file_name", as: String?.self),
            let mediaType = try row.decode("file_media_type", as: String?.self)
        else { return nil }
        return AttachedFile(id: id, name: name, mediaType: mediaType)
    }

    func judge(with members: [(reference: EvaluatorReference, evaluator: Evaluator)]) -> Judge {
        var definition = bare.version.definition
        definition.evaluators = members.map(\.reference)
        return Judge(
            id: bare.id, organizationID: bare.organizationID, projectID: bare.projectID, owner: bare.owner,
            visibility: bare.visibility, createdAt: bare.createdAt, updatedAt: bare.updatedAt,
            version: JudgeVersion(
                id: versionID, judgeID: bare.id, number: bare.version.number, definition: definition,
                createdAt: bare.version.createdAt),
            evaluators: members.map(\.evaluator), file: bare.file)
    }
}
