package import FoundationEssentials
package import Tenancy

package typealias JudgeInvitationID = EntityID<JudgeInvitation>

/// That somebody, known by an address, may look at a judge for a while.
package struct JudgeInvitation: Sendable, Hashable {
    package let id: JudgeInvitationID
    package let email: String
    package let createdAt: Date
    package let expiresAt: Date

    package init(id: JudgeInvitationID, email: String, createdAt: Date, expiresAt: Date) {
        self.id = id
        self.email = email
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }

    /// The most of them in one call.
    package static let most = 10
    /// How long they hold.
    package static let lifetime: TimeInterval = 30 * 86_400

    /// Names the addresses that are none.
    package static func validate(_ emails: [String]) throws(InvalidDefinition) {
        try InvalidDefinition.check { findings in
            if !(1...most).contains(emails.count) { findings.add("emails", "Give 1 to \(most) addresses.") }
            for email in emails where !EmailAddress.isPlausible(email) {
                findings.add("emails", "“\(String(email.prefix(80)))” is no e-mail address.")
            }
        }
    }
}
