import CodeScoring
import JSON
import Postgres
import Scoring
import Tenancy

/// How an evaluator is read: the table is `e`, its owner `eo`, its last editor `eu`, its version `v`; its objective as
/// in `ObjectiveRow`.
enum EvaluatorRow {
    static let columns: SQL = """
        e.id AS evaluator_id, e.organization_id, e.project_id, e.visibility, e.is_root, e.created_at, e.updated_at, \
        eo.id AS owner_id, eo.email AS owner_email, eo.full_name AS owner_full_name, \
        eu.id AS updater_id, eu.email AS updater_email, eu.full_name AS updater_full_name, \
        v.id AS version_id, v.number AS version_number, v.name, v.scoring_criteria, v.code::text AS code, v.models, v.behavior, v.objective_id AS measured_id, \
        v.objective_version_id AS pinned_objective_version_id, v.input_variables, v.demonstrations::text AS demonstrations, \
        v.demonstration_dataset_id, \
        v.change_note, v.created_at AS version_created_at, \(fragment: ObjectiveRow.columns)
        """

    /// Everything but the version, which the statement joins as it needs. The objective is read at the version that
    /// is pinned, else at its latest.
    static let joins: SQL = """
        JOIN users eo ON eo.id = e.owner_id
        LEFT JOIN users eu ON eu.id = e.updated_by
        JOIN objectives b ON b.id = v.objective_id
        JOIN users bo ON bo.id = b.owner_id
        JOIN objective_versions w ON w.id = coalesce(v.objective_version_id, b.current_version_id)
        """

    /// Whether an organisation may see `e`.
    static func isReadable(by organization: OrganizationID) -> SQL { isReadable(by: "\(organization)" as SQL) }

    /// Whether the organisation that an expression names may see `e`.
    static func isReadable(by organization: SQL) -> SQL {
        """
        (e.organization_id = \(fragment: organization) OR e.is_root OR e.visibility = 'public') \
        AND e.deleted_at IS NULL
        """
    }
}

extension Evaluator {
    /// Reads `EvaluatorRow.columns`.
    init(row: PostgresRow) throws {
        let id = try row.decode("evaluator_id", as: EvaluatorID.self)
        let updater = try row.decode("updater_id", as: UserID?.self)
        self.init(
            id: id, organizationID: try row.decode("organization_id"), projectID: try row.decode("project_id"),
            owner: try UserReference(row: row, prefix: "owner"), visibility: try row.decode("visibility"),
            isRoot: try row.decode("is_root"), createdAt: try row.decode("created_at"),
            updatedAt: try row.decode("updated_at"),
            updatedBy: updater == nil ? nil : try UserReference(row: row, prefix: "updater"),
            version: EvaluatorVersion(
                id: try row.decode("version_id"), evaluatorID: id, number: try row.decode("version_number"),
                definition: try EvaluatorDefinition(row: row), createdAt: try row.decode("version_created_at")),
            objective: try Objective(row: row))
    }
}

extension EvaluatorDefinition {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            name: try row.decode("name"), criteria: CriteriaTemplate(try row.decode("scoring_criteria")),
            code: try row.decode("code", as: String?.self).map {
                try CodeEvaluation(stored: try JSONParser.parse($0))
            },
            models: try row.decode("models"), behavior: try row.decode("behavior"),
            objectiveID: try row.decode("measured_id"),
            objectiveVersionID: try row.decode("pinned_objective_version_id"),
            inputVariables: try row.decode("input_variables", as: [String].self).map(InputVariable.init(name:)),
            demonstrations: try StoredJSON.demonstrations(from: row.decode("demonstrations")),
            demonstrationDatasetID: try row.decode("demonstration_dataset_id"),
            changeNote: try row.decode("change_note"))
    }
}
