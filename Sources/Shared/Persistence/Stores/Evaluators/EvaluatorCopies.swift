import FoundationEssentials
import Postgres
import Scoring
import Tenancy

/// Copies of evaluators with all their versions and the objectives that they measure, for an organisation that gets a judge
/// whose evaluators stay where they are.
struct EvaluatorCopies: Sendable {
    /// The identifiers of what is copied, of all four tables.
    private let originals: [UUID]
    /// Those of their copies, in the same order.
    private let copies: [UUID]

    /// Chooses the identifiers of the copies; nothing is stored yet. Objectives of others than the organisation, as built-in
    /// ones are, need no copy.
    init(of evaluators: [EvaluatorID], in organization: OrganizationID, on connection: PostgresConnection) async throws
    {
        let rows = try await connection.query(
            """
            WITH versions AS (
                SELECT id, objective_id FROM evaluator_versions WHERE evaluator_id = ANY(\(evaluators))
            ), measured AS (
                SELECT id FROM objectives
                WHERE organization_id = \(organization) AND id IN (SELECT objective_id FROM versions)
            ), originals AS (
                SELECT unnest(\(evaluators)) AS id UNION ALL SELECT id FROM versions UNION ALL SELECT id FROM measured
                UNION ALL SELECT id FROM objective_versions WHERE objective_id IN (SELECT id FROM measured)
            )
            SELECT id, time_ordered_uuid() AS copy FROM originals
            """)
        originals = try rows.map { try $0.decode("id") }
        copies = try rows.map { try $0.decode("copy") }
    }

    /// For statements that need them: the table `pairs` of each `original` and its `copy`.
    var pairs: SQL {
        "pairs AS (SELECT original, copy FROM unnest(\(originals), \(copies)) AS pair (original, copy))"
    }

    /// Stores them for whoever gets the judge. Datasets are not copied, and the copies name none.
    func store(for handover: JudgeHandover, on connection: PostgresConnection) async throws {
        guard !originals.isEmpty else { return }
        try await storeObjectives(for: handover, on: connection)
        try await storeEvaluators(for: handover, on: connection)
    }

    private func storeObjectives(for handover: JudgeHandover, on connection: PostgresConnection) async throws {
        try await connection.execute(
            """
            WITH \(fragment: pairs)
            INSERT INTO objectives (id, organization_id, project_id, owner_id, current_version_id, version_count, \
            created_at, deleted_at)
            SELECT p.copy, \(handover.to), \(handover.project), \(handover.owner), c.copy, o.version_count, \
            o.created_at, o.deleted_at
            FROM objectives o
            JOIN pairs p ON p.original = o.id
            JOIN pairs c ON c.original = o.current_version_id
            """)
        try await connection.execute(
            """
            WITH \(fragment: pairs)
            INSERT INTO objective_versions (id, objective_id, organization_id, number, intent, created_by, created_at)
            SELECT p.copy, o.copy, \(handover.to), w.number, w.intent, \(handover.owner), w.created_at
            FROM objective_versions w
            JOIN pairs p ON p.original = w.id
            JOIN pairs o ON o.original = w.objective_id
            """)
    }

    private func storeEvaluators(for handover: JudgeHandover, on connection: PostgresConnection) async throws {
        try await connection.execute(
            """
            WITH \(fragment: pairs)
            INSERT INTO evaluators (id, organization_id, project_id, owner_id, visibility, name, lenient_name, \
            current_version_id, version_count, created_at, updated_at, updated_by, deleted_at)
            SELECT p.copy, \(handover.to), \(handover.project), \(handover.owner), e.visibility, e.name, \
            e.lenient_name, c.copy, e.version_count, e.created_at, e.updated_at, \
            CASE WHEN e.updated_by IS NOT NULL THEN \(handover.owner) END, e.deleted_at
            FROM evaluators e
            JOIN pairs p ON p.original = e.id
            JOIN pairs c ON c.original = e.current_version_id
            """)
        try await connection.execute(
            """
            WITH \(fragment: pairs)
            INSERT INTO evaluator_versions (\(fragment: EvaluatorStore.versionColumns))
            SELECT p.copy, e.copy, \(handover.to), v.number, v.name, v.scoring_criteria, v.code, v.models, v.behavior, \
            coalesce(o.copy, v.objective_id), coalesce(w.copy, v.objective_version_id), v.input_variables, \
            v.demonstrations, NULL, v.change_note, \(handover.owner), v.created_at
            FROM evaluator_versions v
            JOIN pairs p ON p.original = v.id
            JOIN pairs e ON e.original = v.evaluator_id
            LEFT JOIN pairs o ON o.original = v.objective_id
            LEFT JOIN pairs w ON w.original = v.objective_version_id
            """)
    }
}
