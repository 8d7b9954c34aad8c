package import FoundationEssentials
package import Tenancy

package typealias NoticeID = EntityID<Notice>

/// Something that happened and that an operator should know of.
package struct Notice: Sendable, Hashable {
    package let id: NoticeID
    /// Whom it concerns; `nil` is the whole installation.
    package let organizationID: OrganizationID?
    package let createdAt: Date
    package let severity: Severity
    /// What happened, in one sentence, without prompt, answer or key.
    package let summary: String
    /// What to look at to see more.
    package let subject: Subject?
    /// What one must be allowed to do to see it; `nil` for everybody who may see events.
    package let permission: Permission?

    package init(
        id: NoticeID, organizationID: OrganizationID?, createdAt: Date, severity: Severity, summary: String,
        subject: Subject?, permission: Permission?
    ) {
        self.id = id
        self.organizationID = organizationID
        self.createdAt = createdAt
        self.severity = severity
        self.summary = summary
        self.subject = subject
        self.permission = permission
    }

    /// How much it matters.
    package enum Severity: String, Sendable, Hashable {
        case info
        case warning
        case critical
    }

    /// Something that can be looked at.
    package struct Subject: Sendable, Hashable {
        package let kind: Kind
        /// Its identifier; of what has none, such as a daemon, its name.
        package let id: String
        /// What people call it, where that is known.
        package let name: String?

        package init(kind: Kind, id: String, name: String?) {
            self.kind = kind
            self.id = id
            self.name = name
        }

        /// What kind of thing it is.
        package enum Kind: String, Sendable, Hashable {
            case execution
            case evaluator
            case judge
            case project
            case user
            case daemon
            /// A reason why executions fail.
            case failure
            case provider
            case budget
            case export
            case webhook
        }
    }
}
