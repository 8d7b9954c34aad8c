internal import FoundationEssentials
internal import Postgres
internal import Stores
package import Tenancy

/// The people of an organisation as its identity provider sees and keeps them.
package struct ProvisionedPeople: Sendable {
    private let surroundings: PeopleSurroundings
    private let database: PostgresClient
    private let store: ProvisionedPersonStore

    init(in surroundings: PeopleSurroundings, database: PostgresClient) {
        self.surroundings = surroundings
        self.database = database
        store = ProvisionedPersonStore(database: database)
    }

    /// A part of the caller's people.
    package func list(_ query: DirectoryQuery, for principal: Principal) async throws -> DirectoryPage<
        ProvisionedPerson
    > {
        try await store.list(query, in: principal.organizationID)
    }

    /// One of them.
    /// - Throws: `NotFound`.
    package func find(_ id: UserID, for principal: Principal) async throws -> ProvisionedPerson {
        guard let person = try await store.find(id, in: principal.organizationID) else { throw NotFound("User") }
        return person
    }

    /// Makes a person, or lets somebody in again who was taken away and has the same name or address.
    /// - Throws: `PermissionDenied`; `RoleOutOfReach`; `InvalidDefinition`; `NotUnique`; `Conflict` for an address of
    ///   somebody in another organisation.
    package func create(_ profile: DirectoryProfile, by actor: AuditActor) async throws -> ProvisionedPerson {
        try profile.validate()
        let organization = try actor.organization
        let (newID, moment) = surroundings.identifiers.nextDated(User.self)
        let id = try await surroundings.audit.perform(
            Audit.Deed("user.create", on: PeopleSurroundings.subject(newID)), by: actor, needs: .userProvision
        ) { connection in
            try await ProvisionedPersonStore.lock(organization, on: connection)
            let change = ProfileChange(surroundings, database, actor, at: moment, on: connection)
            if let former = try await Self.former(profile, in: organization, on: connection) {
                try await change.bringBack(former, as: profile, in: organization)
                return .nothing(former)
            }
            try await change.add(newID, as: profile, to: organization)
            return .nothing(newID)
        }
        return try await shown(id, in: organization)
    }

    /// Changes a person to what `edit` makes of them as they are, while nobody else changes them.
    /// - Throws: `PermissionDenied`; `RoleOutOfReach`; `NotFound`; `InvalidDefinition`; `NotUnique`; `Conflict`;
    ///   `PersonNotInState` for who cannot be let in nowhere; what `edit` throws.
    package func change(
        _ id: UserID, by actor: AuditActor,
        _ edit: @escaping @Sendable (ProvisionedPerson) async throws -> DirectoryProfile
    ) async throws -> ProvisionedPerson {
        let (organization, moment) = (try actor.organization, surroundings.now())
        try await surroundings.audit.perform(
            Audit.Deed("user.update", on: PeopleSurroundings.subject(id)), by: actor, needs: .userProvision
        ) { connection in
            let person = try await hold(id, in: organization, on: connection)
            let profile = try await edit(person)
            try profile.validate()
            try await Self.requireUnique(profile, of: id, in: organization, on: connection)
            try await ProfileChange(surroundings, database, actor, at: moment, on: connection).apply(
                profile, to: person)
            return .nothing(())
        }
        return try await shown(id, in: organization)
    }

    /// Takes a person away: they get in nowhere any more and are in no group. What they made stays theirs.
    /// - Throws: `PermissionDenied`; `RoleOutOfReach`; `NotFound`; `PersonNotInState`; what `check` throws.
    package func remove(
        _ id: UserID, by actor: AuditActor, _ check: @escaping @Sendable (ProvisionedPerson) throws -> Void
    ) async throws {
        let (organization, moment) = (try actor.organization, surroundings.now())
        try await surroundings.audit.perform(
            Audit.Deed("user.deactivate", on: PeopleSurroundings.subject(id)), by: actor, needs: .userProvision
        ) { connection in
            let person = try await hold(id, in: organization, on: connection)
            try check(person)
            try await ProfileChange(surroundings, database, actor, at: moment, on: connection).takeAway(person)
            return .nothing(())
        }
        await surroundings.changes.announce(.access)
    }

    /// Somebody as they are after a change, which is told to all who remember them.
    private func shown(_ id: UserID, in organization: OrganizationID) async throws -> ProvisionedPerson {
        await surroundings.changes.announce(.access)
        guard let person = try await store.find(id, in: organization) else { throw NotFound("User") }
        return person
    }

    /// A person of the organisation with their groups, whom nobody else changes until the transaction ends.
    private func hold(
        _ id: UserID, in organization: OrganizationID, on connection: PostgresConnection
    ) async throws -> ProvisionedPerson {
        try await ProvisionedPersonStore.lock(organization, on: connection)
        _ = try await UserStore.lock(id, in: organization, on: connection)
        guard var person = try await ProvisionedPersonStore.find(id, in: organization, on: connection),
            try await !ProvisionedPersonStore.isRemoved(id, in: organization, on: connection)
        else { throw NotFound("User") }
        let store = ProvisionedPersonStore(database: database.within(connection))
        person.groups = try await store.groups(of: [id], in: organization)[id] ?? []
        return person
    }

    /// Who was taken away and is meant by a new profile: who had the name, else who has the address.
    /// - Throws: `NotUnique` when somebody is there who has either.
    private static func former(
        _ profile: DirectoryProfile, in organization: OrganizationID, on connection: PostgresConnection
    ) async throws -> UserID? {
        let known = try await ProvisionedPersonStore.known(
            by: profile.userName, or: profile.email ?? "", in: organization, on: connection)
        if let other = known.first(where: { !$0.isRemoved }) { throw NotUnique(other.hasName ? "userName" : "emails") }
        return known.first?.id
    }

    private static func requireUnique(
        _ profile: DirectoryProfile, of id: UserID, in organization: OrganizationID, on connection: PostgresConnection
    ) async throws {
        let known = try await ProvisionedPersonStore.known(
            by: profile.userName, or: profile.email ?? "", in: organization, on: connection)
        // A name may be taken over from somebody who was taken away; an address stays theirs.
        guard let other = known.first(where: { $0.id != id && !($0.isRemoved && $0.hasName) }) else { return }
        throw NotUnique(other.hasName ? "userName" : "emails")
    }
}

extension AuditActor {
    /// Whose people they keep.
    var organization: OrganizationID {
        get throws(PermissionDenied) {
            guard let organizationID else { throw PermissionDenied(permission: .userProvision, role: .viewer) }
            return organizationID
        }
    }
}
