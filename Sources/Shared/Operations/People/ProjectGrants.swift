internal import FoundationEssentials
internal import Postgres
internal import Stores
package import Tenancy
package import WireAPI

/// Letting people do more in one project than their role in the organisation allows.
package struct ProjectGrants: Sendable {
    private let surroundings: PeopleSurroundings

    init(in surroundings: PeopleSurroundings) { self.surroundings = surroundings }

    /// Gives somebody a role in one project, in the place of the one they have there.
    /// - Throws: `PermissionDenied`; `RoleOutOfReach`; `NotFound` also for an unknown project; `InvalidDefinition`.
    package func give(
        _ draft: OperatorProjectGrantDraft, to id: UserID, in project: ProjectID, of organization: OrganizationID,
        by actor: AuditActor
    ) async throws {
        let role = try Role(word: draft.role, among: ProjectGrant.roles)
        let grant = ProjectGrant(projectID: project, role: role, createdAt: surroundings.now())
        try await surroundings.change(id, in: organization, "project_grant.give", needs: .userUpdate, by: actor) {
            person, connection in
            try actor.requireGiving(role)
            let former = try await ProjectGrantStore.role(of: person.user, in: project, on: connection)
            guard former != role else { return .nothing(()) }
            do {
                try await ProjectGrantStore.give(
                    grant, to: person.user, by: actor.principal?.user.id, on: connection)
            } catch let conflict as Conflict where conflict.kind == .missingReference {
                throw NotFound("Project")
            }
            return Audit.Change(
                (), before: former.map { Figures(project, $0) }, after: Figures(project, role))
        }
        await surroundings.changes.announce(.access)
    }

    /// Takes somebody's role in one project away; their role in the organisation stays.
    /// - Throws: `PermissionDenied`; `RoleOutOfReach`; `NotFound` also where they have none.
    package func take(
        from id: UserID, in project: ProjectID, of organization: OrganizationID, by actor: AuditActor
    ) async throws {
        try await surroundings.change(id, in: organization, "project_grant.take", needs: .userUpdate, by: actor) {
            person, connection in
            guard let former = try await ProjectGrantStore.role(of: person.user, in: project, on: connection) else {
                throw NotFound("Grant")
            }
            try actor.requireGiving(former)
            try await ProjectGrantStore.take(from: person.user, in: project, on: connection)
            return Audit.Change((), before: Figures(project, former))
        }
        await surroundings.changes.announce(.access)
    }

    private struct Figures: Encodable, Sendable {
        let projectID: String
        let role: String

        init(_ project: ProjectID, _ role: Role) {
            projectID = project.description
            self.role = role.rawValue
        }
    }
}
