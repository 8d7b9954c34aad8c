package import FoundationEssentials

/// A person who is to be made with a password right away, `POST /internal/people`.
package struct OperatorNewUser: Codable, Sendable, Hashable {
    package let email: String
    package let fullName: String
    /// A raw value of `Role`.
    package let role: String

    package init(email: String, fullName: String, role: String) {
        self.email = email
        self.fullName = fullName
        self.role = role
    }
}

/// A person with their password, which is shown this once.
package struct OperatorUserPassword: Codable, Sendable, Hashable {
    package let user: OperatorUser
    package let password: String

    package init(user: OperatorUser, password: String) {
        self.user = user
        self.password = password
    }
}

/// A program that is to act in the organisation, `POST /internal/service-accounts`.
package struct OperatorNewServiceAccount: Codable, Sendable, Hashable {
    package static let path = "/internal/service-accounts"

    package let name: String
    /// A raw value of `Role`.
    package let role: String

    package init(name: String, role: String) {
        self.name = name
        self.role = role
    }
}

/// Another name, `PATCH path/ID`.
package struct OperatorUserName: Codable, Sendable, Hashable {
    package let fullName: String
    /// The revision that was looked at.
    package let revision: Int

    package init(fullName: String, revision: Int) {
        self.fullName = fullName
        self.revision = revision
    }
}

/// Another role in the organisation, `PUT path/ID/role`.
package struct OperatorUserRole: Codable, Sendable, Hashable {
    /// A raw value of `Role`.
    package let role: String
    /// The revision that was looked at.
    package let revision: Int

    package init(role: String, revision: Int) {
        self.role = role
        self.revision = revision
    }
}

/// What somebody may do in one project beyond what their role allows.
package struct OperatorProjectGrant: Codable, Sendable, Hashable {
    package let project: OperatorNamed
    /// A raw value of `Role`.
    package let role: String
    package let createdAt: Date
    package let grantedBy: OperatorPerson?

    package init(project: OperatorNamed, role: String, createdAt: Date, grantedBy: OperatorPerson?) {
        self.project = project
        self.role = role
        self.createdAt = createdAt
        self.grantedBy = grantedBy
    }
}

/// A role in one project, `PUT path/ID/grants/PROJECT`; DELETE takes it away.
package struct OperatorProjectGrantDraft: Codable, Sendable, Hashable {
    /// A raw value of `Role`.
    package let role: String

    package init(role: String) { self.role = role }
}

/// That somebody gets in nowhere any more, `POST path/ID/deactivation`.
package struct OperatorDeactivation: Codable, Sendable, Hashable {
    /// The revision that was looked at.
    package let revision: Int
    /// To whom goes what is theirs; `nil` when it stays.
    package let handOverTo: UUID?

    package init(revision: Int, handOverTo: UUID? = nil) {
        self.revision = revision
        self.handOverTo = handOverTo
    }
}

/// What came of it.
package struct OperatorDeactivated: Codable, Sendable, Hashable {
    package let user: OperatorUser
    package let endedSessions: Int
    /// What went to somebody else; `nil` when nothing was to.
    package let handedOver: OperatorBelongings?

    package init(user: OperatorUser, endedSessions: Int, handedOver: OperatorBelongings?) {
        self.user = user
        self.endedSessions = endedSessions
        self.handedOver = handedOver
    }
}

/// That somebody gets in again, `POST path/ID/reactivation`.
package struct OperatorReactivation: Codable, Sendable, Hashable {
    /// The revision that was looked at.
    package let revision: Int

    package init(revision: Int) { self.revision = revision }
}

/// That what is somebody's becomes somebody else's, `POST path/ID/hand-over`.
package struct OperatorHandOver: Codable, Sendable, Hashable {
    package let to: UUID

    package init(to: UUID) { self.to = to }
}

/// How many sessions have ended, `POST path/ID/sign-out`.
package struct OperatorSignedOut: Codable, Sendable, Hashable {
    package let endedSessions: Int

    package init(endedSessions: Int) { self.endedSessions = endedSessions }
}

/// A link to pass on, which is shown this once and works once.
package struct OperatorLink: Codable, Sendable, Hashable {
    package let url: String
    package let expiresAt: Date

    package init(url: String, expiresAt: Date) {
        self.url = url
        self.expiresAt = expiresAt
    }
}

extension OperatorRequest where Reply == OperatorUserPassword {
    /// Makes a person with a password.
    package static func addPerson(_ person: OperatorNewUser) -> Self { Self(.post, OperatorUser.path, body: person) }
}

extension OperatorRequest where Reply == OperatorUser {
    /// Makes a service account.
    package static func addServiceAccount(_ account: OperatorNewServiceAccount) -> Self {
        Self(.post, OperatorNewServiceAccount.path, body: account)
    }

    /// Gives somebody another name.
    package static func renamePerson(_ id: UUID, to name: OperatorUserName) -> Self {
        Self(.patch, OperatorUser.path(of: id), body: name)
    }

    /// Gives somebody another role.
    package static func changeRole(of id: UUID, to role: OperatorUserRole) -> Self {
        Self(.put, OperatorUser.path(of: id) + "/role", body: role)
    }

    /// Lets somebody in again.
    package static func reactivatePerson(_ id: UUID, _ reactivation: OperatorReactivation) -> Self {
        Self(.post, OperatorUser.path(of: id) + "/reactivation", body: reactivation)
    }
}

extension OperatorRequest where Reply == OperatorDeactivated {
    /// Lets somebody in nowhere any more.
    package static func deactivatePerson(_ id: UUID, _ deactivation: OperatorDeactivation) -> Self {
        Self(.post, OperatorUser.path(of: id) + "/deactivation", body: deactivation)
    }
}

extension OperatorRequest where Reply == OperatorBelongings {
    /// Makes what is somebody's somebody else's.
    package static func handOver(from id: UUID, _ handOver: OperatorHandOver) -> Self {
        Self(.post, OperatorUser.path(of: id) + "/hand-over", body: handOver)
    }
}

extension OperatorRequest where Reply == OperatorUserDetail {
    /// Gives somebody a role in one project.
    package static func grant(_ draft: OperatorProjectGrantDraft, to id: UUID, in project: UUID) -> Self {
        Self(.put, OperatorUser.path(ofGrantOf: id, in: project), body: draft)
    }

    /// Takes somebody's role in one project away.
    package static func takeGrant(from id: UUID, in project: UUID) -> Self {
        Self(.delete, OperatorUser.path(ofGrantOf: id, in: project))
    }
}

extension OperatorRequest where Reply == OperatorSignedOut {
    /// Ends all sessions of somebody.
    package static func signOutPerson(_ id: UUID) -> Self {
        Self(.post, OperatorUser.path(of: id) + "/sign-out")
    }
}

extension OperatorRequest where Reply == OperatorLink {
    /// Makes a link by which somebody gives themselves a new password.
    package static func resetPassword(of id: UUID) -> Self {
        Self(.post, OperatorUser.path(of: id) + "/password-reset")
    }
}

extension OperatorUser {
    fileprivate static func path(ofGrantOf id: UUID, in project: UUID) -> String {
        "\(path(of: id))/grants/\(project.uuidString.lowercased())"
    }
}
