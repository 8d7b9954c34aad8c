package import FoundationEssentials
package import Tenancy

package typealias AuditEntryID = EntityID<AuditEntry>

/// Something that somebody did, or tried to do, and that others must be able to find again.
package struct AuditEntry: Sendable, Hashable {
    package let id: AuditEntryID
    /// Whose people may read it; `nil` is the installation's own.
    package let organizationID: OrganizationID?
    package let createdAt: Date
    package let actor: Actor
    /// What was done, such as `queue.pause`.
    package let action: String
    /// What it was done to, such as `queue:evaluations`.
    package let subject: String
    package let outcome: Outcome
    /// What it changed, as JSON: never a secret, never a prompt.
    package let before: String?
    package let after: String?
    /// How often it happened since the entry before it of the same kind: what repeats itself is kept once a while.
    package let times: Int

    package init(
        id: AuditEntryID, organizationID: OrganizationID?, createdAt: Date, actor: Actor, action: String,
        subject: String, outcome: Outcome, before: String?, after: String?, times: Int = 1
    ) {
        self.id = id
        self.organizationID = organizationID
        self.createdAt = createdAt
        self.actor = actor
        self.action = action
        self.subject = subject
        self.outcome = outcome
        self.before = before
        self.after = after
        self.times = times
    }

    /// Who did it, as they were at the time.
    package struct Actor: Sendable, Hashable {
        package let kind: Kind
        /// The person, or the key's owner; `nil` for a machine and for somebody unknown.
        package let id: UUID?
        /// The API key that was shown.
        package let keyID: APIKeyID?
        /// An address of a person, the name of a machine's user.
        package let name: String
        package let role: Role?
        /// Where the request came from.
        package let address: String?
        /// What the logs call the request.
        package let requestID: String?

        package init(
            kind: Kind, id: UUID?, keyID: APIKeyID? = nil, name: String, role: Role?, address: String?,
            requestID: String?
        ) {
            self.kind = kind
            self.id = id
            self.keyID = keyID
            self.name = name
            self.role = role
            self.address = address
            self.requestID = requestID
        }

        /// How they came.
        package enum Kind: String, Sendable, Hashable, CaseIterable {
            /// Somebody who signed in.
            case user
            case apiKey = "api_key"
            /// Whoever administers on the server itself, and what a daemon does by itself.
            case machine
            /// Somebody who did not show who they are, under the name that they gave.
            case unknown
        }
    }

    /// What came of it.
    package enum Outcome: String, Sendable, Hashable, CaseIterable {
        case done
        /// It was not allowed.
        case refused
        /// It went wrong, and nothing was changed.
        case failed
    }
}
