internal import FoundationEssentials
internal import Postgres
internal import Stores
package import Tenancy
package import WireAPI

/// Changing people and service accounts. Who changes somebody says which revision they have seen.
package struct PersonRevisions: Sendable {
    private let surroundings: PeopleSurroundings

    init(in surroundings: PeopleSurroundings) { self.surroundings = surroundings }

    /// Gives somebody another name.
    /// - Throws: `PermissionDenied`; `RoleOutOfReach`; `NotFound`; `InvalidDefinition`; `ChangedMeanwhile`.
    package func rename(
        _ id: UserID, to name: OperatorUserName, in organization: OrganizationID, by actor: AuditActor
    ) async throws -> OperatorUser {
        try User.validate(name: name.fullName)
        let moment = surroundings.now()
        try await surroundings.change(id, in: organization, "user.rename", needs: .userUpdate, by: actor) {
            person, connection in
            try person.requireRevision(name.revision)
            guard person.user.fullName != name.fullName else { return .nothing(()) }
            let changed = try await UserStore.setFullName(
                name.fullName, of: person.user, at: moment, on: connection)
            return Audit.Change((), before: PersonFigures(person.user), after: PersonFigures(changed))
        }
        await surroundings.changes.announce(.access)
        return try await surroundings.shown(id, in: organization)
    }

    /// Gives somebody another role in the organisation, which holds within moments also where they are signed in.
    /// - Throws: `PermissionDenied`; `RoleOutOfReach`; `NotFound`; `InvalidDefinition`; `ChangedMeanwhile`;
    ///   `PersonNotInState` for the last owner.
    package func giveRole(
        _ wish: OperatorUserRole, to id: UserID, in organization: OrganizationID, by actor: AuditActor
    ) async throws -> OperatorUser {
        let role = try Role(word: wish.role, among: Role.allCases)
        let moment = surroundings.now()
        try await surroundings.change(id, in: organization, "user.role", needs: .userUpdate, by: actor) {
            person, connection in
            try person.requireRevision(wish.revision)
            try actor.requireGiving(role)
            _ = try Role(word: wish.role, among: person.user.kind.roles)
            guard person.user.role != role else { return .nothing(()) }
            if role != .owner { try person.owners.requireOther(than: id) }
            let changed = try await UserStore.setRole(role, of: person.user, at: moment, on: connection)
            return Audit.Change((), before: PersonFigures(person.user), after: PersonFigures(changed))
        }
        await surroundings.changes.announce(.access)
        return try await surroundings.shown(id, in: organization)
    }
}
