internal import Access
internal import HTTPMessages
internal import HTTPServing
package import Operations
package import Tenancy
internal import WireAPI

/// What the internal API serves to terminals that wait for somebody to sign in by a browser.
package struct DeviceLoginRoutes: Sendable {
    private let singleSignOn: SingleSignOn
    private let account: AccountRoutes
    private let address: PublicAddress

    /// `address` is where browsers reach us.
    package init(_ singleSignOn: SingleSignOn, account: AccountRoutes, address: PublicAddress) {
        self.singleSignOn = singleSignOn
        self.account = account
        self.address = address
    }

    func add(to routes: inout ProtectedRoutes) {
        // For everybody: a terminal has no session before it has waited for one.
        routes.onForEverybody(.get, OperatorSingleSignOn.path) { _ in
            .json(OperatorSingleSignOn(isOffered: try await singleSignOn.devices.isOffered()))
        }
        routes.onForEverybody(.post, OperatorDeviceLoginWish.path) { context in
            try await begin(context, confirming: nil)
        }
        // For everybody: the secret code is what is shown.
        routes.onForEverybody(.post, OperatorDeviceLoginQuestion.path) { context in
            let question = try await context.decode(OperatorDeviceLoginQuestion.self)
            return .json(try await told(try await singleSignOn.devices.outcome(of: question.deviceCode))).secret
        }
        routes.on(
            .post, OperatorDeviceLoginWish.path + "/confirmation", needs: .signInOwn, leaving: .nothing
        ) { context, principal in
            try await begin(context, confirming: principal)
        }
        routes.on(.post, OperatorSingleLogout.path, needs: .signInOwn, leaving: .change("session.end")) {
            context, principal in
            guard case .session(let session) = principal.credential else { throw NotInSession() }
            let link = try await singleSignOn.logouts.end(
                session, of: context.actor(principal), in: principal.organizationID)
            return .json(
                OperatorSingleLogout(
                    url: link.map { address.url(SingleLogouts.leavingPath + "/" + $0.token) },
                    expiresAt: link?.expiresAt)
            ).secret
        }
    }

    private func begin(_ context: RequestContext, confirming principal: Principal?) async throws -> Reply {
        let wish = try await context.decode(OperatorDeviceLoginWish.self)
        let begun = try await singleSignOn.devices.begin(
            client: wish.client, host: wish.host, at: context.remoteAddress, confirming: principal)
        let url = address.url(DeviceLogins.codePath)
        return .json(
            OperatorDeviceLogin(
                deviceCode: begun.deviceCode, userCode: begun.userCode.description, verificationUri: url,
                verificationUriComplete: "\(url)?code=\(begun.userCode)",
                expiresIn: Int(DeviceLogin.lifetime.components.seconds),
                interval: Int(DeviceLogin.interval.components.seconds)), status: 201
        ).secret
    }

    private func told(_ outcome: DeviceLogins.Outcome) async throws -> OperatorDeviceLoginOutcome {
        let interval = Int(DeviceLogin.interval.components.seconds)
        switch outcome {
        case .pending: return OperatorDeviceLoginOutcome(state: .pending, interval: interval)
        // As RFC 8628 wants it, five seconds more.
        case .slowDown: return OperatorDeviceLoginOutcome(state: .slowDown, interval: interval + 5)
        case .denied: return OperatorDeviceLoginOutcome(state: .denied)
        case .expired: return OperatorDeviceLoginOutcome(state: .expired)
        case .confirmed: return OperatorDeviceLoginOutcome(state: .confirmed)
        case .opened(let opened):
            return OperatorDeviceLoginOutcome(state: .allowed, session: try await account.session(opened))
        }
    }
}
