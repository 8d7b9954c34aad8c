internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Tenancy
internal import WireAPI

extension AccountRoutes {
    func addSession(to routes: inout ProtectedRoutes) {
        // For everybody: who signs in has no session yet.
        routes.onForEverybody(.post, OperatorSignIn.path) { context in
            let body = try await context.decode(OperatorSignIn.self)
            let opened = try await signIn.open(
                email: body.email, password: body.password, from: context.remoteAddress)
            let principal = try await authenticator.principal(.token(opened.token))
            return .json(try await session(of: principal, opened.session, token: opened.token), status: 201).secret
        }
        routes.on(.get, OperatorSignIn.path, needs: .organizationRead) { context, principal in
            .json(try await session(of: principal, try await profiles.session(of: principal), token: nil))
        }
        routes.on(.delete, OperatorSignIn.path, needs: .organizationRead) { context, principal in
            if case .session(let id) = principal.credential {
                try await signIn.close(id, of: principal)
                authenticator.forgetAll()
            }
            return .noContent
        }
    }

    /// `opened` is `nil` for a caller with an API key, which is told the limit of a session that began now.
    private func session(
        of principal: Principal, _ opened: Session?, token: String?
    ) async throws -> OperatorSession {
        let organization = try await organizations.find(principal.organizationID)
        let now = Date()
        return OperatorSession(
            token: token, expiresAt: opened?.expiresAt ?? now.addingTimeInterval(Self.keyLease),
            idleExpiresAt: opened?.idleExpiresAt,
            user: OperatorSession.User(
                id: principal.user.id.uuid, email: principal.user.email, fullName: principal.user.fullName,
                role: principal.role.rawValue),
            permissions: Permission.allCases.filter(principal.may).map(\.rawValue).sorted(),
            organization: OperatorSession.Organization(id: organization.id.uuid, name: organization.name),
            project: nil, serverTime: now, deployment: deployment)
    }

    /// After how many seconds a caller with an API key should ask again.
    private static let keyLease: TimeInterval = 12 * 3600
}
