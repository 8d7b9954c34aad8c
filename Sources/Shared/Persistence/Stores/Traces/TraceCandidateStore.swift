package import FoundationEssentials
package import Postgres
package import Queueing
package import Records
package import Tenancy

/// What became of traces under filters. A row begins with the trace, in the statement that stores its first span.
package struct TraceCandidateStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// A trace that is to be decided about.
    package struct Due: Sendable, Hashable {
        package let organizationID: OrganizationID
        package let filterID: EvaluationFilterID
        package let traceID: TraceID
        /// When the last of its spans came; `nil` when the trace is gone.
        package let settledAt: Date?
    }

    /// What was decided about a trace.
    package struct Decision: Sendable, Hashable {
        package let filterID: EvaluationFilterID
        package let traceID: TraceID
        package let state: CandidateState
        package let reason: String
        package let jobID: JobID?
        /// When it is looked at again, as long as it settles.
        package let dueAt: Date

        package init(
            about due: Due, _ state: CandidateState, reason: String = "", jobID: JobID? = nil, dueAt: Date = Date()
        ) {
            filterID = due.filterID
            traceID = due.traceID
            self.state = state
            self.reason = reason
            self.jobID = jobID
            self.dueAt = dueAt
        }
    }

    /// Traces whose time has come, locked until the transaction ends: nobody else decides about them meanwhile.
    package static func due(
        at moment: Date, limit: Int, on connection: PostgresConnection
    ) async throws -> [Due] {
        let rows = try await connection.query(
            """
            SELECT c.organization_id, c.filter_id, c.trace_id, t.settled_at
            FROM trace_candidates c
            LEFT JOIN traces t ON t.organization_id = c.organization_id AND t.trace_id = c.trace_id
            WHERE c.state = 'settling' AND c.due_at <= \(moment)
            ORDER BY c.due_at LIMIT \(limit) FOR UPDATE OF c SKIP LOCKED
            """)
        return try rows.map { row in
            Due(
                organizationID: try row.decode("organization_id"), filterID: try row.decode("filter_id"),
                traceID: TraceID(uuid: try row.decode("trace_id")), settledAt: try row.decode("settled_at"))
        }
    }

    /// Stores decisions about traces that still settle.
    package static func decide(_ decisions: [Decision], on connection: PostgresConnection) async throws {
        func each<T>(_ value: (Decision) -> T) -> [T] { decisions.map(value) }
        try await connection.execute(
            """
            UPDATE trace_candidates c SET state = d.state, reason = d.reason, job_id = d.job_id, due_at = d.due_at,
                ended_at = CASE WHEN d.is_final THEN now() END
            FROM (SELECT unnest(\(each(\.filterID))) AS filter_id, unnest(\(each(\.traceID.uuid))) AS trace_id, \
            unnest(\(each(\.state.rawValue))) AS state, unnest(\(each(\.reason))) AS reason, \
            unnest(\(each(\.jobID))) AS job_id, unnest(\(each(\.dueAt))) AS due_at, \
            unnest(\(each(\.state.isFinal))) AS is_final) d
            WHERE c.filter_id = d.filter_id AND c.trace_id = d.trace_id AND c.state = 'settling'
            """)
    }

    /// Stores what came of an evaluation. One that was scored stays so.
    package static func conclude(
        _ filter: EvaluationFilterID, _ trace: TraceID, _ state: CandidateState, reason: String,
        log: ExecutionLogID?, on connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            UPDATE trace_candidates SET state = \(state.rawValue), reason = \(reason), execution_log_id = \(log),
                ended_at = now()
            WHERE filter_id = \(filter) AND trace_id = \(trace.uuid) AND state IN ('queued', 'failed')
            """)
    }

    /// The trace's place under a filter.
    package func find(_ filter: EvaluationFilterID, _ trace: TraceID) async throws -> TraceCandidate? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM trace_candidates c
            WHERE c.filter_id = \(filter) AND c.trace_id = \(trace.uuid)
            """)
        return try rows.first.map(TraceCandidate.init(row:))
    }

    /// The places of a trace under all filters, with their names.
    package func all(
        of trace: TraceID, in organization: OrganizationID
    ) async throws -> [(candidate: TraceCandidate, filterName: String)] {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns), f.name FROM trace_candidates c JOIN trace_filters f ON f.id = c.filter_id
            WHERE c.organization_id = \(organization) AND c.trace_id = \(trace.uuid) ORDER BY f.name, f.id
            """)
        return try rows.map { (try TraceCandidate(row: $0), try $0.decode("name")) }
    }

    /// How many traces have come to what, under each filter of the organisation.
    package func counts(
        in organization: OrganizationID
    ) async throws -> [EvaluationFilterID: [CandidateState: Int]] {
        let rows = try await database.query(
            """
            SELECT f.id, c.state, count(*) AS traces FROM trace_filters f
            JOIN trace_candidates c ON c.filter_id = f.id
            WHERE f.organization_id = \(organization) AND f.deleted_at IS NULL GROUP BY 1, 2
            """)
        var counts: [EvaluationFilterID: [CandidateState: Int]] = [:]
        for row in rows {
            counts[try row.decode("id"), default: [:]][try row.decode("state")] = try row.decode("traces")
        }
        return counts
    }

    /// The trace that an execution, or the judge's that it is a part of, was about; `nil` when it was about none.
    package func trace(of log: ExecutionLogID, in organization: OrganizationID) async throws -> TraceID? {
        let rows = try await database.query(
            """
            SELECT c.trace_id FROM trace_candidates c
            WHERE c.organization_id = \(organization) AND c.execution_log_id IN (\(log), (
                SELECT parent_id FROM execution_logs WHERE id = \(log) AND organization_id = \(organization)))
            """)
        return try rows.first.map { TraceID(uuid: try $0.decode("trace_id")) }
    }

    /// Ends those that wait for a job that has ended without having a say, or is gone; says how many.
    package func concludeLost(limit: Int) async throws -> Int {
        try await database.execute(
            """
            UPDATE trace_candidates c SET state = 'failed', ended_at = now(),
                reason = coalesce(lost.reason, 'The evaluation was deleted before it was done.')
            FROM (
                SELECT w.filter_id, w.trace_id,
                    CASE j.ending WHEN 'cancelled' THEN 'The evaluation was cancelled.' ELSE j.error END AS reason
                FROM trace_candidates w LEFT JOIN jobs j ON j.id = w.job_id
                WHERE w.state = 'queued' AND (j.id IS NULL OR j.ending IN ('dead', 'cancelled'))
                ORDER BY w.created_at LIMIT \(limit)
            ) lost
            WHERE c.filter_id = lost.filter_id AND c.trace_id = lost.trace_id AND c.state = 'queued'
            """)
    }

    private static let columns: SQL = """
        c.organization_id, c.filter_id, c.trace_id, c.state, c.reason, c.execution_log_id
        """
}

extension TraceCandidate {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            organizationID: try row.decode("organization_id"), filterID: try row.decode("filter_id"),
            traceID: TraceID(uuid: try row.decode("trace_id")), state: try row.decode("state"),
            reason: try row.decode("reason"), executionLogID: try row.decode("execution_log_id"))
    }
}

extension CandidateState: PostgresBindable, PostgresDecodable {}
