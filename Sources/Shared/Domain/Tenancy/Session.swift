package import FoundationEssentials

/// A person's sign-in. It ends when it was idle too long, and in any case at its absolute end.
package struct Session: Sendable, Hashable {
    package let id: SessionID
    package let organizationID: OrganizationID
    package let userID: UserID
    package let createdAt: Date
    package let idleExpiresAt: Date
    package let expiresAt: Date
    /// Where it was opened from; `nil` when that is not known.
    package let address: String?
    /// About when it was last used; `nil` when that is not known.
    package let lastUsedAt: Date?

    package init(
        id: SessionID, organizationID: OrganizationID, userID: UserID, createdAt: Date, idleExpiresAt: Date,
        expiresAt: Date, address: String? = nil, lastUsedAt: Date? = nil
    ) {
        self.id = id
        self.organizationID = organizationID
        self.userID = userID
        self.createdAt = createdAt
        self.idleExpiresAt = idleExpiresAt
        self.expiresAt = expiresAt
        self.address = address
        self.lastUsedAt = lastUsedAt
    }

    /// Whether the session still admits its user.
    package func isValid(at moment: Date) -> Bool { moment < idleExpiresAt && moment < expiresAt }

    /// The idle limit after activity at `moment`; never beyond the absolute end.
    package func idleExpiry(afterActivityAt moment: Date, limit: Duration) -> Date {
        min(moment.addingTimeInterval(TimeInterval(limit.components.seconds)), expiresAt)
    }
}
