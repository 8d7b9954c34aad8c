package import FoundationEssentials

/// What an organisation wants of its people's sign-ins and of its keys, `GET /internal/sign-in-policy`.
package struct OperatorSignInPolicy: Codable, Sendable, Hashable {
    /// Where it is looked at (GET) and replaced (PUT).
    package static let path = "/internal/sign-in-policy"

    package let terms: OperatorSignInTerms
    /// Counts the changes; 0 while the release's own values are in force.
    package let revision: Int
    /// `nil` while the release's own values are in force.
    package let updatedAt: Date?
    /// Whose change it was, by their address.
    package let updatedBy: String?

    package init(terms: OperatorSignInTerms, revision: Int, updatedAt: Date?, updatedBy: String?) {
        self.terms = terms
        self.revision = revision
        self.updatedAt = updatedAt
        self.updatedBy = updatedBy
    }
}

/// The values of a policy.
package struct OperatorSignInTerms: Codable, Sendable, Hashable {
    /// After how long without a request a session ends: 300 to 2,592,000.
    package let idleLimitSeconds: Int
    /// After how long it ends in any case: 300 to 7,776,000.
    package let absoluteLimitSeconds: Int
    /// How many sessions a person may have at a time, 1 to 1000; a further one ends the oldest.
    package let sessionsPerPerson: Int
    /// Whether who signs in by password has to have a second factor.
    package let wantsSecondFactor: Bool
    /// How old a new API key may become, 3600 to 315,360,000; `nil` for as old as it likes.
    package let keyAgeLimitSeconds: Int?

    package init(
        idleLimitSeconds: Int, absoluteLimitSeconds: Int, sessionsPerPerson: Int, wantsSecondFactor: Bool,
        keyAgeLimitSeconds: Int?
    ) {
        self.idleLimitSeconds = idleLimitSeconds
        self.absoluteLimitSeconds = absoluteLimitSeconds
        self.sessionsPerPerson = sessionsPerPerson
        self.wantsSecondFactor = wantsSecondFactor
        self.keyAgeLimitSeconds = keyAgeLimitSeconds
    }
}

/// A policy in place of the one of that revision.
package struct OperatorSignInPolicyChange: Codable, Sendable, Hashable {
    package let terms: OperatorSignInTerms
    package let revision: Int

    package init(terms: OperatorSignInTerms, revision: Int) {
        self.terms = terms
        self.revision = revision
    }
}

extension OperatorRequest where Reply == OperatorSignInPolicy {
    /// The policy in force.
    package static func signInPolicy() -> Self { Self(.get, OperatorSignInPolicy.path) }

    /// Replaces the policy. Sessions that it allows no more end at once.
    package static func replaceSignInPolicy(_ change: OperatorSignInPolicyChange) -> Self {
        Self(.put, OperatorSignInPolicy.path, body: change)
    }
}
