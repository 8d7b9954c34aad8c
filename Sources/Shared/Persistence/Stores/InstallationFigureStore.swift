package import EventLoop
package import Postgres

/// Figures of the whole installation for monitoring, whosever they are. Every question is bounded by what is open, by the
/// people or by the keys that there are; none looks at execution logs.
package struct InstallationFigureStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Who is signed in, and what ends soon.
    package struct Access: Sendable, Hashable {
        package let sessions: Int
        /// API keys that end within thirty days.
        package let expiringKeys: Int
        /// Identity providers that are in use: all, those whose metadata cannot be read anew, and those with a certificate of
        /// whose end somebody was told.
        package let identityProviders: Int
        package let failingMetadata: Int
        package let expiringCertificates: Int
    }

    /// Counts sessions, keys and identity providers.
    package func access(until deadline: Deadline) async throws(PostgresError) -> Access {
        let rows = try await database.query(
            """
            SELECT (SELECT count(*) FROM sessions WHERE expires_at > now() AND idle_expires_at > now()),
                (SELECT count(*) FROM api_keys WHERE revoked_at IS NULL
                    AND expires_at BETWEEN now() AND now() + interval '30 days'),
                count(*), count(*) FILTER (WHERE metadata_failing_since IS NOT NULL),
                count(*) FILTER (WHERE warned_at IS NOT NULL)
            FROM identity_providers WHERE is_enabled
            """, until: deadline)
        guard let row = rows.first else { throw PostgresError(.decoding, "a question was not answered") }
        return Access(
            sessions: try row.decode(0), expiringKeys: try row.decode(1), identityProviders: try row.decode(2),
            failingMetadata: try row.decode(3), expiringCertificates: try row.decode(4))
    }

    /// What the newest calibrations of evaluators say. Nothing is known where there are none.
    package struct Calibrations: Sendable, Hashable {
        /// How old the newest one is of the evaluator that has waited longest, and of all, in seconds.
        package let oldest: Double?
        package let newest: Double?
        /// The least agreement with people, Krippendorff's alpha, and the one in the middle.
        package let lowestAlpha: Double?
        package let medianAlpha: Double?
        /// The furthest that the bias of an evaluator moved between its two newest calibrations.
        package let shift: Double?
    }

    /// Looks at the two newest calibrations of each evaluator.
    package func calibrations(until deadline: Deadline) async throws(PostgresError) -> Calibrations {
        let rows = try await database.query(
            """
            WITH ranked AS (
                SELECT r.evaluator_id, r.concluded_at, (r.metrics->>'krippendorff_alpha')::float8 AS alpha,
                    (r.metrics->>'bias')::float8 AS bias,
                    row_number() OVER (PARTITION BY r.organization_id, r.evaluator_id
                        ORDER BY r.created_at DESC, r.id DESC) AS place
                FROM calibration_runs r
                JOIN evaluators e ON e.id = r.evaluator_id AND e.deleted_at IS NULL
                WHERE r.metrics IS NOT NULL AND r.failure IS NULL AND r.concluded_at IS NOT NULL),
            newest AS (SELECT * FROM ranked WHERE place = 1)
            SELECT extract(epoch FROM now() - min(n.concluded_at))::float8,
                extract(epoch FROM now() - max(n.concluded_at))::float8, min(n.alpha),
                percentile_cont(0.5) WITHIN GROUP (ORDER BY n.alpha), max(abs(n.bias - b.bias))
            FROM newest n LEFT JOIN ranked b ON b.evaluator_id = n.evaluator_id AND b.place = 2
            """, until: deadline)
        guard let row = rows.first else { throw PostgresError(.decoding, "a question was not answered") }
        return Calibrations(
            oldest: try row.decode(0), newest: try row.decode(1), lowestAlpha: try row.decode(2),
            medianAlpha: try row.decode(3), shift: try row.decode(4))
    }
}
