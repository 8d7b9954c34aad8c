package import Stores
package import Tenancy

/// The projects of an organisation.
package struct Projects: Sendable {
    private let store: ProjectStore
    private let recent = RecentValues<Key, Project>(lifetime: .seconds(2), limit: 5000)

    private struct Key: Hashable {
        let organization: OrganizationID
        let project: ProjectID
    }

    package init(store: ProjectStore) { self.store = store }

    /// One page of the organisation's projects that the caller sees.
    package func list(_ page: PageRequest, for principal: Principal) async throws -> Slice<Project> {
        try await store.list(in: principal.organizationID, within: principal.reach(.projectRead), page: page)
    }

    /// The project.
    /// - Throws: `NotFound`.
    package func find(_ id: ProjectID, for principal: Principal) async throws -> Project {
        guard let project = try await known(id, principal) else { throw NotFound("Project") }
        return project
    }

    /// The organisation's project of exactly that name; `nil` when there is none.
    package func find(named name: String, for principal: Principal) async throws -> Project? {
        try await store.find(named: name, in: principal.organizationID)
    }

    /// The project's name; `nil` for one that is gone.
    package func name(of id: ProjectID, for principal: Principal) async throws -> String? {
        try await known(id, principal)?.name
    }

    /// Where something new belongs: the named project, else the caller's default.
    /// - Throws: `InvalidDefinition` when the organisation has no such project.
    package func target(_ named: ProjectID?, for principal: Principal) async throws -> ProjectID {
        guard let named else { return principal.defaultProjectID }
        guard try await known(named, principal) != nil else {
            throw InvalidDefinition(problems: [
                .init(field: "project_id", message: "There is no such project in your organization.")
            ])
        }
        return named
    }

    /// Where something belongs that takes `permission` there: the named project, else the caller's default.
    /// - Throws: `InvalidDefinition` when the organisation has no such project; `PermissionDenied` when they may not do it
    ///   there.
    package func target(
        _ named: ProjectID?, needing permission: Permission, for principal: Principal
    ) async throws -> ProjectID {
        let project = try await target(named, for: principal)
        try principal.require(permission, with: principal.organizationID, in: project)
        return project
    }

    /// Where the log of an execution or a copy belongs: the named project, else that of the item when it is the
    /// organisation's own, else the caller's default.
    /// - Throws: as ``target(_:needing:for:)``.
    package func target(
        _ named: ProjectID?, of owner: OrganizationID, _ itemProject: ProjectID?, needing permission: Permission,
        for principal: Principal
    ) async throws -> ProjectID {
        guard named == nil, owner == principal.organizationID, let itemProject else {
            return try await target(named, needing: permission, for: principal)
        }
        try principal.require(permission, with: owner, in: itemProject)
        return itemProject
    }

    /// Forgets what was looked up: something has changed.
    package func forgetAll() { recent.forgetAll() }

    private func known(_ id: ProjectID, _ principal: Principal) async throws -> Project? {
        let key = Key(organization: principal.organizationID, project: id)
        return try await recent.value(of: key) { try await store.find(id, in: principal.organizationID) }
    }
}
