package import FoundationEssentials

package typealias InvitationID = EntityID<Invitation>

/// Somebody was invited into an organisation: whoever opens its link becomes one of its people, once, and for a while.
package struct Invitation: Sendable, Hashable {
    package let id: InvitationID
    package let organizationID: OrganizationID
    package let email: String
    package let role: Role
    package let createdAt: Date
    package let expiresAt: Date
    package let acceptedAt: Date?
    package let withdrawnAt: Date?

    package init(
        id: InvitationID, organizationID: OrganizationID, email: String, role: Role, createdAt: Date, expiresAt: Date,
        acceptedAt: Date? = nil, withdrawnAt: Date? = nil
    ) {
        self.id = id
        self.organizationID = organizationID
        self.email = email
        self.role = role
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.acceptedAt = acceptedAt
        self.withdrawnAt = withdrawnAt
    }

    /// For how many hours the link of one may open anything.
    package static let hours = 1...720
    package static let usualHours = 168

    /// What became of it.
    package enum State: String, Sendable, Hashable, CaseIterable {
        case open
        case accepted
        case expired
        /// Somebody took it back, or a later one took its place.
        case withdrawn
    }

    /// What has become of it at a moment.
    package func state(at moment: Date) -> State {
        if acceptedAt != nil { return .accepted }
        if withdrawnAt != nil { return .withdrawn }
        return expiresAt <= moment ? .expired : .open
    }

    /// Names what is wrong with whom and how long somebody wants to invite.
    package static func validate(email: String, hours: Int, emailField: String = "email") throws(InvalidDefinition) {
        try InvalidDefinition.check { findings in
            findings.address(email, field: emailField)
            if !Self.hours.contains(hours) {
                findings.add(
                    "expires_in_hours",
                    "Give \(Self.hours.lowerBound) to \(Self.hours.upperBound) hours, which are thirty days.")
            }
        }
    }
}
