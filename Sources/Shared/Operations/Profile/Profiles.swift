internal import FoundationEssentials
package import Stores
package import Tenancy

/// What people see and change of themselves.
package struct Profiles: Sendable {
    private let users: UserStore
    private let sessions: SessionStore
    private let changes: Changes

    package init(users: UserStore, sessions: SessionStore, changes: Changes) {
        self.users = users
        self.sessions = sessions
        self.changes = changes
    }

    /// The caller's account.
    /// - Throws: `NotFound` when it was removed at this moment.
    package func account(of principal: Principal) async throws -> UserAccount {
        guard let account = try await users.findAccount(principal.user.id, in: principal.organizationID) else {
            throw NotFound("User")
        }
        return account
    }

    /// Gives the caller another name. Answers the account as it is then.
    /// - Throws: `InvalidDefinition`.
    package func rename(_ principal: Principal, to name: String) async throws -> UserAccount {
        try User.validate(name: name)
        guard try await users.setFullName(name, of: principal.user.id, in: principal.organizationID) else {
            throw NotFound("User")
        }
        await changes.announce(.access)
        return try await account(of: principal)
    }

    /// The session that the caller shows; `nil` for one with an API key.
    package func session(of principal: Principal) async throws -> Session? {
        guard case .session(let id) = principal.credential else { return nil }
        return try await sessions.find(id, in: principal.organizationID)
    }

    /// The caller's open sessions, the one that was used last first.
    package func sessions(of principal: Principal) async throws -> [Session] {
        try await sessions.list(of: principal.user.id, in: principal.organizationID, validAt: Date())
    }
}
