package import FoundationEssentials
package import Postgres
package import Records
import Scoring
package import Tenancy

/// The logs of executions, which ``ExecutionLogWriter`` writes. They are never changed, but for their tags.
package struct ExecutionLogStore: Sendable {
    let database: PostgresClient
    let now: @Sendable () -> Date
    /// How many logs a statement of a list looks at.
    let reach: Int

    /// A store that leaves the partitions of months to come out of its lists, going by the given clock.
    package init(
        database: PostgresClient, now: @escaping @Sendable () -> Date = { Date() },
        reach: Int = ExecutionSearchStore.usualReach
    ) {
        self.database = database
        self.now = now
        self.reach = reach
    }

    /// The log in full, `nil` when the organisation has none of this identifier.
    package func find(_ id: ExecutionLogID, in organization: OrganizationID) async throws -> ExecutionLogDetails? {
        let rows = try await database.query(Self.finding(id, in: organization))
        guard let row = rows.first else { return nil }
        let (log, owner) = try ExecutionLogRow.details(of: row)
        let results = log.type == .judge ? try await evaluatorResults(of: [log], in: organization) : [:]
        return ExecutionLogDetails(log: log, owner: owner, evaluatorResults: results[log.id] ?? [])
    }

    /// Up to `limit` different session identifiers with that beginning of logs within `reach`, in the order of their bytes.
    package func sessionIDs(
        startingWith prefix: String, in organization: OrganizationID, within reach: ProjectReach = .organization,
        limit: Int
    ) async throws -> [String] {
        try await distinct("session_id", startingWith: prefix, in: organization, within: reach, limit: limit)
    }

    /// Up to `limit` different user identifiers with that beginning of logs within `reach`, in the order of their bytes.
    package func userIDs(
        startingWith prefix: String, in organization: OrganizationID, within reach: ProjectReach = .organization,
        limit: Int
    ) async throws -> [String] {
        try await distinct("user_id", startingWith: prefix, in: organization, within: reach, limit: limit)
    }

    private func distinct(
        _ column: String, startingWith prefix: String, in organization: OrganizationID, within reach: ProjectReach,
        limit: Int
    ) async throws -> [String] {
        let rows = try await database.query(
            Self.distinctValues(of: column, startingWith: prefix, in: organization, within: reach, limit: limit))
        return try rows.map { try $0.decode("value") }
    }

    static func finding(_ id: ExecutionLogID, in organization: OrganizationID) -> SQL {
        """
        SELECT \(fragment: ExecutionLogRow.detailColumns) FROM execution_logs l
        LEFT JOIN users o ON o.id = l.owner_id
        LEFT JOIN evaluator_versions v ON v.id = l.executed_item_version_id AND l.scoring_criteria IS NULL
        WHERE l.id = \(id)\(fragment: partition(of: [id])) AND \(fragment: belongs(to: organization))
        """
    }

    /// Steps from one value to the next along the index: reading every row to find thirty values would take as long
    /// as there are rows.
    static func distinctValues(
        of column: String, startingWith prefix: String, in organization: OrganizationID,
        within reach: ProjectReach = .organization, limit: Int
    ) -> SQL {
        let bound: SQL = SQL.within(reach, "l.project_id").map { " AND \(fragment: $0)" } ?? ""
        // No text is greater in the order of bytes than the prefix and the greatest scalar.
        let end = prefix + "\u{10FFFF}"
        return """
            WITH RECURSIVE found (value) AS (
                (SELECT l.\(identifier: column) FROM execution_logs l
                WHERE l.organization_id = \(organization) AND l.\(identifier: column) >= \(prefix)
                    AND l.\(identifier: column) < \(end)\(fragment: bound)
                ORDER BY 1 LIMIT 1)
                UNION ALL
                SELECT (SELECT l.\(identifier: column) FROM execution_logs l
                    WHERE l.organization_id = \(organization) AND l.\(identifier: column) > found.value
                        AND l.\(identifier: column) < \(end)\(fragment: bound)
                    ORDER BY 1 LIMIT 1)
                FROM found WHERE found.value IS NOT NULL
            )
            SELECT value FROM found WHERE value IS NOT NULL LIMIT \(limit)
            """
    }

    /// The organisation as a condition that no index answers. A row is found by its identifier; before the table has
    /// statistics the planner would rather walk all logs of the organisation in that range of time.
    static func belongs(to organization: OrganizationID) -> SQL {
        "(l.organization_id = \(organization)) IS TRUE"
    }

    /// How far the time in an identifier and the stored one may lie apart.
    static let slack: TimeInterval = 3600
    /// How long after its judge's log a part may have been made.
    static let longestExecution: TimeInterval = 86_400

    /// The range of time that identifiers of version 7 lie in, so that other partitions are not touched; nothing when
    /// one of them is of another version.
    static func partition(of ids: [ExecutionLogID]) -> SQL {
        let dates = ids.compactMap(\.uuid.versionSevenDate)
        guard dates.count == ids.count, let first = dates.min(), let last = dates.max() else { return "" }
        return """
             AND l.created_at BETWEEN \(first.addingTimeInterval(-slack)) AND \(last.addingTimeInterval(slack))
            """
    }
}
