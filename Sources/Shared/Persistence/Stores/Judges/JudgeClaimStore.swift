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

    /// Gives the judge of a token to somebody, with all its versions, its files, and its evaluators and their objectives:
    /// what is part of something else as well is copied, the rest goes. `nil` when the token opens nothing, or does not any
    /// more. Its executions stay where they are.
    package func claim(
        _ tokenHash: [UInt8], for owner: UserID, of organization: OrganizationID, in project: ProjectID
    ) async throws -> JudgeID? {
        try await database.transaction { connection in
            // Of several claims of a judge the later wait for the first, and find it moved. So do claims of what is deleted
            // with its temporary user. Tokens are not locked: the first claim deletes those of the others.
            try await connection.execute(
                """
                SELECT FROM temporary_users t JOIN judge_claims c ON c.organization_id = t.organization_id
                WHERE c.token_hash = \(tokenHash) FOR UPDATE OF t
                """)
            let rows = try await connection.query(
                """
                SELECT j.id, j.organization_id FROM judge_claims c JOIN judges j ON j.id = c.judge_id
                WHERE c.token_hash = \(tokenHash) AND j.organization_id = c.organization_id AND j.deleted_at IS NULL
                FOR UPDATE OF j
                """)
            guard let row = rows.first else { return nil }
            let handover = JudgeHandover(
                judge: try row.decode("id"), from: try row.decode("organization_id"), to: organization,
                project: project, owner: owner)
            try await handover.perform(on: connection)
            return handover.judge
        }
    }
}
