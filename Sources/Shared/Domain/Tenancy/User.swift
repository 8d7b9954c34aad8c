package import FoundationEssentials

/// Somebody who acts in one organisation: a person, or a program that is nobody's. The password hash stays in the store.
/// Nobody is deleted: who goes is disabled, and stays the author of what they made.
package struct User: Sendable, Hashable {
    /// Who it is.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case person
        /// A program with keys of its own. It has no password, and stays when whoever made it goes.
        case serviceAccount = "service_account"

        /// The roles that such a one may have: somebody has to answer for an organisation.
        package var roles: [Role] {
            switch self {
            case .person: Role.allCases
            case .serviceAccount: Role.allCases.filter { $0 != .owner }
            }
        }
    }

    package let id: UserID
    package let organizationID: OrganizationID
    package var email: String
    package var fullName: String
    package var role: Role
    package let createdAt: Date
    package let kind: Kind
    /// Since when they get in nowhere; `nil` for who does.
    package var disabledAt: Date?
    /// Counts the changes, from 1.
    package var revision: Int
    /// When they were changed last; `nil` for who never was.
    package var updatedAt: Date?

    package init(
        id: UserID, organizationID: OrganizationID, email: String, fullName: String, role: Role, createdAt: Date,
        kind: Kind = .person, disabledAt: Date? = nil, revision: Int = 1, updatedAt: Date? = nil
    ) {
        self.id = id
        self.organizationID = organizationID
        self.email = email
        self.fullName = fullName
        self.role = role
        self.createdAt = createdAt
        self.kind = kind
        self.disabledAt = disabledAt
        self.revision = revision
        self.updatedAt = updatedAt
    }

    /// Whether they get in nowhere.
    package var isDisabled: Bool { disabledAt != nil }

    /// How others see them beside what they made.
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

extension User {
    /// In Unicode scalars.
    package static let longestName = 200

    /// Names what is wrong with a name of somebody.
    package static func validate(name: String) throws(InvalidDefinition) {
        try InvalidDefinition.check { findings in
            findings.name(name, in: 1...longestName, field: "full_name")
        }
    }
}
