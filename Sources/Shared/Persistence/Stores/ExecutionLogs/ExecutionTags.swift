import Postgres
package import Records
package import Tenancy

// The tags of logs, the only thing of them that changes.
extension ExecutionLogStore {
    /// The most tags that a log may be given here.
    package static let mostTags = 100

    /// Gives tags to those of the logs that the organisation has within `reach`, behind those they have, and takes others from them; in
    /// the order of their identifiers, what each had and has. One that would have too many keeps what it has.
    package func editTags(
        adding added: [String], removing removed: [String], of ids: [ExecutionLogID], in organization: OrganizationID,
        within reach: ProjectReach = .organization
    ) async throws -> [TagEdit] {
        guard !ids.isEmpty else { return [] }
        let bound: SQL = SQL.within(reach, "l.project_id").map { " AND \(fragment: $0)" } ?? ""
        let rows = try await database.query(
            """
            WITH known AS (
                SELECT l.id, l.created_at, l.project_id, l.tags FROM execution_logs l
                WHERE l.id = ANY (\(ids))\(fragment: Self.partition(of: ids)) \
                AND \(fragment: Self.belongs(to: organization))\(fragment: bound)
                ORDER BY l.id FOR UPDATE
            ), wanted AS (
                SELECT id, created_at, ARRAY(
                    SELECT tag FROM unnest(tags || \(added)) WITH ORDINALITY AS each(tag, place)
                    WHERE tag <> ALL (\(removed)) GROUP BY tag ORDER BY min(place)
                ) AS tags FROM known
            ), changed AS (
                UPDATE execution_logs l SET tags = w.tags FROM wanted w
                WHERE l.id = w.id AND l.created_at = w.created_at AND l.tags <> w.tags
                    AND (cardinality(w.tags) <= \(Self.mostTags) OR cardinality(w.tags) < cardinality(l.tags))
                RETURNING l.id, l.tags
            )
            SELECT k.id, k.project_id, k.tags AS before, coalesce(c.tags, k.tags) AS after
            FROM known k LEFT JOIN changed c ON c.id = k.id ORDER BY k.id
            """)
        return try rows.map(TagEdit.init(row:))
    }

    /// Gives those of the logs that the organisation has within `reach` these tags and no others; in the order of their identifiers, what
    /// each had and has.
    package func replaceTags(
        by tags: [String], of ids: [ExecutionLogID], in organization: OrganizationID,
        within reach: ProjectReach = .organization
    ) async throws -> [TagEdit] {
        guard !ids.isEmpty else { return [] }
        let bound: SQL = SQL.within(reach, "l.project_id").map { " AND \(fragment: $0)" } ?? ""
        let rows = try await database.query(
            """
            WITH known AS (
                SELECT l.id, l.created_at, l.project_id, l.tags FROM execution_logs l
                WHERE l.id = ANY (\(ids))\(fragment: Self.partition(of: ids)) \
                AND \(fragment: Self.belongs(to: organization))\(fragment: bound)
                ORDER BY l.id FOR UPDATE
            ), changed AS (
                UPDATE execution_logs l SET tags = \(tags) FROM known k
                WHERE l.id = k.id AND l.created_at = k.created_at AND l.tags <> \(tags)
            )
            SELECT id, project_id, tags AS before, \(tags) AS after FROM known ORDER BY id
            """)
        return try rows.map(TagEdit.init(row:))
    }
}

extension TagEdit {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"), projectID: try row.decode("project_id"), before: try row.decode("before"),
            after: try row.decode("after"))
    }
}
