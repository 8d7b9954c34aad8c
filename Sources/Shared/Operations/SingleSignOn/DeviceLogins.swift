internal import Postgres
internal import Records
internal import Access
internal import Cryptography
internal import FoundationEssentials
package import Stores
internal import Synchronization
package import Tenancy

/// Signing in by a browser while a terminal waits (RFC 8628): the terminal has a secret code, the person one to type.
package struct DeviceLogins: Sendable {
    private let store: DeviceLoginStore
    private let sessions: SessionStore
    private let subjects: SAMLSessionStore
    private let providers: IdentityProviderStore
    private let signIn: SignIn
    private let signIns: SAMLSignIns
    private let hash: CredentialHash
    private let changes: Changes
    private let now: @Sendable () -> Date
    private let guesses = AddressBudget(perMinute: 20)
    private let begun = AddressBudget(perMinute: 200)

    /// Where a browser enters a code.
    package static let codePath = "/device"
    /// How many terminals may wait, in all and at one address. On a server that people reach over SSH they share one.
    private static let room = DeviceLoginStore.Room(inAll: 5000, ofOrigin: 500)
    /// How much sooner than it should a terminal may ask: clocks and networks are uneven.
    private static let tolerance: TimeInterval = 0.5

    init(
        signIns: SAMLSignIns, signIn: SignIn, hash: CredentialHash, changes: Changes,
        now: @escaping @Sendable () -> Date
    ) {
        store = DeviceLoginStore(database: signIns.database)
        sessions = SessionStore(database: signIns.database)
        subjects = SAMLSessionStore(database: signIns.database)
        providers = IdentityProviderStore(database: signIns.database)
        self.signIn = signIn
        self.signIns = signIns
        self.hash = hash
        self.changes = changes
        self.now = now
    }

    /// What a terminal is told at the beginning.
    package struct Begun: Sendable {
        package let deviceCode: String
        package let userCode: UserCode
    }

    /// Whether there is an identity provider to sign in by.
    package func isOffered() async throws -> Bool { try await !providers.enabled(limit: 1).isEmpty }

    /// Begins one, for a new session or, for somebody who is signed in, to confirm theirs.
    /// - Throws: `InvalidDefinition`; `SingleSignOnNotOffered`; `TooManySignIns`.
    package func begin(
        client: String, host: String?, at address: String, confirming principal: Principal? = nil
    ) async throws -> Begun {
        try InvalidDefinition.check { findings in
            findings.length(of: client, in: 1...100, field: "client")
            if let host { findings.length(of: host, in: 1...253, field: "host") }
        }
        guard principal != nil || begun.take(address, at: now()) else { throw TooManySignIns() }
        guard try await isOffered() else { throw SingleSignOnNotOffered() }
        var session: SessionID?
        if let principal {
            guard case .session(let id) = principal.credential,
                try await subjects.find(id, in: principal.organizationID) != nil
            else { throw SingleSignOnNotOffered() }
            session = id
        }
        let begun = Begun(
            deviceCode: Base64URL.encode(randomBytes(32)), userCode: UserCode { Int.random(in: $0) })
        let (id, moment) = signIns.identifiers.nextDated(DeviceLogin.self)
        let login = DeviceLogin(
            id: id, client: Self.line(client), host: host.map(Self.line), address: address, sessionID: session,
            createdAt: moment,
            expiresAt: moment.addingTimeInterval(TimeInterval(DeviceLogin.lifetime.components.seconds)))
        let isAdded = try await store.add(
            login, deviceCodeHash: hash(device: begun.deviceCode), userCodeHash: hash(user: begun.userCode),
            room: Self.room)
        guard isAdded else { throw TooManySignIns() }
        return begun
    }

    // MARK: In the browser

    /// Finds the one that waits under a code, which is decided in this browser from now on.
    /// - Throws: `UnknownUserCode`; `TooManySignIns` for an address that guesses.
    package func enter(_ code: String, in browser: SAMLSignIns.Browser) async throws -> DeviceLogin {
        guard guesses.take(browser.address, at: now()) else { throw TooManySignIns() }
        guard let code = UserCode(typed: code),
            let login = try await store.bind(userCodeHash: hash(user: code), to: browser.hash, at: now())
        else { throw UnknownUserCode() }
        return login
    }

    /// By what a person signs in: the only identity provider, else that of the domain of their address, else that of their
    /// organisation. For an address that nobody has it is one of those that others of its domain sign in by, always the same,
    /// so that the answer does not tell whether somebody has it.
    /// - Throws: `SingleSignOnNotOffered` when there is none for it.
    package func provider(for email: String?) async throws -> IdentityProvider? {
        let enabled = try await providers.enabled(limit: 2)
        if enabled.count == 1 { return enabled[0] }
        guard !enabled.isEmpty else { throw SingleSignOnNotOffered() }
        guard let email else { return nil }
        guard let domain = EmailDomain(of: email) else { throw SingleSignOnNotOffered() }
        if let found = try await providers.find(signingIn: domain) { return found }
        let choice = try await IdentityProviderChoice(for: email, in: domain, signIns.database)
        let some = hash.of("provider:" + email.lowercased()).reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF_FFFF }
        guard let found = choice.own ?? choice.ofDomain.dropFirst(some % max(1, choice.ofDomain.count)).first else {
            throw SingleSignOnNotOffered()
        }
        return found
    }

    /// By what somebody signs in who is to confirm a session: where that began.
    package func provider(confirming login: DeviceLogin) async throws -> IdentityProvider? {
        guard let session = login.sessionID, let subject = try await subjects.find(session) else { return nil }
        return try await providers.find(subject.providerID, of: subject.organizationID)
    }

    /// What a browser is asked to decide about.
    package struct Question: Sendable {
        package let login: DeviceLogin?
        /// Who has signed in with it.
        package let identified: SAMLRequestStore.Identified?
    }

    /// What waits in a browser: the terminal whose code was entered there last, or a certain one.
    package func question(
        in browser: SAMLSignIns.Browser, about id: DeviceLoginID? = nil
    ) async throws -> Question {
        let login = try await store.waiting(in: browser.hash, id, at: now())
        var identified = try await SAMLRequestStore(database: signIns.database).identified(
            in: browser.hash, now: now())
        // To confirm is to be asked again, after somebody wants it.
        if let login, login.sessionID != nil, let found = identified,
            !found.request.isForced || found.request.createdAt < login.createdAt
        {
            identified = nil
        }
        return Question(login: login, identified: identified)
    }

    /// Lets the one have what it wants that waits in a browser and was shown there, or not.
    /// - Throws: `UnknownUserCode` when nothing waits, or nobody has signed in; `PermissionDenied`-like refusals of others'
    ///   sessions as `SingleSignOnRefused`.
    package func decide(
        _ isAllowed: Bool, about id: DeviceLoginID, in browser: SAMLSignIns.Browser
    ) async throws {
        let question = try await question(in: browser, about: id)
        guard let login = question.login, let identified = question.identified else { throw UnknownUserCode() }
        let actor = AuditActor(identified.user, from: browser.address, requestID: browser.requestID)
        let deed = Audit.Deed(isAllowed ? "device_login.approve" : "device_login.deny", on: "device_login:\(login.id)")
        if isAllowed, let session = login.sessionID,
            try await sessions.find(session, in: identified.user.organizationID)?.userID != identified.user.id
        {
            await signIns.audit.note(.refused, deed, by: actor, because: "the session is somebody else's")
            throw SingleSignOnRefused()
        }
        let moment = now()
        let decision = DeviceLoginStore.Decision(
            userID: identified.user.id, organizationID: identified.user.organizationID,
            requestID: identified.request.id)
        try await signIns.audit.perform(deed, by: actor, needs: nil) { connection in
            guard try await SAMLRequestStore.use(identified.request.id, at: moment, on: connection),
                try await DeviceLoginStore.decide(
                    login.id, isAllowed ? .allowed : .denied, by: decision, at: moment, on: connection)
            else { throw UnknownUserCode() }
            return Audit.Change((), after: Kept(login))
        }
    }

    private struct Kept: Encodable, Sendable {
        let client: String
        let host: String?
        let address: String
        let confirms: String?

        init(_ login: DeviceLogin) {
            client = login.client
            host = login.host
            address = login.address
            confirms = login.sessionID.map { "session:\($0)" }
        }
    }

    // MARK: At the terminal

    /// What has become of one.
    package enum Outcome: Sendable {
        case pending
        case slowDown
        case denied
        case expired
        case opened(OpenedSession)
        case confirmed
    }

    /// What has become of the one with a secret code. Its session is given out once.
    package func outcome(of deviceCode: String) async throws -> Outcome {
        let moment = now()
        guard deviceCode.utf8.count <= 100,
            let polled = try await store.poll(deviceCodeHash: hash(device: deviceCode), at: moment)
        else { return .expired }
        let interval = TimeInterval(DeviceLogin.interval.components.seconds) - Self.tolerance
        let isEarly = polled.polledAt.map { moment.timeIntervalSince($0) < interval } ?? false
        switch polled.login.state {
        case .denied: return .denied
        case .used: return .expired
        case .pending:
            if moment >= polled.login.expiresAt { return .expired }
            return isEarly ? .slowDown : .pending
        case .allowed:
            guard let decision = polled.decision, moment < polled.login.expiresAt else { return .expired }
            return try await carryOut(polled.login, decision, at: moment)
        }
    }

    private func carryOut(
        _ login: DeviceLogin, _ decision: DeviceLoginStore.Decision, at moment: Date
    ) async throws -> Outcome {
        let used = try await signIns.database.transaction { connection in
            guard try await DeviceLoginStore.use(login.id, on: connection),
                let known = try await DeviceLoginStore.answer(of: decision.requestID, on: connection)
            else { return nil as (provider: IdentityProviderID, answer: SAMLRequestStore.Answer)? }
            if let session = login.sessionID {
                guard
                    try await sessions.confirm(
                        session, in: decision.organizationID, at: known.answer.provenAt, on: connection)
                else { return nil }
            }
            return known
        }
        guard let used else { return .expired }
        if login.sessionID != nil {
            await changes.announce(.access)
            return .confirmed
        }
        let users = UserStore(database: signIns.database)
        // Whoever was deactivated between the browser and the terminal stays out.
        guard let user = try await users.find(decision.userID, in: decision.organizationID), !user.isDisabled else {
            return .denied
        }
        let opened = try await signIn.openSession(
            for: user, method: .saml, address: login.address, client: login.client,
            confirmedAt: used.answer.provenAt)
        let subject = try SignedInSubject(used.answer.subject)
        try await subjects.add(
            opened.session.id,
            SAMLSessionStore.Subject(
                providerID: used.provider, organizationID: user.organizationID, text: used.answer.subject),
            name: subject.nameID, index: subject.sessionIndex, endsAt: used.answer.sessionEnds)
        return .opened(opened)
    }

    private func hash(device code: String) -> [UInt8] { hash.of("device:" + code) }

    private func hash(user code: UserCode) -> [UInt8] { hash.of("user code:" + code.description) }

    /// As it can be shown on a page.
    private static func line(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : $0 }))
    }
}

/// Nobody signs in by an identity provider here, or not with this address.
package struct SingleSignOnNotOffered: Error, CustomStringConvertible {
    package var description: String { "There is no identity provider to sign in by." }
}

/// A code under which no terminal waits, or not any more.
package struct UnknownUserCode: Error, CustomStringConvertible {
    package var description: String { "This code is wrong, or too old." }
}
