package import FoundationEssentials

/// Who signs in to the internal API, `POST /internal/session`.
package struct OperatorSignIn: Codable, Sendable, Hashable {
    /// Where sessions are made, looked at (GET) and ended (DELETE).
    package static let path = "/internal/session"

    package let email: String
    package let password: String
    /// A code of the second factor, or a recovery code, where one is wanted: without it the answer is 401 with the code
    /// `second_factor_required`.
    package let code: String?

    package init(email: String, password: String, code: String? = nil) {
        self.email = email
        self.password = password
        self.code = code
    }

    /// The `code` of an answer that asks for one of the second factor: the password was right.
    package static let secondFactorRequired = "second_factor_required"
    /// The `code` of an answer (401) for an address that signs in by an identity provider, and not by password.
    package static let singleSignOnRequired = "single_sign_on_required"
}

/// Showing once more who one is, `POST /internal/session/confirmation`: dangerous acts are open for a while after it.
package struct OperatorConfirmation: Codable, Sendable, Hashable {
    package static let path = OperatorSignIn.path + "/confirmation"

    package let password: String?
    /// A code of the second factor, or a recovery code.
    package let code: String?

    package init(password: String? = nil, code: String? = nil) {
        self.password = password
        self.code = code
    }

    /// The `code` of an answer (403) that wants a confirmation first.
    package static let isRequired = "confirmation_required"

    /// What somebody shows to confirm.
    package enum Means: String, Codable, Sendable, Hashable, CaseIterable {
        case password
        /// A code of the second factor.
        case code
        /// Signing in at the identity provider once more.
        case identityProvider = "identity_provider"
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
    /// What the user may do, everywhere or in some projects, as `resource:action`: raw values of `Permission`, sorted.
    package let permissions: [String]
    package let organization: Organization
    /// The project that is shown first, `nil` for all.
    package let project: Project?
    /// The server's clock, which every age on the screen is counted by.
    package let serverTime: Date
    package let deployment: Deployment
    /// What the session's owner shows to confirm; `nil` for callers without a session.
    package let confirmsBy: OperatorConfirmation.Means?
    /// When its owner last showed who they are; `nil` for callers without a session.
    package let confirmedAt: Date?
    /// Whether the session can do nothing until its owner has set up a second factor: their organisation wants one.
    package let wantsSecondFactor: Bool

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
        organization: Organization, project: Project?, serverTime: Date, deployment: Deployment,
        confirmsBy: OperatorConfirmation.Means? = nil, confirmedAt: Date? = nil, wantsSecondFactor: Bool = false
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
        self.confirmsBy = confirmsBy
        self.confirmedAt = confirmedAt
        self.wantsSecondFactor = wantsSecondFactor
    }
}

extension OperatorRequest where Reply == OperatorSession {
    /// Confirms the session that asks. Answers it as it is then, without the token.
    package static func confirm(_ confirmation: OperatorConfirmation) -> Self {
        Self(.post, OperatorConfirmation.path, body: confirmation)
    }

    /// Whose session a token is, what they may do, and until when.
    package static func session() -> Self { Self(.get, OperatorSignIn.path) }
}
