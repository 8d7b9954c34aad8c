internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Stores
internal import Tenancy
internal import WireAPI

// One's own session. What there is of it is open also to who has to set up a second factor first.
extension AccountRoutes {
    func addSession(to routes: inout ProtectedRoutes) {
        // For everybody: who signs in has no session yet.
        routes.onForEverybody(.post, OperatorSignIn.path) { context in
            let body = try await context.decode(OperatorSignIn.self)
            let opened = try await product.signIn.open(
                email: body.email, password: body.password, code: body.code, from: context.signInPlace)
            return .json(try await session(opened), status: 201).secret
        }
        routes.on(.get, OperatorSignIn.path, needs: .signInOwn) { context, principal in
            .json(try await session(of: principal, try await profiles.session(of: principal), token: nil))
        }
        routes.on(.delete, OperatorSignIn.path, needs: .signInOwn, leaving: .change("session.end")) {
            context, principal in
            if case .session(let id) = principal.credential {
                try await product.sessions.endOwn(id, of: principal, by: context.actor(principal))
            }
            return .noContent
        }
        routes.on(.post, OperatorConfirmation.path, needs: .signInOwn, leaving: .change("session.confirm")) {
            context, principal in
            let body = try await context.decode(OperatorConfirmation.self)
            let confirmed = try await product.signIn.confirm(
                principal, by: SignIn.Proof(body), from: context.signInPlace)
            return .json(try await session(of: principal, confirmed, token: nil))
        }
    }

    func addSessionsOfOthers(to routes: inout ProtectedRoutes) {
        routes.on(.get, OperatorSessionPage.path, needs: .sessionRead) { context, principal in
            let own: SessionID? = if case .session(let id) = principal.credential { id } else { nil }
            let found = try await product.sessions.page(
                try context.pageRequest(), in: principal.organizationID,
                of: try context.query.uuid("user").map { UserID(uuid: $0) }, own: own)
            return .json(
                OperatorSessionPage(
                    results: found.items, next: found.nextCursor { Keyset(createdAt: $0.startedAt, id: $0.id) }))
        }
        routes.on(
            .delete, OperatorSessionPage.path + "/{id}", needs: .sessionEnd, confirmed: true,
            leaving: .change("session.end")
        ) { context, principal in
            try await product.sessions.end(
                context.parameter("id"), in: principal.organizationID, by: context.actor(principal))
            return .noContent
        }
    }

    /// A session that was just opened, with its token.
    func session(_ opened: OpenedSession) async throws -> OperatorSession {
        let principal = try await authenticator.principal(.token(opened.token))
        return try await session(of: principal, opened.session, token: opened.token)
    }

    /// `opened` is `nil` for a caller with an API key, which is told the limit of a session that began now.
    private func session(
        of principal: Principal, _ opened: Session?, token: String?
    ) async throws -> OperatorSession {
        let organization = try await organizations.find(principal.organizationID)
        let means = try await product.signIn.means(of: principal)
        let now = Date()
        return OperatorSession(
            token: token, expiresAt: opened?.expiresAt ?? now.addingTimeInterval(Self.keyLease),
            idleExpiresAt: opened?.idleExpiresAt,
            user: OperatorSession.User(
                id: principal.user.id.uuid, email: principal.user.email, fullName: principal.user.fullName,
                role: principal.role.rawValue),
            permissions: Permission.allCases.filter(principal.maySomewhere).map(\.rawValue).sorted(),
            organization: OperatorSession.Organization(id: organization.id.uuid, name: organization.name),
            project: nil, serverTime: now, deployment: deployment,
            confirmsBy: opened.map { Self.confirmation(of: $0, means) }, confirmedAt: opened?.confirmedAt,
            wantsSecondFactor: !principal.isKey && principal.scopes == SessionHolder.enrolment)
    }

    private static func confirmation(
        of session: Session, _ means: (password: Bool, code: Bool)
    ) -> OperatorConfirmation.Means {
        if session.method == .saml { return .identityProvider }
        if means.code { return .code }
        return means.password ? .password : .identityProvider
    }

    /// After how many seconds a caller with an API key should ask again.
    private static let keyLease: TimeInterval = 12 * 3600
}

extension RequestContext {
    /// Where the caller is, and with what.
    var signInPlace: SignInPlace {
        SignInPlace(address: remoteAddress, client: header("user-agent"), requestID: requestID)
    }
}

extension SignIn.Proof {
    init(_ confirmation: OperatorConfirmation) {
        self.init(password: confirmation.password, code: confirmation.code)
    }
}
