internal import Records
internal import Access
internal import Cryptography
package import FoundationEssentials
internal import JSON
package import SAML
internal import Stores
package import Tenancy

/// Ending sessions here and at the identity provider together, whichever begins.
package struct SingleLogouts: Sendable {
    private let signIns: SAMLSignIns
    private let services: ServiceProviders
    private let subjects: SAMLSessionStore
    private let sessions: SessionStore
    private let providers: IdentityProviderStore
    private let hash: CredentialHash
    private let changes: Changes
    private let messages = AddressBudget(perMinute: 600)
    private let now: @Sendable () -> Date

    /// Below which path a browser finds the link, with its token.
    package static let leavingPath = "/saml-sign-out"
    /// How long the link works that a browser ends a session by.
    private static let lifetime: TimeInterval = 600

    init(
        signIns: SAMLSignIns, services: ServiceProviders, hash: CredentialHash, changes: Changes,
        now: @escaping @Sendable () -> Date
    ) {
        self.signIns = signIns
        self.services = services
        subjects = SAMLSessionStore(database: signIns.database)
        sessions = SessionStore(database: signIns.database)
        providers = IdentityProviderStore(database: signIns.database)
        self.hash = hash
        self.changes = changes
        self.now = now
    }

    /// What lets a browser end a session at its identity provider.
    package struct Link: Sendable, Hashable {
        package let token: String
        package let expiresAt: Date
    }

    /// Ends the caller's session here. Answers what ends it at the identity provider; `nil` where there is none, or one that
    /// knows no single logout.
    package func end(_ session: SessionID, of actor: AuditActor, in organization: OrganizationID) async throws -> Link?
    {
        let subject = try await subjects.find(session, in: organization)
        let canSignOut = try await canSignOut(subject)
        let link = Link(
            token: Base64URL.encode(randomBytes(24)), expiresAt: now().addingTimeInterval(Self.lifetime))
        try await signIns.audit.perform(Audit.Deed("session.end", on: "session:\(session)"), by: actor, needs: nil) {
            connection in
            guard try await sessions.end(session, in: organization, on: connection) else { throw NotFound("Session") }
            if let subject, canSignOut {
                try await SAMLSessionStore.addLogout(
                    of: subject, tokenHash: hash(link.token), at: now(), until: link.expiresAt, on: connection)
            }
            return Audit.Change(())
        }
        await changes.announce(.access)
        return canSignOut ? link : nil
    }

    private func canSignOut(_ subject: SAMLSessionStore.Subject?) async throws -> Bool {
        guard let subject, let provider = try await providers.find(subject.providerID, of: subject.organizationID)
        else { return false }
        return try await services.party(with: provider).provider.canSignOut
    }

    /// What a browser takes to the identity provider to end the session of a link.
    /// - Throws: `NotFound` for a link that is too old; `SAMLRefusal`.
    package func leave(by token: String) async throws -> SAMLParty.Delivery {
        guard let subject = try await subjects.logout(tokenHash: hash(token), now: now()),
            let provider = try await providers.find(subject.providerID, of: subject.organizationID)
        else { throw NotFound("Sign-out") }
        let party = try await services.party(with: provider)
        let meant = try JSONCodec.decode(SAMLSubject.self, from: Array(subject.text.utf8))
        let request = try await services.work { try party.signOut(meant, relay: token) }
        try await subjects.noteLogoutRequest(request.id, of: hash(token))
        return request
    }

    /// What was brought to our address for sign-outs.
    package enum Message: Sendable, Hashable {
        /// The answer to a sign-out of ours.
        case answer(SAMLMessage, relay: String?)
        /// A sign-out that the identity provider wants.
        case request(SAMLMessage, relay: String?)
    }

    /// What became of it.
    package enum Outcome: Sendable {
        /// The sign-out of ours is complete.
        case complete
        /// The browser takes this to the identity provider, with what came along.
        case answered(SAMLParty.Delivery, relay: String?)
    }

    /// Takes what a browser brings from an identity provider; `message` reads it.
    /// - Throws: `SingleSignOnRefused`, the reason being in the audit; `TooManySignIns`; `NotFound`.
    package func accept(
        by id: IdentityProviderID, in browser: SAMLSignIns.Browser, _ message: () async throws -> Message
    ) async throws -> Outcome {
        guard let provider = try await providers.find(id, of: nil) else { throw NotFound("Identity provider") }
        do {
            guard messages.take(browser.address, at: now()) else { throw TooManySignIns() }
            try provider.requireUse()
            let party = try await services.party(with: provider)
            switch try await message() {
            case .answer(let answer, let relay):
                try await accept(answer, relay, provider, party)
                return .complete
            case .request(let request, let relay):
                return .answered(try await accept(request, relay, provider, party, browser), relay: relay)
            }
        } catch {
            throw await signIns.refusals.refuse(error, Self.action, at: provider, in: browser)
        }
    }

    private func accept(
        _ answer: SAMLMessage, _ relay: String?, _ provider: Tenancy.IdentityProvider, _ party: SAMLParty
    ) async throws {
        guard let relay, let request = try await subjects.logoutRequest(of: hash(relay), at: provider.id, now: now())
        else { throw SAMLRefusal(.inResponseTo, "it answers no sign-out that is open") }
        try await services.work { try party.acceptSignOutAnswer(answer, to: request) }
    }

    /// Ends the sessions that an identity provider wants ended, and answers it.
    private func accept(
        _ message: SAMLMessage, _ relay: String?, _ provider: Tenancy.IdentityProvider, _ party: SAMLParty,
        _ browser: SAMLSignIns.Browser
    ) async throws -> SAMLParty.Delivery {
        let (moment, skew) = (now(), TimeInterval(provider.settings.clockSkew.components.seconds))
        let wish = try await services.work { try party.acceptSignOut(message, now: moment, skew: skew) }
        let ended = try await signIns.audit.perform(
            Audit.Deed(Self.action, on: "identity_provider:\(provider.id)"),
            by: SAMLRefusals.actor(wish.subject.nameID, at: provider, in: browser), needs: nil
        ) { connection in
            let ended = try await SAMLSessionStore.end(
                of: wish.subject.nameID, indexes: wish.sessionIndexes, at: provider, on: connection)
            return Audit.Change(ended, after: ["sessions": ended.count])
        }
        if !ended.isEmpty { await changes.announce(.access) }
        return try await services.work { try party.answerSignOut(message, hasEnded: true, relay: relay) }
    }

    /// As the audit names it.
    private static let action = "saml.sign_out"

    private func hash(_ token: String) -> [UInt8] { hash.of("sign-out:" + token) }
}

/// The parts of a stored subject by which a session is found again.
struct SignedInSubject {
    let nameID: String
    let sessionIndex: String?

    /// Reads what `SAMLSubject` is stored as.
    init(_ text: String) throws {
        let subject = try JSONCodec.decode(SAMLSubject.self, from: Array(text.utf8))
        (nameID, sessionIndex) = (subject.nameID, subject.sessionIndex)
    }
}
