package import FoundationEssentials
import JSON
package import Postgres
package import Queueing
package import Records
package import Scoring
package import Tenancy

/// Calibration runs: evaluators beside what people found.
package struct CalibrationStore: Sendable {
    let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Which runs a list shows.
    package struct Filter: Sendable, Hashable {
        package var evaluator: EvaluatorID?
        /// In one of these groups; in any or none when empty.
        package var comparisonGroups: [String] = []

        package init() {}
    }

    /// Stores a run in the caller's transaction, which also stores its batch. Its examples are still to be gathered.
    package static func create(_ run: NewCalibrationRun, on connection: PostgresConnection) async throws {
        try await connection.execute(
            """
            INSERT INTO calibration_runs (id, organization_id, evaluator_id, evaluator_version_id, definition, \
            comparison_group, score_config_id, source_type, dataset_id, threshold, example_count, skipped_count, \
            created_at)
            VALUES (\(run.id), \(run.organizationID), \(run.evaluatorID), \(run.evaluatorVersionID), \
            \(run.definition.map { JSONText(JSONCodec.encode($0)) }), \(run.comparisonGroup), \
            \(run.scoreConfigID), \(run.source.kind.rawValue), \(run.source.datasetID), \(run.threshold), 0, 0, \
            \(run.createdAt))
            """)
    }

    /// The run, `nil` when the organisation has none of this identifier.
    package func find(_ id: BatchID, in organization: OrganizationID) async throws -> CalibrationRun? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) WHERE r.id = \(id) AND r.organization_id = \(organization)
            """)
        return try rows.first.map(Self.run)
    }

    /// One page of the organisation's runs within `reach`.
    package func list(
        _ filter: Filter, in organization: OrganizationID, within reach: ProjectReach = .organization, page: PageRequest
    ) async throws -> Slice<CalibrationRun> {
        let keyset = KeysetQuery(page, createdAt: "r.created_at", id: "r.id")
        let conditions: [SQL?] = [
            "r.organization_id = \(organization)", filter.evaluator.map { "r.evaluator_id = \($0)" },
            SQL.within(reach, "b.project_id"),
            filter.comparisonGroups.isEmpty ? nil : "r.comparison_group = ANY(\(filter.comparisonGroups))",
            keyset.condition,
        ]
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns)\(fragment: .matching(all: conditions.compactMap { $0 }))\
            \(fragment: keyset.orderAndLimit)
            """)
        return try keyset.slice(rows, Self.run)
    }

    /// The first run of a group that is completed; `nil` when none is.
    package func firstCompleted(
        of group: String, in organization: OrganizationID, within reach: ProjectReach = .organization
    ) async throws -> CalibrationRun? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) \(fragment: Self.isCompleted(group, organization, reach))
            ORDER BY r.created_at, r.id LIMIT 1
            """)
        return try rows.first.map(Self.run)
    }

    /// The newest completed runs of a group but for one of them, the oldest first.
    package func newestCompleted(
        of group: String, besides run: BatchID, in organization: OrganizationID,
        within reach: ProjectReach = .organization, limit: Int
    ) async throws -> [CalibrationRun] {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) \(fragment: Self.isCompleted(group, organization, reach)) AND r.id <> \(run)
            ORDER BY r.created_at DESC, r.id DESC LIMIT \(limit)
            """)
        return try rows.map(Self.run).reversed()
    }

    /// As ``CalibrationRun/status`` has it.
    private static func isCompleted(
        _ group: String, _ organization: OrganizationID, _ reach: ProjectReach
    ) -> SQL {
        let bound: SQL = SQL.within(reach, "b.project_id").map { " AND \(fragment: $0)" } ?? ""
        return """
            WHERE r.organization_id = \(organization) AND r.comparison_group = \(group) AND r.failure IS NULL
                AND r.metrics IS NOT NULL AND b.state = 'ended' AND b.finished > 0\(fragment: bound)
            """
    }

    /// Gives the runs of definitions in these groups to the evaluator that was made of them; how many there were.
    package func attach(
        _ groups: [String], to evaluator: EvaluatorID, in organization: OrganizationID,
        within reach: ProjectReach = .organization
    ) async throws -> Int {
        let bound: SQL =
            SQL.within(reach, "b.project_id").map {
                " AND EXISTS (SELECT FROM batches b WHERE b.id = calibration_runs.id AND \(fragment: $0))"
            } ?? ""
        return try await database.execute(
            """
            UPDATE calibration_runs SET evaluator_id = \(evaluator)
            WHERE organization_id = \(organization) AND comparison_group = ANY(\(groups)) AND evaluator_id IS NULL\
            \(fragment: bound)
            """)
    }

    /// Writes down what the run has shown; its items have ended.
    package static func conclude(
        _ id: BatchID, with metrics: OpaqueJSON, at moment: Date, on connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            UPDATE calibration_runs SET metrics = \(metrics.text)::json, concluded_at = \(moment), failure = NULL
            WHERE id = \(id)
            """)
    }

    /// Runs without numbers of which a job of one of these kinds was given up, with the reason, locked until the transaction
    /// ends; those that somebody else has are left out. The payload of such a job names its run.
    package static func givenUp(
        kinds: [String], limit: Int, on connection: PostgresConnection
    ) async throws -> [(run: BatchID, reason: String)] {
        let rows = try await connection.query(
            """
            SELECT r.id, (SELECT j.error FROM jobs j WHERE j.kind = ANY (\(kinds)) AND j.ending = 'dead'
                AND j.payload->>'run_id' = r.id::text ORDER BY j.id DESC LIMIT 1) AS reason
            FROM calibration_runs r
            WHERE r.metrics IS NULL AND r.failure IS NULL AND r.id = ANY (ARRAY(
                SELECT (j.payload->>'run_id')::uuid FROM jobs j WHERE j.kind = ANY (\(kinds)) AND j.ending = 'dead'))
                AND NOT EXISTS (SELECT FROM jobs j WHERE j.kind = ANY (\(kinds)) AND j.ending IS NULL
                    AND j.payload->>'run_id' = r.id::text)
            ORDER BY r.id LIMIT \(limit) FOR UPDATE OF r SKIP LOCKED
            """)
        return try rows.map { (try $0.decode("id"), try $0.decode("reason", as: String?.self) ?? "") }
    }

    /// Writes down why a run comes to nothing.
    package static func fail(
        _ id: BatchID, because reason: String, on connection: PostgresConnection
    ) async throws {
        try await connection.execute("UPDATE calibration_runs SET failure = \(reason) WHERE id = \(id)")
    }

    // MARK: Rows

    private static let columns: SQL = """
        r.id, r.organization_id, b.project_id, b.owner_id, CASE WHEN r.definition IS NULL \
        THEN coalesce(b.definition->'evaluators'->0->>'name', '') ELSE 'Draft' END AS subject, \
        b.definition->'dataset'->>'name' AS source_name, r.evaluator_id, r.evaluator_version_id, r.definition, \
        r.comparison_group, r.score_config_id, r.dataset_id, r.threshold, r.example_count, r.skipped_count, r.metrics, \
        r.failure, r.created_at, b.state, b.started_at IS NOT NULL AS has_started, b.total, b.finished, b.dead, b.cancelled \
        FROM calibration_runs r JOIN batches b ON b.id = r.id
        """

    private static func run(_ row: PostgresRow) throws -> CalibrationRun {
        let definition = try row.decode("definition", as: JSONText?.self)
        return CalibrationRun(
            id: try row.decode("id"), organizationID: try row.decode("organization_id"),
            projectID: try row.decode("project_id"), ownerID: try row.decode("owner_id"),
            subject: try row.decode("subject"), sourceName: try row.decode("source_name"),
            evaluatorID: try row.decode("evaluator_id"), evaluatorVersionID: try row.decode("evaluator_version_id"),
            definition: try definition.map { try JSONCodec.decode(CalibrationDefinition.self, from: $0.bytes) },
            comparisonGroup: try row.decode("comparison_group"), scoreConfigID: try row.decode("score_config_id"),
            source: try row.decode("dataset_id", as: DatasetID?.self).map(CalibrationSource.dataset) ?? .logs,
            threshold: try row.decode("threshold"), exampleCount: try row.decode("example_count"),
            skippedCount: try row.decode("skipped_count"),
            metrics: try row.decode("metrics", as: String?.self).map(OpaqueJSON.init(text:)),
            failure: try row.decode("failure"),
            createdAt: try row.decode("created_at"),
            progress: CalibrationProgress(
                counts: BatchCounts(
                    total: try row.decode("total"), finished: try row.decode("finished"),
                    dead: try row.decode("dead"), cancelled: try row.decode("cancelled")),
                state: try row.decode("state"), hasStarted: try row.decode("has_started")))
    }
}

/// A run that is to be stored.
package struct NewCalibrationRun: Sendable {
    package let id: BatchID
    package let organizationID: OrganizationID
    package let evaluatorID: EvaluatorID?
    package let evaluatorVersionID: EvaluatorVersionID?
    package let definition: CalibrationDefinition?
    package let comparisonGroup: String?
    package let scoreConfigID: ScoreConfigID?
    package let source: CalibrationSource
    package let threshold: Double
    package let createdAt: Date

    package init(
        id: BatchID, organizationID: OrganizationID, evaluatorID: EvaluatorID?,
        evaluatorVersionID: EvaluatorVersionID?, definition: CalibrationDefinition?, comparisonGroup: String?,
        scoreConfigID: ScoreConfigID?, source: CalibrationSource, threshold: Double, createdAt: Date
    ) {
        self.id = id
        self.organizationID = organizationID
        self.evaluatorID = evaluatorID
        self.evaluatorVersionID = evaluatorVersionID
        self.definition = definition
        self.comparisonGroup = comparisonGroup
        self.scoreConfigID = scoreConfigID
        self.source = source
        self.threshold = threshold
        self.createdAt = createdAt
    }
}
