package import FoundationEssentials
internal import JSON
package import Postgres
package import Tenancy
package import Webhooks

/// What endpoints of webhooks are to be told of.
package struct WebhookEventStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Writes an event in the transaction of what it tells of, with the job that finds out whom to tell; nothing where
    /// nobody may want to hear of it.
    package static func announce(
        _ news: WebhookNews, of organization: OrganizationID, project: ProjectID?, on connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            "SELECT announce_event(\(organization), \(project), \(news.type), \(JSONText(news.data)))")
    }

    /// An event with the active and paused endpoints that are to be told of it; `nil` when it is forgotten.
    package func audience(
        of id: WebhookEventID
    ) async throws -> (organization: OrganizationID, project: ProjectID?, endpoints: [WebhookEndpointID])? {
        let rows = try await database.query(
            "SELECT organization_id, project_id, type FROM webhook_events WHERE id = \(id)")
        guard let event = rows.first else { return nil }
        let organization: OrganizationID = try event.decode("organization_id")
        let project: ProjectID? = try event.decode("project_id")
        let type = try event.decode("type", as: String.self)
        let endpoints = try await database.query(
            """
            SELECT id FROM webhook_endpoints
            WHERE organization_id = \(organization) AND state <> 'disabled'
                AND (project_id IS NULL OR project_id = \(project))
                AND (event_types IS NULL OR \(type) = ANY (event_types))
            ORDER BY id
            """)
        return (organization, project, try endpoints.map { try $0.decode("id") })
    }

    // MARK: Again and again

    /// How many jobs are told of at once, in how many groups of an organisation.
    private static let (piece, mostGroups) = (20_000, 20)

    /// Tells of the jobs that were given up since the last time, those of one cause together; of how many.
    package func announceDeadJobs() async throws -> Int {
        let rows = try await database.query(
            """
            WITH taken AS (
                DELETE FROM webhook_dead_jobs WHERE job_id IN (
                    SELECT job_id FROM webhook_dead_jobs ORDER BY job_id LIMIT \(Self.piece) FOR UPDATE SKIP LOCKED)
                RETURNING job_id
            ), groups AS (
                SELECT j.organization_id, j.project_id, j.queue, j.kind, j.error_class, j.cause, count(*) AS jobs,
                    min(j.ended_at) AS first_at, max(j.ended_at) AS last_at, (array_agg(j.id ORDER BY j.id))[1] AS sample,
                    row_number() OVER (PARTITION BY j.organization_id ORDER BY count(*) DESC, j.kind) AS place
                FROM taken JOIN jobs j ON j.id = taken.job_id AND j.ending = 'dead'
                GROUP BY j.organization_id, j.project_id, j.queue, j.kind, j.error_class, j.cause
            ), told AS (
                SELECT announce_event(organization_id, project_id, 'job.dead', jsonb_build_object(
                    'queue', queue, 'kind', kind, 'error_class', error_class, 'cause', cause, 'jobs', jobs,
                    'first_at', json_moment(first_at), 'last_at', json_moment(last_at), 'sample_job_id', sample)) AS event
                FROM groups WHERE place < \(Self.mostGroups)
                UNION ALL
                SELECT announce_event(organization_id, NULL, 'job.dead', jsonb_build_object(
                    'queue', NULL, 'kind', NULL, 'error_class', NULL, 'cause', 'others', 'jobs', sum(jobs),
                    'first_at', json_moment(min(first_at)), 'last_at', json_moment(max(last_at)), 'sample_job_id', NULL))
                FROM groups WHERE place >= \(Self.mostGroups) GROUP BY organization_id
            )
            SELECT (SELECT count(*) FROM taken) AS jobs, (SELECT count(event::text) FROM told) AS events
            """)
        return try rows.first?.decode("jobs") ?? 0
    }

    /// Deletes some of the events before a moment, with their deliveries; how many they were.
    package func delete(before moment: Date, limit: Int) async throws -> Int {
        try await database.execute(
            """
            DELETE FROM webhook_events WHERE id IN (
                SELECT id FROM webhook_events WHERE created_at < \(moment) ORDER BY created_at LIMIT \(limit)
                FOR UPDATE SKIP LOCKED)
            """)
    }
}

extension WebhookNews {
    fileprivate var type: WebhookEventType {
        switch self {
        case .exportFinished: .exportFinished
        case .exportFailed: .exportFailed
        }
    }

    fileprivate var data: [UInt8] {
        switch self {
        case .exportFinished(let export), .exportFailed(let export): JSONCodec.encode(ExportData(export))
        }
    }
}

/// An export as endpoints are told of it.
private struct ExportData: Encodable {
    let id: UUID
    let source: String
    let format: String
    let rows: Int?
    let bytes: Int?
    let reason: String?

    init(_ export: ExportNews) {
        id = export.id
        source = export.source
        format = export.format
        rows = export.rows
        bytes = export.bytes
        reason = export.reason
    }
}
