internal import Access
internal import Cryptography
package import FoundationEssentials
internal import Stores
package import Tenancy

/// A session that was just opened, with the token that only its owner learns.
package struct OpenedSession: Sendable {
    package let token: String
    package let session: Session
    package let user: User
}

// The one way to a session.
extension SignIn {
    /// Opens a session for somebody who has shown who they are, as their organisation wants sessions to be. Beyond so many
    /// their oldest one ends. `confirmedAt` is when they have shown it; `nil` for now.
    /// - Throws: `SignInRefused` for somebody who gets in nowhere.
    package func openSession(
        for user: User, method: Session.Method, address: String, client: String?, requestID: String? = nil,
        confirmedAt: Date? = nil
    ) async throws -> OpenedSession {
        try await openSession(
            for: user, method: method, from: SignInPlace(address: address, client: client, requestID: requestID),
            provenBy: nil, showing: nil, confirmedAt: confirmedAt)
    }

    /// `passwordHash` is of the password that was shown, which may have been replaced meanwhile.
    func openSession(
        for user: User, method: Session.Method, from place: SignInPlace, provenBy passwordHash: String?,
        showing code: SecondFactorCodes.Kind?, confirmedAt: Date? = nil
    ) async throws -> OpenedSession {
        let policy = try await surroundings.policies.find(of: user.organizationID).policy
        let token = "st_" + Base64URL.encode(randomBytes(32))
        let moment = surroundings.now()
        let expiry = moment.addingTimeInterval(TimeInterval(policy.absoluteLimit.components.seconds))
        let idle = moment.addingTimeInterval(TimeInterval(policy.idleLimit.components.seconds))
        let session = Session(
            id: surroundings.identifiers.next(), organizationID: user.organizationID, userID: user.id,
            createdAt: moment, idleExpiresAt: min(idle, expiry), expiresAt: expiry, method: method,
            confirmedAt: confirmedAt, address: place.address, client: place.client, lastUsedAt: moment)
        let actor = AuditActor(user, from: place.address, requestID: place.requestID)
        let deed = Audit.Deed("session.open", on: Sessions.subject(session.id))
        try await surroundings.audit.perform(deed, by: actor, needs: nil) { connection in
            let isOpen = try await surroundings.store.open(
                session, tokenHash: surroundings.hash.of(token), from: place.origin, provenBy: passwordHash,
                beside: policy.sessionsPerPerson, on: connection)
            guard isOpen else { throw SignInRefused(.wrong) }
            return Audit.Change((), after: SessionFigures(session, code: code))
        }
        return OpenedSession(token: token, session: session, user: user)
    }
}

/// What the audit keeps of a session.
struct SessionFigures: Encodable, Sendable {
    let userID: String
    let method: String
    let address: String?
    let client: String?
    /// What was shown beside the password.
    let secondFactor: String?

    init(_ session: Session, code: SecondFactorCodes.Kind? = nil) {
        userID = session.userID.description
        method = session.method.rawValue
        address = session.address
        client = session.client
        secondFactor = code?.rawValue
    }
}
