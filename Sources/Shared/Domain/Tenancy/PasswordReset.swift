package import FoundationEssentials

package typealias PasswordResetID = EntityID<PasswordReset>

/// Lets a person give themselves a new password by a link, once, within a day.
package struct PasswordReset: Sendable, Hashable {
    package let id: PasswordResetID
    package let organizationID: OrganizationID
    package let userID: UserID
    package let createdAt: Date

    package init(id: PasswordResetID, organizationID: OrganizationID, userID: UserID, createdAt: Date) {
        self.id = id
        self.organizationID = organizationID
        self.userID = userID
        self.createdAt = createdAt
    }

    package static let lifetime: TimeInterval = 86_400

    package var expiresAt: Date { createdAt.addingTimeInterval(Self.lifetime) }
}
