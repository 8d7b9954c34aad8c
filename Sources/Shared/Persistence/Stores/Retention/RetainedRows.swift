package import FoundationEssentials
package import Postgres
package import Records
package import Tenancy

/// What would go of one class in one scope.
package struct RetentionForecast: Sendable, Hashable {
    package let scope: RetentionScope
    package let kind: RetentionClass
    /// How many would go.
    package let rows: Int
    /// Of those that are past their time, how many a hold keeps, and how many stay because labels, calibrations or judges
    /// name them.
    package let heldRows: Int
    package let exemptRows: Int
    /// What they take, about.
    package let bytes: Int64
    /// When the first and the last of those past their time were recorded.
    package let oldest: Date?
    package let newest: Date?
}

/// The rows that are past their time: counted, and deleted a piece at a time.
package struct RetainedRows: Sendable {
    let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    // MARK: Where there is something

    /// Every scope that has rows of the class.
    package func scopes(of kind: RetentionClass, in organization: OrganizationID? = nil) async throws
        -> [RetentionScope]
    {
        let table: SQL = "\(identifier: kind.table)"
        let condition: SQL = organization.map { " WHERE organization_id = \($0)" } ?? ""
        let statement: SQL
        switch kind {
        case .executionLogs:
            // One step of an index for each project, not one for each log.
            let start: SQL = organization.map { "WHERE organization_id = \($0)" } ?? ""
            let onward: SQL = organization.map { "AND l.organization_id = \($0)" } ?? ""
            statement = """
                WITH RECURSIVE found AS (
                    (SELECT organization_id, project_id FROM execution_logs \(fragment: start)
                    ORDER BY organization_id, project_id LIMIT 1)
                    UNION ALL
                    SELECT n.* FROM found f CROSS JOIN LATERAL (
                        SELECT organization_id, project_id FROM execution_logs l
                        WHERE (l.organization_id, l.project_id) > (f.organization_id, f.project_id) \(fragment: onward)
                        ORDER BY organization_id, project_id LIMIT 1) n
                )
                SELECT * FROM found
                """
        case .traces, .files, .exports, .batches:
            statement = "SELECT DISTINCT organization_id, project_id FROM \(fragment: table)\(fragment: condition)"
        }
        return try await database.query(statement).map { row in
            RetentionScope(try row.decode("organization_id"), try row.decode("project_id"))
        }
    }

    // MARK: Counting

    /// What would go that was recorded before the cutoff, or used or ended before it, whichever counts for the class.
    package func forecast(
        _ kind: RetentionClass, in scope: RetentionScope, before cutoff: Date
    ) async throws -> RetentionForecast {
        let (past, held) = (kind.isPast(cutoff, in: scope), kind.isHeld)
        let figures = try await database.query(
            """
            SELECT count(*) AS past, min(r.\(fragment: kind.moment)) AS oldest, max(r.\(fragment: kind.moment)) AS newest
            FROM \(identifier: kind.table) r WHERE \(fragment: past)
            """)
        guard let row = figures.first else { throw PostgresError(.decoding, "a count has no row") }
        let count = try row.decode("past", as: Int.self)
        var (heldRows, exemptRows) = (0, 0)
        if count > 0 {
            heldRows = try await self.count(
                """
                SELECT count(*) FROM \(identifier: kind.table) r WHERE \(fragment: past)
                AND EXISTS (SELECT FROM retention_holds h WHERE h.released_at IS NULL
                    AND h.organization_id = \(scope.organizationID)) AND \(fragment: held)
                """)
            exemptRows = try await exempt(kind, past: past, in: scope, before: cutoff)
        }
        let rows = max(0, count - heldRows - exemptRows)
        return RetentionForecast(
            scope: scope, kind: kind, rows: rows, heldRows: heldRows, exemptRows: exemptRows,
            bytes: rows == 0 ? 0 : Int64(Double(rows) * (try await bytesPerRow(of: kind))),
            oldest: try row.decode("oldest"), newest: try row.decode("newest"))
    }

    /// Those that stay, of those that no hold keeps anyway. Of logs they are found by what names them: a few among many.
    private func exempt(
        _ kind: RetentionClass, past: SQL, in scope: RetentionScope, before cutoff: Date
    ) async throws -> Int {
        switch kind {
        case .executionLogs:
            try await count(
                """
                WITH named AS (
                    SELECT execution_log_id AS id, execution_log_at AS moment FROM annotations
                    WHERE organization_id = \(scope.organizationID) AND execution_log_id IS NOT NULL
                    UNION
                    SELECT source_log_id, source_log_at FROM calibration_items
                    WHERE organization_id = \(scope.organizationID) AND source_log_id IS NOT NULL
                ), kept AS (
                    SELECT r.id FROM named n JOIN execution_logs r ON r.id = n.id AND r.created_at = n.moment
                    WHERE \(fragment: past) AND NOT \(fragment: kind.isHeld)
                    UNION
                    SELECT r.id FROM named n JOIN execution_logs r ON r.parent_id = n.id
                    WHERE \(fragment: past) AND NOT \(fragment: kind.isHeld)
                )
                SELECT count(*) FROM kept
                """)
        case .traces, .exports: 0
        case .files, .batches:
            try await count(
                """
                SELECT count(*) FROM \(identifier: kind.table) r
                WHERE \(fragment: past) AND NOT \(fragment: kind.isHeld) AND \(fragment: kind.isExempt)
                """)
        }
    }

    private func count(_ statement: SQL) async throws -> Int {
        try await database.query(statement).first?.decode(0) ?? 0
    }

    /// By what the server has noted of the tables; of files by what is in them.
    private func bytesPerRow(of kind: RetentionClass) async throws -> Double {
        let statement: SQL
        switch kind {
        case .files: statement = "SELECT coalesce(avg(size), 0)::float8 FROM files"
        case .exports: statement = "SELECT coalesce(avg(bytes), 0)::float8 FROM exports"
        case .executionLogs, .traces, .batches:
            // What belongs to the rows counts with them.
            let tables: [String] =
                switch kind {
                case .traces: ["traces", "trace_spans", "trace_candidates"]
                case .batches: ["batches", "batch_items"]
                case .executionLogs, .files, .exports: [kind.table]
                }
            statement = """
                SELECT coalesce(sum(pg_total_relation_size(t.relid)), 0)::float8 / greatest(1, coalesce(sum(
                    CASE WHEN n.name = \(kind.table) THEN greatest(c.reltuples, 0) ELSE 0 END), 0))
                FROM unnest(\(tables)) AS n(name) CROSS JOIN LATERAL pg_partition_tree(n.name::regclass) t
                JOIN pg_class c ON c.oid = t.relid WHERE t.isleaf
                """
        }
        return try await database.query(statement).first?.decode(0) ?? 0
    }
}

