package import FoundationEssentials
internal import HTTPServing
package import Stores
package import Tenancy

/// Finds out who is calling.
///
/// What was found is kept for two seconds, so that a revoked key stops working everywhere within that time also when
/// the message that says so is lost.
package final class Authenticator: Sendable {
    private let keys: APIKeyStore
    private let sessions: SessionStore
    private let hash: CredentialHash
    private let known = KnownCallers()
    private let uses = KeyUses()
    private let now: @Sendable () -> Date

    /// How long a session lives without a request.
    package static let idleLimit = Duration.seconds(12 * 3600)

    /// `now` is the clock.
    package init(
        keys: APIKeyStore, sessions: SessionStore, hash: CredentialHash, now: @escaping @Sendable () -> Date = Date.init
    ) {
        self.keys = keys
        self.sessions = sessions
        self.hash = hash
        self.now = now
    }

    /// The caller that shows `credentials`.
    /// - Throws: `APIProblem` 401 when there are none or they open nothing.
    package func principal(_ credentials: Credentials) async throws -> Principal {
        guard case .token(let token) = credentials else { throw APIProblem.notAuthenticated }
        let key = hash.of(token)
        let moment = now()
        if let remembered = known.principal(of: key, at: moment) { return remembered }
        let epoch = known.epoch
        guard let found = try await find(token, hashed: key, at: moment) else {
            throw APIProblem.authenticationFailed()
        }
        if case .session(let session) = found.holder { try await extend(session, at: moment) }
        known.remember(found.principal, under: key, at: moment, lookedUpIn: epoch)
        return found.principal
    }

    /// The caller that an open stream was begun by, looked up anew. Unlike a request it is no activity: a session that
    /// only watches idles out.
    /// - Throws: `APIProblem` 401 when the credentials open nothing any more.
    package func watcher(_ credentials: Credentials) async throws -> Principal {
        guard case .token(let token) = credentials else { throw APIProblem.notAuthenticated }
        guard let found = try await find(token, hashed: hash.of(token), at: now()) else {
            throw APIProblem.authenticationFailed()
        }
        return found.principal
    }

    /// Forgets everybody, so that the next call of each is looked up: some right has changed.
    package func forgetAll() { known.forgetAll() }

    /// Stores when keys were last used, as gathered since the last call. Called now and then by the daemon.
    package func flushKeyUses() async throws {
        let gathered = uses.take()
        guard !gathered.isEmpty else { return }
        try await keys.recordUse(gathered)
    }

    /// Who shows a token, and by what.
    private struct Found {
        enum Holder {
            case key
            case session(Session)
        }

        let principal: Principal
        let holder: Holder
    }

    private func find(_ token: String, hashed key: [UInt8], at moment: Date) async throws -> Found? {
        if token.hasPrefix("sk_") {
            // The checksum refuses mistyped and invented keys without asking the database.
            guard APIKeyText(token) != nil, let holder = try await keys.find(keyHash: key),
                holder.key.isUsable(at: moment), !holder.owner.isDisabled
            else { return nil }
            uses.note(holder.key.id, at: moment)
            return Found(principal: Principal(holder), holder: .key)
        }
        guard let holder = try await sessions.find(tokenHash: key), holder.session.isValid(at: moment),
            !holder.user.isDisabled
        else { return nil }
        return Found(principal: Principal(holder), holder: .session(holder.session))
    }

    /// Notes the use and moves the idle limit, but only once a minute: not every request is worth a write.
    private func extend(_ session: Session, at moment: Date) async throws {
        let last = session.lastUsedAt ?? session.createdAt
        guard moment.timeIntervalSince(last) >= 60 else { return }
        try await sessions.extend(
            session.id, in: session.organizationID, usedAt: moment,
            idleExpiresAt: session.idleExpiry(afterActivityAt: moment, limit: Self.idleLimit))
    }
}

extension Principal {
    fileprivate init(_ holder: APIKeyHolder) {
        self.init(
            organizationID: holder.key.organizationID, user: holder.owner.reference,
            credential: .apiKey(holder.key.id), role: holder.owner.role, scopes: holder.key.scopes,
            defaultProjectID: holder.defaultProjectID)
    }

    fileprivate init(_ holder: SessionHolder) {
        self.init(
            organizationID: holder.session.organizationID, user: holder.user.reference,
            credential: .session(holder.session.id), role: holder.user.role, scopes: .everything,
            defaultProjectID: holder.defaultProjectID)
    }
}
