import FoundationEssentials
package import Postgres
package import Queueing
package import Records
import Scoring
package import Tenancy

/// The examples of calibration runs, and what came of them.
package struct CalibrationItemStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// What one job evaluates; `nil` when the run, or what it is about, is gone.
    package func example(
        at place: BatchPlace, in organization: OrganizationID
    ) async throws -> CalibrationExample? {
        let rows = try await database.query(
            """
            SELECT i.human_value, d.id IS NOT NULL AS is_item,
                coalesce(d.request, l.request) AS request, coalesce(d.response, l.response) AS response,
                coalesce(d.turns, l.turns) AS turns, l.tools, coalesce(d.contexts, l.contexts) AS contexts,
                coalesce(d.expected_output, l.expected_output) AS expected_output, l.system_prompt,
                coalesce(d.variables, l.variables) AS variables
            FROM calibration_items i \(fragment: Self.sources)
            WHERE i.run_id = \(place.batchID) AND i.item_index = \(place.index) AND i.organization_id = \(organization)
                AND coalesce(d.id, l.id) IS NOT NULL
            """)
        return try rows.first.map { row in
            func text(_ column: String) throws -> String? {
                let text = try row.decode(column, as: String?.self)
                return text?.isEmpty == true ? nil : text
            }
            return CalibrationExample(
                input: EvaluationInput(
                    request: try text("request"), response: try text("response"),
                    turns: try StoredJSON.turns(from: row.decode("turns")),
                    tools: try row.decode("tools", as: String?.self).map(OpaqueJSON.init(text:)),
                    contexts: try row.decode("contexts"), expectedOutput: try text("expected_output"),
                    systemPrompt: try text("system_prompt"),
                    variables: try StoredJSON.variables(from: row.decode("variables"))),
                humanValue: try row.decode("human_value"))
        }
    }

    /// Notes what came of an example, in the transaction that ends its job. Without a score, the justification says why.
    package static func record(
        score: Double?, justification: String, log: ExecutionLogID, of place: BatchPlace,
        on connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            UPDATE calibration_items SET evaluator_score = \(score), execution_log_id = \(log), \
                justification = \(ExecutionLogStore.storable(justification))
            WHERE run_id = \(place.batchID) AND item_index = \(place.index)
            """)
    }

    /// One page of a run's examples, beginning with the greatest disagreement; those without a score come last.
    package func list(
        of run: BatchID, in organization: OrganizationID, page: PageRequest
    ) async throws -> Slice<CalibrationItem> {
        let keyset = KeysetQuery(page, createdAt: "i.place", id: "i.id")
        let conditions: [SQL?] = [
            "i.run_id = \(run)", "i.organization_id = \(organization)", keyset.condition,
        ]
        let rows = try await database.query(
            """
            SELECT i.id, i.annotation_id, i.dataset_item_id, coalesce(i.execution_log_id, i.source_log_id) AS log_id,
                i.human_value, i.evaluator_score, i.justification, i.created_at, i.place, j.ending, j.error,
                coalesce(d.request, l.request, '') AS request, coalesce(d.response, l.response, '') AS response
            FROM calibration_items i \(fragment: Self.sources)
            LEFT JOIN jobs j ON j.batch_id = i.run_id AND j.batch_index = i.item_index\
            \(fragment: .matching(all: conditions.compactMap { $0 }))\(fragment: keyset.orderAndLimit)
            """)
        return try keyset.slice(rows, Self.item)
    }

    /// The numbers of all examples that have a score, for the metrics.
    package func pairs(of run: BatchID) async throws -> [CalibrationPair] {
        let rows = try await database.query(
            """
            SELECT human_value, evaluator_score, annotators, annotator_values FROM calibration_items
            WHERE run_id = \(run) AND evaluator_score IS NOT NULL ORDER BY item_index
            """)
        return try rows.map { row in
            let annotators = try row.decode("annotators", as: [UserID].self)
            return CalibrationPair(
                humanValue: try row.decode("human_value"), evaluatorScore: try row.decode("evaluator_score"),
                labels: Dictionary(
                    zip(annotators, try row.decode("annotator_values", as: [Double].self))
                ) { first, _ in first })
        }
    }

    /// The examples that either run has a score of, each by both. An item that was edited between the runs is two. What
    /// people found is of the later run alone, which means nothing beside a run by labels on another scale.
    package func scores(
        of first: BatchID, and second: BatchID, in organization: OrganizationID
    ) async throws -> [ExampleOfTwoRuns] {
        func scored(_ run: BatchID) -> SQL {
            """
            (SELECT coalesce(dataset_item_id, source_log_id) AS example, human_value, evaluator_score, created_at
            FROM calibration_items
            WHERE run_id = \(run) AND organization_id = \(organization) AND evaluator_score IS NOT NULL)
            """
        }
        let rows = try await database.query(
            """
            SELECT CASE WHEN a.created_at > b.created_at THEN a.human_value
                    ELSE coalesce(b.human_value, a.human_value) END AS human_value,
                a.evaluator_score AS first, b.evaluator_score AS second
            FROM \(fragment: scored(first)) a FULL JOIN \(fragment: scored(second)) b USING (example)
            ORDER BY example
            """)
        return try rows.map { row in
            ExampleOfTwoRuns(
                humanValue: try row.decode("human_value"), first: try row.decode("first"),
                second: try row.decode("second"))
        }
    }

    /// The points of a scatter plot: what people found, what the evaluator said; at most `limit` of them, spread evenly over
    /// the run.
    package func points(
        of run: BatchID, in organization: OrganizationID, limit: Int
    ) async throws -> [(human: Double, evaluator: Double)] {
        let rows = try await database.query(
            """
            SELECT human_value, evaluator_score FROM calibration_items
            WHERE run_id = \(run) AND organization_id = \(organization) AND evaluator_score IS NOT NULL
                AND item_index % greatest(
                    1, (SELECT count(*) FROM calibration_items WHERE run_id = \(run)) / \(limit)) = 0
            ORDER BY item_index LIMIT \(limit)
            """)
        return try rows.map { row in (try row.decode("human_value"), try row.decode("evaluator_score")) }
    }

    private static let sources: SQL = """
        LEFT JOIN dataset_items d ON d.id = i.dataset_item_id
        LEFT JOIN execution_logs l ON l.id = i.source_log_id AND l.created_at = i.source_log_at
        """

    private static func item(_ row: PostgresRow) throws -> CalibrationItem {
        let score = try row.decode("evaluator_score", as: Double?.self)
        let ending = try row.decode("ending", as: String?.self)
        let status: CalibrationItem.Status =
            if score != nil { .completed } else if ending == nil { .pending } else { .failed }
        let said = try row.decode("justification", as: String.self)
        let failure = try row.decode("error", as: String?.self)
        let id: CalibrationItemID = try row.decode("id")
        return CalibrationItem(
            id: id, annotationID: try row.decode("annotation_id"), datasetItemID: try row.decode("dataset_item_id"),
            executionLogID: try row.decode("log_id"), humanValue: try row.decode("human_value"), evaluatorScore: score,
            status: status, justification: said.isEmpty && status == .failed ? failure ?? "Cancelled." : said,
            request: try row.decode("request"), response: try row.decode("response"),
            createdAt: try row.decode("created_at"),
            keyset: Keyset(createdAt: try row.decode("place"), id: id.uuid))
    }
}
