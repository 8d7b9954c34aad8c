import FoundationEssentials
package import Postgres
import Queueing
package import Records
package import Tenancy

/// Exports of execution logs: what was asked for, and how far it is.
package struct ExportStore: Sendable {
    let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Stores an export that is to be written, in the transaction that accepts its job.
    package static func add(_ export: Export, on connection: PostgresConnection) async throws {
        try await connection.execute(
            """
            INSERT INTO exports (id, organization_id, project_id, requested_by, filter, format, state, job_id, \
            expected_rows, created_at)
            VALUES (\(export.id), \(export.organizationID), \(export.projectID), \(export.requestedBy?.id), \
            \(JSONText(export.filter)), \(export.format), \(export.state), \(export.jobID), \(export.expectedRows), \
            \(export.createdAt))
            """)
    }

    /// The export, `nil` when the organisation has none of this identifier.
    package func find(_ id: ExportID, in organization: OrganizationID) async throws -> Export? {
        let rows = try await database.query(
            "SELECT \(fragment: ExportRow.columns) WHERE e.id = \(id) AND e.organization_id = \(organization)")
        return try rows.first.map(ExportRow.export)
    }

    /// The organisation's exports.
    package func list(in organization: OrganizationID, page: PageRequest) async throws -> Slice<Export> {
        let keyset = KeysetQuery(page, createdAt: "e.created_at", id: "e.id")
        let conditions = ["e.organization_id = \(organization)", keyset.condition].compactMap { $0 }
        let rows = try await database.query(
            """
            SELECT \(fragment: ExportRow.columns)\(fragment: .matching(all: conditions))\
            \(fragment: keyset.orderAndLimit)
            """)
        return try keyset.slice(rows, ExportRow.export)
    }

    /// How many exports of the organisation wait or are written.
    package static func countOpen(
        in organization: OrganizationID, on connection: PostgresConnection
    ) async throws -> Int {
        // Whoever asks at the same moment waits for its turn, so that the count holds.
        try await connection.execute(
            "SELECT pg_advisory_xact_lock(hashtext('exports'), hashtext(\(organization.description)))")
        let rows = try await connection.query(
            """
            SELECT count(*) FROM exports
            WHERE organization_id = \(organization) AND state IN ('waiting', 'running')
            """)
        return try rows.first?.decode(0) ?? 0
    }

    // MARK: Writing

    /// Notes that an attempt to write an export begins; `nil` when it is not to be written any more.
    package func begin(_ id: ExportID, in organization: OrganizationID) async throws -> Export? {
        let changed = try await database.execute(
            """
            UPDATE exports SET state = 'running', started_at = coalesce(started_at, now()), ended_at = NULL, \
                error = NULL, rows = 0, bytes = 0, reached_at = NULL
            WHERE id = \(id) AND organization_id = \(organization) AND state IN ('waiting', 'running', 'failed')
            """)
        return changed == 0 ? nil : try await find(id, in: organization)
    }

    /// Notes how far an export is.
    package func note(_ progress: ExportProgress, of id: ExportID, in organization: OrganizationID) async throws {
        try await database.execute(
            """
            UPDATE exports SET rows = \(progress.rows), bytes = \(progress.bytes), reached_at = \(progress.reachedAt)
            WHERE id = \(id) AND organization_id = \(organization) AND state = 'running'
            """)
    }

    /// Notes that the file of an export is there, for so long; `false` when nobody wants it any more.
    package static func finish(
        _ export: Export, _ progress: ExportProgress, key: String, sha256: [UInt8], keptFor lifetime: Duration,
        on connection: PostgresConnection
    ) async throws -> Bool {
        try await connection.execute(
            """
            UPDATE exports SET state = 'finished', rows = \(progress.rows), bytes = \(progress.bytes), \
                reached_at = \(progress.reachedAt), blob_key = \(key), sha256 = \(sha256), ended_at = now(), \
                expires_at = now() + make_interval(secs => \(Double(lifetime.components.seconds)))
            WHERE id = \(export.id) AND organization_id = \(export.organizationID) AND state = 'running'
            """) == 1
    }

    /// Notes that an export was given up, and why; `false` when it was ended otherwise.
    package static func fail(
        _ id: ExportID, in organization: OrganizationID, because reason: String, on connection: PostgresConnection
    ) async throws -> Bool {
        try await connection.execute(
            """
            UPDATE exports SET state = 'failed', error = \(reason), ended_at = now()
            WHERE id = \(id) AND organization_id = \(organization) AND state IN ('waiting', 'running')
            """) == 1
    }

    // MARK: Ending

    /// Stops an export that waits or is written; `false` when it is neither.
    package static func cancel(
        _ id: ExportID, in organization: OrganizationID, on connection: PostgresConnection
    ) async throws -> Bool {
        try await connection.execute(
            """
            UPDATE exports SET state = 'cancelled', ended_at = now()
            WHERE id = \(id) AND organization_id = \(organization) AND state IN ('waiting', 'running')
            """) == 1
    }

    /// Forgets an export.
    package static func delete(
        _ id: ExportID, in organization: OrganizationID, on connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            "DELETE FROM exports WHERE id = \(id) AND organization_id = \(organization)")
    }
}
