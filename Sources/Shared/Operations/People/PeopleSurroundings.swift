internal import Access
internal import Cryptography
internal import FoundationEssentials
internal import Postgres
internal import Stores
internal import Tenancy
internal import WireAPI

/// What the operations on people have in common.
struct PeopleSurroundings: Sendable {
    let database: PostgresClient
    let users: UserStore
    let sessions: SessionStore
    let audit: Audit
    let identifiers: IdentifierSource
    let changes: Changes
    let address: PublicAddress
    let passwords: PasswordChecks
    let now: @Sendable () -> Date
    /// How often links are tried from one address; they are too big to be guessed.
    private let tries = AddressBudget(perMinute: 20)

    init(
        database: PostgresClient, passwords: PasswordChecks, audit: Audit, identifiers: IdentifierSource,
        changes: Changes, address: PublicAddress, now: @escaping @Sendable () -> Date
    ) {
        self.database = database
        users = UserStore(database: database)
        sessions = SessionStore(database: database)
        self.passwords = passwords
        self.audit = audit
        self.identifiers = identifiers
        self.changes = changes
        self.address = address
        self.now = now
    }

    /// As the audit names somebody.
    static func subject(_ id: UserID) -> String { "user:\(id)" }

    /// Changes somebody in a transaction in which nobody else does, when the caller may change who has their role.
    func change<Result: Sendable>(
        _ id: UserID, in organization: OrganizationID, _ action: String, needs permission: Permission,
        by actor: AuditActor,
        _ body: @escaping @Sendable (LockedPerson, PostgresConnection) async throws -> Audit.Change<Result>
    ) async throws -> Result {
        try await audit.perform(Audit.Deed(action, on: Self.subject(id)), by: actor, needs: permission) { connection in
            guard let person = try await UserStore.lock(id, in: organization, on: connection) else {
                throw NotFound("Person")
            }
            try actor.requireGiving(person.user.role)
            return try await body(person, connection)
        }
    }

    /// Lets somebody in nowhere any more: as they are then, and how many sessions of theirs have ended. Their keys open
    /// nothing, and no link that they have made for others works any more.
    func shutOut(
        _ person: LockedPerson, at moment: Date, on connection: PostgresConnection
    ) async throws -> (user: User, endedSessions: Int) {
        let (id, organization) = (person.user.id, person.user.organizationID)
        let changed = try await UserStore.setDisabled(true, of: person.user, at: moment, on: connection)
        let ended = try await sessions.endAll(of: id, in: organization, on: connection)
        try await PasswordResetStore.forgetAll(of: id, in: organization, on: connection)
        try await PasswordResetStore.forgetAll(by: id, on: connection)
        try await InvitationStore.withdrawAll(by: id, in: organization, at: moment, on: connection)
        return (changed, ended)
    }

    /// Somebody as they are now.
    /// - Throws: `NotFound`.
    func shown(_ id: UserID, in organization: OrganizationID) async throws -> OperatorUser {
        guard let overview = try await users.overview(of: id, in: organization, at: now()) else {
            throw NotFound("Person")
        }
        return OperatorUser(overview)
    }

    /// A password that nobody guesses.
    static func newPassword() -> String { Base64URL.encode(randomBytes(15)) }

    /// What makes a link work, and the hash under which it is stored: nobody guesses it, so that a plain hash will do.
    static func newToken() -> (text: String, hash: [UInt8]) {
        let text = Base64URL.encode(randomBytes(32))
        return (text, SHA256.hash(text))
    }

    /// Passes when links were not tried too often from an address.
    func admitTry(from address: String) throws(TooManySignIns) {
        guard tries.take(address, at: now()) else { throw TooManySignIns() }
    }

    func url(of link: PassedLink, _ token: String) -> String { address.url(link.path(with: token)) }
}

extension LockedPerson {
    /// Passes when they may be let in nowhere any more: nobody shuts themselves out, nor the last owner.
    func requireLeaving(by actor: AuditActor) throws(PersonNotInState) {
        guard actor.principal?.user.id != user.id else { throw PersonNotInState(.oneself) }
        try owners.requireOther(than: user.id)
    }

    /// Passes when they are as the caller has seen them.
    func requireRevision(_ revision: Int) throws(ChangedMeanwhile) {
        guard user.revision == revision else { throw ChangedMeanwhile(kind: "person") }
    }
}

extension AuditActor {
    /// Passes when they may give a role, and change whoever has it. Whoever administers on the server itself may.
    func requireGiving(_ role: Role) throws(RoleOutOfReach) { try principal?.requireGiving(role) }
}

/// What the audit keeps of somebody.
struct PersonFigures: Encodable, Sendable {
    let kind: String
    let email: String
    let fullName: String
    let role: String
    let isDisabled: Bool

    init(_ user: User) {
        kind = user.kind.rawValue
        email = user.email
        fullName = user.fullName
        role = user.role.rawValue
        isDisabled = user.isDisabled
    }
}
