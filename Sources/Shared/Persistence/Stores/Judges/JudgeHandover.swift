import Postgres
import Scoring
import Tenancy

/// A judge that goes from one organisation to another, with its evaluators and their objectives. Nothing of it is in both
/// afterwards: what one makes of a part that the other had too would be seen, and felt, by both.
struct JudgeHandover: Sendable {
    let judge: JudgeID
    let from: OrganizationID
    let to: OrganizationID
    /// Where it goes there, and whose it is then.
    let project: ProjectID
    let owner: UserID

    /// Does all of it, within the transaction of the connection.
    func perform(on connection: PostgresConnection) async throws {
        let parts = try await parts(on: connection)
        try await move(parts.moving, on: connection)
        let copies = try await EvaluatorCopies(of: parts.staying, in: from, on: connection)
        try await copies.store(for: self, on: connection)
        try await moveJudge(referringTo: copies, on: connection)
    }

    /// Of a row that is the current state of something.
    var ownership: SQL { "organization_id = \(to), project_id = \(project), owner_id = \(owner)" }
    /// Of a row that is a version.
    var authorship: SQL { "organization_id = \(to), created_by = \(owner)" }

    // MARK: Its evaluators

    /// The evaluators of the judge that go with it, and those that stay where they are and are copied: those that another
    /// judge has too in any version, and those whose objective is also that of an evaluator that stays. No evaluator gets
    /// another version in the meantime, which might name another objective.
    private func parts(
        on connection: PostgresConnection
    ) async throws -> (moving: [EvaluatorID], staying: [EvaluatorID]) {
        try await connection.execute(
            "SELECT FROM evaluators WHERE organization_id = \(from) ORDER BY id FOR UPDATE")
        let rows = try await connection.query(
            """
            WITH RECURSIVE wanted AS (
                SELECT DISTINCT e.id FROM judge_versions v
                JOIN judge_version_evaluators r ON r.judge_version_id = v.id
                JOIN evaluators e ON e.id = r.evaluator_id
                WHERE v.judge_id = \(judge) AND e.organization_id = \(from)
            ), staying AS (
                SELECT e.id FROM evaluators e
                WHERE e.organization_id = \(from) AND (e.id NOT IN (SELECT id FROM wanted) OR EXISTS (
                    SELECT FROM judge_version_evaluators r JOIN judge_versions v ON v.id = r.judge_version_id
                    WHERE r.evaluator_id = e.id AND v.judge_id <> \(judge)))
                UNION
                SELECT w.evaluator_id FROM staying s
                JOIN evaluator_versions v ON v.evaluator_id = s.id
                JOIN objectives o ON o.id = v.objective_id AND o.organization_id = \(from)
                JOIN evaluator_versions w ON w.objective_id = o.id AND w.organization_id = \(from)
            )
            SELECT id, id IN (SELECT id FROM staying) AS is_staying FROM wanted
            """)
        var parts: (moving: [EvaluatorID], staying: [EvaluatorID]) = ([], [])
        for row in rows {
            let id: EvaluatorID = try row.decode("id")
            if try row.decode("is_staying") { parts.staying.append(id) } else { parts.moving.append(id) }
        }
        return parts
    }

    /// The objectives go along: no evaluator that stays has one of them.
    private func move(_ evaluators: [EvaluatorID], on connection: PostgresConnection) async throws {
        let objectives: [ObjectiveID] = try await connection.query(
            """
            SELECT DISTINCT o.id FROM evaluator_versions v JOIN objectives o ON o.id = v.objective_id
            WHERE v.evaluator_id = ANY(\(evaluators)) AND o.organization_id = \(from)
            """
        ).map { try $0.decode("id") }
        try await connection.execute("UPDATE objectives SET \(fragment: ownership) WHERE id = ANY(\(objectives))")
        try await connection.execute(
            "UPDATE objective_versions SET \(fragment: authorship) WHERE objective_id = ANY(\(objectives))")
        try await connection.execute(
            """
            UPDATE evaluators SET \(fragment: ownership), \
                updated_by = CASE WHEN updated_by IS NOT NULL THEN \(owner) END
            WHERE id = ANY(\(evaluators))
            """)
        try await connection.execute(
            "UPDATE evaluator_versions SET \(fragment: authorship) WHERE evaluator_id = ANY(\(evaluators))")
    }

    // MARK: The judge itself

    private func moveJudge(referringTo copies: EvaluatorCopies, on connection: PostgresConnection) async throws {
        try await connection.execute("UPDATE judges SET \(fragment: ownership) WHERE id = \(judge)")
        try await connection.execute("UPDATE judge_versions SET \(fragment: authorship) WHERE judge_id = \(judge)")
        // Written anew: what a row refers to cannot be changed.
        try await connection.execute(
            """
            WITH \(fragment: copies.pairs), former AS (
                DELETE FROM judge_version_evaluators r USING judge_versions v
                WHERE v.id = r.judge_version_id AND v.judge_id = \(judge)
                RETURNING r.judge_version_id, r.position, r.evaluator_id, r.evaluator_version_id
            )
            INSERT INTO judge_version_evaluators
                (judge_version_id, position, organization_id, evaluator_id, evaluator_version_id)
            SELECT f.judge_version_id, f.position, \(to), coalesce(e.copy, f.evaluator_id), \
            coalesce(v.copy, f.evaluator_version_id)
            FROM former f
            LEFT JOIN pairs e ON e.original = f.evaluator_id
            LEFT JOIN pairs v ON v.original = f.evaluator_version_id
            """)
        try await moveFiles(on: connection)
        try await connection.execute("UPDATE judge_samples SET organization_id = \(to) WHERE judge_id = \(judge)")
        try await connection.execute(
            "UPDATE judge_invitations SET organization_id = \(to), invited_by = \(owner) WHERE judge_id = \(judge)")
        try await connection.execute("DELETE FROM judge_claims WHERE judge_id = \(judge)")
    }

    /// A file goes as it is: another judge that has it goes on without. The same bytes of the same person are one file:
    /// where there are some already, these become those of nobody.
    private func moveFiles(on connection: PostgresConnection) async throws {
        try await connection.execute(
            """
            UPDATE files f SET organization_id = \(to), project_id = \(project), owner_id = CASE
                WHEN EXISTS (
                    SELECT FROM files k WHERE k.organization_id = \(to) AND k.owner_id = \(owner)
                        AND k.sha256 = f.sha256)
                THEN gen_random_uuid() ELSE \(owner) END
            WHERE f.organization_id = \(from) AND f.id IN (
                SELECT file_id FROM judge_versions WHERE judge_id = \(judge))
            """)
    }
}
