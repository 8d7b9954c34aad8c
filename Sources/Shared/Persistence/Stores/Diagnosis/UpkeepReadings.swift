package import FoundationEssentials
package import Postgres

/// What in an installation comes to its end, is behind or does not add up: for those who look after it. There is nothing
/// of people in it.
package struct UpkeepReadings: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    // MARK: Keys and identity providers

    /// API keys that end.
    package struct KeyEnds: Sendable {
        /// Ended in the last 30 days.
        package let ended: Int
        package let withinAWeek: Int
        /// Within 30 days, but not within a week.
        package let withinAMonth: Int
    }

    /// How many API keys end soon.
    package func keyEnds() async throws -> KeyEnds? {
        try await database.query(
            """
            SELECT count(*) FILTER (WHERE expires_at <= now()) AS ended,
                count(*) FILTER (WHERE expires_at > now() AND expires_at <= now() + interval '7 days') AS week,
                count(*) FILTER (WHERE expires_at > now() + interval '7 days') AS month
            FROM api_keys WHERE revoked_at IS NULL
                AND expires_at BETWEEN now() - interval '30 days' AND now() + interval '30 days'
            """
        ).first.map { row in
            KeyEnds(
                ended: try row.decode("ended"), withinAWeek: try row.decode("week"),
                withinAMonth: try row.decode("month"))
        }
    }

    /// An identity provider of an organisation.
    package struct IdentityProvider: Sendable {
        package let name: String
        package let organization: String
        package let entityID: String
        package let metadata: String
        /// Whether the metadata is read again by itself.
        package let followsURL: Bool
        package let readAt: Date
        package let failingSince: Date?
        package let failure: String?
        /// Our own certificates there, in PEM.
        package let certificates: [String]
    }

    /// Those that are in use.
    package func identityProviders() async throws -> [IdentityProvider] {
        try await database.query(
            """
            SELECT identity_providers.name, organizations.name AS organization, entity_id, metadata,
                metadata_url IS NOT NULL AS follows, metadata_read_at, metadata_failing_since, metadata_failure,
                ARRAY(SELECT certificate FROM identity_provider_keys
                    WHERE provider_id = identity_providers.id AND state = 'present') AS certificates
            FROM identity_providers JOIN organizations ON organizations.id = organization_id
            WHERE is_enabled ORDER BY lower(organizations.name), lower(identity_providers.name)
            """
        ).map { row in
            IdentityProvider(
                name: try row.decode("name"), organization: try row.decode("organization"),
                entityID: try row.decode("entity_id"), metadata: try row.decode("metadata"),
                followsURL: try row.decode("follows"),
                readAt: try row.decode("metadata_read_at"), failingSince: try row.decode("metadata_failing_since"),
                failure: try row.decode("metadata_failure"), certificates: try row.decode("certificates"))
        }
    }

    // MARK: Work

    /// What was accepted and what became of it.
    package struct Ledger: Sendable {
        package let accepted: Int64
        package let finished: Int64
        package let dead: Int64
        package let cancelled: Int64
        /// What is there of it to be done: jobs, and what is still to be made a job.
        package let open: Int64

        /// Whether everything that was accepted is somewhere.
        package var isBalanced: Bool { accepted == finished + dead + cancelled + open }
    }

    /// The items of all batches. What is open is counted among the jobs, not subtracted.
    package func ledger() async throws -> Ledger? {
        try await database.query(
            """
            SELECT coalesce(sum(total), 0)::int8 AS accepted, coalesce(sum(finished), 0)::int8 AS finished,
                coalesce(sum(dead), 0)::int8 AS dead, coalesce(sum(cancelled), 0)::int8 AS cancelled,
                (coalesce(sum(total - expanded) FILTER (WHERE state <> 'ended'), 0)
                    + (SELECT count(*) FROM jobs WHERE batch_id IS NOT NULL AND batch_index IS NOT NULL
                        AND ending IS NULL))::int8 AS open
            FROM batches
            """
        ).first.map { row in
            Ledger(
                accepted: try row.decode("accepted"), finished: try row.decode("finished"),
                dead: try row.decode("dead"), cancelled: try row.decode("cancelled"), open: try row.decode("open"))
        }
    }

    /// How many jobs run for longer than they may, although somebody should have taken them back.
    package func stuckJobs() async throws -> Int {
        try await database.query(
            """
            SELECT count(*) AS stuck FROM jobs WHERE ending IS NULL AND state = 'running'
                AND started_at + make_interval(secs => timeout_seconds + 300) < now()
            """
        ).first?.decode("stuck") ?? 0
    }

    /// A queue with what waits there and what was given up.
    package struct Queue: Sendable {
        package let name: String
        package let waiting: Int64
        package let running: Int64
        /// Given up in the last day.
        package let dead: Int64
        /// How long ago the oldest that waits was due, in seconds.
        package let oldestSeconds: Double?
    }

    /// The queues with something in them.
    package func queues() async throws -> [Queue] {
        try await database.query(
            """
            SELECT queue, count(*) FILTER (WHERE ending IS NULL AND state = 'waiting')::int8 AS waiting,
                count(*) FILTER (WHERE ending IS NULL AND state = 'running')::int8 AS running,
                count(*) FILTER (WHERE ending = 'dead')::int8 AS dead,
                extract(epoch FROM now() - min(run_at) FILTER (WHERE ending IS NULL AND state = 'waiting'
                    AND run_at <= now()))::float8 AS oldest
            FROM jobs WHERE ending IS NULL OR (ending = 'dead' AND ended_at > now() - interval '1 day')
            GROUP BY queue ORDER BY queue
            """
        ).map { row in
            Queue(
                name: try row.decode("queue"), waiting: try row.decode("waiting"), running: try row.decode("running"),
                dead: try row.decode("dead"), oldestSeconds: try row.decode("oldest"))
        }
    }

    // MARK: Audit

    /// How far the audit was gone over.
    package struct AuditStanding: Sendable {
        package let chains: Int
        package let broken: Int
        /// Chains that were never gone over to their end.
        package let unchecked: Int
        /// Of the chain for which that is longest ago, how long, in seconds.
        package let oldestCheckSeconds: Double?
    }

    /// What the daemons have found out about the chains of the audit.
    package func audit() async throws -> AuditStanding? {
        try await database.query(
            """
            SELECT count(*) AS chains, count(*) FILTER (WHERE fault_position IS NOT NULL) AS broken,
                count(*) FILTER (WHERE checked_whole_at IS NULL) AS unchecked,
                extract(epoch FROM now() - min(checked_whole_at))::float8 AS oldest
            FROM audit_chains LEFT JOIN audit_checks USING (chain)
            """
        ).first.map { row in
            AuditStanding(
                chains: try row.decode("chains"), broken: try row.decode("broken"),
                unchecked: try row.decode("unchecked"), oldestCheckSeconds: try row.decode("oldest"))
        }
    }

    // MARK: Schedules

    /// Something that is done again and again.
    package struct Schedule: Sendable {
        package let name: String
        /// How long ago it should have begun, in seconds.
        package let lateSeconds: Double
    }

    /// Schedules that nobody keeps.
    package func lateSchedules() async throws -> [Schedule] {
        try await database.query(
            """
            SELECT name, extract(epoch FROM now() - next_run_at)::float8 AS late FROM schedules
            WHERE NOT is_paused AND next_run_at < now() - interval '10 minutes' ORDER BY name
            """
        ).map { Schedule(name: try $0.decode("name"), lateSeconds: try $0.decode("late")) }
    }

    // MARK: Sealed keys

    /// The keys of providers that are in use, as they are stored: sealed.
    package func sealedKeys() async throws -> [[UInt8]] {
        try await database.query(
            """
            SELECT sealed_key FROM providers WHERE sealed_key IS NOT NULL
            UNION ALL SELECT sealed_key FROM models WHERE sealed_key IS NOT NULL
            UNION ALL SELECT sealed_key FROM provider_keys WHERE state <> 'revoked'
            """
        ).map { try $0.decode("sealed_key") }
    }
}
