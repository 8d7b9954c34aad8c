internal import FoundationEssentials
internal import Postgres
internal import Stores
internal import Tenancy

/// What becomes of people when an identity provider changes what it says about them: one step after the other within a
/// transaction, each with its entry in the audit.
struct ProfileChange {
    private let surroundings: PeopleSurroundings
    /// All of it is done within the transaction.
    private let database: PostgresClient
    private let audit: Audit
    private let actor: AuditActor
    private let moment: Date
    private let connection: PostgresConnection

    init(
        _ surroundings: PeopleSurroundings, _ database: PostgresClient, _ actor: AuditActor, at moment: Date,
        on connection: PostgresConnection
    ) {
        self.surroundings = surroundings
        self.actor = actor
        self.moment = moment
        self.connection = connection
        self.database = database.within(connection)
        audit = surroundings.audit.within(connection)
    }

    /// Makes a person. They have no password: they sign in by their identity provider, or get one from somebody here.
    func add(_ id: UserID, as profile: DirectoryProfile, to organization: OrganizationID) async throws {
        let roles = try await GroupRoles(of: organization, on: database)
        let user = User(
            id: id, organizationID: organization, email: profile.email ?? profile.userName, fullName: profile.fullName,
            role: roles.role(of: [], having: nil), createdAt: moment, disabledAt: profile.isActive ? nil : moment)
        try actor.requireReach(of: user.role)
        try await surroundings.requireDomain(
            of: user.email, in: organization, field: Self.emailField, by: actor, on: connection)
        let (moment, project) = (moment, surroundings.identifiers.next(Project.self))
        try await audit.perform(deed("user.create", id), by: actor, needs: .userProvision) { connection in
            try await UserStore.add(
                user, passwordHash: nil, createdBy: actor.principal?.user.id, defaultProject: project, on: connection)
            try await ProvisionedPersonStore.save(profile, of: user, at: moment, on: connection)
            return Audit.Change((), after: ProfileFigures(profile, of: user))
        }
    }

    /// What an address is called by identity providers.
    private static let emailField = "emails"

    /// Has somebody back who was taken away. Their role is the one of who is in no group yet, where groups give roles, or
    /// where the identity provider means another person of the same name.
    func bringBack(_ id: UserID, as profile: DirectoryProfile, in organization: OrganizationID) async throws {
        guard let person = try await ProvisionedPersonStore.find(id, in: organization, on: connection) else {
            throw NotFound("User")
        }
        try await apply(profile, to: person)
        let roles = try await GroupRoles(of: organization, on: database)
        if let former = person.profile.externalID, let present = profile.externalID, former != present {
            try await giveRole(roles.role(of: [], having: nil), to: id, in: organization)
        } else if roles.areGiven {
            try await GroupRoleChanges(roles, audit, actor, at: moment, on: connection).apply(
                to: [id], in: organization)
        }
    }

    private func giveRole(_ role: Role, to id: UserID, in organization: OrganizationID) async throws {
        try actor.requireReach(of: role)
        try await changeAccess("user.role", id, in: organization) { person, connection in
            try await UserStore.setRole(role, of: person.user, at: moment, on: connection)
        }
    }

    /// Makes of a person what their identity provider says. Whoever leaves there is out here, whatever their role: for that
    /// alone its key need not reach as far as they.
    func apply(_ profile: DirectoryProfile, to person: ProvisionedPerson) async throws {
        var described = profile
        described.isActive = person.profile.isActive
        let wasRemoved = try await ProvisionedPersonStore.isRemoved(
            person.user.id, in: person.user.organizationID, on: connection)
        let isDescribed = described != person.profile || wasRemoved
        if isDescribed || profile.isActive || !actor.isIdentityProvider {
            try actor.requireReach(of: person.user.role)
        }
        if isDescribed { try await describe(described, person) }
        switch (person.profile.isActive, profile.isActive) {
        case (true, false): try await shutOut(person.user.id, in: person.user.organizationID)
        case (false, true): try await letIn(person.user.id, in: person.user.organizationID)
        case (true, true), (false, false): break
        }
    }

