import FoundationEssentials
import Postgres
import Queueing
import Records
import Tenancy

/// How exports are read.
enum ExportRow {
    /// Where an export stands. Its job may have ended without a word of its own, as one does that kills its workers, or that
    /// an operator cancelled.
    static let state: SQL = """
        CASE WHEN e.state NOT IN ('waiting', 'running') THEN e.state \
        WHEN j.id IS NULL OR j.state IN ('dead', 'finished') THEN 'failed' \
        WHEN j.state = 'cancelled' THEN 'cancelled' WHEN j.state = 'waiting' THEN 'waiting' ELSE e.state END
        """

    static let columns: SQL = """
        e.id, e.organization_id, e.project_id, e.requested_by, o.email, o.full_name, e.filter, e.format, \
        \(fragment: state), e.job_id, e.expected_rows, e.rows, e.bytes, e.reached_at, e.blob_key, e.sha256, \
        e.expires_at, coalesce(e.error, j.error), e.created_at, e.started_at, coalesce(e.ended_at, j.ended_at) \
        FROM exports e LEFT JOIN jobs j ON j.id = e.job_id LEFT JOIN users o ON o.id = e.requested_by
        """

    static func export(_ row: PostgresRow) throws -> Export {
        var columns = ColumnReader(row)
        let id = try columns.next(ExportID.self)
        let organizationID = try columns.next(OrganizationID.self)
        let projectID = try columns.next(ProjectID?.self)
        let requestedBy = try person(&columns)
        let filter = try columns.next(JSONText.self).bytes
        let format = try columns.next(ExportFormat.self)
        let state = try columns.next(ExportState.self)
        let jobID = try columns.next(JobID.self)
        let expectedRows = try columns.next(Int?.self)
        let progress = ExportProgress(
            rows: try columns.next(), bytes: try columns.next(), reachedAt: try columns.next())
        let key = try columns.next(String?.self)
        let sha256 = try columns.next([UInt8]?.self)
        let expiresAt = try columns.next(Date?.self)
        let error = try columns.next(String?.self)
        var file: ExportFile?
        if let key, let sha256, let expiresAt {
            file = ExportFile(key: key, sha256: sha256, expiresAt: expiresAt)
        }
        return Export(
            id: id, organizationID: organizationID, projectID: projectID, requestedBy: requestedBy, filter: filter,
            format: format, state: state, jobID: jobID, expectedRows: expectedRows, progress: progress, file: file,
            error: error, createdAt: try columns.next(), startedAt: try columns.next(), endedAt: try columns.next())
    }

    /// Exports outlive people.
    private static func person(_ columns: inout ColumnReader) throws -> UserReference? {
        let id = try columns.next(UserID?.self)
        let email = try columns.next(String?.self) ?? "deleted@scorable.invalid"
        let name = try columns.next(String?.self) ?? "Deleted user"
        return id.map { UserReference(id: $0, email: email, fullName: name) }
    }
}

extension ExportState: PostgresBindable, PostgresDecodable {}
extension ExportFormat: PostgresBindable, PostgresDecodable {}
