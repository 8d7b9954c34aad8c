internal import Access
internal import Cryptography
internal import FoundationEssentials
internal import Postgres
internal import Stores
package import Tenancy
package import WireAPI

/// New passwords for who has lost theirs. A second factor stays: a link alone lets nobody in who has one.
package struct PasswordResets: Sendable {
    private let surroundings: PeopleSurroundings
    private let store: PasswordResetStore

    init(in surroundings: PeopleSurroundings, store: PasswordResetStore) {
        self.surroundings = surroundings
        self.store = store
    }

    /// Makes a link by which a person gives themselves a new password, once, within a day. It is in the answer, and nowhere
    /// else; an earlier one opens nothing any more.
    /// - Throws: `PermissionDenied`; `RoleOutOfReach`; `NotFound`; `PersonNotInState`.
    package func makeLink(
        for id: UserID, in organization: OrganizationID, by actor: AuditActor
    ) async throws -> OperatorLink {
        let reset = PasswordReset(
            id: surroundings.identifiers.next(), organizationID: organization, userID: id,
            createdAt: surroundings.now())
        let token = PeopleSurroundings.newToken()
        try await surroundings.change(id, in: organization, "user.password_reset", needs: .userUpdate, by: actor) {
            person, connection in
            try person.requirePassword()
            try await PasswordResetStore.add(
                reset, tokenHash: token.hash, by: actor.principal?.user.id, on: connection)
            return Audit.Change((), after: Figures(by: .link, expiresAt: reset.expiresAt))
        }
        return OperatorLink(url: surroundings.url(of: .newPassword, token.text), expiresAt: reset.expiresAt)
    }

    /// Gives a person a new password, which is returned and stored nowhere, and ends their sessions.
    /// - Throws: `PermissionDenied`; `RoleOutOfReach`; `NotFound`; `PersonNotInState`.
    package func setNewPassword(
        of id: UserID, in organization: OrganizationID, by actor: AuditActor
    ) async throws -> String {
        let password = PeopleSurroundings.newPassword()
        let hash = try await surroundings.passwords.hash(password)
        try await surroundings.change(id, in: organization, "user.password_reset", needs: .userUpdate, by: actor) {
            person, connection in
            try person.requirePassword()
            let ended = try await replace(hash, of: person.user, on: connection)
            return Audit.Change((), after: Figures(by: .temporaryPassword, endedSessions: ended))
        }
        await surroundings.changes.announce(.access)
        return password
    }

    /// The address of the person whom a link is for. Looking at it does not use it up.
    /// - Throws: `LinkUnusable`; `TooManySignIns` for an address that tries too many.
    package func holder(of token: String, from address: String) async throws -> String {
        try surroundings.admitTry(from: address)
        return try await user(of: token).email
    }

    /// Uses a link up: replaces the password of its person, whose address is answered, and ends their sessions. The address
    /// from which they come and the request are for the audit.
    /// - Throws: `LinkUnusable`; `TooManySignIns`; `InvalidDefinition` naming `password`.
    package func setPassword(
        _ password: String, by token: String, from address: String, requestID: String
    ) async throws -> String {
        try surroundings.admitTry(from: address)
        let holder = try await user(of: token)
        let maker = try await store.maker(of: SHA256.hash(token))
        if let problem = PasswordRule.problem(with: password, of: holder.email) {
            throw InvalidDefinition("password", problem)
        }
        let hash = try await surroundings.passwords.hash(password)
        let moment = surroundings.now()
        try await surroundings.audit.perform(
            Audit.Deed("user.password_reset", on: PeopleSurroundings.subject(holder.id)),
            by: AuditActor(holder, from: address, requestID: requestID), needs: nil
        ) { connection in
            let person = try await UserStore.lock(
                holder.id, in: holder.organizationID, with: maker, on: connection)
            guard let person, !person.user.isDisabled,
                maker == nil || Self.stands(person.other, behindLinkOf: person.user),
                try await PasswordResetStore.use(SHA256.hash(token), at: moment, on: connection)
            else { throw LinkUnusable() }
            let ended = try await replace(hash, of: person.user, on: connection)
            return Audit.Change((), after: Figures(by: .ownPassword, endedSessions: ended))
        }
        await surroundings.changes.announce(.access)
        return holder.email
    }

    private func user(of token: String) async throws -> User {
        guard let user = try await store.holder(of: SHA256.hash(token), at: surroundings.now()) else {
            throw LinkUnusable()
        }
        if let maker = try await store.maker(of: SHA256.hash(token)) {
            guard Self.stands(try await surroundings.users.find(maker), behindLinkOf: user) else {
                throw LinkUnusable()
            }
        }
        return user
    }

    /// Whether somebody might still make a link for a person, of whatever role that one is now.
    private static func stands(_ maker: User?, behindLinkOf holder: User) -> Bool {
        maker?.stands(behind: .userUpdate, toward: holder.role) ?? false
    }

    private func replace(_ hash: String, of user: User, on connection: PostgresConnection) async throws -> Int {
        try await UserStore.setPasswordHash(hash, of: user, on: connection)
        return try await surroundings.sessions.endAll(of: user.id, in: user.organizationID, on: connection)
    }

    /// What the audit keeps of it.
    private struct Figures: Encodable, Sendable {
        enum Way: String, Encodable, Sendable {
            /// A link was made.
            case link
            case temporaryPassword = "temporary_password"
            /// A link was used.
            case ownPassword = "own_password"
        }

        let way: Way
        let endedSessions: Int
        let expiresAt: Date?

        init(by way: Way, endedSessions: Int = 0, expiresAt: Date? = nil) {
            self.way = way
            self.endedSessions = endedSessions
            self.expiresAt = expiresAt
        }
    }
}

extension LockedPerson {
    /// Passes for a person who gets in.
    fileprivate func requirePassword() throws(PersonNotInState) {
        if user.kind == .serviceAccount { throw PersonNotInState(.serviceAccount) }
        if user.isDisabled { throw PersonNotInState(.disabled) }
    }
}
