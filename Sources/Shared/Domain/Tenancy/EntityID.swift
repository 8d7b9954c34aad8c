package import FoundationEssentials

/// The identifier of one kind of thing; an `EntityID<Project>` cannot be passed where an evaluator's is wanted.
package struct EntityID<Entity>: Sendable, Hashable, LosslessStringConvertible {
    package let uuid: UUID

    package init(uuid: UUID) { self.uuid = uuid }

    /// Reads the hyphenated form in either case; `nil` for anything else.
    package init?(_ text: String) {
        guard let uuid = UUID(uuidString: text) else { return nil }
        self.uuid = uuid
    }

    /// The hyphenated form in lower case, as every interface of ours shows it.
    package var description: String { uuid.uuidString.lowercased() }
}

extension EntityID: Comparable {
    /// The order of the sixteen bytes, which is also PostgreSQL's order of `uuid`.
    package static func < (left: EntityID, right: EntityID) -> Bool { left.uuid < right.uuid }
}

package typealias OrganizationID = EntityID<Organization>
package typealias ProjectID = EntityID<Project>
package typealias UserID = EntityID<User>
package typealias SessionID = EntityID<Session>
package typealias APIKeyID = EntityID<APIKey>
