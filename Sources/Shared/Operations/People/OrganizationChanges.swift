internal import FoundationEssentials
internal import Postgres
internal import Stores
package import Tenancy
package import WireAPI

/// The organisations of an installation, for whoever runs it.
package struct OrganizationChanges: Sendable {
    private let surroundings: PeopleSurroundings
    private let store: OrganizationStore
    private let invitations: Invitations

    init(in surroundings: PeopleSurroundings, store: OrganizationStore, invitations: Invitations) {
        self.surroundings = surroundings
        self.store = store
        self.invitations = invitations
    }

    /// A page of the organisations that people belong to.
    /// - Throws: `PermissionDenied`; `OutOfReach` for somebody whose organisation does not run the installation.
    package func page(_ page: PageRequest, for actor: AuditActor) async throws -> Slice<OperatorOrganization> {
        try actor.require(.organizationCreate)
        if let principal = actor.principal, try await !store.runsInstallation(principal.organizationID) {
            throw OutOfReach()
        }
        return try await store.overviews(page: page).map(OperatorOrganization.init)
    }

    /// Makes an organisation and invites its first owner, with whom its default project comes. The link is in the answer,
    /// and nowhere else.
    /// - Throws: `PermissionDenied`; `OutOfReach`; `InvalidDefinition`; `Conflict` when somebody has the owner's address.
    package func create(
        _ draft: OperatorNewOrganization, by actor: AuditActor
    ) async throws -> OperatorOrganizationLink {
        try Organization.validate(name: draft.name)
        let (id, moment) = surroundings.identifiers.nextDated(Organization.self)
        let organization = Organization(id: id, name: draft.name, createdAt: moment)
        let made = try await invitations.make(
            draft.ownerEmail, .owner, hours: draft.expiresInHours, to: id, emailField: "owner_email")
        try await surroundings.audit.perform(
            Audit.Deed("organization.create", on: Self.subject(id)), by: actor, needs: .organizationCreate
        ) { connection in
            try await Self.requireInstallation(actor, on: connection)
            try await OrganizationStore.add(organization, on: connection)
            try await invitations.add(made, by: actor, on: connection)
            return Audit.Change((), after: Figures(name: organization.name, owner: draft.ownerEmail))
        }
        return OperatorOrganizationLink(
            organization: try await shown(id), invitation: invitations.shown(made, by: actor), url: made.url)
    }

    /// Gives an organisation another name: one's own, or whichever for those who run the installation.
    /// - Throws: `PermissionDenied`; `OutOfReach`; `NotFound`; `InvalidDefinition`.
    package func rename(
        _ id: OrganizationID, to name: String, by actor: AuditActor
    ) async throws -> OperatorOrganization {
        try Organization.validate(name: name)
        let isOwn = actor.principal?.organizationID == id
        try await surroundings.audit.perform(
            Audit.Deed("organization.update", on: Self.subject(id)), by: actor,
            needs: isOwn ? .organizationUpdate : .organizationCreate
        ) { connection in
            if !isOwn { try await Self.requireInstallation(actor, on: connection) }
            guard let former = try await OrganizationStore.rename(id, to: name, on: connection) else {
                throw NotFound("Organization")
            }
            guard former != name else { return .nothing(()) }
            return Audit.Change((), before: Figures(name: former), after: Figures(name: name))
        }
        return try await shown(id)
    }

    private func shown(_ id: OrganizationID) async throws -> OperatorOrganization {
        guard let overview = try await store.overview(of: id) else { throw NotFound("Organization") }
        return OperatorOrganization(overview)
    }

    private static func requireInstallation(_ actor: AuditActor, on connection: PostgresConnection) async throws {
        guard let principal = actor.principal else { return }
        guard try await OrganizationStore.runsInstallation(principal.organizationID, on: connection) else {
            throw OutOfReach()
        }
    }

    /// As the audit names an organisation.
    private static func subject(_ id: OrganizationID) -> String { "organization:\(id)" }

    private struct Figures: Encodable, Sendable {
        let name: String
        let owner: String?

        init(name: String, owner: String? = nil) {
            self.name = name
            self.owner = owner
        }
    }
}

extension OperatorOrganization {
    init(_ overview: OrganizationOverview) {
        let organization = overview.organization
        self.init(
            id: organization.id.uuid, name: organization.name, createdAt: organization.createdAt,
            runsInstallation: overview.runsInstallation, people: overview.people, projects: overview.projects)
    }
}
