internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Stores
internal import Tenancy
internal import WireAPI

// Everybody may see and change what is theirs: each route needs what every role has.
extension AccountRoutes {
    func addProfile(to routes: inout ProtectedRoutes) {
        routes.on(.get, OperatorProfile.path, needs: .organizationRead) { context, principal in
            .json(try await profile(try await profiles.account(of: principal), of: principal))
        }
        routes.on(.patch, OperatorProfile.path, needs: .organizationRead, leaving: .change("user.profile")) {
            context, principal in
            let change = try await context.decode(OperatorProfileChange.self)
            return .json(try await profile(try await profiles.rename(principal, to: change.fullName), of: principal))
        }
        routes.on(
            .post, OperatorPasswordChange.path, needs: .organizationRead, leaving: .change("user.password_change")
        ) { context, principal in
            let change = try await context.decode(OperatorPasswordChange.self)
            try await product.signIn.changePassword(
                from: change.oldPassword, to: change.newPassword, of: principal, from: context.signInPlace)
            return .noContent
        }
        routes.on(.get, OperatorOpenSession.path, needs: .organizationRead) { context, principal in
            let sessions = try await profiles.sessions(of: principal)
            return .json(OperatorOpenSessions(results: sessions.map { OperatorOpenSession($0, for: principal) }))
        }
        routes.on(
            .delete, OperatorOpenSession.path + "/{id}", needs: .organizationRead, leaving: .change("session.end")
        ) { context, principal in
            try await product.sessions.endOwn(context.parameter("id"), of: principal, by: context.actor(principal))
            return .noContent
        }
    }

    private func profile(_ account: UserAccount, of principal: Principal) async throws -> OperatorProfile {
        let user = account.user
        return OperatorProfile(
            id: user.id.uuid, email: user.email, fullName: user.fullName, role: user.role.rawValue,
            organizationName: try await organizations.find(principal.organizationID).name, createdAt: user.createdAt,
            lastSignInAt: account.lastSignInAt, hasPassword: account.passwordHash != nil)
    }
}

extension OperatorOpenSession {
    fileprivate init(_ session: Session, for principal: Principal) {
        self.init(
            id: session.id.uuid, address: session.address, startedAt: session.createdAt,
            lastUsedAt: session.lastUsedAt, expiresAt: session.expiresAt, idleExpiresAt: session.idleExpiresAt,
            isCurrent: principal.credential == .session(session.id), method: session.method.rawValue,
            client: session.client)
    }
}
