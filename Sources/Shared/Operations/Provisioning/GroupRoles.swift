internal import FoundationEssentials
internal import Postgres
internal import Stores
internal import Tenancy

/// Which roles the groups of an organisation give: what its identity providers are set up with holds for people who sign in
/// by them and for people whom they keep here.
struct GroupRoles {
    private let providers: [IdentityProviderSettings]

    /// Those of an organisation.
    init(of organization: OrganizationID, on database: PostgresClient) async throws {
        let providers = try await IdentityProviderStore(database: database).list(of: organization)
        self.providers = providers.map(\.settings).filter(\.isEnabled)
    }

    init(_ providers: [IdentityProviderSettings]) { self.providers = providers }

    /// Whether any group gives a role.
    var areGiven: Bool { providers.contains { !$0.roles.isEmpty } }

    /// Whether a group of that name gives one.
    func isGiven(by group: String) -> Bool { providers.contains { $0.roles.contains { $0.group == group } } }

    /// The role of somebody in these groups. An owner stays one; who is in none of the groups that give roles has the role
    /// of such people, or the least one.
    func role(of groups: [String], having present: Role?) -> Role {
        let named = providers.first { provider in provider.roles.contains { groups.contains($0.group) } }
        return (named ?? providers.first)?.role(of: groups, having: present) ?? (present == .owner ? .owner : .viewer)
    }
}

/// Gives people the roles of their groups, after these have changed.
struct GroupRoleChanges {
    private let roles: GroupRoles
    private let audit: Audit
    private let actor: AuditActor
    private let permission: Permission
    private let moment: Date
    private let connection: PostgresConnection

    /// `permission` is what lets the caller do it.
    init(
        _ roles: GroupRoles, _ audit: Audit, _ actor: AuditActor, needs permission: Permission = .userProvision,
        at moment: Date, on connection: PostgresConnection
    ) {
        self.roles = roles
        self.audit = audit
        self.actor = actor
        self.permission = permission
        self.moment = moment
        self.connection = connection
    }

    /// Gives these people their roles. Whoever has more than the caller keeps it.
    func apply(to people: [UserID], in organization: OrganizationID) async throws {
        guard !people.isEmpty else { return }
        for person in try await DirectoryGroupStore.memberships(of: people, in: organization, on: connection) {
            let role = roles.role(of: person.groups, having: person.user.role)
            guard role != person.user.role, mayChange(from: person.user.role, to: role) else { continue }
            let moment = moment
            try await audit.perform(
                Audit.Deed("user.role", on: PeopleSurroundings.subject(person.user.id)), by: actor,
                needs: permission
            ) { connection in
                let changed = try await UserStore.setRole(role, of: person.user, at: moment, on: connection)
                return Audit.Change((), before: PersonFigures(person.user), after: PersonFigures(changed))
            }
        }
    }

    private func mayChange(from present: Role, to role: Role) -> Bool {
        guard let principal = actor.principal else { return true }
        return principal.role.mayGive(present) && principal.role.mayGive(role)
    }
}
