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
    private let objects: ObjectProjectStore
    private let hash: CredentialHash
    private let known = KnownCallers()
    private let uses = KeyUses()
    let now: @Sendable () -> Date

    /// `objects` says in which projects things lie, for those who have a role in one; `now` is the clock.
    package init(
        keys: APIKeyStore, sessions: SessionStore, objects: ObjectProjectStore, hash: CredentialHash,
        now: @escaping @Sendable () -> Date = Date.init
    ) {
        self.keys = keys
        self.sessions = sessions
        self.objects = objects
        self.hash = hash
        self.now = now
    }

    /// The caller that shows `credentials`; `address` is where the use of a key is noted to have come from. Whether the key
    /// may be used from there is for the caller of this to ask.
    /// - Throws: `APIProblem` 401 when there are none or they open nothing.
    package func principal(_ credentials: Credentials, from address: String? = nil) async throws -> Principal {
        do {
            return try await caller(credentials, from: address, isUnattended: false)
        } catch is EndedCredential {
            throw APIProblem.authenticationFailed()
        }
    }

    /// The same, for whoever tells of credentials that were good once. A call that is `isUnattended`, which a program makes
    /// by itself while nobody may sit there, is no activity of a session.
    /// - Throws: ``EndedCredential``; `APIProblem` 401 when there are none or they never opened anything.
    func caller(
        _ credentials: Credentials, from address: String?, isUnattended: Bool
    ) async throws -> Principal {
        guard case .token(let token) = credentials else { throw APIProblem.notAuthenticated }
        let key = hash.of(token)
        let moment = now()
        if let remembered = known.principal(of: key, at: moment, isUnattended: isUnattended) { return remembered }
        let epoch = known.epoch
        guard let found = try await find(token, hashed: key, at: moment, from: address) else {
            throw APIProblem.authenticationFailed()
        }
        var isIdle = false
        if case .session(let holder) = found.holder {
            isIdle = isUnattended
            if !isIdle { try await extend(holder, at: moment) }
        }
        known.remember(found.principal, under: key, at: moment, lookedUpIn: epoch, isUnattended: isIdle)
        return found.principal
    }

    /// The caller that an open stream was begun by, looked up anew. Unlike a request it is no activity: a session that
    /// only watches idles out.
    /// - Throws: `APIProblem` 401 when the credentials open nothing any more.
    package func watcher(_ credentials: Credentials) async throws -> Principal {
        guard case .token(let token) = credentials else { throw APIProblem.notAuthenticated }
        do {
            guard let found = try await find(token, hashed: hash.of(token), at: now(), from: nil) else {
                throw APIProblem.authenticationFailed()
            }
            return found.principal
        } catch is EndedCredential {
            throw APIProblem.authenticationFailed()
        }
    }

    /// Changes whenever some right may have changed: whoever holds on to a caller looks them up anew then.
    package var rightsEpoch: Int { known.epoch.number }

    /// The project of a thing of the caller's organisation.
    func project(
        of id: UUID, among kind: ObjectProjectStore.Kind, for principal: Principal
    ) async throws -> ProjectID? {
        try await objects.project(of: id, among: kind, in: principal.organizationID)
    }

    /// Whether it is one of the built-in evaluators.
    func isBuiltInEvaluator(_ id: UUID) async throws -> Bool { try await objects.isBuiltInEvaluator(id) }

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
            case session(SessionHolder)
        }

        let principal: Principal
        let holder: Holder
    }

    /// `nil` for what was never a credential.
    /// - Throws: ``EndedCredential``.
    private func find(
        _ token: String, hashed key: [UInt8], at moment: Date, from address: String?
    ) async throws -> Found? {
        if token.hasPrefix("sk_") {
            // The checksum refuses mistyped and invented keys without asking the database.
            guard APIKeyText(token) != nil, let holder = try await keys.find(keyHash: key) else { return nil }
            let principal = Principal(holder)
            if let reason = EndedCredential.Reason(holder, at: moment) {
                throw EndedCredential(principal: principal, reason: reason)
            }
            if let address, principal.mayCall(from: address) {
                uses.note(holder.key.id, KeyUse(at: moment, from: address))
            }
            return Found(principal: principal, holder: .key)
        }
        guard let holder = try await sessions.find(tokenHash: key) else { return nil }
        if let reason = EndedCredential.Reason(holder, at: moment) {
            throw EndedCredential(principal: Principal(holder), reason: reason)
        }
        return Found(principal: Principal(holder), holder: .session(holder))
    }

    /// Notes the use and moves the idle limit, but only once a minute: not every request is worth a write.
    private func extend(_ holder: SessionHolder, at moment: Date) async throws {
        let session = holder.session
        let last = session.lastUsedAt ?? session.createdAt
        guard moment.timeIntervalSince(last) >= 60 else { return }
        try await sessions.extend(
            session.id, in: session.organizationID, usedAt: moment,
            idleExpiresAt: session.idleExpiry(afterActivityAt: moment, limit: holder.idleLimit))
    }
}

extension Principal {
    fileprivate init(_ holder: APIKeyHolder) {
        self.init(
            organizationID: holder.key.organizationID, user: holder.owner.reference,
            credential: .apiKey(holder.key.id), role: holder.owner.role, scopes: holder.key.scopes,
            defaultProjectID: holder.defaultProjectID, grants: holder.grants,
            addressRanges: holder.key.addressRanges,
            confinedTo: holder.key.isConfined ? holder.defaultProjectID : nil)
    }

    fileprivate init(_ holder: SessionHolder) {
        self.init(
            organizationID: holder.session.organizationID, user: holder.user.reference,
            credential: .session(holder.session.id), role: holder.user.role, scopes: holder.scopes,
            defaultProjectID: holder.defaultProjectID, confirmedAt: holder.session.confirmedAt, grants: holder.grants)
    }
}
