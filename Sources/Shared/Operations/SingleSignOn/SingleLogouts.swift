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

    /// Takes the answer to that.
    /// - Throws: `SingleSignOnRefused`, the reason being in the audit; `NotFound`.
    package func acceptAnswer(
        _ message: SAMLMessage, relay: String?, by id: IdentityProviderID, in browser: SAMLSignIns.Browser
    ) async throws {
        let provider = try await signIns.provider(id)
        do {
            guard let relay,
                let request = try await subjects.logoutRequest(of: hash(relay), at: id, now: now())
            else { throw SAMLRefusal(.inResponseTo, "it answers no sign-out that is open") }
            let party = try await services.party(with: provider)
            try await services.work { try party.acceptSignOutAnswer(message, to: request) }
        } catch let refusal as SAMLRefusal {
            throw await refused(refusal, provider, browser)
        }
    }

    /// Ends the sessions that an identity provider wants ended, and answers it.
    /// - Throws: `SingleSignOnRefused`, the reason being in the audit; `NotFound`.
    package func accept(
        _ message: SAMLMessage, relay: String?, by id: IdentityProviderID, in browser: SAMLSignIns.Browser
    ) async throws -> SAMLParty.Delivery {
        let provider = try await signIns.provider(id)
        do {
            let (party, moment) = (try await services.party(with: provider), now())
            let wish = try await services.work { try party.acceptSignOut(message, now: moment) }
            let actor = AuditActor(
                unknown: wish.subject.nameID, in: provider.organizationID, from: browser.address,
                requestID: browser.requestID)
            let ended = try await signIns.audit.perform(Self.deed(provider), by: actor, needs: nil) { connection in
                let ended = try await SAMLSessionStore.end(
                    of: wish.subject.nameID, indexes: wish.sessionIndexes, at: provider, on: connection)
                return Audit.Change(ended, after: ["sessions": ended.count])
            }
            if !ended.isEmpty { await changes.announce(.access) }
            return try await services.work { try party.answerSignOut(message, hasEnded: true, relay: relay) }
        } catch let refusal as SAMLRefusal {
            throw await refused(refusal, provider, browser)
        }
    }

    private static func deed(_ provider: Tenancy.IdentityProvider) -> Audit.Deed {
        Audit.Deed("saml.sign_out", on: "identity_provider:\(provider.id)")
    }

    private func refused(
        _ refusal: SAMLRefusal, _ provider: Tenancy.IdentityProvider, _ browser: SAMLSignIns.Browser
    ) async -> SingleSignOnRefused {
        let actor = AuditActor(
            unknown: "", in: provider.organizationID, from: browser.address, requestID: browser.requestID)
        await signIns.audit.note(
            .refused, Self.deed(provider), by: actor, because: "\(refusal.reason.rawValue): \(refusal.detail)")
        return SingleSignOnRefused()
    }

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
