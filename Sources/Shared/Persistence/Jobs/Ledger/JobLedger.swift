internal import FoundationEssentials
package import Postgres
package import Queueing
internal import Tenancy

/// The truth about jobs: what is accepted, who may end it, and how it ended.
///
/// Everything is done by the database's clock.
package struct JobLedger: Sendable {
    let database: PostgresClient
    /// Tells Redis of jobs that were accepted with the end of another.
    let dispatch: @Sendable ([JobTicket]) async -> Void

    /// The most jobs of one statement.
    static let group = 1000

    /// `dispatch` is called after the commit with the jobs that follow others.
    package init(database: PostgresClient, dispatch: @escaping @Sendable ([JobTicket]) async -> Void) {
        self.database = database
        self.dispatch = dispatch
    }

    /// Accepts jobs in the caller's transaction, and returns those that are new: not those whose identifier is known, or
    /// whose key another one has that waits or runs.
    package static func add(
        _ jobs: [NewJob], on connection: PostgresConnection
    ) async throws(PostgresError) -> [JobTicket] {
        var tickets: [JobTicket] = []
        for group in jobs.groups(of: Self.group) {
            let rows = try await connection.query(insertion(of: Array(group)))
            for row in rows { tickets.append(try JobTicket(row: row)) }
        }
        return tickets
    }

    /// Accepts jobs in a transaction of their own, which is their statement where one is enough: that spares two round
    /// trips.
    func accept(_ jobs: [NewJob]) async throws -> [JobTicket] {
        guard jobs.count <= Self.group else {
            return try await database.transaction { try await Self.add(jobs, on: $0) }
        }
        guard !jobs.isEmpty else { return [] }
        return try await database.query(Self.insertion(of: jobs)).map { row throws(PostgresError) in
            try JobTicket(row: row)
        }
    }

    private static func insertion(of jobs: [NewJob]) -> SQL {
        """
        INSERT INTO jobs (id, organization_id, project_id, kind, queue, priority, limits, payload, batch_id, batch_index,
            run_at, max_attempts, timeout_seconds, unique_key, schedule_id, trace_parent, created_at)
        SELECT id, organization_id, project_id, kind, queue, priority, string_to_array(limits, ','), payload, batch_id,
            batch_index, coalesce(run_at, now()), max_attempts, timeout_seconds, unique_key, schedule_id, trace_parent,
            now()
        FROM unnest(\(jobs.map(\.id.uuid)), \(jobs.map { $0.organizationID?.uuid }), \(jobs.map { $0.projectID?.uuid }), \
        \(jobs.map(\.kind.rawValue)), \(jobs.map(\.queue.rawValue)), \(jobs.map(\.priority.rawValue)), \
        \(jobs.map { $0.limits.map(\.text).joined(separator: ",") }), \(jobs.map { JSONText($0.payload) }), \
        \(jobs.map { $0.batch?.batchID.uuid }), \(jobs.map { $0.batch?.index }), \(jobs.map(\.runAt)), \
        \(jobs.map(\.maxAttempts)), \(jobs.map { max(1, Int($0.timeout.components.seconds)) }), \
        \(jobs.map(\.uniqueKey)), \(jobs.map { $0.scheduleID?.uuid }), \(jobs.map(\.traceParent)))
            AS new (id, organization_id, project_id, kind, queue, priority, limits, payload, batch_id, batch_index, run_at,
                max_attempts, timeout_seconds, unique_key, schedule_id, trace_parent)
        ON CONFLICT DO NOTHING
        RETURNING \(fragment: JobRow.ticketColumns)
        """
    }
}
