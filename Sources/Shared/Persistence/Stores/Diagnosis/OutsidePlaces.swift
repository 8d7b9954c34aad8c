package import Postgres

/// The places outside that somebody has configured: what the LLM proxy may be connected to.
package struct OutsidePlaces: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// URLs and host names, without repetition.
    package func all() async throws -> [String] {
        try await database.query(
            """
            SELECT base_url AS place FROM providers WHERE base_url <> ''
            UNION SELECT url FROM models WHERE url <> ''
            UNION SELECT url FROM webhook_endpoints
            UNION SELECT host FROM audit_targets
            UNION SELECT metadata_url FROM identity_providers WHERE metadata_url IS NOT NULL
            ORDER BY place
            """
        ).map { try $0.decode("place") }
    }
}
