internal import Access
internal import Cryptography
internal import FoundationEssentials
internal import Postgres
internal import Stores
package import Tenancy

/// A link opens nothing: it was used, taken back, replaced, is too old, or never was one. Which of these, whoever has it is
/// not told.
package struct LinkUnusable: Error, Hashable, CustomStringConvertible {
    package init() {}

    package var description: String { "This link does not work. \(advice)" }

    /// What who has it can do.
    package var advice: String {
        "It was used, is too old, or was replaced by another one. Ask whoever gave it to you for a new one."
    }
}

/// The pages that links lead to. What makes one work stands in the query, which no log of ours keeps.
package enum PassedLink: String, Sendable {
    case invitation = "/invitation"
    case newPassword = "/new-password"

    /// The query's parameter.
    package static let parameter = "token"

    func path(with token: String) -> String { "\(rawValue)?\(Self.parameter)=\(token)" }
}

/// Becoming one of an organisation's people by the link of an invitation.
package struct InvitationAcceptance: Sendable {
    private let surroundings: PeopleSurroundings
    private let store: InvitationStore

    init(in surroundings: PeopleSurroundings, store: InvitationStore) {
        self.surroundings = surroundings
        self.store = store
    }

    /// Whom a link invites, and into which organisation. Looking at it does not use it up.
    /// - Throws: `LinkUnusable`; `TooManySignIns` for an address that tries too many.
    package func invited(
        by token: String, from address: String
    ) async throws -> (email: String, organization: String) {
        try surroundings.admitTry(from: address)
        let (invitation, organization, _) = try await open(token)
        return (invitation.email, organization)
    }

    /// Uses a link up: makes the person, who chooses a name and a password. The address from which they come and the
    /// request are for the audit.
    /// - Throws: `LinkUnusable`; `TooManySignIns`; `InvalidDefinition` naming `full_name` or `password`; `Conflict` when
    ///   somebody has got the address meanwhile.
    package func accept(
        _ token: String, fullName: String, password: String, from address: String, requestID: String
    ) async throws -> User {
        try surroundings.admitTry(from: address)
        let (invitation, _, inviter) = try await open(token)
        try User.validate(name: fullName)
        if let problem = PasswordRule.problem(with: password, of: invitation.email) {
            throw InvalidDefinition("password", problem)
        }
        let hash = try await surroundings.passwords.hash(password)
        let (id, moment) = surroundings.identifiers.nextDated(User.self)
        let user = User(
            id: id, organizationID: invitation.organizationID, email: invitation.email, fullName: fullName,
            role: invitation.role, createdAt: moment)
        try await surroundings.audit.perform(
            Audit.Deed("user.create", on: PeopleSurroundings.subject(id)),
            by: AuditActor(user, from: address, requestID: requestID), needs: nil
        ) { connection in
            // People before invitations, as where somebody is let in nowhere any more.
            if let inviter {
                let inviter = try await UserStore.hold(inviter, on: connection)
                guard Self.stands(inviter, behind: invitation) else { throw LinkUnusable() }
            }
            let locked = try await InvitationStore.lock(tokenHash: SHA256.hash(token), on: connection)
            guard let locked, locked.state(at: moment) == .open else { throw LinkUnusable() }
            try await UserStore.add(
                user, passwordHash: hash, createdBy: nil, defaultProject: surroundings.identifiers.next(),
                on: connection)
            try await InvitationStore.accept(locked, as: id, at: moment, on: connection)
            return Audit.Change((), after: Figures(PersonFigures(user), invitationID: locked.id.description))
        }
        return user
    }

    /// What a link opens at the moment.
    private func open(
        _ token: String
    ) async throws -> (invitation: Invitation, organization: String, inviter: UserID?) {
        guard let found = try await store.find(tokenHash: SHA256.hash(token)),
            found.invitation.state(at: surroundings.now()) == .open
        else { throw LinkUnusable() }
        if let inviter = found.inviter {
            guard Self.stands(try await surroundings.users.find(inviter), behind: found.invitation) else {
                throw LinkUnusable()
            }
        }
        return found
    }

    /// Whether somebody might still invite to it: what they gave away does not outlive what they have.
    private static func stands(_ inviter: User?, behind invitation: Invitation) -> Bool {
        inviter?.stands(behind: .userCreate, toward: invitation.role) ?? false
    }

    /// What the audit keeps of it.
    private struct Figures: Encodable, Sendable {
        let person: PersonFigures
        let invitationID: String

        init(_ person: PersonFigures, invitationID: String) {
            self.person = person
            self.invitationID = invitationID
        }
    }
}
