package import FoundationEssentials

/// A group of people that an identity provider keeps here. Where the organisation's identity provider is told so, a group
/// gives its members a role.
package struct DirectoryGroup: Sendable, Hashable {
    package let id: DirectoryGroupID
    package let organizationID: OrganizationID
    /// Unique in the organisation whatever the case of its letters: roles are given by it.
    package let displayName: String
    package let externalID: String?
    package let revision: Int
    package let createdAt: Date
    package let updatedAt: Date

    package init(
        id: DirectoryGroupID, organizationID: OrganizationID, displayName: String, externalID: String?, revision: Int,
        createdAt: Date, updatedAt: Date
    ) {
        self.id = id
        self.organizationID = organizationID
        self.displayName = displayName
        self.externalID = externalID
        self.revision = revision
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// Another one after every change.
    package var version: String { "\(revision)" }

    /// A group as it is named beside something else.
    package struct Reference: Sendable, Hashable {
        package let id: DirectoryGroupID
        package let displayName: String

        package init(id: DirectoryGroupID, displayName: String) {
            self.id = id
            self.displayName = displayName
        }
    }
}

package typealias DirectoryGroupID = EntityID<DirectoryGroup>

/// A group as an identity provider wants it.
package struct DirectoryGroupDraft: Sendable, Hashable {
    /// How many people may be in one group.
    package static let mostMembers = 10_000

    package var displayName: String
    package var externalID: String?
    package var members: Set<UserID>

    package init(displayName: String, externalID: String? = nil, members: Set<UserID> = []) {
        self.displayName = displayName
        self.externalID = externalID
        self.members = members
    }

    /// Names every limit that an identity provider's values break.
    package func validate() throws(InvalidDefinition) {
        try InvalidDefinition.check { findings in
            findings.length(of: displayName, in: 1...256, field: "displayName")
            if let externalID { findings.length(of: externalID, in: 1...256, field: "externalId") }
            if members.count > Self.mostMembers {
                findings.add("members", "Ensure there are no more than \(Self.mostMembers) of them.")
            }
        }
    }
}
