package import FoundationEssentials
package import Postgres
package import Records
import Scoring
package import Tenancy

/// The filters that have traces evaluated. Deleted ones are kept for what became of traces under them.
package struct EvaluationFilterStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// The most filters of an organisation.
    package static let most = 200

    /// The most traces that a filter looks back at, and how long ago they came at most.
    package static let mostPast = 10_000
    package static let longestPast: TimeInterval = 30 * 86_400

    /// Stores a filter; `false` when the organisation has as many as it may. One that is not for new traces only is given the
    /// newest of those that have come already.
    package func create(_ filter: EvaluationFilter) async throws -> Bool {
        let content = filter.content
        return try await database.transaction { connection in
            let created = try await connection.execute(
                """
                INSERT INTO trace_filters (id, organization_id, owner_id, name, evaluator_id, judge_id, criteria, \
                extractor_rules, sampling_rate, delay_seconds, new_only, is_active, created_at, updated_at)
                SELECT \(filter.id), \(filter.organizationID), \(filter.ownerID), \(content.name), \
                \(content.target.evaluatorID), \(content.target.judgeID), \(content.criteria.text)::json, \
                \(content.extractorRules.text)::json, \(content.samplingRate), \(content.delaySeconds), \
                \(content.appliesToNewOnly), \(content.isActive), \(filter.createdAt), \(filter.updatedAt)
                WHERE (SELECT count(*) FROM trace_filters
                    WHERE organization_id = \(filter.organizationID) AND deleted_at IS NULL) < \(Self.most)
                """)
            guard created == 1 else { return false }
            if content.looksBack { try await Self.lookBack(filter, on: connection) }
            return true
        }
    }

    /// Gives a filter the newest traces that it does not have yet. They are decided about when they have been quiet for long
    /// enough, as the others are.
    private static func lookBack(_ filter: EvaluationFilter, on connection: PostgresConnection) async throws {
        let moment = filter.updatedAt
        try await connection.execute(
            """
            INSERT INTO trace_candidates (organization_id, filter_id, trace_id, state, due_at, created_at)
            SELECT t.organization_id, \(filter.id), t.trace_id, 'settling',
                greatest(\(moment), t.settled_at + make_interval(secs => \(filter.content.delaySeconds))), \(moment)
            FROM (
                SELECT organization_id, trace_id, settled_at FROM traces
                WHERE organization_id = \(filter.organizationID)
                    AND created_at >= \(moment.addingTimeInterval(-longestPast))
                ORDER BY created_at DESC, trace_id DESC LIMIT \(mostPast)
            ) AS t ORDER BY t.trace_id
            ON CONFLICT DO NOTHING
            """)
    }

    /// All filters of the organisation, the newest first.
    package func all(in organization: OrganizationID) async throws -> [EvaluationFilter] {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM trace_filters
            WHERE organization_id = \(organization) AND deleted_at IS NULL ORDER BY created_at DESC, id DESC
            """)
        return try rows.map(EvaluationFilter.init(row:))
    }

    /// The filter, `nil` when the organisation has none of this identifier, or no more.
    package func find(_ id: EvaluationFilterID, in organization: OrganizationID) async throws -> EvaluationFilter? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns) FROM trace_filters
            WHERE id = \(id) AND organization_id = \(organization) AND deleted_at IS NULL
            """)
        return try rows.first.map(EvaluationFilter.init(row:))
    }

    /// Stores what a filter says now; `false` when the organisation has none of this identifier. What waits under one
    /// that is switched off by it is superseded; one that is not for new traces only any more is given those that came before.
    package func update(_ filter: EvaluationFilter) async throws -> Bool {
        let content = filter.content
        return try await database.transaction { connection in
            let known = try await connection.query(
                """
                SELECT new_only, is_active FROM trace_filters
                WHERE id = \(filter.id) AND organization_id = \(filter.organizationID) FOR UPDATE
                """)
            let lookedBack = try known.first.map { try !$0.decode("new_only", as: Bool.self) && $0.decode("is_active") }
            let changed = try await connection.execute(
                """
                UPDATE trace_filters SET name = \(content.name), evaluator_id = \(content.target.evaluatorID), \
                judge_id = \(content.target.judgeID), criteria = \(content.criteria.text)::json, \
                extractor_rules = \(content.extractorRules.text)::json, sampling_rate = \(content.samplingRate), \
                delay_seconds = \(content.delaySeconds), new_only = \(content.appliesToNewOnly), \
                is_active = \(content.isActive), updated_at = \(filter.updatedAt)
                WHERE id = \(filter.id) AND organization_id = \(filter.organizationID) AND deleted_at IS NULL
                """)
            guard changed == 1 else { return false }
            if !content.isActive {
                try await Self.supersede(filter.id, "The filter was switched off.", on: connection)
            }
            if content.looksBack, lookedBack == false { try await Self.lookBack(filter, on: connection) }
            return true
        }
    }

    /// Deletes a filter; `false` when the organisation has none of this identifier.
    package func delete(
        _ id: EvaluationFilterID, in organization: OrganizationID, at moment: Date
    ) async throws -> Bool {
        try await database.transaction { connection in
            let deleted = try await connection.execute(
                """
                UPDATE trace_filters SET deleted_at = \(moment), is_active = false
                WHERE id = \(id) AND organization_id = \(organization) AND deleted_at IS NULL
                """)
            guard deleted == 1 else { return false }
            try await Self.supersede(id, "The filter was deleted.", on: connection)
            return true
        }
    }

    private static func supersede(
        _ id: EvaluationFilterID, _ reason: String, on connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            UPDATE trace_candidates SET state = 'superseded', reason = \(reason), ended_at = now()
            WHERE filter_id = \(id) AND state = 'settling'
            """)
    }

    private static let columns: SQL = """
        id, organization_id, owner_id, name, evaluator_id, judge_id, criteria, extractor_rules, sampling_rate, \
        delay_seconds, new_only, is_active, created_at, updated_at
        """
}

extension EvaluationFilter.Content {
    /// Whether traces that came before the filter are evaluated as well.
    fileprivate var looksBack: Bool { isActive && !appliesToNewOnly }
}

extension EvaluationFilter.Target {
    fileprivate var evaluatorID: EvaluatorID? {
        guard case .evaluator(let id) = self else { return nil }
        return id
    }

    fileprivate var judgeID: JudgeID? {
        guard case .judge(let id) = self else { return nil }
        return id
    }
}

extension EvaluationFilter {
    fileprivate init(row: PostgresRow) throws {
        let target: Target =
            if let judge = try row.decode("judge_id", as: JudgeID?.self) {
                .judge(judge)
            } else {
                .evaluator(try row.decode("evaluator_id"))
            }
        self.init(
            id: try row.decode("id"), organizationID: try row.decode("organization_id"),
            ownerID: try row.decode("owner_id"),
            content: Content(
                name: try row.decode("name"), target: target,
                criteria: OpaqueJSON(text: try row.decode("criteria")),
                extractorRules: OpaqueJSON(text: try row.decode("extractor_rules")),
                samplingRate: try row.decode("sampling_rate"), delaySeconds: try row.decode("delay_seconds"),
                appliesToNewOnly: try row.decode("new_only"), isActive: try row.decode("is_active")),
            createdAt: try row.decode("created_at"), updatedAt: try row.decode("updated_at"))
    }
}
