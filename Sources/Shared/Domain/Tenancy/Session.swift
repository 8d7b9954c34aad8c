package import FoundationEssentials

/// A person's sign-in. It ends when it was idle too long, and in any case at its absolute end.
package struct Session: Sendable, Hashable {
    /// How its owner showed who they are.
    package enum Method: String, Sendable, Hashable, CaseIterable {
        case password
        /// By their organisation's identity provider.
        case saml
    }

    package let id: SessionID
    package let organizationID: OrganizationID
    package let userID: UserID
    package let createdAt: Date
    package let idleExpiresAt: Date
    package let expiresAt: Date
    package let method: Method
    /// When its owner last showed who they are: dangerous acts want that to be recent.
    package let confirmedAt: Date
    /// Where it was opened from; `nil` when that is not known.
    package let address: String?
    /// What it was opened with, such as `scorable-console/1.0`; `nil` when that is not known.
    package let client: String?
    /// About when it was last used; `nil` when that is not known.
    package let lastUsedAt: Date?

    /// A session that was confirmed when it was opened, unless another moment is given.
    package init(
        id: SessionID, organizationID: OrganizationID, userID: UserID, createdAt: Date, idleExpiresAt: Date,
        expiresAt: Date, method: Method = .password, confirmedAt: Date? = nil, address: String? = nil,
        client: String? = nil, lastUsedAt: Date? = nil
    ) {
        self.id = id
        self.organizationID = organizationID
        self.userID = userID
        self.createdAt = createdAt
        self.idleExpiresAt = idleExpiresAt
        self.expiresAt = expiresAt
        self.method = method
        self.confirmedAt = confirmedAt ?? createdAt
        self.address = address
        self.client = client
        self.lastUsedAt = lastUsedAt
    }

    /// Whether the session still admits its user.
    package func isValid(at moment: Date) -> Bool { moment < idleExpiresAt && moment < expiresAt }

    /// The idle limit after activity at `moment`; never beyond the absolute end.
    package func idleExpiry(afterActivityAt moment: Date, limit: Duration) -> Date {
        min(moment.addingTimeInterval(TimeInterval(limit.components.seconds)), expiresAt)
    }
}
