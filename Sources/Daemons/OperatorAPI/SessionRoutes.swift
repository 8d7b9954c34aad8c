internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Tenancy
internal import WireAPI

extension OperatorRoutes {
    func addSession(to routes: inout ProtectedRoutes) {
        // For everybody: who signs in has no session yet.
        routes.onForEverybody(.post, OperatorSignIn.path) { context in
            let body = try await context.decode(OperatorSignIn.self)
            let opened = try await signIn.open(
                email: body.email, password: body.password, from: context.remoteAddress)
            let principal = try await authenticator.principal(.token(opened.token))
            return .json(
                try await session(of: principal, expiresAt: opened.session.expiresAt, token: opened.token), status: 201)
        }
        routes.on(.get, OperatorSignIn.path, needs: .organizationRead) { context, principal in
            .json(try await session(of: principal, expiresAt: nil, token: nil))
        }
        routes.on(.delete, OperatorSignIn.path, needs: .organizationRead) { context, principal in
            if case .session(let id) = principal.credential {
                try await signIn.close(id, of: principal)
                authenticator.forgetAll()
            }
            return .noContent
        }
    }

    /// `expiresAt` is `nil` when it is not known anew; then the idle limit from now is told.
    private func session(
        of principal: Principal, expiresAt: Date?, token: String?
    ) async throws -> OperatorSession {
        let organization = try await organizations.find(principal.organizationID)
        let now = Date()
        let idle = TimeInterval(Authenticator.idleLimit.components.seconds)
        return OperatorSession(
            token: token, expiresAt: expiresAt ?? now.addingTimeInterval(idle),
            user: OperatorSession.User(
                id: principal.user.id.uuid, email: principal.user.email, fullName: principal.user.fullName,
                role: principal.role.rawValue),
            organization: OperatorSession.Organization(id: organization.id.uuid, name: organization.name),
            project: nil, serverTime: now, deployment: deployment)
    }
}