    /// Takes a person away, with all that they could come back by: who is made again by the same name may be another one.
    func takeAway(_ person: ProvisionedPerson) async throws {
        if !actor.isIdentityProvider { try actor.requireReach(of: person.user.role) }
        let user = person.user
        if !user.isDisabled { try await shutOut(user.id, in: user.organizationID) }
        let (moment, groups) = (moment, try await self.groups(of: user))
        try await audit.perform(deed("user.remove", user.id), by: actor, needs: .userProvision) { connection in
            try await DirectoryGroupStore.removeFromAll(user, on: connection)
            try await ProvisionedPersonStore.remove(person, at: moment, on: connection)
            let forgotten = try await UserStore.forgetCredentials(of: user, at: moment, on: connection)
            return Audit.Change((), before: ["groups": groups], after: ["forgotten": forgotten])
        }
    }

    private func describe(_ profile: DirectoryProfile, _ person: ProvisionedPerson) async throws {
        let (user, moment) = (person.user, moment)
        let (email, fullName) = (profile.email ?? user.email, profile.fullName)
        if email.lowercased() != user.email.lowercased() {
            try await surroundings.requireDomain(
                of: email, in: user.organizationID, field: Self.emailField, by: actor, on: connection)
        }
        try await audit.perform(deed("user.update", user.id), by: actor, needs: .userProvision) { connection in
            if email != user.email || fullName != user.fullName {
                try await ProvisionedPersonStore.setIdentity(
                    email: email, fullName: fullName, of: user, at: moment, on: connection)
            }
            try await ProvisionedPersonStore.save(profile, of: user, at: moment, on: connection)
            return Audit.Change(
                (), before: ProfileFigures(person.profile, of: user), after: ProfileFigures(profile, of: user))
        }
    }

    private func shutOut(_ id: UserID, in organization: OrganizationID) async throws {
        try await changeAccess("user.deactivate", id, in: organization) { person, connection in
            try person.requireLeaving(by: actor)
            return try await surroundings.shutOut(person, at: moment, on: connection).user
        }
    }

    private func letIn(_ id: UserID, in organization: OrganizationID) async throws {
        try await changeAccess("user.reactivate", id, in: organization) { person, connection in
            try await UserStore.setDisabled(false, of: person.user, at: moment, on: connection)
        }
    }

    private func changeAccess(
        _ action: String, _ id: UserID, in organization: OrganizationID,
        _ change: @Sendable (LockedPerson, PostgresConnection) async throws -> User
    ) async throws {
        try await audit.perform(deed(action, id), by: actor, needs: .userProvision) { connection in
            guard let person = try await UserStore.lock(id, in: organization, on: connection) else {
                throw NotFound("User")
            }
            let changed = try await change(person, connection)
            return Audit.Change((), before: PersonFigures(person.user), after: PersonFigures(changed))
        }
    }

    private func groups(of user: User) async throws -> [String] {
        let store = ProvisionedPersonStore(database: database)
        return try await store.groups(of: [user.id], in: user.organizationID)[user.id]?.map(\.displayName) ?? []
    }

    private func deed(_ action: String, _ id: UserID) -> Audit.Deed {
        Audit.Deed(action, on: PeopleSurroundings.subject(id))
    }
}

/// What the audit keeps of a profile.
struct ProfileFigures: Encodable, Sendable {
    let userName: String
    let externalID: String?
    let email: String
    let fullName: String
    let role: String
    let isActive: Bool

    init(_ profile: DirectoryProfile, of user: User) {
        userName = profile.userName
        externalID = profile.externalID
        email = profile.email ?? user.email
        fullName = profile.fullName
        role = user.role.rawValue
        isActive = profile.isActive
    }
}
