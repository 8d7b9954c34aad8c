package import FoundationEssentials
package import Postgres
package import Scoring
package import Tenancy

/// The tokens with which judges of temporary users become somebody's.
package struct JudgeClaimStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Notes a token for a judge; `false` when its organisation is not that of a temporary user.
    package func issue(
        _ tokenHash: [UInt8], for judge: JudgeID, of organization: OrganizationID, at moment: Date
    ) async throws -> Bool {
        let issued = try await database.execute(
            """
            INSERT INTO judge_claims (token_hash, organization_id, judge_id, created_at)
            SELECT \(tokenHash), t.organization_id, \(judge), \(moment) FROM temporary_users t
            WHERE t.organization_id = \(organization)
            """)
        return issued == 1
    }

    /// Gives the judge of a token to somebody, with all its versions, its files, and the evaluators and objectives that only
    /// its former owner had; `nil` when the token opens nothing, or does not any more. Its executions stay where they are.
    package func claim(
        _ tokenHash: [UInt8], for owner: UserID, of organization: OrganizationID, in project: ProjectID
    ) async throws -> JudgeID? {
        try await database.transaction { connection in
            let rows = try await connection.query(
                """
                SELECT j.id, j.organization_id FROM judge_claims c JOIN judges j ON j.id = c.judge_id
                WHERE c.token_hash = \(tokenHash) AND j.organization_id = c.organization_id AND j.deleted_at IS NULL
                FOR UPDATE
                """)
            guard let row = rows.first else { return nil }
            let judge: JudgeID = try row.decode("id")
            let move = Move(
                from: try row.decode("organization_id"), to: organization, project: project, owner: owner)
            let evaluators: [EvaluatorID] = try await connection.query(
                """
                SELECT DISTINCT e.id FROM judge_versions v
                JOIN judge_version_evaluators r ON r.judge_version_id = v.id
                JOIN evaluators e ON e.id = r.evaluator_id
                WHERE v.judge_id = \(judge) AND e.organization_id = \(move.from)
                """
            ).map { try $0.decode("id") }
            try await Self.move(evaluators, move, on: connection)
            try await Self.move(judge, move, on: connection)
            return judge
        }
    }

    /// From whom to whom.
    private struct Move: Sendable {
        let from: OrganizationID
        let to: OrganizationID
        let project: ProjectID
        let owner: UserID

        /// Of a row that is the current state of something.
        var ownership: SQL {
            "organization_id = \(to), project_id = \(project), owner_id = \(owner)"
        }
        /// Of a row that is a version.
        var authorship: SQL { "organization_id = \(to), created_by = \(owner)" }
    }

    private static func move(
        _ evaluators: [EvaluatorID], _ move: Move, on connection: PostgresConnection
    ) async throws {
        let objectives: [ObjectiveID] = try await connection.query(
            """
            SELECT DISTINCT o.id FROM evaluator_versions v JOIN objectives o ON o.id = v.objective_id
            WHERE v.evaluator_id = ANY(\(evaluators)) AND o.organization_id = \(move.from)
            """
        ).map { try $0.decode("id") }
        try await connection.execute(
            "UPDATE objectives SET \(fragment: move.ownership) WHERE id = ANY(\(objectives))")
        try await connection.execute(
            "UPDATE objective_versions SET \(fragment: move.authorship) WHERE objective_id = ANY(\(objectives))")
        try await connection.execute(
            """
            UPDATE evaluators SET \(fragment: move.ownership), \
                updated_by = CASE WHEN updated_by IS NOT NULL THEN \(move.owner) END
            WHERE id = ANY(\(evaluators))
            """)
        try await connection.execute(
            "UPDATE evaluator_versions SET \(fragment: move.authorship) WHERE evaluator_id = ANY(\(evaluators))")
    }

    private static func move(_ judge: JudgeID, _ move: Move, on connection: PostgresConnection) async throws {
        try await connection.execute("UPDATE judges SET \(fragment: move.ownership) WHERE id = \(judge)")
        try await connection.execute(
            "UPDATE judge_versions SET \(fragment: move.authorship) WHERE judge_id = \(judge)")
        try await connection.execute(
            """
            UPDATE judge_version_evaluators SET organization_id = \(move.to) WHERE judge_version_id IN (
                SELECT id FROM judge_versions WHERE judge_id = \(judge))
            """)
        // The same bytes of the same person are one file: where there are some already, these stay those of nobody.
        try await connection.execute(
            """
            UPDATE files f SET organization_id = \(move.to), project_id = \(move.project), owner_id = CASE
                WHEN EXISTS (
                    SELECT FROM files k WHERE k.organization_id = \(move.to) AND k.owner_id = \(move.owner)
                        AND k.sha256 = f.sha256)
                THEN f.owner_id ELSE \(move.owner) END
            WHERE f.organization_id = \(move.from) AND f.id IN (
                SELECT file_id FROM judge_versions WHERE judge_id = \(judge))
            """)
        try await connection.execute(
            "UPDATE judge_samples SET organization_id = \(move.to) WHERE judge_id = \(judge)")
        try await connection.execute(
            """
            UPDATE judge_invitations SET organization_id = \(move.to), invited_by = \(move.owner)
            WHERE judge_id = \(judge)
            """)
        try await connection.execute("DELETE FROM judge_claims WHERE judge_id = \(judge)")
    }
}
