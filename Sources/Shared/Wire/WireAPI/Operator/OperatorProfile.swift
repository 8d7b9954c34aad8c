package import FoundationEssentials

/// The person who is signed in, `GET /internal/profile`.
package struct OperatorProfile: Codable, Sendable, Hashable {
    /// Where the profile is looked at (GET) and changed (PATCH).
    package static let path = "/internal/profile"

    package let id: UUID
    package let email: String
    package let fullName: String
    /// A raw value of `Role`.
    package let role: String
    package let organizationName: String
    package let createdAt: Date
    /// `nil` when it is not known.
    package let lastSignInAt: Date?
    /// Whether there is a password to change: who signs in elsewhere has none.
    package let hasPassword: Bool

    package init(
        id: UUID, email: String, fullName: String, role: String, organizationName: String, createdAt: Date,
        lastSignInAt: Date?, hasPassword: Bool
    ) {
        self.id = id
        self.email = email
        self.fullName = fullName
        self.role = role
        self.organizationName = organizationName
        self.createdAt = createdAt
        self.lastSignInAt = lastSignInAt
        self.hasPassword = hasPassword
    }
}

/// What is to be different about one's profile.
package struct OperatorProfileChange: Codable, Sendable, Hashable {
    package let fullName: String

    package init(fullName: String) { self.fullName = fullName }
}

/// A new password, `POST /internal/profile/password`. The person's other sessions end.
package struct OperatorPasswordChange: Codable, Sendable, Hashable {
    package static let path = OperatorProfile.path + "/password"

    package let oldPassword: String
    package let newPassword: String

    package init(oldPassword: String, newPassword: String) {
        self.oldPassword = oldPassword
        self.newPassword = newPassword
    }
}

/// One of the person's open sessions, `GET /internal/profile/sessions`.
package struct OperatorOpenSession: Codable, Sendable, Hashable {
    /// Where sessions are; one is ended (DELETE) at `path/ID`.
    package static let path = OperatorProfile.path + "/sessions"

    package let id: UUID
    /// Where it was opened from; `nil` when it is not known.
    package let address: String?
    package let startedAt: Date
    /// To the minute; `nil` when it is not known.
    package let lastUsedAt: Date?
    /// When it ends in any case.
    package let expiresAt: Date
    /// When it ends unless it is used.
    package let idleExpiresAt: Date
    /// Whether it is the one that asks.
    package let isCurrent: Bool
    /// How it was opened: `password`, `saml` or `invitation`.
    package let method: String
    /// What it was opened with; `nil` when it is not known.
    package let client: String?

    package init(
        id: UUID, address: String?, startedAt: Date, lastUsedAt: Date?, expiresAt: Date, idleExpiresAt: Date,
        isCurrent: Bool, method: String = "password", client: String? = nil
    ) {
        self.id = id
        self.address = address
        self.startedAt = startedAt
        self.lastUsedAt = lastUsedAt
        self.expiresAt = expiresAt
        self.idleExpiresAt = idleExpiresAt
        self.isCurrent = isCurrent
        self.method = method
        self.client = client
    }
}

/// The person's open sessions, the one that was used last first.
package struct OperatorOpenSessions: Codable, Sendable, Hashable {
    package let results: [OperatorOpenSession]

    package init(results: [OperatorOpenSession]) { self.results = results }
}

extension OperatorRequest where Reply == OperatorProfile {
    /// The person who is signed in.
    package static func profile() -> Self { Self(.get, OperatorProfile.path) }

    /// Changes one's profile. Answers it as it is then.
    package static func change(_ change: OperatorProfileChange) -> Self {
        Self(.patch, OperatorProfile.path, body: change)
    }
}

extension OperatorRequest where Reply == OperatorOpenSessions {
    /// The person's open sessions.
    package static func openSessions() -> Self { Self(.get, OperatorOpenSession.path) }
}

extension OperatorRequest where Reply == OperatorNothing {
    /// Changes one's password and ends one's other sessions.
    package static func change(_ change: OperatorPasswordChange) -> Self {
        Self(.post, OperatorPasswordChange.path, body: change)
    }

    /// Ends one of the person's sessions.
    package static func endSession(_ id: UUID) -> Self {
        Self(.delete, "\(OperatorOpenSession.path)/\(id.uuidString.lowercased())")
    }
}
