package import FoundationEssentials
package import Postgres
package import Scoring
package import Tenancy

/// Judges and their versions. A version is never changed: an update adds one and makes it the current.
package struct JudgeStore: Sendable {
    let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Stores a new judge with its first version.
    package func create(_ judge: NewJudge) async throws {
        let definition = judge.definition
        do {
            try await database.execute(
                """
                WITH version AS (
                    INSERT INTO judge_versions (\(fragment: Self.versionColumns))
                    SELECT \(judge.versionID), \(judge.id), \(judge.organizationID), 1, \
                    \(fragment: Self.values(of: definition)), \(judge.ownerID), \(judge.createdAt)
                ), referred AS (
                    \(fragment: Self.referencesInsertion(
                        definition.evaluators, of: judge.versionID, in: judge.organizationID))
                )
                INSERT INTO judges (id, organization_id, project_id, owner_id, visibility, name, lenient_name, \
                current_version_id, created_at)
                VALUES (\(judge.id), \(judge.organizationID), \(judge.projectID), \(judge.ownerID), \
                \(judge.visibility), \(definition.name), \(LenientName.of(definition.name)), \(judge.versionID), \
                \(judge.createdAt))
                """)
        } catch {
            throw error.asConflict()
        }
    }

    /// Makes the definition the judge's current version, provided that the one it was derived from still is. `false`
    /// when another change came first, or when the organisation has no such judge.
    package func addVersion(_ change: JudgeChange) async throws -> Bool {
        let definition = change.definition
        do {
            let added = try await database.execute(
                """
                WITH changed AS (
                    UPDATE judges SET current_version_id = \(change.versionID), name = \(definition.name), \
                        lenient_name = \(LenientName.of(definition.name)), version_count = version_count + 1,
                        project_id = coalesce(\(change.projectID), project_id), \
                        visibility = coalesce(\(change.visibility), visibility), updated_at = \(change.at)
                    WHERE id = \(change.id) AND organization_id = \(change.organizationID)
                        AND current_version_id = \(change.replacing) AND deleted_at IS NULL
                    RETURNING version_count
                ), referred AS (
                    \(fragment: Self.referencesInsertion(
                        definition.evaluators, of: change.versionID, in: change.organizationID)) \
                    WHERE EXISTS (SELECT FROM changed)
                )
                INSERT INTO judge_versions (\(fragment: Self.versionColumns))
                SELECT \(change.versionID), \(change.id), \(change.organizationID), version_count, \
                \(fragment: Self.values(of: definition)), \(change.by), \(change.at)
                FROM changed
                """)
            return added == 1
        } catch {
            throw error.asConflict()
        }
    }

    /// Takes a judge out of use; `false` when the organisation has no such judge. Logs keep naming it.
    package func delete(_ id: JudgeID, in organization: OrganizationID, at moment: Date) async throws -> Bool {
        let deleted = try await database.execute(
            """
            UPDATE judges SET deleted_at = \(moment)
            WHERE id = \(id) AND organization_id = \(organization) AND deleted_at IS NULL
            """)
        return deleted == 1
    }

    /// Brings a deleted judge back; `false` when the organisation has none of this identifier.
    package func restore(_ id: JudgeID, in organization: OrganizationID) async throws -> Bool {
        let restored = try await database.execute(
            """
            UPDATE judges SET deleted_at = NULL
            WHERE id = \(id) AND organization_id = \(organization) AND deleted_at IS NOT NULL
            """)
        return restored == 1
    }

    private static let versionColumns: SQL = """
        id, judge_id, organization_id, number, name, intent, stage, file_id, change_note, created_by, created_at
        """

    /// The values of the columns from `name` to `change_note`.
    private static func values(of definition: JudgeDefinition) -> SQL {
        """
        \(definition.name), \(definition.intent), \(definition.stage), \(definition.fileID), \
        \(definition.changeNote)
        """
    }

    private static func referencesInsertion(
        _ references: [EvaluatorReference], of version: JudgeVersionID, in organization: OrganizationID
    ) -> SQL {
        """
        INSERT INTO judge_version_evaluators
            (judge_version_id, position, organization_id, evaluator_id, evaluator_version_id)
        SELECT \(version), position, \(organization), evaluator_id, evaluator_version_id
        FROM unnest(\(references.map(\.id)), \(references.map(\.pinned))) WITH ORDINALITY
            AS reference (evaluator_id, evaluator_version_id, position)
        """
    }
}

/// A judge that is about to be stored.
package struct NewJudge: Sendable {
    package let id: JudgeID
    package let versionID: JudgeVersionID
    package let organizationID: OrganizationID
    package let projectID: ProjectID
    package let ownerID: UserID
    package let visibility: Visibility
    package let definition: JudgeDefinition
    package let createdAt: Date

    package init(
        id: JudgeID, versionID: JudgeVersionID, organizationID: OrganizationID, projectID: ProjectID,
        ownerID: UserID, visibility: Visibility = .private, definition: JudgeDefinition, createdAt: Date
    ) {
        self.id = id
        self.versionID = versionID
        self.organizationID = organizationID
        self.projectID = projectID
        self.ownerID = ownerID
        self.visibility = visibility
        self.definition = definition
        self.createdAt = createdAt
    }
}

/// A new version that is about to be stored.
package struct JudgeChange: Sendable {
    package let id: JudgeID
    package let organizationID: OrganizationID
    /// The version the change was derived from.
    package let replacing: JudgeVersionID
    package let versionID: JudgeVersionID
    package let definition: JudgeDefinition
    /// `nil` leaves it as it is.
    package let visibility: Visibility?
    /// Where to move the judge; `nil` leaves it where it is.
    package let projectID: ProjectID?
    package let by: UserID
    package let at: Date

    package init(
        id: JudgeID, organizationID: OrganizationID, replacing: JudgeVersionID, versionID: JudgeVersionID,
        definition: JudgeDefinition, visibility: Visibility?, projectID: ProjectID?, by: UserID, at: Date
    ) {
        self.id = id
        self.organizationID = organizationID
        self.replacing = replacing
        self.versionID = versionID
        self.definition = definition
        self.visibility = visibility
        self.projectID = projectID
        self.by = by
        self.at = at
    }
}
