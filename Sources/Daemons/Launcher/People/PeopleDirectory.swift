internal import Stores
internal import Tenancy

/// Somebody as they are named on a command line.
package enum Who: Sendable {
    /// A person by their address, or anybody by their identifier.
    case person(String)
    /// A service account by its name or identifier.
    case serviceAccount(String)
}

/// Finds people as they are named on a command line.
struct PeopleDirectory: Sendable {
    let users: UserStore

    /// Somebody, in whichever organisation; service accounts by name in that one.
    func person(
        _ who: Who, serviceAccountsOf organization: () async throws -> OrganizationID
    ) async throws -> User {
        switch who {
        case .person(let name):
            let found =
                if let id = UserID(name) { try await users.find(id) } else {
                    try await users.findForSignIn(email: name)?.user
                }
            guard let found else { throw LauncherFailure("Nobody here has the address or identifier \(name).") }
            return found
        case .serviceAccount(let name):
            if let id = UserID(name), let found = try await users.find(id), found.kind == .serviceAccount {
                return found
            }
            return try await account(named: name, in: try await organization())
        }
    }

    private func account(named name: String, in organization: OrganizationID) async throws -> User {
        let alike = try await users.list(in: organization, named: name, kind: .serviceAccount)
        guard let only = alike.first else {
            throw LauncherFailure("There is no service account \(name). See: scorable service-account list")
        }
        guard alike.count == 1 else {
            throw LauncherFailure("\(alike.count) service accounts are called so. Name one by its identifier.")
        }
        return only
    }
}

extension User {
    /// How it is called on a command line.
    var label: String { (kind == .person ? email : fullName).shown }
}

/// Which people are wanted, as it stands on a command line.
package struct PeopleWish: Sendable {
    let filter: PersonFilter

    /// - Throws: `LauncherFailure` for a role or a state that there is not.
    package init(
        text: String?, role: String?, state: String?, serviceAccounts: Bool
    ) throws(LauncherFailure) {
        var filter = PersonFilter(text: text, kind: serviceAccounts ? .serviceAccount : .person)
        if let role { filter.role = try RoleName(role).role }
        switch state {
        case nil: break
        case "active": filter.isDisabled = false
        case "disabled": filter.isDisabled = true
        case let other?: throw LauncherFailure("Nobody is “\(other)”. People are active or disabled.")
        }
        self.filter = filter
    }
}

/// A role, as it stands on a command line.
package struct RoleName: Sendable {
    let role: Role

    /// - Throws: `LauncherFailure` that names the roles.
    package init(_ word: String) throws(LauncherFailure) {
        guard let role = Role(rawValue: word) else {
            let known = Role.allCases.map(\.rawValue).joined(separator: ", ")
            throw LauncherFailure("There is no role “\(word)”. It is one of: \(known).")
        }
        self.role = role
    }
}
