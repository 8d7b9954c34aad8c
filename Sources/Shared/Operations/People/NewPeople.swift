internal import Access
internal import FoundationEssentials
internal import Postgres
internal import Stores
package import Tenancy
package import WireAPI

/// Making people and service accounts right away. Whoever is to choose a password themselves is invited instead.
package struct NewPeople: Sendable {
    private let surroundings: PeopleSurroundings

    init(in surroundings: PeopleSurroundings) { self.surroundings = surroundings }

    /// Makes a person with a password, which is in the answer and nowhere else.
    /// - Throws: `PermissionDenied`; `RoleOutOfReach`; `InvalidDefinition`; `Conflict` when somebody has the address.
    package func add(
        _ person: OperatorNewUser, to organization: OrganizationID, by actor: AuditActor
    ) async throws -> OperatorUserPassword {
        let role = try Role(word: person.role, among: User.Kind.person.roles)
        try InvalidDefinition.check { $0.address(person.email, field: "email") }
        try User.validate(name: person.fullName)
        let password = PeopleSurroundings.newPassword()
        let hash = try await surroundings.passwords.hash(password)
        let (id, moment) = surroundings.identifiers.nextDated(User.self)
        let user = User(
            id: id, organizationID: organization, email: person.email, fullName: person.fullName, role: role,
            createdAt: moment)
        try await store(user, passwordHash: hash, by: actor)
        return OperatorUserPassword(user: try await surroundings.shown(id, in: organization), password: password)
    }

    /// Makes a service account, which has no password: keys are made for it.
    /// - Throws: `PermissionDenied`; `RoleOutOfReach`; `InvalidDefinition`.
    package func addServiceAccount(
        _ account: OperatorNewServiceAccount, to organization: OrganizationID, by actor: AuditActor
    ) async throws -> OperatorUser {
        let role = try Role(word: account.role, among: User.Kind.serviceAccount.roles)
        try InvalidDefinition.check { $0.length(of: account.name, in: 1...User.longestName, field: "name") }
        let (id, moment) = surroundings.identifiers.nextDated(User.self)
        // An address that no server has, for whoever expects one.
        let user = User(
            id: id, organizationID: organization, email: "\(id)@service-account.invalid", fullName: account.name,
            role: role, createdAt: moment, kind: .serviceAccount)
        try await store(user, passwordHash: nil, by: actor)
        return try await surroundings.shown(id, in: organization)
    }

    private func store(_ user: User, passwordHash: String?, by actor: AuditActor) async throws {
        try await surroundings.audit.perform(
            Audit.Deed("user.create", on: PeopleSurroundings.subject(user.id)), by: actor, needs: .userCreate
        ) { connection in
            try actor.requireGiving(user.role)
            if user.kind == .person {
                try await surroundings.requireDomain(
                    of: user.email, in: user.organizationID, field: "email", by: actor, on: connection)
            }
            try await UserStore.add(
                user, passwordHash: passwordHash, createdBy: actor.principal?.user.id,
                defaultProject: surroundings.identifiers.next(), on: connection)
            return Audit.Change((), after: PersonFigures(user))
        }
    }
}
