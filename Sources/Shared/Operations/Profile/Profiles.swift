internal import FoundationEssentials
package import Stores
package import Tenancy

/// What people see and change of themselves.
package struct Profiles: Sendable {
    private let users: UserStore
    private let sessions: SessionStore
    private let changes: Changes

    /// The longest name, in Unicode scalars.
    private static let longestName = 200

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
        try InvalidDefinition.check { findings in
            findings.length(of: name, in: 1...Self.longestName, field: "full_name")
        }
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

    /// Ends one of the caller's sessions, everywhere within moments.
    /// - Throws: `NotFound`.
    package func endSession(_ id: SessionID, of principal: Principal) async throws {
        guard try await sessions.delete(id, of: principal.user.id, in: principal.organizationID) else {
            throw NotFound("Session")
        }
        await changes.announce(.access)
    }

    /// Makes every daemon look the caller up anew: their other sessions have ended.
    package func announceEndedSessions() async { await changes.announce(.access) }
}
