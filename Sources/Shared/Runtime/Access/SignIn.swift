internal import Cryptography
package import EventLoop
package import FoundationEssentials
internal import HTTPServing
package import Stores
package import Tenancy

/// Turns an address and a password into a session.
package struct SignIn: Sendable {
    let users: UserStore
    private let sessions: SessionStore
    private let hash: CredentialHash
    private let identifiers: IdentifierSource
    let workers: WorkerThreads
    let attempts = SignInAttempts()
    let now: @Sendable () -> Date
    private let whenSlowedDown: @Sendable (User, String) async -> Void

    /// How long a session lives at most.
    private static let lifetime: TimeInterval = 7 * 24 * 3600

    /// A session that was just made, with the token that only its maker learns.
    package struct Opened: Sendable {
        package let token: String
        package let session: Session
        package let user: User
    }

    /// `workers` are threads for the password hash, which is slow on purpose.
    /// `now` is the clock.
    /// `whenSlowedDown` is told when attempts to sign in as somebody, from an address, have failed so often that further
    /// ones have to wait.
    package init(
        users: UserStore, sessions: SessionStore, hash: CredentialHash, identifiers: IdentifierSource,
        workers: WorkerThreads, now: @escaping @Sendable () -> Date = Date.init,
        whenSlowedDown: @escaping @Sendable (User, String) async -> Void = { _, _ in }
    ) {
        self.users = users
        self.sessions = sessions
        self.hash = hash
        self.identifiers = identifiers
        self.workers = workers
        self.now = now
        self.whenSlowedDown = whenSlowedDown
    }

    /// Opens a session.
    ///
    /// `address` is where the attempt comes from.
    /// - Throws: `APIProblem` 401 when address and password do not belong together, 429 after too many attempts.
    package func open(email: String, password: String, from address: String) async throws -> Opened {
        let moment = now()
        if let wait = attempts.begin(for: email, from: address, at: moment) {
            throw APIProblem.throttled(retryAfter: RetryAfter(wait), "Too many attempts to sign in.")
        }
        let candidate = try await users.findForSignIn(email: email)
        // Compared also when nobody has the address, so that the answer takes as long as for somebody.
        let expected = candidate?.passwordHash ?? PasswordHash.decoy
        let matches = try await workers.run { try PasswordHash.verify(password, against: expected) }
        guard matches, let candidate, candidate.passwordHash != nil, !candidate.user.isDisabled else {
            if let user = candidate?.user, attempts.isLimitReached(for: email, from: address) {
                await whenSlowedDown(user, address)
            }
            throw APIProblem.authenticationFailed("The address or the password is wrong.")
        }
        attempts.noteSuccess(for: email, from: address)
        return try await open(for: candidate.user, from: address, at: moment)
    }

    /// Ends a session.
    package func close(_ session: SessionID, of principal: Principal) async throws {
        try await sessions.delete(session, in: principal.organizationID)
    }

    private func open(for user: User, from address: String, at moment: Date) async throws -> Opened {
        let token = "st_" + Base64URL.encode(randomBytes(32))
        let expiry = moment.addingTimeInterval(Self.lifetime)
        let idle = moment.addingTimeInterval(TimeInterval(Authenticator.idleLimit.components.seconds))
        let session = Session(
            id: identifiers.next(), organizationID: user.organizationID, userID: user.id, createdAt: moment,
            idleExpiresAt: min(idle, expiry), expiresAt: expiry, address: address, lastUsedAt: moment)
        try await sessions.create(session, tokenHash: hash.of(token))
        try await users.recordSignIn(of: user.id, in: user.organizationID, at: moment)
        return Opened(token: token, session: session, user: user)
    }
}
