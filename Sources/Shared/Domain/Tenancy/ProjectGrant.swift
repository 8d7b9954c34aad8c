package import FoundationEssentials

/// What somebody may do in one project beyond what their role in the organisation allows; it never takes anything away.
package struct ProjectGrant: Sendable, Hashable {
    package let projectID: ProjectID
    package let role: Role
    package let createdAt: Date

    package init(projectID: ProjectID, role: Role, createdAt: Date) {
        self.projectID = projectID
        self.role = role
        self.createdAt = createdAt
    }

    /// The roles that there are in a project: owning and auditing are about a whole organisation.
    package static let roles: [Role] = [.viewer, .annotator, .engineer, .operator, .admin]
}
