package import FoundationEssentials
package import Postgres
package import Records
internal import Tenancy

/// One month of execution logs or of spans.
package struct RetainedPartition: Sendable, Hashable {
    /// Of which class.
    package let kind: RetentionClass
    package let name: String
    package let range: Range<Date>
    package let bytes: Int64
}

/// The months of what is partitioned, which go as a whole once nothing in them is to be kept.
package struct RetainedPartitions: Sendable {
    private let database: PostgresClient

    /// How long whoever writes may have to wait for a month that is dropped, and how often that is tried.
    private static let patience = Duration.milliseconds(400)
    private static let tries = 8

    package init(database: PostgresClient) { self.database = database }

    /// The months that end before a moment, the oldest first.
    package func past(_ kind: RetentionClass, before moment: Date) async throws -> [RetainedPartition] {
        guard let parent = kind.partitioned else { return [] }
        let rows = try await database.query(
            """
            SELECT * FROM (
                SELECT c.relname AS name, pg_total_relation_size(c.oid) AS bytes,
                    to_date(right(c.relname, 7), 'YYYY_MM')::timestamp AT TIME ZONE 'UTC' AS begins,
                    (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC' AS ends
                FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid
                WHERE inhparent = \(parent)::regclass AND c.relname ~ '_[0-9]{4}_[0-9]{2}$'
            ) AS months WHERE ends <= \(moment) ORDER BY begins
            """)
        return try rows.map { row in
            RetainedPartition(
                kind: kind, name: try row.decode("name"),
                range: try row.decode("begins", as: Date.self)..<(try row.decode("ends", as: Date.self)),
                bytes: try row.decode("bytes"))
        }
    }

    /// For how many days from `now` on there is a partition, of whichever has fewer.
    package func daysAhead(at now: Date) async throws -> Double {
        var days = Double.greatestFiniteMagnitude
        for kind in [RetentionClass.executionLogs, .traces] {
            let last = try await past(kind, before: .distantFuture).last?.range.upperBound ?? now
            days = min(days, last.timeIntervalSince(now) / 86_400)
        }
        return days
    }

    /// Whether nothing in the partition is to be kept: all of it is past the time of its projects, and nothing is held or
    /// named.
    package func isDroppable(
        _ partition: RetainedPartition, under policy: RetentionPolicy, at now: Date
    ) async throws -> Bool {
        try await Self.isDroppable(partition, under: policy, at: now, on: database)
    }

    /// How many execution logs each project has in the partition; nothing of spans, which go with their traces.
    package func logs(in partition: RetainedPartition) async throws -> [(scope: RetentionScope, count: Int)] {
        guard partition.kind == .executionLogs else { return [] }
        do {
            let rows = try await database.query(
                """
                SELECT organization_id, project_id, count(*) AS number FROM \(identifier: partition.name)
                GROUP BY organization_id, project_id ORDER BY organization_id, project_id
                """)
            return try rows.map { row in
                (
                    RetentionScope(try row.decode("organization_id"), try row.decode("project_id")),
                    try row.decode("number")
                )
            }
        } catch let error as PostgresError where error.sqlState == .undefinedTable {
            return []
        }
    }

    /// Drops the partition, unless something in it is to be kept by now, by the rules and holds that are in force in the very
    /// moment in which it goes; `standard` holds where no rule does. Writers and readers wait for it for less than half a
    /// second; when others are in the way for longer, it is tried again, and after some tries left for the next time.
    package func drop(
        _ partition: RetainedPartition, standard: [RetentionClass: Int], at now: Date
    ) async throws -> Bool {
        guard let parent = partition.kind.partitioned else { return false }
        for _ in 0..<Self.tries {
            do {
                return try await database.transaction { connection in
                    try await connection.execute(
                        "SELECT set_config('lock_timeout', \("\(Self.patience.components.attoseconds / 1_000_000_000_000_000)"), true)"
                    )
                    // Whoever changes a rule or makes a hold has done so before, or does so when it has gone.
                    try await connection.execute("LOCK TABLE retention_rules, retention_holds IN SHARE MODE")
                    // From here on nobody labels what is in it, nor looks at it.
                    try await connection.execute("LOCK TABLE ONLY \(identifier: parent) IN ACCESS EXCLUSIVE MODE")
                    try await connection.execute("LOCK TABLE \(identifier: partition.name) IN ACCESS EXCLUSIVE MODE")
                    let alone = database.within(connection)
                    let policy = RetentionPolicy(
                        try await RetentionStore(database: alone).rules(), standard: standard)
                    guard try await Self.isDroppable(partition, under: policy, at: now, on: alone) else { return false }
                    try await connection.execute("DROP TABLE \(identifier: partition.name)")
                    return true
                }
            } catch let error as PostgresError where error.sqlState == .undefinedTable {
                return false
            } catch let error as PostgresError
                where error.sqlState == .lockNotAvailable || error.sqlState == .deadlockDetected
            {
                continue
            }
        }
        return false
    }

    private static func isDroppable(
        _ partition: RetainedPartition, under policy: RetentionPolicy, at now: Date, on database: PostgresClient
    ) async throws -> Bool {
        let kind = partition.kind
        let holds = try await RetentionStore(database: database).holds()
        switch kind {
        case .executionLogs:
            let named = try await database.query(
                """
                SELECT EXISTS (SELECT FROM annotations WHERE execution_log_at >= \(partition.range.lowerBound)
                    AND execution_log_at < \(partition.range.upperBound))
                OR EXISTS (SELECT FROM calibration_items WHERE source_log_at >= \(partition.range.lowerBound)
                    AND source_log_at < \(partition.range.upperBound))
                """)
            if try named.first?.decode(0, as: Bool.self) ?? true { return false }
            for (scope, newest) in try await newestLogs(in: partition, on: database) {
                guard let cutoff = policy.cutoff(of: kind, in: scope, at: now), newest < cutoff,
                    !holds.contains(where: { $0.scope.covers(scope) && $0.touches(partition.range) })
                else { return false }
            }
            return true
        case .traces:
            let known = try await database.query(
                """
                SELECT DISTINCT organization_id, project_id FROM traces WHERE first_span_at < \(partition.range.upperBound)
                    AND last_span_at >= \(partition.range.lowerBound)
                """)
            for row in known {
                let scope = RetentionScope(try row.decode("organization_id"), try row.decode("project_id"))
                guard let cutoff = policy.cutoff(of: kind, in: scope, at: now),
                    try await !hasTraces(of: partition, in: scope, keptFrom: cutoff, on: database),
                    // A trace is held by when it came, which is not when its spans began.
                    !holds.contains(where: { $0.scope.covers(scope) })
                else { return false }
            }
            return true
        case .files, .exports, .batches: return false
        }
    }

    /// The newest log of each project: two steps of an index each.
    private static func newestLogs(
        in partition: RetainedPartition, on database: PostgresClient
    ) async throws -> [(RetentionScope, Date)] {
        let rows = try await database.query(
            """
            WITH RECURSIVE found AS (
                (SELECT organization_id, project_id FROM \(identifier: partition.name)
                ORDER BY organization_id, project_id LIMIT 1)
                UNION ALL
                SELECT n.* FROM found f CROSS JOIN LATERAL (
                    SELECT organization_id, project_id FROM \(identifier: partition.name) l
                    WHERE (l.organization_id, l.project_id) > (f.organization_id, f.project_id)
                    ORDER BY organization_id, project_id LIMIT 1) n
            )
            SELECT f.organization_id, f.project_id, (
                SELECT max(created_at) FROM \(identifier: partition.name) l
                WHERE l.organization_id = f.organization_id AND l.project_id = f.project_id) AS newest
            FROM found f
            """)
        return try rows.map { row in
            (RetentionScope(try row.decode("organization_id"), try row.decode("project_id")), try row.decode("newest"))
        }
    }

    /// Whether some trace that has spans in the partition is not past its time.
    private static func hasTraces(
        of partition: RetainedPartition, in scope: RetentionScope, keptFrom cutoff: Date, on database: PostgresClient
    ) async throws -> Bool {
        let rows = try await database.query(
            """
            SELECT EXISTS (SELECT FROM traces r WHERE r.organization_id = \(scope.organizationID)
            AND r.project_id = \(scope.projectID) AND r.first_span_at < \(partition.range.upperBound)
            AND r.last_span_at >= \(partition.range.lowerBound)
            AND (r.last_span_at >= \(cutoff) OR r.created_at >= \(cutoff)))
            """)
        return try rows.first?.decode(0) ?? true
    }
}

extension RetentionClass {
    /// The table whose partitions it is stored in.
    fileprivate var partitioned: String? {
        switch self {
        case .executionLogs: "execution_logs"
        case .traces: "trace_spans"
        case .files, .exports, .batches: nil
        }
    }
}

extension RetentionScope {
    /// Whether what is said of this scope is said of the other as well.
    package func covers(_ other: RetentionScope) -> Bool {
        organizationID == other.organizationID && (projectID == nil || projectID == other.projectID)
    }
}
