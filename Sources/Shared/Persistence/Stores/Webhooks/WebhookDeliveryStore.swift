package import FoundationEssentials
package import Postgres
package import Tenancy
package import Webhooks

/// Events on their way to endpoints of webhooks, and what came of each time that they were sent.
package struct WebhookDeliveryStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    // MARK: Looking

    /// A page of the deliveries to an endpoint; in one state, when it is named.
    package func page(
        of endpoint: WebhookEndpointID, in state: WebhookDelivery.State?, _ request: PageRequest
    ) async throws -> Slice<WebhookDelivery> {
        let keyset = KeysetQuery(request, createdAt: "d.created_at", id: "d.id")
        var conditions: [SQL] = ["d.endpoint_id = \(endpoint)"]
        if let state { conditions.append("d.state = \(state)") }
        if let condition = keyset.condition { conditions.append(condition) }
        let rows = try await database.query(
            """
            \(fragment: Self.selection)\(fragment: .matching(all: conditions))\(fragment: keyset.orderAndLimit)
            """)
        return try keyset.slice(rows, WebhookDelivery.init(row:))
    }

    /// A delivery to an endpoint.
    package func find(_ id: WebhookDeliveryID, to endpoint: WebhookEndpointID) async throws -> WebhookDelivery? {
        let rows = try await database.query(
            "\(fragment: Self.selection) WHERE d.id = \(id) AND d.endpoint_id = \(endpoint)")
        return try rows.first.map(WebhookDelivery.init(row:))
    }

    /// The times that a delivery was sent, the latest first.
    package func attempts(of id: WebhookDeliveryID, limit: Int = 100) async throws -> [DeliveryAttempt] {
        let rows = try await database.query(
            """
            SELECT at, status, outcome, duration_ms, answer FROM webhook_attempts
            WHERE delivery_id = \(id) ORDER BY at DESC LIMIT \(limit)
            """)
        return try rows.map(DeliveryAttempt.init(row:))
    }

    /// How many deliveries endpoints have in each state.
    package func counts(
        of endpoints: [WebhookEndpointID]
    ) async throws -> [WebhookEndpointID: [WebhookDelivery.State: Int]] {
        let rows = try await database.query(
            """
            SELECT endpoint_id, state, count(*) AS total FROM webhook_deliveries
            WHERE endpoint_id = ANY (\(endpoints)) GROUP BY endpoint_id, state
            """)
        var counts: [WebhookEndpointID: [WebhookDelivery.State: Int]] = [:]
        for row in rows {
            counts[try row.decode("endpoint_id"), default: [:]][try row.decode("state")] = try row.decode("total")
        }
        return counts
    }

    /// What a delivery sends, where and with which secrets; `nil` when it is forgotten, or its endpoint is.
    package func errand(_ id: WebhookDeliveryID) async throws -> WebhookErrand? {
        let rows = try await database.query(
            """
            SELECT d.state AS delivery_state, d.created_at AS delivery_created_at, v.id AS event_id, v.type,
                v.data::text AS data, v.created_at AS event_created_at, e.sealed_secret,
                CASE WHEN e.former_expires_at > now() THEN e.former_secret END AS former_secret,
                e.id, e.organization_id, e.project_id, e.url, e.description, e.event_types, e.state, e.state_reason,
                e.former_expires_at, e.consecutive_failures, e.failing_since, e.last_success_at, e.last_failure_at,
                e.last_failure_status, e.last_failure_reason, e.created_by, e.created_at, e.updated_at
            FROM webhook_deliveries d JOIN webhook_events v ON v.id = d.event_id
                JOIN webhook_endpoints e ON e.id = d.endpoint_id
            WHERE d.id = \(id)
            """)
        guard let row = rows.first else { return nil }
        return WebhookErrand(
            isWaiting: try row.decode("delivery_state", as: WebhookDelivery.State.self) == .waiting,
            begunAt: try row.decode("delivery_created_at"), endpoint: try WebhookEndpoint(row: row),
            event: WebhookEvent(
                id: try row.decode("event_id"), type: try row.decode("type"),
                data: Array(try row.decode("data", as: String.self).utf8),
                createdAt: try row.decode("event_created_at")),
            secrets: [try row.decode("sealed_secret", as: [UInt8].self)]
                + (try row.decode("former_secret", as: [UInt8]?.self).map { [$0] } ?? []))
    }

    // MARK: Sending

    /// How many attempts of a delivery are kept.
    private static let attemptsKept = 50

    /// Notes an attempt and how the endpoint does since; the endpoint as it is now, `nil` when it is gone.
    package func record(
        _ attempt: DeliveryAttempt, of id: WebhookDeliveryID, to endpoint: WebhookEndpoint
    ) async throws -> WebhookEndpoint.Health? {
        let isSuccess = attempt.status.map { (200..<300).contains($0) } ?? false
        return try await database.transaction { connection in
            try await connection.execute(
                """
                INSERT INTO webhook_attempts (delivery_id, at, organization_id, status, outcome, duration_ms, answer)
                SELECT d.id, \(attempt.at), d.organization_id, \(attempt.status), \(attempt.outcome), \
                \(Int(attempt.duration / .milliseconds(1))), \(attempt.answer)
                FROM webhook_deliveries d WHERE d.id = \(id)
                ON CONFLICT DO NOTHING
                """)
            try await connection.execute(
                """
                DELETE FROM webhook_attempts WHERE delivery_id = \(id) AND at < (
                    SELECT at FROM webhook_attempts WHERE delivery_id = \(id)
                    ORDER BY at DESC OFFSET \(Self.attemptsKept - 1) LIMIT 1)
                """)
            let rows = try await connection.query(
                isSuccess
                    ? """
                    UPDATE webhook_endpoints SET consecutive_failures = 0, failing_since = NULL,
                        last_success_at = \(attempt.at)
                    WHERE id = \(endpoint.id) RETURNING \(fragment: WebhookEndpointStore.columns)
                    """
                    : """
                    UPDATE webhook_endpoints SET consecutive_failures = consecutive_failures + 1,
                        failing_since = coalesce(failing_since, \(attempt.at)), last_failure_at = \(attempt.at),
                        last_failure_status = \(attempt.status), last_failure_reason = \(attempt.outcome)
                    WHERE id = \(endpoint.id) RETURNING \(fragment: WebhookEndpointStore.columns)
                    """)
            return try rows.first.map { try WebhookEndpoint(row: $0).health }
        }
    }

    /// Adds deliveries of an event, each with its job; those that there are already are left as they are.
    package static func add(
        _ deliveries: [(id: WebhookDeliveryID, endpoint: WebhookEndpointID, job: UUID)], of event: WebhookEventID,
        in organization: OrganizationID, on connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            INSERT INTO webhook_deliveries (id, event_id, endpoint_id, organization_id, job_id, created_at)
            SELECT new.id, \(event), e.id, \(organization), new.job_id, now()
            FROM unnest(\(deliveries.map(\.id)), \(deliveries.map(\.endpoint)), \(deliveries.map(\.job)))
                AS new (id, endpoint_id, job_id)
            JOIN webhook_endpoints e ON e.id = new.endpoint_id
            JOIN webhook_events v ON v.id = \(event)
            ON CONFLICT DO NOTHING
            """)
    }

    /// Ends a delivery that waits.
    package static func end(
        _ id: WebhookDeliveryID, _ state: WebhookDelivery.State, on connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            UPDATE webhook_deliveries SET state = \(state), ended_at = now() WHERE id = \(id) AND state = 'waiting'
            """)
    }

    // MARK: Again

    /// The next deliveries to an endpoint that can be sent again, behind a place; in one state, when it is named.
    package static func redeliverable(
        to endpoint: WebhookEndpointID, in state: WebhookDelivery.State?, only ids: [WebhookDeliveryID]?,
        until moment: Date, behind place: WebhookDeliveryID?, limit: Int, on connection: PostgresConnection
    ) async throws -> [(id: WebhookDeliveryID, event: WebhookEventID, isWaiting: Bool, job: UUID, project: ProjectID?)]
    {
        let rows = try await connection.query(
            """
            SELECT d.id, d.event_id, d.state, d.job_id, v.project_id
            FROM webhook_deliveries d JOIN webhook_events v ON v.id = d.event_id
            WHERE d.endpoint_id = \(endpoint) AND (\(state)::text IS NULL OR d.state = \(state))
                AND (\(ids)::uuid[] IS NULL OR d.id = ANY (\(ids))) AND d.created_at <= \(moment)
                AND (\(place)::uuid IS NULL OR d.id > \(place))
            ORDER BY d.id LIMIT \(limit) FOR NO KEY UPDATE OF d
            """)
        return try rows.map { row in
            (
                try row.decode("id"), try row.decode("event_id"),
                try row.decode("state", as: WebhookDelivery.State.self) == .waiting, try row.decode("job_id"),
                try row.decode("project_id")
            )
        }
    }

    /// How many deliveries to an endpoint are in a state, or in any.
    package func count(to endpoint: WebhookEndpointID, in state: WebhookDelivery.State?) async throws -> Int {
        let rows = try await database.query(
            """
            SELECT count(*) AS total FROM webhook_deliveries
            WHERE endpoint_id = \(endpoint) AND (\(state)::text IS NULL OR state = \(state))
            """)
        return try rows.first?.decode("total") ?? 0
    }

    /// Lets deliveries wait again, each with a new job.
    package static func reopen(
        _ deliveries: [(id: WebhookDeliveryID, job: UUID)], on connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            UPDATE webhook_deliveries d SET state = 'waiting', ended_at = NULL, job_id = new.job_id
            FROM unnest(\(deliveries.map(\.id)), \(deliveries.map(\.job))) AS new (id, job_id) WHERE d.id = new.id
            """)
    }

    /// Ends some of the deliveries whose job ended without a say, because somebody cancelled it or its workers died of it;
    /// how many they were.
    package func endOrphans(limit: Int) async throws -> Int {
        try await database.execute(
            """
            UPDATE webhook_deliveries SET state = 'failed', ended_at = now() WHERE id IN (
                SELECT d.id FROM webhook_deliveries d LEFT JOIN jobs j ON j.id = d.job_id
                WHERE d.state = 'waiting' AND (j.id IS NULL OR j.ending IS NOT NULL)
                    AND d.created_at < now() - interval '1 min'
                ORDER BY d.id LIMIT \(limit) FOR UPDATE OF d SKIP LOCKED)
            """)
    }

    private static let selection: SQL = """
        SELECT d.id, d.endpoint_id, d.event_id, v.type, d.state, d.job_id, d.created_at, d.ended_at,
            CASE WHEN d.state = 'waiting' AND j.state = 'waiting' THEN j.run_at END AS next_attempt_at,
            (SELECT count(*) FROM webhook_attempts WHERE delivery_id = d.id) AS attempts,
            a.at, a.status, a.outcome, a.duration_ms, a.answer
        FROM webhook_deliveries d JOIN webhook_events v ON v.id = d.event_id
            LEFT JOIN jobs j ON j.id = d.job_id
            LEFT JOIN LATERAL (
                SELECT at, status, outcome, duration_ms, answer FROM webhook_attempts
                WHERE delivery_id = d.id ORDER BY at DESC LIMIT 1) a ON true
        """
}

/// What is sent for a delivery, where and with which secrets.
package struct WebhookErrand: Sendable {
    package let isWaiting: Bool
    package let begunAt: Date
    package let endpoint: WebhookEndpoint
    package let event: WebhookEvent
    /// Boxes that only the proxy opens, the current secret first.
    package let secrets: [[UInt8]]
}

extension WebhookDelivery {
    fileprivate init(row: PostgresRow) throws {
        let at = try row.decode("at", as: Date?.self)
        self.init(
            id: try row.decode("id"), endpointID: try row.decode("endpoint_id"), eventID: try row.decode("event_id"),
            eventType: try row.decode("type"), state: try row.decode("state"), jobID: try row.decode("job_id"),
            nextAttemptAt: try row.decode("next_attempt_at"), attempts: try row.decode("attempts"),
            lastAttempt: at == nil ? nil : try DeliveryAttempt(row: row), createdAt: try row.decode("created_at"),
            endedAt: try row.decode("ended_at"))
    }
}

extension DeliveryAttempt {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            at: try row.decode("at"), status: try row.decode("status"), outcome: try row.decode("outcome"),
            duration: .milliseconds(try row.decode("duration_ms", as: Int.self)), answer: try row.decode("answer"))
    }
}
