import Postgres
import Scoring
import Tenancy

/// How an objective is read, alone or beside an evaluator: the table is `b`, its owner `bo`, its version `w`.
enum ObjectiveRow {
    static let columns: SQL = """
        b.id AS objective_id, b.organization_id AS objective_organization_id, b.project_id AS objective_project_id, \
        b.created_at AS objective_created_at, bo.id AS objective_owner_id, bo.email AS objective_owner_email, \
        bo.full_name AS objective_owner_full_name, w.id AS objective_version_id, w.intent, w.test_dataset_id, \
        w.created_at AS objective_version_created_at
        """

    /// The owner, and the latest version.
    static let joins: SQL = """
        JOIN users bo ON bo.id = b.owner_id JOIN objective_versions w ON w.id = b.current_version_id
        """
}

extension Objective {
    /// Reads `ObjectiveRow.columns`.
    init(row: PostgresRow) throws {
        self.init(
            id: try row.decode("objective_id"), organizationID: try row.decode("objective_organization_id"),
            projectID: try row.decode("objective_project_id"),
            owner: try UserReference(row: row, prefix: "objective_owner"),
            createdAt: try row.decode("objective_created_at"),
            version: ObjectiveVersion(
                id: try row.decode("objective_version_id"), intent: try row.decode("intent"),
                testDatasetID: try row.decode("test_dataset_id"),
                createdAt: try row.decode("objective_version_created_at")))
    }
}
