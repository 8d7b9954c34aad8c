package import FoundationEssentials
package import Postgres
package import Tenancy

/// Who was invited into organisations. The tokens of their links are never stored, only hashes of them.
package struct InvitationStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// The organisation's invitations; in one state at a moment, when it is named.
    package func list(
        in organization: OrganizationID, _ state: Invitation.State?, at moment: Date, page: PageRequest
    ) async throws -> Slice<SentInvitation> {
        let keyset = KeysetQuery(page, createdAt: "i.created_at", id: "i.id")
        let conditions: [SQL?] = [
            "i.organization_id = \(organization)", state.map { Self.condition($0, at: moment) }, keyset.condition,
        ]
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns), u.id AS inviter_id, u.email AS inviter_email,
                u.full_name AS inviter_full_name
            FROM invitations i LEFT JOIN users u ON u.id = i.invited_by AND u.organization_id = i.organization_id\
            \(fragment: .matching(all: conditions.compactMap(\.self)))\(fragment: keyset.orderAndLimit)
            """)
        return try keyset.slice(rows, SentInvitation.init(row:))
    }

    /// The invitation of a link, whatever became of it, with the name of the organisation and who has sent it, where that
    /// was not done on the server itself; `nil` for an unknown token.
    package func find(
        tokenHash: [UInt8]
    ) async throws -> (invitation: Invitation, organization: String, inviter: UserID?)? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Self.columns), i.invited_by, o.name FROM invitations i
            JOIN organizations o ON o.id = i.organization_id WHERE i.token_hash = \(tokenHash)
            """)
        return try rows.first.map { (try Invitation(row: $0), try $0.decode("name"), try $0.decode("invited_by")) }
    }

    // MARK: In the caller's transaction

    /// Stores an invitation under the hash of its link's token. One of the same address that was open is withdrawn.
    package static func add(
        _ invitation: Invitation, tokenHash: [UInt8], by inviter: UserID?, on connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            UPDATE invitations SET withdrawn_at = \(invitation.createdAt)
            WHERE organization_id = \(invitation.organizationID) AND lower(email) = lower(\(invitation.email))
                AND accepted_at IS NULL AND withdrawn_at IS NULL
            """)
        do {
            try await connection.execute(
                """
                INSERT INTO invitations (id, organization_id, email, role, token_hash, invited_by, created_at, expires_at)
                VALUES (\(invitation.id), \(invitation.organizationID), \(invitation.email), \(invitation.role), \
                \(tokenHash), \(inviter), \(invitation.createdAt), \(invitation.expiresAt))
                """)
        } catch {
            throw error.asConflict()
        }
    }

    /// The invitation of a link, which nobody else can use until the transaction ends.
    package static func lock(tokenHash: [UInt8], on connection: PostgresConnection) async throws -> Invitation? {
        let rows = try await connection.query(
            "SELECT \(fragment: columns) FROM invitations i WHERE i.token_hash = \(tokenHash) FOR UPDATE")
        return try rows.first.map(Invitation.init(row:))
    }

    /// Notes who came of an invitation, which is locked.
    package static func accept(
        _ invitation: Invitation, as user: UserID, at moment: Date, on connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            UPDATE invitations SET accepted_at = \(moment), accepted_by = \(user)
            WHERE id = \(invitation.id) AND organization_id = \(invitation.organizationID)
            """)
    }

    /// Takes an invitation back that was not accepted; `nil` when there is none.
    package static func withdraw(
        _ id: InvitationID, in organization: OrganizationID, at moment: Date, on connection: PostgresConnection
    ) async throws -> Invitation? {
        let rows = try await connection.query(
            """
            UPDATE invitations AS i SET withdrawn_at = coalesce(i.withdrawn_at, \(moment))
            WHERE i.id = \(id) AND i.organization_id = \(organization) AND i.accepted_at IS NULL
            RETURNING \(fragment: columns)
            """)
        return try rows.first.map(Invitation.init(row:))
    }

    /// Takes back what somebody has sent and nobody has accepted.
    package static func withdrawAll(
        by inviter: UserID, in organization: OrganizationID, at moment: Date, on connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            UPDATE invitations SET withdrawn_at = \(moment)
            WHERE organization_id = \(organization) AND invited_by = \(inviter) AND accepted_at IS NULL
                AND withdrawn_at IS NULL
            """)
    }

    private static func condition(_ state: Invitation.State, at moment: Date) -> SQL {
        switch state {
        case .open: "i.accepted_at IS NULL AND i.withdrawn_at IS NULL AND i.expires_at > \(moment)"
        case .accepted: "i.accepted_at IS NOT NULL"
        case .expired: "i.accepted_at IS NULL AND i.withdrawn_at IS NULL AND i.expires_at <= \(moment)"
        case .withdrawn: "i.accepted_at IS NULL AND i.withdrawn_at IS NOT NULL"
        }
    }

    private static let columns: SQL = """
        i.id, i.organization_id, i.email, i.role, i.created_at, i.expires_at, i.accepted_at, i.withdrawn_at
        """
}

/// An invitation and who has sent it.
package struct SentInvitation: Sendable, Hashable {
    package let invitation: Invitation
    /// `nil` for one that was made on the server itself.
    package let inviter: UserReference?

    package init(_ invitation: Invitation, by inviter: UserReference?) {
        self.invitation = invitation
        self.inviter = inviter
    }
}

extension SentInvitation {
    fileprivate init(row: PostgresRow) throws {
        let inviter = try row.decode("inviter_id", as: UserID?.self)
        self.init(
            try Invitation(row: row), by: try inviter.map { _ in try UserReference(row: row, prefix: "inviter") })
    }
}

extension Invitation {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"), organizationID: try row.decode("organization_id"),
            email: try row.decode("email"), role: try row.decode("role"), createdAt: try row.decode("created_at"),
            expiresAt: try row.decode("expires_at"), acceptedAt: try row.decode("accepted_at"),
            withdrawnAt: try row.decode("withdrawn_at"))
    }
}
