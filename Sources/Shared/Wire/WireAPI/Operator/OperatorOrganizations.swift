package import FoundationEssentials

/// One page of the organisations of an installation, `GET /internal/organizations`, the newest first, for those who run
/// it: `cursor` and `page_size` say which page.
package struct OperatorOrganizationPage: Codable, Sendable, Hashable {
    package let results: [OperatorOrganization]
    package let next: String?

    package init(results: [OperatorOrganization], next: String?) {
        self.results = results
        self.next = next
    }
}

/// A tenant of the installation.
package struct OperatorOrganization: Codable, Sendable, Hashable {
    /// Where organisations are; one is renamed (PATCH) at `path/ID`.
    package static let path = "/internal/organizations"

    package let id: UUID
    package let name: String
    package let createdAt: Date
    /// Whether its operators look after what is the installation's own.
    package let runsInstallation: Bool
    /// Enabled people, service accounts apart; one without any waits for its first owner.
    package let people: Int
    package let projects: Int

    package init(
        id: UUID, name: String, createdAt: Date, runsInstallation: Bool, people: Int, projects: Int
    ) {
        self.id = id
        self.name = name
        self.createdAt = createdAt
        self.runsInstallation = runsInstallation
        self.people = people
        self.projects = projects
    }
}

/// An organisation that is to be made, `POST /internal/organizations`, and who is invited to be its first owner.
package struct OperatorNewOrganization: Codable, Sendable, Hashable {
    package let name: String
    package let ownerEmail: String
    /// From 1 to 720; a week without.
    package let expiresInHours: Int?

    package init(name: String, ownerEmail: String, expiresInHours: Int? = nil) {
        self.name = name
        self.ownerEmail = ownerEmail
        self.expiresInHours = expiresInHours
    }
}

/// An organisation that was just made, with the link of its first owner, which is shown this once.
package struct OperatorOrganizationLink: Codable, Sendable, Hashable {
    package let organization: OperatorOrganization
    package let invitation: OperatorInvitation
    package let url: String

    package init(organization: OperatorOrganization, invitation: OperatorInvitation, url: String) {
        self.organization = organization
        self.invitation = invitation
        self.url = url
    }
}

/// Another name of an organisation.
package struct OperatorOrganizationName: Codable, Sendable, Hashable {
    package let name: String

    package init(name: String) { self.name = name }
}

extension OperatorRequest where Reply == OperatorOrganizationPage {
    /// A page of at most `limit`, up to 100.
    package static func organizations(cursor: String? = nil, limit: Int) -> Self {
        var parameters = [Parameter("page_size", "\(limit)")]
        if let cursor { parameters.append(Parameter("cursor", cursor)) }
        return Self(.get, OperatorOrganization.path, parameters)
    }
}

extension OperatorRequest where Reply == OperatorOrganizationLink {
    /// Makes an organisation.
    package static func addOrganization(_ organization: OperatorNewOrganization) -> Self {
        Self(.post, OperatorOrganization.path, body: organization)
    }
}

extension OperatorRequest where Reply == OperatorOrganization {
    /// Gives an organisation another name.
    package static func renameOrganization(_ id: UUID, to name: OperatorOrganizationName) -> Self {
        Self(.patch, "\(OperatorOrganization.path)/\(id.uuidString.lowercased())", body: name)
    }
}
