package import FoundationEssentials
import Postgres
package import Records
package import Tenancy

// What belongs to a log.
extension ExecutionLogStore {
    /// How many of one relation are looked up, but for the evaluators of a judge.
    private static let mostRelated = 20
    /// The most evaluators of a judge that are looked up.
    private static let mostParts = 200
    /// How far from a log others of the same request are looked for, and among how many: a request has no index.
    private static let requestReach: TimeInterval = 120
    private static let requestLogs = 5000

    /// What belongs to a log of the organisation's, by relation; those of which there is nothing are left out.
    package func related(
        to log: ExecutionLog, within reach: ProjectReach = .organization
    ) async throws -> [RelatedLogs] {
        var found: [RelatedLogs] = []
        for relation in LogRelation.allCases {
            let limit = relation == .parts || relation == .siblings ? Self.mostParts : Self.mostRelated
            guard let query = Self.query(of: relation, log, within: reach, limit: limit + 1) else { continue }
            let rows = try await database.query(query)
            let items = try rows.prefix(limit).map(ExecutionLogRow.summary(of:))
            guard !items.isEmpty else { continue }
            found.append(RelatedLogs(relation: relation, items: items, hasMore: rows.count > limit))
        }
        return found
    }

    /// Notes that a log came of executing again what another had recorded.
    package func noteRerun(
        _ id: ExecutionLogID, of origin: ExecutionLogID, in organization: OrganizationID, at moment: Date
    ) async throws {
        try await database.execute(
            """
            INSERT INTO execution_reruns (id, organization_id, origin_id, created_at)
            VALUES (\(id), \(organization), \(origin), \(moment)) ON CONFLICT DO NOTHING
            """)
    }

    /// What a log was executed again from; `nil` for one that was not.
    package func origin(of id: ExecutionLogID, in organization: OrganizationID) async throws -> ExecutionLogID? {
        let rows = try await database.query(
            "SELECT origin_id FROM execution_reruns WHERE id = \(id) AND organization_id = \(organization)")
        return try rows.first?.decode("origin_id")
    }

    /// Those of the logs that the organisation has, in the order of time, the newest first.
    package func summaries(
        of ids: [ExecutionLogID], in organization: OrganizationID
    ) async throws -> [ExecutionLogSummary] {
        guard !ids.isEmpty else { return [] }
        let condition: SQL = "l.id = ANY (\(ids))\(fragment: Self.partition(of: ids))"
        let rows = try await database.query(
            Self.summaries(from: "execution_logs", condition, organization, limit: ids.count))
        return try rows.map(ExecutionLogRow.summary(of:))
    }

    /// `nil` for a relation that the log cannot be in.
    private static func query(
        of relation: LogRelation, _ log: ExecutionLog, within reach: ProjectReach, limit: Int
    ) -> SQL? {
        func known(_ condition: SQL, oldestFirst: Bool = false) -> SQL {
            summaries(
                from: "execution_logs", condition, log.organizationID, within: reach, limit: limit,
                oldestFirst: oldestFirst)
        }
        let others: SQL = "l.id <> \(log.id)"
        switch relation {
        case .judge:
            return log.parentID.map { known("l.id = \($0)\(fragment: partition(of: [$0]))") }
        case .parts:
            guard log.type == .judge else { return nil }
            return known(parts(of: log.id, log.createdAt), oldestFirst: true)
        case .siblings:
            return log.parentID.map { parent in
                known(
                    "\(fragment: parts(of: parent, parent.uuid.versionSevenDate ?? log.createdAt)) AND \(fragment: others)",
                    oldestFirst: true)
            }
        case .origin:
            return known(
                """
                l.id = (SELECT origin_id FROM execution_reruns WHERE id = \(log.id) \
                AND organization_id = \(log.organizationID))
                """)
        case .reruns:
            return known(
                """
                l.id = ANY (ARRAY(SELECT id FROM execution_reruns WHERE origin_id = \(log.id) \
                AND organization_id = \(log.organizationID) ORDER BY created_at DESC LIMIT \(limit)))
                """)
        case .previous:
            return log.item.id.map { item in
                known(
                    """
                    l.executed_item_id = \(item) AND l.created_at <= \(log.createdAt) \
                    AND (l.created_at, l.id) < (\(log.createdAt), \(log.id))
                    """)
            }
        case .request:
            return log.requestID.isEmpty ? nil : sameRequest(as: log, within: reach, limit: limit)
        case .session:
            return log.labels.sessionID.map { session in
                known(
                    """
                    l.session_id = \(session) AND l.parent_id IS NULL AND \(fragment: others) \
                    AND l.id IS DISTINCT FROM \(log.parentID)
                    """)
            }
        }
    }

    private static func parts(of parent: ExecutionLogID, _ moment: Date) -> SQL {
        """
        l.parent_id = \(parent) AND l.created_at BETWEEN \(moment.addingTimeInterval(-slack)) \
        AND \(moment.addingTimeInterval(longestExecution))
        """
    }

    /// Others of the request near the log, without those that belong to the same judge's execution.
    private static func sameRequest(as log: ExecutionLog, within reach: ProjectReach, limit: Int) -> SQL {
        let near: SQL = """
            (SELECT l.* FROM execution_logs l WHERE l.organization_id = \(log.organizationID) \
            AND l.created_at BETWEEN \(log.createdAt.addingTimeInterval(-requestReach)) \
            AND \(log.createdAt.addingTimeInterval(requestReach)) ORDER BY l.created_at, l.id LIMIT \(requestLogs))
            """
        let family = log.parentID ?? log.id
        return summaries(
            from: near,
            """
            l.request_id = \(log.requestID) AND l.id <> \(log.id) AND l.id <> \(family) \
            AND l.parent_id IS DISTINCT FROM \(family)
            """, log.organizationID, within: reach, limit: limit)
    }

    private static func summaries(
        from source: SQL, _ condition: SQL, _ organization: OrganizationID, within reach: ProjectReach = .organization,
        limit: Int, oldestFirst: Bool = false
    ) -> SQL {
        let bound: SQL = SQL.within(reach, "l.project_id").map { " AND \(fragment: $0)" } ?? ""
        let order: SQL = oldestFirst ? "ORDER BY l.created_at, l.id" : "ORDER BY l.created_at DESC, l.id DESC"
        return """
            SELECT \(fragment: ExecutionLogRow.listColumns(including: []))
            FROM (SELECT l.* FROM \(fragment: source) l WHERE l.organization_id = \(organization) \
            AND \(fragment: condition)\(fragment: bound) \(fragment: order) LIMIT \(limit)) AS l
            LEFT JOIN users o ON o.id = l.owner_id \(fragment: order)
            """
    }
}
