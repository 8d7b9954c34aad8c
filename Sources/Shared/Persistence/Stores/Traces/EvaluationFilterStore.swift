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

    /// Stores a filter; `false` when the organisation has as many as it may.
    package func create(_ filter: EvaluationFilter) async throws -> Bool {
        let content = filter.content
        return try await database.execute(
            """
            INSERT INTO trace_filters (id, organization_id, owner_id, name, evaluator_id, judge_id, criteria, \
            extractor_rules, sampling_rate, delay_seconds, new_only, is_active, created_at, updated_at)
            SELECT \(filter.id), \(filter.organizationID), \(filter.ownerID), \(content.name), \
            \(content.target.evaluatorID), \(content.target.judgeID), \(content.criteria.text)::json, \
            \(content.extractorRules.text)::json, \(content.samplingRate), \(content.delaySeconds), \
            \(content.appliesToNewOnly), \(content.isActive), \(filter.createdAt), \(filter.updatedAt)
            WHERE (SELECT count(*) FROM trace_filters
                WHERE organization_id = \(filter.organizationID) AND deleted_at IS NULL) < \(Self.most)
            """) == 1
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
    /// that is switched off by it is superseded.
    package func update(_ filter: EvaluationFilter) async throws -> Bool {
        let content = filter.content
        return try await database.transaction { connection in
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
