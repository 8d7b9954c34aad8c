package import FoundationEssentials

/// A tenant: nothing of one organisation is visible to another, except what it published.
package struct Organization: Sendable, Hashable {
    package let id: OrganizationID
    package var name: String
    package let createdAt: Date

    package init(id: OrganizationID, name: String, createdAt: Date) {
        self.id = id
        self.name = name
        self.createdAt = createdAt
    }

    /// Names what is wrong with a name of one.
    package static func validate(name: String) throws(InvalidDefinition) {
        try InvalidDefinition.check { findings in findings.name(name, in: 1...200, field: "name") }
    }
}

/// Groups the resources of one organisation. Exactly one of an organisation's projects is its default: what is made
/// without naming a project lands there.
package struct Project: Sendable, Hashable {
    package let id: ProjectID
    package let organizationID: OrganizationID
    package var name: String
    package var description: String
    package var isDefault: Bool
    package let ownerID: UserID
    package let createdAt: Date

    package init(
        id: ProjectID, organizationID: OrganizationID, name: String, description: String, isDefault: Bool,
        ownerID: UserID, createdAt: Date
    ) {
        self.id = id
        self.organizationID = organizationID
        self.name = name
        self.description = description
        self.isDefault = isDefault
        self.ownerID = ownerID
        self.createdAt = createdAt
    }
}

/// The content of a project as a client wants it.
package struct ProjectDefinition: Sendable, Hashable {
    package var name: String
    package var description: String

    /// Takes the values as they are; whoever takes them from a client calls ``validate()``.
    package init(name: String, description: String = "") {
        self.name = name
        self.description = description
    }

    /// Names every limit that a client's values break.
    package func validate() throws(InvalidDefinition) {
        try InvalidDefinition.check { findings in findings.length(of: name, in: 1...512, field: "name") }
    }
}
