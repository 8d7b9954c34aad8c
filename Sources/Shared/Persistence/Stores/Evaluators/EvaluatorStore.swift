import CodeScoring
package import FoundationEssentials
import JSON
package import Postgres
package import Scoring
package import Tenancy

/// Evaluators and their versions. A version is never changed: an update adds one and makes it the current.
package struct EvaluatorStore: Sendable {
    let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Stores a new evaluator with its first version.
    package func create(_ evaluator: NewEvaluator) async throws {
        let definition = evaluator.definition
        do {
            try await database.execute(
                """
                WITH version AS (
                    INSERT INTO evaluator_versions (\(fragment: Self.versionColumns))
                    SELECT \(evaluator.versionID), \(evaluator.id), \(evaluator.organizationID), 1, \
                    \(fragment: Self.values(of: definition)), \(evaluator.ownerID), \(evaluator.createdAt)
                )
                INSERT INTO evaluators (id, organization_id, project_id, owner_id, visibility, name, lenient_name, \
                current_version_id, created_at)
                VALUES (\(evaluator.id), \(evaluator.organizationID), \(evaluator.projectID), \(evaluator.ownerID), \
                \(evaluator.visibility), \(definition.name), \(LenientName.of(definition.name)), \
                \(evaluator.versionID), \(evaluator.createdAt))
                """)
        } catch {
            throw error.asConflict()
        }
    }

    /// Makes the definition the evaluator's current version, provided that the one it was derived from still is.
    /// `false` when another change came first, or when the organisation has no such evaluator it may change.
    package func addVersion(_ change: EvaluatorChange) async throws -> Bool {
        let definition = change.definition
        do {
            let added = try await database.execute(
                """
                WITH changed AS (
                    UPDATE evaluators SET current_version_id = \(change.versionID), name = \(definition.name), \
                        lenient_name = \(LenientName.of(definition.name)), version_count = version_count + 1,
                        project_id = coalesce(\(change.projectID), project_id), updated_at = \(change.at), \
                        updated_by = \(change.by)
                    WHERE id = \(change.id) AND organization_id = \(change.organizationID)
                        AND current_version_id = \(change.replacing) AND NOT is_root AND deleted_at IS NULL
                    RETURNING version_count
                )
                INSERT INTO evaluator_versions (\(fragment: Self.versionColumns))
                SELECT \(change.versionID), \(change.id), \(change.organizationID), version_count, \
                \(fragment: Self.values(of: definition)), \(change.by), \(change.at)
                FROM changed
                """)
            return added == 1
        } catch {
            throw error.asConflict()
        }
    }

    /// Takes an evaluator out of use; `false` when the organisation has no such evaluator it may delete. Judges that
    /// refer to it go on without it, and logs keep naming it.
    package func delete(_ id: EvaluatorID, in organization: OrganizationID, at moment: Date) async throws -> Bool {
        let deleted = try await database.execute(
            """
            UPDATE evaluators SET deleted_at = \(moment)
            WHERE id = \(id) AND organization_id = \(organization) AND NOT is_root AND deleted_at IS NULL
            """)
        return deleted == 1
    }

    /// Brings a deleted evaluator back; `false` when the organisation has none of this identifier.
    package func restore(_ id: EvaluatorID, in organization: OrganizationID) async throws -> Bool {
        let restored = try await database.execute(
            """
            UPDATE evaluators SET deleted_at = NULL
            WHERE id = \(id) AND organization_id = \(organization) AND NOT is_root AND deleted_at IS NOT NULL
            """)
        return restored == 1
    }

    static let versionColumns: SQL = """
        id, evaluator_id, organization_id, number, name, scoring_criteria, code, models, behavior, objective_id, \
        objective_version_id, input_variables, demonstrations, demonstration_dataset_id, change_note, created_by, created_at
        """

    /// The values of the columns from `name` to `change_note`.
    private static func values(of definition: EvaluatorDefinition) -> SQL {
        """
        \(definition.name), \(definition.criteria.text), \(definition.code?.json.description)::json, \
        \(definition.models), \(definition.behavior), \
        \(definition.objectiveID), \(definition.objectiveVersionID), \(definition.inputVariables.map(\.name)), \
        \(StoredJSON.text(of: definition.demonstrations))::json, \(definition.demonstrationDatasetID), \
        \(definition.changeNote)
        """
    }
}

/// An evaluator that is about to be stored.
package struct NewEvaluator: Sendable {
    package let id: EvaluatorID
    package let versionID: EvaluatorVersionID
    package let organizationID: OrganizationID
    package let projectID: ProjectID
    package let ownerID: UserID
    package let visibility: Visibility
    package let definition: EvaluatorDefinition
    package let createdAt: Date

    package init(
        id: EvaluatorID, versionID: EvaluatorVersionID, organizationID: OrganizationID, projectID: ProjectID,
        ownerID: UserID, visibility: Visibility = .private, definition: EvaluatorDefinition, createdAt: Date
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
package struct EvaluatorChange: Sendable {
    package let id: EvaluatorID
    package let organizationID: OrganizationID
    /// The version the change was derived from.
    package let replacing: EvaluatorVersionID
    package let versionID: EvaluatorVersionID
    package let definition: EvaluatorDefinition
    /// Where to move the evaluator; `nil` leaves it where it is.
    package let projectID: ProjectID?
    package let by: UserID
    package let at: Date

    package init(
        id: EvaluatorID, organizationID: OrganizationID, replacing: EvaluatorVersionID,
        versionID: EvaluatorVersionID, definition: EvaluatorDefinition, projectID: ProjectID?, by: UserID, at: Date
    ) {
        self.id = id
        self.organizationID = organizationID
        self.replacing = replacing
        self.versionID = versionID
        self.definition = definition
        self.projectID = projectID
        self.by = by
        self.at = at
    }
}
