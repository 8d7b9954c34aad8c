package import FoundationEssentials
package import Postgres
package import Tenancy
package import Webhooks

/// The endpoints of webhooks. Their secrets come in sealed, and are given out again still sealed, for the proxy.
package struct WebhookEndpointStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// The endpoints of an organisation, or of all; the oldest first.
    package func list(of organization: OrganizationID?) async throws -> [WebhookEndpoint] {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM webhook_endpoints
            WHERE \(organization)::uuid IS NULL OR organization_id = \(organization)
            ORDER BY created_at, id LIMIT 10000
            """)
        return try rows.map(WebhookEndpoint.init(row:))
    }

    /// An endpoint of an organisation, or of whichever has it.
    package func find(_ id: WebhookEndpointID, of organization: OrganizationID?) async throws -> WebhookEndpoint? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM webhook_endpoints
            WHERE id = \(id) AND (\(organization)::uuid IS NULL OR organization_id = \(organization))
            """)
        return try rows.first.map(WebhookEndpoint.init(row:))
    }

    /// The boxes with the secrets that sign for an endpoint at a moment, the current one first.
    package func secrets(of id: WebhookEndpointID, at moment: Date) async throws -> [[UInt8]] {
        let rows = try await database.query(
            """
            SELECT sealed_secret, CASE WHEN former_expires_at > \(moment) THEN former_secret END AS former
            FROM webhook_endpoints WHERE id = \(id)
            """)
        return try rows.first.map { row in
            [try row.decode("sealed_secret", as: [UInt8].self)]
                + (try row.decode("former", as: [UInt8]?.self).map { [$0] } ?? [])
        } ?? []
    }

    // MARK: In the caller's transaction

    /// Adds an endpoint; `false` when the organisation has as many as it may.
    package static func add(
        _ endpoint: WebhookEndpoint, sealed: [UInt8], on connection: PostgresConnection
    ) async throws -> Bool {
        let added = try await connection.execute(
            """
            INSERT INTO webhook_endpoints (id, organization_id, project_id, url, description, event_types, state, \
            sealed_secret, created_by, created_at, updated_at)
            SELECT \(endpoint.id), \(endpoint.organizationID), \(endpoint.projectID), \(endpoint.url), \
            \(endpoint.description), \(Self.names(of: endpoint.eventTypes)), \(endpoint.state), \(sealed), \
            \(endpoint.createdBy), \(endpoint.createdAt), \(endpoint.updatedAt)
            WHERE (SELECT count(*) FROM webhook_endpoints WHERE organization_id = \(endpoint.organizationID)) \
            < \(WebhookEndpoint.most)
            """)
        return added == 1
    }

    /// Replaces what people say of an endpoint.
    package static func update(_ endpoint: WebhookEndpoint, on connection: PostgresConnection) async throws -> Bool {
        let changed = try await connection.execute(
            """
            UPDATE webhook_endpoints SET project_id = \(endpoint.projectID), url = \(endpoint.url), \
            description = \(endpoint.description), event_types = \(Self.names(of: endpoint.eventTypes)), \
            updated_at = \(endpoint.updatedAt)
            WHERE id = \(endpoint.id) AND organization_id = \(endpoint.organizationID)
            """)
        return changed == 1
    }

    /// Pauses an endpoint or lets it go on, with a clean slate. `false` when there is none.
    package static func set(
        _ state: WebhookEndpoint.State, _ id: WebhookEndpointID, of organization: OrganizationID, at moment: Date,
        on connection: PostgresConnection
    ) async throws -> Bool {
        let changed = try await connection.execute(
            """
            UPDATE webhook_endpoints SET state = \(state), state_reason = NULL, updated_at = \(moment), \
            consecutive_failures = CASE WHEN \(state) = 'active' THEN 0 ELSE consecutive_failures END, \
            failing_since = CASE WHEN \(state) = 'active' THEN NULL ELSE failing_since END
            WHERE id = \(id) AND organization_id = \(organization)
            """)
        return changed == 1
    }

    /// Replaces the secret; the one that was current signs too until `expiry`.
    package static func rotate(
        _ id: WebhookEndpointID, of organization: OrganizationID, to sealed: [UInt8], formerUntil expiry: Date,
        at moment: Date, on connection: PostgresConnection
    ) async throws -> Bool {
        let changed = try await connection.execute(
            """
            UPDATE webhook_endpoints SET former_secret = sealed_secret, former_expires_at = \(expiry), \
            sealed_secret = \(sealed), updated_at = \(moment)
            WHERE id = \(id) AND organization_id = \(organization)
            """)
        return changed == 1
    }

    /// Deletes an endpoint with its deliveries.
    package static func delete(
        _ id: WebhookEndpointID, of organization: OrganizationID, on connection: PostgresConnection
    ) async throws -> Bool {
        let deleted = try await connection.execute(
            "DELETE FROM webhook_endpoints WHERE id = \(id) AND organization_id = \(organization)")
        return deleted == 1
    }

    /// Disables an endpoint because of what came of a delivery; `false` when it is not active any more.
    package static func disable(
        _ id: WebhookEndpointID, because reason: String, at moment: Date, on connection: PostgresConnection
    ) async throws -> Bool {
        let changed = try await connection.execute(
            """
            UPDATE webhook_endpoints SET state = 'disabled', state_reason = \(reason), updated_at = \(moment)
            WHERE id = \(id) AND state = 'active'
            """)
        return changed == 1
    }

    private static func names(of types: Set<WebhookEventType>?) -> [String]? {
        types.map { $0.sorted().map(\.rawValue) }
    }

    static let columns: SQL = """
        id, organization_id, project_id, url, description, event_types, state, state_reason, former_expires_at, \
        consecutive_failures, failing_since, last_success_at, last_failure_at, last_failure_status, \
        last_failure_reason, created_by, created_at, updated_at
        """
}

extension WebhookEndpoint.State: PostgresBindable, PostgresDecodable {}
extension WebhookEventType: PostgresBindable, PostgresArrayElement, PostgresDecodable {}
extension WebhookDelivery.State: PostgresBindable, PostgresArrayElement, PostgresDecodable {}

extension WebhookEndpoint {
    init(row: PostgresRow) throws {
        let types = try row.decode("event_types", as: [String]?.self)
        self.init(
            id: try row.decode("id"), organizationID: try row.decode("organization_id"),
            projectID: try row.decode("project_id"), url: try row.decode("url"),
            description: try row.decode("description"),
            eventTypes: types.map { Set($0.compactMap(WebhookEventType.init(rawValue:))) },
            state: try row.decode("state"), stateReason: try row.decode("state_reason"),
            health: Health(
                consecutiveFailures: try row.decode("consecutive_failures"),
                failingSince: try row.decode("failing_since"), lastSuccessAt: try row.decode("last_success_at"),
                lastFailureAt: try row.decode("last_failure_at"),
                lastFailureStatus: try row.decode("last_failure_status"),
                lastFailureReason: try row.decode("last_failure_reason")),
            formerSecretExpiresAt: try row.decode("former_expires_at"), createdBy: try row.decode("created_by"),
            createdAt: try row.decode("created_at"), updatedAt: try row.decode("updated_at"))
    }
}
