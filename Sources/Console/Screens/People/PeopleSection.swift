import Tenancy
import Terminal
import WireAPI

/// The lists of the room of people. That of the people is the room itself, the others lie over it.
package enum PeopleSection: Sendable, Hashable, CaseIterable {
    case people
    case invitations
    case roles
    case keys
    case sessions
    case identityProvider
    case policy
    case organizations

    package var title: String {
        switch self {
        case .people: "People"
        case .invitations: "Invitations"
        case .roles: "Roles"
        case .keys: "Keys"
        case .sessions: "Sessions"
        case .identityProvider: "SSO"
        case .policy: "Policy"
        case .organizations: "Tenants"
        }
    }

    /// What one must be allowed to do to see it; `nil` for what everybody may know.
    private var permission: Permission? {
        switch self {
        case .people: .userRead
        case .invitations: .userCreate
        case .roles: nil
        case .keys: .apiKeyRead
        case .sessions: .sessionRead
        case .identityProvider, .policy: .identityProviderRead
        case .organizations: .organizationCreate
        }
    }

    /// Those that a role has. The first one is the room, whoever is there.
    static func offered(_ scope: Scope) -> [PeopleSection] {
        allCases.filter { $0 == .people || $0.permission.map(scope.may) ?? true }
    }

    /// All of them for the address line, the present one in brackets.
    func segments(_ scope: Scope) -> [Segment] {
        let offered = Self.offered(scope)
        return TabSegments.of(offered.map(\.title), present: offered.firstIndex(of: self) ?? 0, scope)
    }

    /// The keys that go on to the others.
    static func bindings<Command: Sendable & Hashable>(
        next: Command, previous: Command
    ) -> [Binding<Command>] {
        [
            Binding(
                [Key(.tab), .character("]")], next, hint: "next list",
                "Go on to invitations, roles, keys, sessions, single sign-on, policy, tenants"),
            Binding([Key(.tab, .shift), .character("[")], previous, "Go to the list before"),
        ]
    }
}

extension ScreenContext {
    /// Goes on to another list of the room of people, around the ends.
    mutating func step(from section: PeopleSection, by count: Int) {
        let sections = PeopleSection.offered(scope)
        let index = sections.firstIndex(of: section) ?? 0
        let next = sections[(index + count + sections.count) % sections.count]
        guard next != section else { return }
        if section != .people { pop() }
        switch next {
        case .people: break
        case .invitations: push(InvitationsScreen())
        case .roles: push(RolesScreen())
        case .keys: push(KeysScreen())
        case .sessions: push(SessionsScreen())
        case .identityProvider: push(IdentityProvidersScreen())
        case .policy: push(SignInPolicyScreen())
        case .organizations: push(OrganizationsScreen())
        }
    }
}
