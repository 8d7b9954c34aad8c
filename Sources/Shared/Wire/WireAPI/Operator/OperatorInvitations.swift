package import FoundationEssentials

/// One page of an organisation's invitations, `GET /internal/invitations`, the newest first: `cursor` and `page_size` say
/// which page, `state` selects.
package struct OperatorInvitationPage: Codable, Sendable, Hashable {
    package let results: [OperatorInvitation]
    package let next: String?

    package init(results: [OperatorInvitation], next: String?) {
        self.results = results
        self.next = next
    }
}

/// Somebody was invited by a link. The link is shown when it is made, and never again.
package struct OperatorInvitation: Codable, Sendable, Hashable {
    /// Where invitations are; one is withdrawn (DELETE) at `path/ID`.
    package static let path = "/internal/invitations"

    package let id: UUID
    package let email: String
    /// A raw value of `Role`.
    package let role: String
    package let state: State
    /// `nil` for one that was made on the server itself.
    package let invitedBy: OperatorPerson?
    package let createdAt: Date
    package let expiresAt: Date
    /// When it was accepted or withdrawn; `nil` for one that was not.
    package let endedAt: Date?

    package init(
        id: UUID, email: String, role: String, state: State, invitedBy: OperatorPerson?, createdAt: Date,
        expiresAt: Date, endedAt: Date?
    ) {
        self.id = id
        self.email = email
        self.role = role
        self.state = state
        self.invitedBy = invitedBy
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.endedAt = endedAt
    }

    /// What became of it.
    package enum State: String, Codable, Sendable, Hashable, CaseIterable {
        case open
        case accepted
        case expired
        /// Somebody took it back, or a later one took its place.
        case withdrawn
    }
}

/// Who is to be invited, `POST /internal/invitations`. An open invitation of the same address is replaced.
package struct OperatorInvitationDraft: Codable, Sendable, Hashable {
    package let email: String
    /// A raw value of `Role`.
    package let role: String
    /// From 1 to 720; a week without.
    package let expiresInHours: Int?

    package init(email: String, role: String, expiresInHours: Int? = nil) {
        self.email = email
        self.role = role
        self.expiresInHours = expiresInHours
    }
}

/// An invitation with its link, which is shown this once.
package struct OperatorInvitationLink: Codable, Sendable, Hashable {
    package let invitation: OperatorInvitation
    package let url: String

    package init(invitation: OperatorInvitation, url: String) {
        self.invitation = invitation
        self.url = url
    }
}

extension OperatorRequest where Reply == OperatorInvitationPage {
    /// A page of at most `limit`, up to 100; in one state, when it is named.
    package static func invitations(
        in state: OperatorInvitation.State? = nil, cursor: String? = nil, limit: Int
    ) -> Self {
        var parameters = [Parameter("page_size", "\(limit)")]
        if let state { parameters.append(Parameter("state", state.rawValue)) }
        if let cursor { parameters.append(Parameter("cursor", cursor)) }
        return Self(.get, OperatorInvitation.path, parameters)
    }
}

extension OperatorRequest where Reply == OperatorInvitationLink {
    /// Invites somebody.
    package static func invite(_ draft: OperatorInvitationDraft) -> Self {
        Self(.post, OperatorInvitation.path, body: draft)
    }
}

extension OperatorRequest where Reply == OperatorNothing {
    /// Takes an invitation back: its link opens nothing any more.
    package static func withdrawInvitation(_ id: UUID) -> Self {
        Self(.delete, "\(OperatorInvitation.path)/\(id.uuidString.lowercased())")
    }
}
