internal import Records
internal import FoundationEssentials
internal import JSON
internal import Logging
package import SAML
internal import Postgres
internal import Stores
package import Tenancy

/// Signing in at an identity provider: a browser takes a request there and comes back with an answer.
package struct SAMLSignIns: Sendable {
    let database: PostgresClient
    private let providers: IdentityProviderStore
    private let requests: SAMLRequestStore
    private let services: ServiceProviders
    let audit: Audit
    let identifiers: IdentifierSource
    private let changes: Changes
    private let logger: Logger
    private let now: @Sendable () -> Date

    /// How long a person has to sign in.
    private static let lifetime: TimeInterval = 600
    /// How many requests of an identity provider may be open.
    private static let mostOpen = 10_000
    /// What identity providers hand back, unused: the answer names its request by itself.
    package static let relay = "scorable"

    init(
        database: PostgresClient, services: ServiceProviders, audit: Audit, identifiers: IdentifierSource,
        changes: Changes, logger: Logger, now: @escaping @Sendable () -> Date
    ) {
        self.database = database
        providers = IdentityProviderStore(database: database)
        requests = SAMLRequestStore(database: database)
        self.services = services
        self.audit = audit
        self.identifiers = identifiers
        self.changes = changes
        self.logger = logger
        self.now = now
    }

    /// A browser, by the hash of what it is known by, and where it is.
    package struct Browser: Sendable, Hashable {
        package let hash: [UInt8]
        package let address: String
        /// What logs call its request.
        package let requestID: String

        package init(hash: [UInt8], address: String, requestID: String) {
            self.hash = hash
            self.address = address
            self.requestID = requestID
        }
    }

    /// An identity provider that people sign in by.
    /// - Throws: `NotFound`.
    package func provider(_ id: IdentityProviderID) async throws -> Tenancy.IdentityProvider {
        guard let found = try await providers.find(id, of: nil), found.settings.isEnabled else {
            throw NotFound("Identity provider")
        }
        return found
    }

    /// Our metadata, XML; also of one that nobody signs in by yet.
    /// - Throws: `NotFound`; `KeyCannotBeOpened`.
    package func metadata(for id: IdentityProviderID) async throws -> String {
        guard try await providers.find(id, of: nil) != nil else { throw NotFound("Identity provider") }
        return try await services.service(for: id).metadata
    }

    /// What a browser takes to the identity provider. `isForced`: whoever is signed in there is asked again.
    /// - Throws: `NotFound`; `TooManySignIns`; `KeyCannotBeOpened`; `SAMLRefusal`.
    package func begin(
        at id: IdentityProviderID, in browser: Browser, isForced: Bool
    ) async throws -> SAMLParty.Delivery {
        let provider = try await provider(id)
        let party = try await services.party(with: provider)
        let request = try await services.work { try party.signIn(relay: Self.relay, isForced: isForced) }
        let moment = now()
        let isNoted = try await requests.add(
            SAMLRequestStore.Request(
                id: request.id, providerID: id, organizationID: provider.organizationID, browserHash: browser.hash,
                isForced: isForced, createdAt: moment, expiresAt: moment.addingTimeInterval(Self.lifetime)),
            most: Self.mostOpen)
        guard isNoted else { throw TooManySignIns() }
        return request
    }

    /// Takes what an identity provider has a browser post. Who it is may be found by the browser that made the request.
    /// - Throws: `SingleSignOnRefused`, which tells nothing: the reason is in the audit; `NotFound`.
    package func accept(_ response: String, by id: IdentityProviderID, in browser: Browser) async throws {
        let provider = try await provider(id)
        do {
            let (request, assertion) = try await verified(response, provider)
            let outcome = try await admit(assertion, request, provider, browser)
            switch outcome {
            case .admitted(let changedRole): if changedRole { await changes.announce(.access) }
            case .refused(let reason):
                await note(reason, named: assertion.subject.nameID, provider, browser)
                throw SingleSignOnRefused()
            }
        } catch let refusal as SAMLRefusal {
            await note("\(refusal.reason.rawValue): \(refusal.detail)", named: nil, provider, browser)
            throw SingleSignOnRefused()
        }
    }

    /// The request that a response answers, with what was signed in it.
    private func verified(
        _ response: String, _ provider: Tenancy.IdentityProvider
    ) async throws -> (SAMLRequestStore.Request?, SAMLAssertion) {
        let moment = now()
        let party = try await services.party(with: provider)
        var request: SAMLRequestStore.Request?
        if let named = try await services.work({ try SAMLParty.requestAnswered(by: response) }) {
            request = try await requests.waiting(named, at: provider.id, now: moment)
            if request == nil {
                throw SAMLRefusal(.inResponseTo, "it answers a request that is not open, or was answered already")
            }
        } else if !provider.settings.allowsUnsolicited {
            throw SAMLRefusal(
                .inResponseTo, "it answers no request, and sign-ins do not begin at the identity provider")
        }
        let skew = TimeInterval(provider.settings.clockSkew.components.seconds)
        let expectation = SAMLExpectation(
            request: request?.id, now: moment, skew: skew,
            authenticatedSince: request.flatMap { $0.isForced ? $0.createdAt : nil })
        return (request, try await services.work { try party.accept(response, expecting: expectation) })
    }

    /// What became of somebody.
    private enum Outcome: Sendable {
        case admitted(changedRole: Bool)
        case refused(String)
    }

    /// What is kept of a sign-in.
    private struct Kept: Encodable, Sendable {
        let email: String
        let role: String
        let isNew: Bool
    }

    private func admit(
        _ assertion: SAMLAssertion, _ request: SAMLRequestStore.Request?, _ provider: Tenancy.IdentityProvider,
        _ browser: Browser
    ) async throws -> Outcome {
        let facts = SingleSignOnFacts(assertion, provider.settings.attributes)
        var owner: OrganizationID?
        if let domain = facts.email.flatMap(EmailDomain.init(of:)) {
            owner = try await providers.find(signingIn: domain)?.organizationID
        }
        let (domainOwner, moment) = (owner, now())
        return try await audit.perform(
            Self.deed(provider), by: actor(named: assertion.subject.nameID, provider, browser), needs: nil
        ) { connection in
            guard
                try await SAMLRequestStore.take(
                    assertion: assertion.id, of: provider, until: assertion.rememberUntil, on: connection)
            else { return .nothing(.refused("replayed: this assertion was used before")) }
            let verdict = try await SingleSignOnAdmission(
                facts, at: provider, domainOwner: domainOwner, on: connection
            ).verdict
            let user: User
            var before: Kept?
            switch verdict {
            case .refused(let reason): return .nothing(.refused(reason))
            case .known(var known, let role):
                before = Kept(email: known.email, role: known.role.rawValue, isNew: false)
                if known.role != role {
                    try await IdentityStore.setRole(
                        role, of: known.id, in: known.organizationID, at: moment, on: connection)
                }
                known.role = role
                user = known
            case .new(let email, let fullName, let role):
                let (id, creation) = identifiers.nextDated(User.self)
                user = User(
                    id: id, organizationID: provider.organizationID, email: email, fullName: fullName, role: role,
                    createdAt: creation)
                try await IdentityStore.add(user, on: connection)
            }
            try await IdentityStore.note(facts.name, of: user, at: provider.id, at: moment, on: connection)
            guard try await keep(assertion, of: user, request, provider, browser, at: moment, on: connection) else {
                return .nothing(.refused("in_response_to: the request was answered at the same moment"))
            }
            let after = Kept(email: user.email, role: user.role.rawValue, isNew: before == nil)
            return Audit.Change(
                .admitted(changedRole: before.map { $0.role != after.role } ?? false), on: "user:\(user.id)",
                before: before, after: after)
        }
    }

    /// Keeps who came back until the browser that went asks for it.
    private func keep(
        _ assertion: SAMLAssertion, of user: User, _ request: SAMLRequestStore.Request?,
        _ provider: Tenancy.IdentityProvider, _ browser: Browser, at moment: Date, on connection: PostgresConnection
    ) async throws -> Bool {
        let answer = SAMLRequestStore.Answer(
            userID: user.id, subject: String(decoding: JSONCodec.encode(assertion.subject), as: UTF8.self),
            sessionEnds: assertion.sessionEnds, answeredAt: moment)
        if let request { return try await SAMLRequestStore.answer(request.id, with: answer, on: connection) }
        let unasked = SAMLRequestStore.Request(
            id: "unasked-\(identifiers.uuid().lowercaseText)", providerID: provider.id,
            organizationID: provider.organizationID, browserHash: browser.hash, isForced: false, createdAt: moment,
            expiresAt: moment.addingTimeInterval(Self.lifetime))
        try await SAMLRequestStore.add(unasked, answered: answer, on: connection)
        return true
    }

    // MARK: The audit

    private static func deed(_ provider: Tenancy.IdentityProvider) -> Audit.Deed {
        Audit.Deed("saml.sign_in", on: "identity_provider:\(provider.id)")
    }

    private func actor(
        named name: String?, _ provider: Tenancy.IdentityProvider, _ browser: Browser
    ) -> AuditActor {
        AuditActor(
            unknown: name ?? "", in: provider.organizationID, from: browser.address, requestID: browser.requestID)
    }

    private func note(
        _ reason: String, named name: String?, _ provider: Tenancy.IdentityProvider, _ browser: Browser
    ) async {
        await audit.note(
            .refused, Self.deed(provider), by: actor(named: name, provider, browser), because: reason)
    }
}

extension SingleSignOnAdmission {
    /// What is known of somebody, their account locked until the end of the transaction.
    fileprivate init(
        _ facts: SingleSignOnFacts, at provider: Tenancy.IdentityProvider, domainOwner: OrganizationID?,
        on connection: PostgresConnection
    ) async throws {
        let linked = try await IdentityStore.find(facts.name, at: provider.id, on: connection)
        var holder: User?
        if linked == nil, let email = facts.email {
            holder = try await IdentityStore.find(email: email, on: connection)
        }
        self.init(provider: provider, facts: facts, linked: linked, holder: holder, domainOwner: domainOwner)
    }
}

/// Somebody was not signed in. Why is in the audit, and said to nobody else.
package struct SingleSignOnRefused: Error, CustomStringConvertible {
    package var description: String { "The sign-in was refused." }
}

/// Too many sign-ins have begun and not ended.
package struct TooManySignIns: Error, CustomStringConvertible {
    package var description: String { "Too many people are signing in at this moment. Try again in a few minutes." }
}
