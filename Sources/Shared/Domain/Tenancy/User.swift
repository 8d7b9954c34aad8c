package import FoundationEssentials

/// A person of one organisation. The password hash stays in the store.
package struct User: Sendable, Hashable {
    package let id: UserID
    package let organizationID: OrganizationID
    package var email: String
    package var fullName: String
    package var role: Role
    package var isDisabled: Bool
    package let createdAt: Date

    package init(
        id: UserID, organizationID: OrganizationID, email: String, fullName: String, role: Role, isDisabled: Bool,
        createdAt: Date
    ) {
        self.id = id
        self.organizationID = organizationID
        self.email = email
        self.fullName = fullName
        self.role = role
        self.isDisabled = isDisabled
        self.createdAt = createdAt
    }

    /// How others see this person beside what they made.
    package var reference: UserReference { UserReference(id: id, email: email, fullName: fullName) }
}

/// Who made or changed something, as every listing shows it.
package struct UserReference: Sendable, Hashable {
    package let id: UserID
    package let email: String
    package let fullName: String

    package init(id: UserID, email: String, fullName: String) {
        self.id = id
        self.email = email
        self.fullName = fullName
    }
}

/// What a person may do in the organisation, the least first. Which permissions a role holds is in `Permissions.swift`.
package enum Role: String, Sendable, Hashable, CaseIterable {
    case viewer
    case annotator
    case engineer
    /// Runs the installation: queues and providers, without seeing prompts or answers.
    case `operator`
    /// Reads the audit trail and nothing else.
    case auditor
    case admin
    case owner
}
