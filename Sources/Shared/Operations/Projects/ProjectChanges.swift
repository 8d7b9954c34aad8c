internal import FoundationEssentials
internal import Postgres
internal import Stores
package import Tenancy

/// What a caller wants a project to be; what is `nil` was not said.
package struct ProjectDraft: Sendable {
    package var name: String?
    package var description: String?
    /// Whether it is to take what is made without naming a project.
    package var isDefault: Bool?

    package init() {}
}

/// Making, changing and deleting projects.
package struct ProjectChanges: Sendable {
    private let identifiers: IdentifierSource
    private let changes: Changes
    private let audit: ProductAudit

    package init(identifiers: IdentifierSource, changes: Changes, audit: ProductAudit) {
        self.identifiers = identifiers
        self.changes = changes
        self.audit = audit
    }

    /// Makes a project. One that is to be the default takes that from the one that was.
    /// - Throws: `InvalidDefinition`; `Conflict` when the name is taken.
    package func create(_ draft: ProjectDraft, for principal: Principal) async throws -> Project {
        guard let name = draft.name else { throw InvalidDefinition("name", "This field is required.") }
        let definition = ProjectDefinition(name: name, description: draft.description ?? "")
        try definition.validate()
        let (id, moment) = identifiers.nextDated(Project.self)
        let project = Project(
            id: id, organizationID: principal.organizationID, name: definition.name,
            description: definition.description, isDefault: draft.isDefault ?? false, ownerID: principal.user.id,
            createdAt: moment)
        try await audit.perform("project.create", on: "project:\(id)", by: principal) { database in
            try await ProjectStore(database: database).create(project)
            return Audit.Change((), made: ProjectFigures(project))
        }
        await announce(project, .created, movesDefault: project.isDefault, by: principal)
        return project
    }

    /// Gives a project another name or description, or makes it the default; what is `nil` stays.
    /// - Throws: `NotFound`; `InvalidDefinition`, also when the default is not to be one any more, because then there would
    ///   be none; `Conflict` when the name is taken.
    package func change(_ id: ProjectID, _ draft: ProjectDraft, for principal: Principal) async throws -> Project {
        let (old, changed) = try await audit.perform("project.update", on: "project:\(id)", by: principal) { database in
            let store = ProjectStore(database: database)
            guard let current = try await store.lock(id, in: principal.organizationID) else {
                throw NotFound("Project")
            }
            let changed = try await change(current, draft, in: store, principal)
            return Audit.Change((current, changed), from: ProjectFigures(current), to: ProjectFigures(changed))
        }
        await announce(
            changed, .updated, movesDefault: changed.isDefault && !old.isDefault, by: principal)
        return changed
    }

    private func change(
        _ current: Project, _ draft: ProjectDraft, in store: ProjectStore, _ principal: Principal
    ) async throws -> Project {
        if current.isDefault, draft.isDefault == false {
            throw InvalidDefinition(
                "is_default", "There is always a default project. Make another one the default instead.")
        }
        let definition = ProjectDefinition(
            name: draft.name ?? current.name, description: draft.description ?? current.description)
        try definition.validate()
        let movesDefault = draft.isDefault == true && !current.isDefault
        // It concerns the whole organisation, so that a role in this project is not enough.
        if movesDefault { try principal.require(.projectUpdate) }
        let changed = try await store.update(
            current.id, in: principal.organizationID, to: definition, makeDefault: movesDefault)
        guard let changed else { throw NotFound("Project") }
        return changed
    }

    /// Deletes a project that has nothing in it and is not the default.
    /// - Throws: `NotFound`; `Conflict` of the kinds `isDefault` and `inUse`.
    package func delete(_ id: ProjectID, for principal: Principal) async throws {
        let current = try await audit.perform("project.delete", on: "project:\(id)", by: principal) { database in
            let store = ProjectStore(database: database)
            guard let current = try await store.lock(id, in: principal.organizationID),
                try await store.delete(id, in: principal.organizationID)
            else { throw NotFound("Project") }
            return Audit.Change(current, ending: ProjectFigures(current))
        }
        await announce(current, .deleted, movesDefault: false, by: principal)
    }

    private func announce(
        _ project: Project, _ action: CatalogueChange.Action, movesDefault: Bool, by principal: Principal
    ) async {
        // Callers are remembered with their default project.
        if movesDefault { await changes.announce(.access) }
        await changes.announce(
            CatalogueChange(.project, project.id.uuid, named: project.name, action, in: project.id), by: principal)
    }
}

/// What the audit keeps of a project.
private struct ProjectFigures: Encodable, Sendable {
    let name: String
    let description: String
    let isDefault: Bool

    init(_ project: Project) {
        name = project.name
        description = project.description
        isDefault = project.isDefault
    }
}
