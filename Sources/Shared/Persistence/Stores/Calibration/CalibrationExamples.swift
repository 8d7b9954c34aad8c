import FoundationEssentials
package import Postgres
import Queueing
package import Records
package import Scoring
package import Tenancy

// What people found, gathered for a run or for examples in a prompt. Of each annotator the newest published label counts;
// where there are several annotators, their mean.
extension CalibrationStore {
    /// Gathers the labelled examples of a run that was just stored, in the same transaction; how many there are, and how
    /// many items of the source have no label that counts.
    package static func gather(
        _ run: NewCalibrationRun, on connection: PostgresConnection
    ) async throws -> (examples: Int, skipped: Int) {
        let gathered: Int
        var skipped = 0
        switch run.source {
        case .dataset(let dataset):
            gathered = try await connection.execute(
                """
                WITH \(fragment: examples(of: dataset, on: run.scoreConfigID, in: run.organizationID))
                INSERT INTO calibration_items (id, run_id, item_index, organization_id, annotation_id, dataset_item_id, \
                human_value, annotators, annotator_values, created_at)
                SELECT gen_random_uuid(), \(run.id), row_number() OVER (ORDER BY i.position) - 1, \
                \(run.organizationID), e.annotation_id, i.id, e.value, e.annotators, e.annotator_values, \
                \(run.createdAt)
                FROM examples e JOIN dataset_items i ON i.external_id = e.target
                WHERE i.dataset_id = \(dataset) AND i.is_latest AND NOT i.is_archived
                """)
            let rows = try await connection.query(
                """
                SELECT count(*) AS count FROM dataset_items
                WHERE dataset_id = \(dataset) AND organization_id = \(run.organizationID) AND is_latest
                    AND NOT is_archived
                """)
            skipped = max(0, (try rows.first?.decode("count", as: Int.self) ?? 0) - gathered)
        case .logs:
            gathered = try await connection.execute(
                """
                WITH \(fragment: examples(of: run.evaluatorID, on: run.scoreConfigID, in: run.organizationID))
                INSERT INTO calibration_items (id, run_id, item_index, organization_id, annotation_id, source_log_id, \
                source_log_at, human_value, annotators, annotator_values, created_at)
                SELECT gen_random_uuid(), \(run.id), row_number() OVER (ORDER BY e.target) - 1, \
                \(run.organizationID), e.annotation_id, e.target, e.moment, e.value, e.annotators, \
                e.annotator_values, \(run.createdAt)
                FROM examples e
                """)
        }
        try await connection.execute(
            """
            UPDATE calibration_runs SET example_count = \(gathered), skipped_count = \(skipped) WHERE id = \(run.id)
            """)
        return (gathered, skipped)
    }

    /// Labelled items of a dataset in their order, at most `limit`: those at these places, counted from 0 among the
    /// labelled ones, or the first.
    package func examples(
        of dataset: DatasetID, in organization: OrganizationID, range: ClosedRange<Int>? = nil, limit: Int
    ) async throws -> [LabelledExample] {
        let wanted = range.map { min($0.upperBound - $0.lowerBound, limit - 1) + 1 } ?? limit
        let rows = try await database.query(
            """
            WITH \(fragment: Self.examples(of: dataset, on: nil, in: organization))
            SELECT \(fragment: DatasetStore.itemColumns), e.value, e.newest_value, a.rationale
            FROM examples e JOIN dataset_items i ON i.external_id = e.target
            JOIN annotations a ON a.id = e.annotation_id
            WHERE i.dataset_id = \(dataset) AND i.is_latest AND NOT i.is_archived
            ORDER BY i.position OFFSET \(range?.lowerBound ?? 0) LIMIT \(wanted)
            """)
        return try rows.map { row in
            LabelledExample(
                item: try DatasetStore.item(row), value: try row.decode("value"),
                newestValue: try row.decode("newest_value"), rationale: try row.decode("rationale"))
        }
    }

    // MARK: Statements

    private static func examples(
        of dataset: DatasetID, on config: ScoreConfigID?, in organization: OrganizationID
    ) -> SQL {
        examples(
            target: "a.item_external_id", moment: "NULL::timestamptz", from: "",
            where: "a.dataset_id = \(dataset)", on: config, in: organization)
    }

    private static func examples(
        of evaluator: EvaluatorID?, on config: ScoreConfigID?, in organization: OrganizationID
    ) -> SQL {
        examples(
            target: "a.execution_log_id", moment: "a.execution_log_at",
            from: """
                JOIN execution_logs l ON l.id = a.execution_log_id AND l.created_at = a.execution_log_at
                    AND l.organization_id = a.organization_id
                """,
            where: "l.executed_item_id = \(evaluator)", on: config, in: organization)
    }

    /// `examples`, as it stands behind `WITH`: a row for each target that has a label on the scale, or on any continuous
    /// one.
    private static func examples(
        target: SQL, moment: SQL, from joins: SQL, where condition: SQL, on config: ScoreConfigID?,
        in organization: OrganizationID
    ) -> SQL {
        let scale: SQL = config.map { "c.id = \($0)" } ?? "c.type = 'continuous'"
        return """
            labels AS (
                SELECT DISTINCT ON (\(fragment: target), a.author_id) \(fragment: target) AS target, \
                \(fragment: moment) AS moment, a.author_id, a.id, a.created_at, \
                (a.value - c.minimum) / (c.maximum - c.minimum) AS value
                FROM annotations a JOIN score_configs c ON c.id = a.score_config_id \(fragment: joins)
                WHERE a.organization_id = \(organization) AND a.status = 'published' AND \(fragment: condition)
                    AND \(fragment: scale)
                ORDER BY \(fragment: target), a.author_id, a.created_at DESC, a.id DESC
            ), examples AS (
                SELECT target, min(moment) AS moment, (array_agg(id ORDER BY created_at DESC, id DESC))[1] \
                AS annotation_id, (array_agg(value ORDER BY created_at DESC, id DESC))[1] AS newest_value, \
                least(1, greatest(0, avg(value))) AS value, array_agg(author_id ORDER BY author_id) AS annotators, \
                array_agg(value ORDER BY author_id) AS annotator_values
                FROM labels GROUP BY target
            )
            """
    }
}

/// An item of a dataset with what people found of it, from 0 to 1.
package struct LabelledExample: Sendable, Hashable {
    package let item: DatasetItem
    /// The mean of the annotators.
    package let value: Double
    /// What was found last.
    package let newestValue: Double
    /// Of the newest label.
    package let rationale: String
}
