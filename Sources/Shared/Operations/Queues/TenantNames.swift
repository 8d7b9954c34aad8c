package import Tenancy
package import WireAPI

/// What people call some organisations and projects.
package struct TenantNames: Sendable {
    private let organizations: [OrganizationID: String]
    private let projects: [ProjectID: String]

    package init(organizations: [OrganizationID: String] = [:], projects: [ProjectID: String] = [:]) {
        self.organizations = organizations
        self.projects = projects
    }

    /// An organisation; `nil` for the installation itself.
    package func organization(_ id: OrganizationID?) -> OperatorNamed? {
        id.map { OperatorNamed(id: $0.uuid, name: organizations[$0]) }
    }

    /// A project; `nil` for none.
    package func project(_ id: ProjectID?) -> OperatorNamed? {
        id.map { OperatorNamed(id: $0.uuid, name: projects[$0]) }
    }
}
