internal import Stores
internal import Tenancy

// Organisations and projects as they are named on a command line.
extension OrganizationStore {
    /// An organisation by its name or identifier; the one that runs the installation when none is named.
    func named(_ name: String?) async throws -> OrganizationID {
        var found: [OrganizationID] = []
        for organization in try await all() {
            if let name {
                guard organization.name == name || organization.id.description == name.lowercased() else { continue }
            } else {
                guard try await runsInstallation(organization.id) else { continue }
            }
            found.append(organization.id)
        }
        guard let only = found.first else {
            throw LauncherFailure(
                name.map { "There is no organization \($0). See: scorable organization list" }
                    ?? "Name an organization: --organization")
        }
        guard found.count == 1 else {
            throw LauncherFailure("\(found.count) organizations are called so. Name one by its identifier.")
        }
        return only
    }
}

extension ProjectStore {
    /// A project of an organisation by its name or identifier.
    func named(_ name: String, of owner: OrganizationID) async throws -> ProjectID {
        if let id = ProjectID(name) { return id }
        guard let found = try await find(named: name, in: owner) else {
            throw LauncherFailure("The organization has no project \(name).")
        }
        return found.id
    }
}
