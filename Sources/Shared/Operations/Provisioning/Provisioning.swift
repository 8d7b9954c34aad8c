internal import Postgres
internal import Tenancy

/// What identity providers keep here of an organisation's people, so that who leaves there is out here within moments.
package struct Provisioning: Sendable {
    package let people: ProvisionedPeople
    package let groups: DirectoryGroups

    init(in surroundings: PeopleSurroundings, database: PostgresClient) {
        people = ProvisionedPeople(in: surroundings, database: database)
        groups = DirectoryGroups(in: surroundings, database: database)
    }
}

/// Somebody, or some group, has the name already.
package struct NotUnique: Error, Hashable, CustomStringConvertible {
    /// The attribute that has to be unique.
    package let attribute: String

    package init(_ attribute: String) { self.attribute = attribute }

    package var description: String { "\(attribute): Another one has this already." }
}

extension AuditActor {
    /// Whether it is an identity provider that calls, by the key that was made for it.
    var isIdentityProvider: Bool { principal?.isKey ?? false }

    /// Passes for whoever may do as much as the people that they change. Keys are no less good for it than their owners:
    /// keeping people is what a key for this is made for.
    func requireReach(of role: Role) throws(RoleOutOfReach) {
        guard let principal, !principal.role.mayGive(role) else { return }
        throw RoleOutOfReach(role: role, ofKey: false)
    }
}
