internal import Records
internal import FoundationEssentials
internal import JSON
internal import Access
internal import Cryptography
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
    let refusals: SAMLRefusals
    let identifiers: IdentifierSource
    private let hash: CredentialHash
    private let changes: Changes
    /// How often one address may begin, each time with a signature of ours, and bring answers. Offices have one address.
    private let begun = AddressBudget(perMinute: 300)
    private let answers = AddressBudget(perMinute: 600)
    private let now: @Sendable () -> Date

    /// How long a person has to sign in.
    private static let lifetime: TimeInterval = 600
    /// How many requests of an identity provider may be open.
    private static let mostOpen = 10_000
    /// What identity providers hand back, unused: the answer names its request by itself.
    package static let relay = "scorable"

    init(
        database: PostgresClient, services: ServiceProviders, audit: Audit, refusals: SAMLRefusals,
        identifiers: IdentifierSource, hash: CredentialHash, changes: Changes, now: @escaping @Sendable () -> Date
    ) {
        self.database = database
        providers = IdentityProviderStore(database: database)
        requests = SAMLRequestStore(database: database)
        self.services = services
        self.audit = audit
        self.refusals = refusals
        self.identifiers = identifiers
        self.hash = hash
        self.changes = changes
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
        guard begun.take(browser.address, at: now()) else { throw TooManySignIns() }
        let provider = try await provider(id)
        let party = try await services.party(with: provider)
        let request = try await services.work { try party.signIn(relay: Self.relay, isForced: isForced) }
        let moment = now()
        let isNoted = try await requests.add(
            SAMLRequestStore.Request(
                id: request.id, providerID: id, organizationID: provider.organizationID, browserHash: browser.hash,
                origin: SignInOrigin(browser.address), isForced: isForced, createdAt: moment,
                expiresAt: moment.addingTimeInterval(Self.lifetime)),
            most: Self.mostOpen)
        guard isNoted else { throw TooManySignIns() }
        return request
    }

    /// Takes what an identity provider has a browser post; `response` reads it. Answers what `identify(by:in:)` takes.
    /// - Throws: `SingleSignOnRefused`, which tells nothing: the reason is in the audit; `TooManySignIns`; `NotFound`.
    package func accept(
        by id: IdentityProviderID, in browser: Browser, _ response: () async throws -> String
    ) async throws -> String {
        guard let provider = try await providers.find(id, of: nil) else { throw NotFound("Identity provider") }
        let answer: Verified
        do {
            guard answers.take(browser.address, at: now()) else { throw TooManySignIns() }
            try provider.requireUse()
            answer = try await verified(try await response(), provider)
        } catch {
            throw await refusals.refuse(error, Self.action, at: provider, in: browser)
        }
        let token = Base64URL.encode(randomBytes(24))
        let outcome: Outcome
        do {
            outcome = try await admit(answer, provider, browser, token)
        } catch {
            throw refusals.answer(to: error, at: provider)
        }
        switch outcome {
        case .admitted(let changedRole):
            if changedRole { await changes.announce(.access) }
            return token
        case .refused(let refusal):
            throw await refusals.refuse(
                refusal, Self.action, named: answer.assertion.subject.nameID, at: provider, in: browser)
        }
    }

    /// Lets a browser have who has signed in with it: only the one that made the request has both its own secret and the
    /// token, which the browser was given that brought the answer. Whoever lures somebody into answering their request has
    /// one of them, and so has the one who was lured.
    package func identify(by token: String, in browser: Browser) async throws -> Bool {
        guard token.utf8.count <= 100 else { return false }
        return try await requests.identify(tokenHash: hash(token), in: browser.hash, at: now())
    }

    private func hash(_ token: String) -> [UInt8] { hash.of("answer:" + token) }

    /// What is believed of a response.
    private struct Verified {
        /// What it answers; `nil` when nothing was asked for.
        let request: SAMLRequestStore.Request?
        let assertion: SAMLAssertion
        let facts: SingleSignOnFacts
        /// Whose identity provider has the domain of the address.
        let domainOwner: OrganizationID?
    }

    /// The request that a response answers, with what was signed in it.
    private func verified(
        _ response: String, _ provider: Tenancy.IdentityProvider
    ) async throws -> Verified {
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
        let assertion = try await services.work { try party.accept(response, expecting: expectation) }
        let facts = SingleSignOnFacts(assertion, provider.settings.attributes)
        var owner: OrganizationID?
        if let domain = facts.email.flatMap(EmailDomain.init(of:)) {
            owner = try await providers.find(signingIn: domain)?.organizationID
        }
        return Verified(request: request, assertion: assertion, facts: facts, domainOwner: owner)
    }

    /// What became of somebody.
    private enum Outcome: Sendable {
        case admitted(changedRole: Bool)
        case refused(NotAdmitted)
    }

    /// What is kept of a sign-in.
    private struct Kept: Encodable, Sendable {
        let email: String
        let role: String
        let isNew: Bool
    }

    private func admit(
        _ answer: Verified, _ provider: Tenancy.IdentityProvider, _ browser: Browser, _ token: String
    ) async throws -> Outcome {
        let (assertion, moment) = (answer.assertion, now())
        return try await audit.perform(
            Audit.Deed(Self.action, on: "identity_provider:\(provider.id)"),
            by: SAMLRefusals.actor(assertion.subject.nameID, at: provider, in: browser), needs: nil
        ) { connection in
            guard
                try await SAMLRequestStore.take(
                    assertion: assertion.id, of: provider, until: assertion.rememberUntil, on: connection)
            else { return .nothing(.refused(NotAdmitted("replayed: this assertion was used before"))) }
            do {
                // Whoever is refused in the end leaves nothing but the assertion, which is used.
                return try await connection.savepoint { connection in
                    let (user, before) = try await admitted(answer, provider, at: moment, on: connection)
                    try await keep(answer, of: user, provider, browser, token, at: moment, on: connection)
                    let after = Kept(email: user.email, role: user.role.rawValue, isNew: before == nil)
                    return Audit.Change(
                        .admitted(changedRole: before.map { $0.role != after.role } ?? false), on: "user:\(user.id)",
                        before: before, after: after)
                }
            } catch let refused as NotAdmitted {
                return .nothing(.refused(refused))
            }
        }
    }

    /// Whoever is meant, as they are from now on, and as they were unless they are new.
    private func admitted(
        _ answer: Verified, _ provider: Tenancy.IdentityProvider, at moment: Date, on connection: PostgresConnection
    ) async throws -> (User, Kept?) {
        let admission = try await SingleSignOnAdmission(
            answer.facts, at: provider, domainOwner: answer.domainOwner, on: connection)
        let user: User
        var before: Kept?
        switch admission.verdict {
        case .refused(let reason): throw NotAdmitted(reason)
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
            do {
                try await IdentityStore.add(user, on: connection)
            } catch is Conflict {
                throw NotAdmitted("somebody got the address \(email) at the same moment")
            }
        }
        try await IdentityStore.note(answer.facts.name, of: user, at: provider.id, at: moment, on: connection)
        return (user, before)
    }

    /// Keeps who came back until the browser that went asks for it.
    private func keep(
        _ verified: Verified, of user: User, _ provider: Tenancy.IdentityProvider, _ browser: Browser, _ token: String,
        at moment: Date, on connection: PostgresConnection
    ) async throws {
        let assertion = verified.assertion
        let answer = SAMLRequestStore.Answer(
            userID: user.id, subject: String(decoding: JSONCodec.encode(assertion.subject), as: UTF8.self),
            sessionEnds: assertion.sessionEnds, authenticatedAt: assertion.authenticatedAt, answeredAt: moment)
        if let request = verified.request {
            guard
                try await SAMLRequestStore.answer(request.id, with: answer, tokenHash: hash(token), on: connection)
            else { throw NotAdmitted.answeredMeanwhile }
            return
        }
        let unasked = SAMLRequestStore.Request(
            id: "unasked-\(identifiers.uuid().lowercaseText)", providerID: provider.id,
            organizationID: provider.organizationID, browserHash: nil, origin: SignInOrigin(browser.address),
            isForced: false, createdAt: moment, expiresAt: moment.addingTimeInterval(Self.lifetime))
        try await SAMLRequestStore.add(unasked, answered: answer, tokenHash: hash(token), on: connection)
    }

    /// As the audit names it.
    private static let action = "saml.sign_in"
}

/// Somebody was not signed in. Why is in the audit, and said to nobody else.
package struct SingleSignOnRefused: Error, CustomStringConvertible {
    package var description: String { "The sign-in was refused." }
}

/// Too many sign-ins have begun and not ended.
package struct TooManySignIns: Error, CustomStringConvertible {
    package var description: String { "Too many people are signing in at this moment. Try again in a few minutes." }
}