// How the classes differ.
extension RetentionClass {
    var table: String { rawValue }

    /// When something was recorded: what holds go by.
    var moment: SQL { "created_at" }

    /// Whether the row `r` lies in the scope and its time is over.
    func isPast(_ cutoff: Date, in scope: RetentionScope) -> SQL {
        let project: SQL = scope.projectID.map { "r.project_id = \($0)" } ?? "r.project_id IS NULL"
        let past: SQL =
            switch self {
            case .executionLogs: "r.created_at < \(cutoff)"
            case .traces: "r.last_span_at < \(cutoff) AND r.created_at < \(cutoff)"
            case .files: "r.used_at < \(cutoff)"
            case .exports: "r.ended_at < \(cutoff) AND r.state NOT IN ('waiting', 'running')"
            case .batches: "r.state = 'ended' AND r.ended_at < \(cutoff)"
            }
        return "r.organization_id = \(scope.organizationID) AND \(fragment: project) AND \(fragment: past)"
    }

    /// Whether a hold keeps the row `r`.
    var isHeld: SQL {
        """
        EXISTS (SELECT FROM retention_holds h WHERE h.organization_id = r.organization_id AND h.released_at IS NULL
            AND (h.project_id IS NULL OR h.project_id = r.project_id)
            AND (h.begins_at IS NULL OR r.\(fragment: moment) >= h.begins_at)
            AND (h.ends_at IS NULL OR r.\(fragment: moment) < h.ends_at))
        """
    }

    /// Whether the row `r` stays because something names it that is not kept for a while only: a log, or the log of the judge
    /// that it is a part of, by a label or a calibration; a file by a judge; a batch by the calibration that it carries out.
    var isExempt: SQL {
        switch self {
        case .executionLogs:
            """
            (EXISTS (SELECT FROM annotations a WHERE a.execution_log_id IN (r.id, r.parent_id))
                OR EXISTS (SELECT FROM calibration_items c WHERE c.source_log_id IN (r.id, r.parent_id)))
            """
        case .traces, .exports: "false"
        case .files: "EXISTS (SELECT FROM judge_versions v WHERE v.file_id = r.id)"
        case .batches: "EXISTS (SELECT FROM calibration_runs c WHERE c.id = r.id)"
        }
    }
}
