package import FoundationEssentials
package import Tenancy

/// The body of `POST` and `PATCH` on projects; `null` and absent mean "not given".
package struct ProjectRequest: Decodable, Sendable {
    package let name: String?
    package let description: String?
    package let isDefault: Bool?
}

/// One project.
package struct ProjectBody: Codable, Sendable {
    package let id: UUID
    package let name: String
    package let description: String
    package let isDefault: Bool
    package let createdAt: Date
    /// The owner's identifier, here alone not an object.
    package let owner: UUID

    package init(_ project: Project) {
        id = project.id.uuid
        name = project.name
        description = project.description
        isDefault = project.isDefault
        createdAt = project.createdAt
        owner = project.ownerID.uuid
    }
}
