package import FoundationEssentials

/// Who signs in to the internal API, `POST /internal/session`.
package struct OperatorSignIn: Codable, Sendable, Hashable {
    /// Where sessions are made, looked at (GET) and ended (DELETE).
    package static let path = "/internal/session"

    package let email: String
    package let password: String

    package init(email: String, password: String) {
        self.email = email
        self.password = password
    }
}

/// A session of the internal API: the answer to signing in (with the token) and to asking who one is (without it).
package struct OperatorSession: Codable, Sendable, Hashable {
    /// The bearer token of further requests; only told once.
    package let token: String?
    /// When the session ends in any case.
    package let expiresAt: Date
    /// When it ends unless something is asked before; the event stream alone does not keep it open. `nil` for callers
    /// without a session.
    package let idleExpiresAt: Date?
    package let user: User
    /// What the user may do, as `resource:action`: raw values of `Permission`, sorted.
    package let permissions: [String]
    package let organization: Organization
    /// The project that is shown first, `nil` for all.
    package let project: Project?
    /// The server's clock, which every age on the screen is counted by.
    package let serverTime: Date
    package let deployment: Deployment

    /// The person who is signed in.
    package struct User: Codable, Sendable, Hashable {
        package let id: UUID
        package let email: String
        package let fullName: String
        /// A raw value of `Role`.
        package let role: String

        package init(id: UUID, email: String, fullName: String, role: String) {
            self.id = id
            self.email = email
            self.fullName = fullName
            self.role = role
        }
    }

    /// The organisation whose data is shown.
    package struct Organization: Codable, Sendable, Hashable {
        package let id: UUID
        package let name: String

        package init(id: UUID, name: String) {
            self.id = id
            self.name = name
        }
    }

    /// A project of the organisation.
    package struct Project: Codable, Sendable, Hashable {
        package let id: UUID
        package let name: String

        package init(id: UUID, name: String) {
            self.id = id
            self.name = name
        }
    }

    /// Which installation answers, so that nobody takes one for another.
    package struct Deployment: Codable, Sendable, Hashable {
        /// Its name, as the administrator chose it.
        package let name: String
        /// Whether a mistake here concerns customers.
        package let isProduction: Bool
        /// The version of the server.
        package let version: String

        package init(name: String, isProduction: Bool, version: String) {
            self.name = name
            self.isProduction = isProduction
            self.version = version
        }
    }

    package init(
        token: String?, expiresAt: Date, idleExpiresAt: Date? = nil, user: User, permissions: [String] = [],
        organization: Organization, project: Project?, serverTime: Date, deployment: Deployment
    ) {
        self.token = token
        self.expiresAt = expiresAt
        self.idleExpiresAt = idleExpiresAt
        self.user = user
        self.permissions = permissions
        self.organization = organization
        self.project = project
        self.serverTime = serverTime
        self.deployment = deployment
    }
}

extension OperatorRequest where Reply == OperatorSession {
    /// Whose session a token is, what they may do, and until when.
    package static func session() -> Self { Self(.get, OperatorSignIn.path) }
}
