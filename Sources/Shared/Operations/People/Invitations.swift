internal import FoundationEssentials
internal import Postgres
internal import Stores
package import Tenancy
package import WireAPI

/// Inviting people by links. There is no mail in the system: whoever invites passes the link on.
package struct Invitations: Sendable {
    private let surroundings: PeopleSurroundings
    private let store: InvitationStore

    init(in surroundings: PeopleSurroundings, store: InvitationStore) {
        self.surroundings = surroundings
        self.store = store
    }

    /// A page of an organisation's invitations.
    package func page(
        in organization: OrganizationID, _ state: Invitation.State?, _ page: PageRequest
    ) async throws -> Slice<OperatorInvitation> {
        let moment = surroundings.now()
        return try await store.list(in: organization, state, at: moment, page: page).map { sent in
            OperatorInvitation(sent.invitation, by: sent.inviter, at: moment)
        }
    }

    /// Invites somebody into an organisation. The link is in the answer, and nowhere else; one that the same address has
    /// opens nothing any more.
    /// - Throws: `PermissionDenied`; `RoleOutOfReach`; `ConfirmationRequired` for a role that gives roles;
    ///   `InvalidDefinition`; `Conflict` when somebody has the address.
    package func invite(
        _ draft: OperatorInvitationDraft, to organization: OrganizationID, by actor: AuditActor
    ) async throws -> OperatorInvitationLink {
        let role = try Role(word: draft.role, among: User.Kind.person.roles)
        let made = try await make(draft.email, role, hours: draft.expiresInHours, to: organization)
        try await surroundings.audit.perform(
            Audit.Deed("user.invite", on: Self.subject(made.invitation.id)), by: actor, needs: .userCreate
        ) { connection in
            try actor.requireGiving(role)
            if role.grants(.userUpdate) {
                try actor.principal?.requireConfirmation(at: surroundings.now(), for: .userCreate)
            }
            try await add(made, by: actor, on: connection)
            return Audit.Change((), after: Figures(made.invitation))
        }
        return OperatorInvitationLink(invitation: shown(made, by: actor), url: made.url)
    }

    /// Takes an invitation back: its link opens nothing any more. Doing it again changes nothing.
    /// - Throws: `PermissionDenied`; `RoleOutOfReach`; `NotFound` also for one that was accepted.
    package func withdraw(
        _ id: InvitationID, in organization: OrganizationID, by actor: AuditActor
    ) async throws {
        let moment = surroundings.now()
        try await surroundings.audit.perform(
            Audit.Deed("user.invite_withdraw", on: Self.subject(id)), by: actor, needs: .userCreate
        ) { connection in
            let withdrawn = try await InvitationStore.withdraw(id, in: organization, at: moment, on: connection)
            guard let withdrawn else { throw NotFound("Invitation") }
            try actor.requireGiving(withdrawn.role)
            return Audit.Change((), before: Figures(withdrawn))
        }
    }

    // MARK: For what else invites somebody

    /// An invitation that is to be stored, with its link.
    struct Made: Sendable {
        let invitation: Invitation
        let url: String
        fileprivate let tokenHash: [UInt8]
        /// What the address is called in the request.
        fileprivate let emailField: String
    }

    /// An invitation of an address that nobody has.
    /// - Throws: `InvalidDefinition`; `Conflict`.
    func make(
        _ email: String, _ role: Role, hours: Int?, to organization: OrganizationID, emailField: String = "email"
    ) async throws -> Made {
        let hours = hours ?? Invitation.usualHours
        try Invitation.validate(email: email, hours: hours, emailField: emailField)
        guard try await surroundings.users.findForSignIn(email: email) == nil else { throw Conflict(.emailTaken) }
        let (id, moment) = surroundings.identifiers.nextDated(Invitation.self)
        let token = PeopleSurroundings.newToken()
        let invitation = Invitation(
            id: id, organizationID: organization, email: email, role: role, createdAt: moment,
            expiresAt: moment.addingTimeInterval(TimeInterval(hours) * 3600))
        return Made(
            invitation: invitation, url: surroundings.url(of: .invitation, token.text), tokenHash: token.hash,
            emailField: emailField)
    }

    /// Stores it.
    /// - Throws: `InvalidDefinition` for an address of a domain that is another organisation's; `Conflict`.
    func add(_ made: Made, by actor: AuditActor, on connection: PostgresConnection) async throws {
        try await surroundings.requireDomain(
            of: made.invitation.email, in: made.invitation.organizationID, field: made.emailField, by: actor,
            on: connection)
        try await InvitationStore.add(
            made.invitation, tokenHash: made.tokenHash, by: actor.principal?.user.id, on: connection)
    }

    func shown(_ made: Made, by actor: AuditActor) -> OperatorInvitation {
        OperatorInvitation(made.invitation, by: actor.principal?.user, at: made.invitation.createdAt)
    }

    /// As the audit names an invitation.
    static func subject(_ id: InvitationID) -> String { "invitation:\(id)" }

    /// What the audit keeps of one.
    struct Figures: Encodable, Sendable {
        let email: String
        let role: String
        let expiresAt: Date

        init(_ invitation: Invitation) {
            email = invitation.email
            role = invitation.role.rawValue
            expiresAt = invitation.expiresAt
        }
    }
}

extension OperatorInvitation {
    init(_ invitation: Invitation, by inviter: UserReference?, at moment: Date) {
        self.init(
            id: invitation.id.uuid, email: invitation.email, role: invitation.role.rawValue,
            state: State(invitation.state(at: moment)), invitedBy: inviter.map { OperatorPerson($0) },
            createdAt: invitation.createdAt, expiresAt: invitation.expiresAt,
            endedAt: invitation.acceptedAt ?? invitation.withdrawnAt)
    }
}

extension OperatorInvitation.State {
    fileprivate init(_ state: Invitation.State) {
        self =
            switch state {
            case .open: .open
            case .accepted: .accepted
            case .expired: .expired
            case .withdrawn: .withdrawn
            }
    }
}
