package import FoundationEssentials
package import Postgres
package import Scoring
package import Tenancy

/// Objectives and their versions.
package struct ObjectiveStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Stores a new objective with its first version.
    package func create(_ objective: NewObjective) async throws {
        do {
            try await database.execute(Self.insertion(of: objective))
        } catch {
            throw error.asConflict()
        }
    }

    /// Makes the definition the objective's latest version; `nil` when the organisation has no such objective.
    package func addVersion(
        _ version: ObjectiveVersionID, of id: ObjectiveID, in organization: OrganizationID,
        definition: ObjectiveDefinition, movedTo project: ProjectID?, by user: UserID, at moment: Date
    ) async throws -> Objective? {
        do {
            let changed = try await database.execute(
                """
                WITH changed AS (
                    UPDATE objectives SET current_version_id = \(version), version_count = version_count + 1,
                        project_id = coalesce(\(project), project_id)
                    WHERE id = \(id) AND organization_id = \(organization) AND deleted_at IS NULL
                    RETURNING version_count
                )
                INSERT INTO objective_versions
                    (id, objective_id, organization_id, number, intent, test_dataset_id, created_by, created_at)
                SELECT \(version), \(id), \(organization), version_count, \(definition.intent), \
                \(definition.testDatasetID), \(user), \(moment)
                FROM changed
                """)
            return changed == 1 ? try await find(id, readableBy: organization) : nil
        } catch let error as PostgresError {
            throw error.asConflict()
        }
    }

    /// The objective at its latest version; one of another organisation only when a public evaluator measures it.
    package func find(_ id: ObjectiveID, readableBy organization: OrganizationID) async throws -> Objective? {
        let rows = try await database.query(
            """
            SELECT \(fragment: ObjectiveRow.columns) FROM objectives b \(fragment: ObjectiveRow.joins)
            WHERE b.id = \(id) AND b.deleted_at IS NULL
                AND (b.organization_id = \(organization) OR \(fragment: Self.isPublic))
            """)
        return try rows.first.map(Objective.init(row:))
    }

    /// Whether a version belongs to the objective, which the caller has found to be one it may see.
    package func hasVersion(_ version: ObjectiveVersionID, of id: ObjectiveID) async throws -> Bool {
        let rows = try await database.query(
            "SELECT FROM objective_versions WHERE id = \(version) AND objective_id = \(id)")
        return !rows.isEmpty
    }

    /// The objectives the organisation sees, of its own those within `reach`.
    package func list(
        readableBy organization: OrganizationID, within reach: ProjectReach = .organization, _ filter: ObjectiveFilter,
        page: PageRequest
    ) async throws -> Slice<Objective> {
        let keyset = KeysetQuery(page, createdAt: "b.created_at", id: "b.id")
        let conditions =
            [
                "b.deleted_at IS NULL",
                filter.includesPublic && filter.projectID == nil
                    ? "(b.organization_id = \(organization) OR \(fragment: Self.isPublic))"
                    : "b.organization_id = \(organization)",
                SQL.within(reach, "b.project_id", orOutside: organization, "b.organization_id"),
                filter.projectID.map { "b.project_id = \($0)" },
                filter.intent.map { "w.intent = \($0)" },
                filter.search.map { "w.intent ILIKE \(SearchPattern.containing($0))" },
                keyset.condition,
            ] as [SQL?]
        let rows = try await database.query(
            """
            SELECT \(fragment: ObjectiveRow.columns) FROM objectives b \(fragment: ObjectiveRow.joins)\
            \(fragment: .matching(all: conditions.compactMap { $0 }))\(fragment: keyset.orderAndLimit)
            """)
        return try keyset.slice(rows, Objective.init(row:))
    }

    /// The objective at each of its versions.
    package func versions(
        of id: ObjectiveID, readableBy organization: OrganizationID, page: PageRequest
    ) async throws -> Slice<Objective> {
        let keyset = KeysetQuery(page, createdAt: "w.created_at", id: "w.id")
        let conditions =
            [
                "b.id = \(id)", "b.deleted_at IS NULL",
                "(b.organization_id = \(organization) OR \(fragment: Self.isPublic))", keyset.condition,
            ] as [SQL?]
        let rows = try await database.query(
            """
            SELECT \(fragment: ObjectiveRow.columns) FROM objectives b
            JOIN users bo ON bo.id = b.owner_id
            JOIN objective_versions w ON w.objective_id = b.id\
            \(fragment: .matching(all: conditions.compactMap { $0 }))\(fragment: keyset.orderAndLimit)
            """)
        return try keyset.slice(rows, Objective.init(row:))
    }

    /// Takes an objective out of use; `false` when the organisation has no such objective. Evaluators keep it.
    package func delete(_ id: ObjectiveID, in organization: OrganizationID, at moment: Date) async throws -> Bool {
        let changed = try await database.execute(
            """
            UPDATE objectives SET deleted_at = \(moment)
            WHERE id = \(id) AND organization_id = \(organization) AND deleted_at IS NULL
            """)
        return changed == 1
    }

    private static let isPublic: SQL = """
        EXISTS (SELECT FROM evaluator_versions pv JOIN evaluators pe ON pe.current_version_id = pv.id \
        WHERE pv.objective_id = b.id AND pe.visibility = 'public' AND pe.deleted_at IS NULL)
        """

    private static func insertion(of objective: NewObjective) -> SQL {
        """
        WITH version AS (
            INSERT INTO objective_versions
                (id, objective_id, organization_id, number, intent, test_dataset_id, created_by, created_at)
            VALUES (\(objective.versionID), \(objective.id), \(objective.organizationID), 1, \
            \(objective.definition.intent), \(objective.definition.testDatasetID), \(objective.ownerID), \
            \(objective.createdAt))
        )
        INSERT INTO objectives (id, organization_id, project_id, owner_id, current_version_id, created_at)
        VALUES (\(objective.id), \(objective.organizationID), \(objective.projectID), \(objective.ownerID), \
        \(objective.versionID), \(objective.createdAt))
        """
    }
}

/// An objective that is about to be stored.
package struct NewObjective: Sendable {
    package let id: ObjectiveID
    package let versionID: ObjectiveVersionID
    package let organizationID: OrganizationID
    package let projectID: ProjectID
    package let ownerID: UserID
    package let definition: ObjectiveDefinition
    package let createdAt: Date

    package init(
        id: ObjectiveID, versionID: ObjectiveVersionID, organizationID: OrganizationID, projectID: ProjectID,
        ownerID: UserID, definition: ObjectiveDefinition, createdAt: Date
    ) {
        self.id = id
        self.versionID = versionID
        self.organizationID = organizationID
        self.projectID = projectID
        self.ownerID = ownerID
        self.definition = definition
        self.createdAt = createdAt
    }
}
