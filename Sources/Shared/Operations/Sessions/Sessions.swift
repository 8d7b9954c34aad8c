internal import FoundationEssentials
internal import Stores
package import Tenancy
package import WireAPI

/// Who is signed in, for those who look after an organisation.
package struct Sessions: Sendable {
    private let surroundings: SignInSurroundings

    init(_ surroundings: SignInSurroundings) { self.surroundings = surroundings }

    /// As the audit names a session.
    static func subject(_ id: SessionID) -> String { "session:\(id)" }

    /// A page of the open sessions of an organisation; of one person, when they are named. `own` is the one that asks.
    package func page(
        _ request: PageRequest, in organization: OrganizationID, of user: UserID? = nil, own: SessionID? = nil
    ) async throws -> Slice<OperatorUserSession> {
        let found = try await surroundings.sessions.page(
            in: organization, of: user, validAt: surroundings.now(), request)
        return Slice(
            items: found.items.map { OperatorUserSession($0, isCurrent: $0.session.id == own) },
            hasPrevious: found.hasPrevious, hasNext: found.hasNext)
    }

    /// Ends a session, everywhere within moments.
    /// - Throws: `PermissionDenied`; `RoleOutOfReach` for a session of somebody whom the caller may not change; `NotFound`.
    package func end(_ id: SessionID, in organization: OrganizationID, by actor: AuditActor) async throws {
        guard let session = try await surroundings.sessions.find(id, in: organization) else {
            throw NotFound("Session")
        }
        let deed = Audit.Deed("session.end", on: Self.subject(id))
        try await surroundings.audit.perform(deed, by: actor, needs: .sessionEnd) { connection in
            guard let person = try await UserStore.lock(session.userID, in: organization, on: connection) else {
                throw NotFound("Session")
            }
            try actor.requireGiving(person.user.role)
            guard try await surroundings.sessions.end(id, in: organization, on: connection) else {
                throw NotFound("Session")
            }
            return Audit.Change((), before: SessionFigures(session))
        }
        await surroundings.changes.announce(.access)
    }

    /// Ends one of the caller's own sessions.
    /// - Throws: `NotFound`.
    package func endOwn(_ id: SessionID, of principal: Principal, by actor: AuditActor) async throws {
        let organization = principal.organizationID
        guard let session = try await surroundings.sessions.find(id, in: organization),
            session.userID == principal.user.id
        else { throw NotFound("Session") }
        let deed = Audit.Deed("session.end", on: Self.subject(id))
        try await surroundings.audit.perform(deed, by: actor, needs: nil) { connection in
            guard try await surroundings.sessions.end(id, in: organization, on: connection) else {
                throw NotFound("Session")
            }
            return Audit.Change((), before: SessionFigures(session))
        }
        await surroundings.changes.announce(.access)
    }
}

extension OperatorUserSession {
    fileprivate init(_ open: OpenSession, isCurrent: Bool) {
        let (session, user) = (open.session, open.user)
        self.init(
            id: session.id.uuid, userID: user.id.uuid, userEmail: user.email, userFullName: user.fullName,
            userRole: user.role.rawValue, method: session.method.rawValue, address: session.address,
            client: session.client, startedAt: session.createdAt, lastUsedAt: session.lastUsedAt,
            expiresAt: session.expiresAt, idleExpiresAt: session.idleExpiresAt, isCurrent: isCurrent)
    }
}
