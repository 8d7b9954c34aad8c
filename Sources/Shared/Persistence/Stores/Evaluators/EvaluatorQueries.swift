import Postgres
package import Scoring
package import Tenancy

// Finding evaluators: an organisation's own, the built-in ones, and what others published.
extension EvaluatorStore {
    /// The evaluator at its current version or at the given one of its versions.
    package func find(
        _ id: EvaluatorID, version: EvaluatorVersionID? = nil, readableBy organization: OrganizationID
    ) async throws -> Evaluator? {
        let rows = try await database.query(
            """
            SELECT \(fragment: EvaluatorRow.columns) FROM evaluators e
            JOIN evaluator_versions v ON v.id = coalesce(\(version), e.current_version_id) AND v.evaluator_id = e.id
            \(fragment: EvaluatorRow.joins)
            WHERE e.id = \(id) AND \(fragment: EvaluatorRow.isReadable(by: organization))
            """)
        return try rows.first.map(Evaluator.init(row:))
    }

    /// The evaluator that a name means: the organisation's own before the built-in, among its own the newest; a name
    /// that is equal in every letter before one that is equal but for case and separators.
    /// Of the organisation's own those that lie within `reach`.
    package func find(
        named name: String, readableBy organization: OrganizationID, within reach: ProjectReach = .organization
    ) async throws -> Evaluator? {
        let bound = SQL.within(reach, "e.project_id", orOutside: organization, "e.organization_id")
        let rows = try await database.query(
            """
            SELECT \(fragment: EvaluatorRow.columns) FROM evaluators e
            JOIN evaluator_versions v ON v.id = e.current_version_id
            \(fragment: EvaluatorRow.joins)
            WHERE e.organization_id IN (\(organization), \(PresetCatalogue.organizationID)) AND e.deleted_at IS NULL
                AND e.lenient_name = \(LenientName.of(name))\(fragment: bound.map { " AND \(fragment: $0)" } ?? "")
            ORDER BY e.name = \(name) DESC, e.is_root, e.created_at DESC, e.id DESC
            LIMIT 1
            """)
        return try rows.first.map(Evaluator.init(row:))
    }

    /// Those of the given evaluators that the organisation may see, at their current versions, in no order.
    package func find(
        all ids: [EvaluatorID], readableBy organization: OrganizationID
    ) async throws -> [Evaluator] {
        let rows = try await database.query(
            """
            SELECT \(fragment: EvaluatorRow.columns) FROM evaluators e
            JOIN evaluator_versions v ON v.id = e.current_version_id
            \(fragment: EvaluatorRow.joins)
            WHERE e.id = ANY (\(ids)) AND \(fragment: EvaluatorRow.isReadable(by: organization))
            """)
        return try rows.map(Evaluator.init(row:))
    }

    /// The evaluators the organisation sees, of its own those within `reach`. Superseded built-in ones are found by name
    /// only.
    package func list(
        readableBy organization: OrganizationID, within reach: ProjectReach = .organization, _ filter: EvaluatorFilter,
        page: PageRequest
    ) async throws -> Slice<Evaluator> {
        let keyset = KeysetQuery(page, createdAt: "e.created_at", id: "e.id")
        let conditions =
            [
                "e.deleted_at IS NULL",
                Self.scope(of: filter, for: organization),
                SQL.within(reach, "e.project_id", orOutside: organization, "e.organization_id"),
                filter.name == nil ? "NOT e.is_hidden" : nil,
                filter.method.map { $0 == .native ? "v.code IS NOT NULL" : "v.code IS NULL" },
                filter.name.map { Self.isNamed($0, for: organization) },
                filter.objectiveIntent.map { "w.intent = \($0)" },
                filter.ownerEmail.map { "lower(eo.email) = lower(\($0))" },
                filter.ownerFirstName.map { "split_part(eo.full_name, ' ', 1) = \($0)" },
                filter.ownerLastName.map { "split_part(eo.full_name, ' ', -1) = \($0)" },
                filter.search.map { text in
                    let pattern = SearchPattern.containing(text)
                    return "(e.name ILIKE \(pattern) OR w.intent ILIKE \(pattern))"
                },
                keyset.condition,
            ] as [SQL?]
        let rows = try await database.query(
            """
            SELECT \(fragment: EvaluatorRow.columns) FROM evaluators e
            JOIN evaluator_versions v ON v.id = e.current_version_id
            \(fragment: EvaluatorRow.joins)\
            \(fragment: .matching(all: conditions.compactMap { $0 }))\(fragment: keyset.orderAndLimit)
            """)
        return try keyset.slice(rows, Evaluator.init(row:))
    }

    /// The evaluator at each of its versions.
    package func versions(
        of id: EvaluatorID, readableBy organization: OrganizationID, page: PageRequest
    ) async throws -> Slice<Evaluator> {
        let keyset = KeysetQuery(page, createdAt: "v.created_at", id: "v.id")
        let conditions =
            ["e.id = \(id)", EvaluatorRow.isReadable(by: organization), keyset.condition] as [SQL?]
        let rows = try await database.query(
            """
            SELECT \(fragment: EvaluatorRow.columns) FROM evaluators e
            JOIN evaluator_versions v ON v.evaluator_id = e.id
            \(fragment: EvaluatorRow.joins)\
            \(fragment: .matching(all: conditions.compactMap { $0 }))\(fragment: keyset.orderAndLimit)
            """)
        return try keyset.slice(rows, Evaluator.init(row:))
    }

    private static func scope(of filter: EvaluatorFilter, for organization: OrganizationID) -> SQL {
        if filter.rootOnly { return "e.is_root" }
        if let project = filter.projectID {
            return "(e.organization_id = \(organization) AND e.project_id = \(project) OR e.is_root)"
        }
        if filter.includesPublic {
            return "(e.organization_id = \(organization) OR e.is_root OR e.visibility = 'public')"
        }
        return "(e.organization_id = \(organization) OR e.is_root)"
    }

    /// The exact name; the forgiving form only where nothing has the exact one.
    private static func isNamed(_ name: String, for organization: OrganizationID) -> SQL {
        """
        e.lenient_name = \(LenientName.of(name)) AND (e.name = \(name) OR NOT EXISTS (
            SELECT FROM evaluators x
            WHERE x.organization_id IN (\(organization), \(PresetCatalogue.organizationID))
                AND x.name = \(name) AND x.deleted_at IS NULL))
        """
    }
}
