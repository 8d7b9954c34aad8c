package import FoundationEssentials

/// A page of the open sessions of an organisation, `GET /internal/sessions`, the newest first: `cursor` and `page_size` say
/// which page, `user` whose.
package struct OperatorSessionPage: Codable, Sendable, Hashable {
    /// Where sessions are; one is ended (DELETE) at `path/ID`.
    package static let path = "/internal/sessions"

    package let results: [OperatorUserSession]
    package let next: String?

    package init(results: [OperatorUserSession], next: String?) {
        self.results = results
        self.next = next
    }
}

/// Somebody's open session.
package struct OperatorUserSession: Codable, Sendable, Hashable {
    package let id: UUID
    package let userID: UUID
    package let userEmail: String
    package let userFullName: String
    /// A raw value of `Role`.
    package let userRole: String
    /// How it was opened: `password`, `saml` or `invitation`.
    package let method: String
    /// Where it was opened from; `nil` when it is not known.
    package let address: String?
    /// What it was opened with; `nil` when it is not known.
    package let client: String?
    package let startedAt: Date
    /// To the minute; `nil` when it is not known.
    package let lastUsedAt: Date?
    /// When it ends in any case.
    package let expiresAt: Date
    /// When it ends unless it is used.
    package let idleExpiresAt: Date
    /// Whether it is the one that asks.
    package let isCurrent: Bool

    package init(
        id: UUID, userID: UUID, userEmail: String, userFullName: String, userRole: String, method: String,
        address: String?, client: String?, startedAt: Date, lastUsedAt: Date?, expiresAt: Date, idleExpiresAt: Date,
        isCurrent: Bool
    ) {
        self.id = id
        self.userID = userID
        self.userEmail = userEmail
        self.userFullName = userFullName
        self.userRole = userRole
        self.method = method
        self.address = address
        self.client = client
        self.startedAt = startedAt
        self.lastUsedAt = lastUsedAt
        self.expiresAt = expiresAt
        self.idleExpiresAt = idleExpiresAt
        self.isCurrent = isCurrent
    }
}

extension OperatorRequest where Reply == OperatorSessionPage {
    /// A page of at most `limit` open sessions, up to 100; of one person, when they are named.
    package static func sessions(of user: UUID? = nil, cursor: String? = nil, limit: Int) -> Self {
        var parameters = [Parameter("page_size", "\(limit)")]
        if let user { parameters.append(Parameter("user", user.uuidString.lowercased())) }
        if let cursor { parameters.append(Parameter("cursor", cursor)) }
        return Self(.get, OperatorSessionPage.path, parameters)
    }
}

extension OperatorRequest where Reply == OperatorNothing {
    /// Ends a session, whosever it is.
    package static func endSessionOfOthers(_ id: UUID) -> Self {
        Self(.delete, "\(OperatorSessionPage.path)/\(id.uuidString.lowercased())")
    }
}
