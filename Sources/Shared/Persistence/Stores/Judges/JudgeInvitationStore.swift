package import FoundationEssentials
package import Postgres
package import Scoring
package import Tenancy

/// To whom judges are shown: links that open one judge each, for a while.
package struct JudgeInvitationStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Stores invitations to one judge, each under the hash of the token in its link.
    package func add(
        _ invitations: [JudgeInvitation], tokenHashes: [[UInt8]], to judge: JudgeID,
        of organization: OrganizationID, by person: UserID
    ) async throws {
        try await database.execute(
            """
            INSERT INTO judge_invitations (id, organization_id, judge_id, email, token_hash, invited_by, created_at, \
            expires_at)
            SELECT unnest(\(invitations.map(\.id))), \(organization), \(judge), unnest(\(invitations.map(\.email))), \
            unnest(\(tokenHashes)), \(person), unnest(\(invitations.map(\.createdAt))), \
            unnest(\(invitations.map(\.expiresAt)))
            """)
    }

    /// The judge that a link shows at `moment`, with whose it is; `nil` for a link that shows nothing.
    package func judge(
        shownBy tokenHash: [UInt8], at moment: Date
    ) async throws -> (judge: JudgeID, organization: OrganizationID)? {
        let rows = try await database.query(
            """
            SELECT judge_id, organization_id FROM judge_invitations
            WHERE token_hash = \(tokenHash) AND expires_at > \(moment)
            """)
        return try rows.first.map { (try $0.decode("judge_id"), try $0.decode("organization_id")) }
    }

    /// Deletes those that show nothing any more, of whichever organisation; how many there were.
    package func deleteExpired(at moment: Date) async throws -> Int {
        try await database.execute("DELETE FROM judge_invitations WHERE expires_at <= \(moment)")
    }
}
