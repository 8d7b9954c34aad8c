package import FoundationEssentials
package import Tenancy

package typealias RetentionHoldID = EntityID<RetentionHold>

/// What nobody may delete, however old it is, such as for a court: what a project, or all projects, recorded within a time.
package struct RetentionHold: Sendable, Hashable {
    package let id: RetentionHoldID
    /// All projects of the organisation where it names none.
    package let scope: RetentionScope
    /// `nil` for no bound; the end is not part of it.
    package let beginsAt: Date?
    package let endsAt: Date?
    package let reason: String
    package let createdAt: Date
    /// Whose it is, by name.
    package let createdBy: String

    package init(
        id: RetentionHoldID, scope: RetentionScope, beginsAt: Date?, endsAt: Date?, reason: String, createdAt: Date,
        createdBy: String
    ) {
        self.id = id
        self.scope = scope
        self.beginsAt = beginsAt
        self.endsAt = endsAt
        self.reason = reason
        self.createdAt = createdAt
        self.createdBy = createdBy
    }

    /// Whether anything that was recorded between the two moments may be held by it.
    package func touches(_ range: Range<Date>) -> Bool {
        (beginsAt ?? .distantPast) < range.upperBound && range.lowerBound < (endsAt ?? .distantFuture)
    }
}
