package import Access
internal import Cryptography
package import FoundationEssentials
package import Postgres
package import Scoring
internal import Spending
internal import Stores
package import Tenancy

/// Trying the product without an account: an organisation of one's own for a while, and the judges that are made there and
/// become somebody's afterwards.
package struct TemporaryUsers: Sendable {
    private let store: TemporaryUserStore
    private let claims: JudgeClaimStore
    private let productAudit: ProductAudit
    private let projects: Projects
    private let hash: CredentialHash
    private let terms: TemporaryUserTerms?
    private let identifiers: IdentifierSource
    private let changes: Changes
    private let audit: Audit

    /// Without `terms` nobody gets in without an account.
    package init(
        database: PostgresClient, projects: Projects, hash: CredentialHash,
        terms: TemporaryUserTerms?, identifiers: IdentifierSource, changes: Changes, audit: Audit
    ) {
        store = TemporaryUserStore(database: database)
        claims = JudgeClaimStore(database: database)
        self.projects = projects
        self.hash = hash
        self.terms = terms
        self.identifiers = identifiers
        self.changes = changes
        self.audit = audit
        productAudit = ProductAudit(database: database, audit: audit)
    }

    /// Makes a temporary user for somebody at that address; the key is shown once and never again.
    /// - Throws: ``TemporaryUsersRefused``.
    package func create(from address: String, requestID: String?) async throws -> APIKeyText {
        guard let terms else { throw TemporaryUsersRefused(.switchedOff) }
        let text = APIKeyText(randomness: randomBytes(APIKeyText.randomByteCount))
        let user = newUser(on: terms, prefix: text.prefix)
        let isCreated = try await store.create(
            user, keyHash: hash.of(text.secret), atMost: terms.most, inLastHour: terms.hourly)
        guard isCreated else { throw TemporaryUsersRefused(.tooMany) }
        await changes.announce(.budgets)
        // It is the installation's to know of: the organisation goes after a while, with all that is in it.
        await audit.note(
            done: Audit.Deed("temporary_user.create", on: "organization:\(user.organization.id)"),
            by: AuditActor(unknown: user.user.email, from: address, requestID: requestID),
            after: ["key": user.key.id.description, "prefix": user.key.prefix])
        return text
    }

    private func newUser(on terms: TemporaryUserTerms, prefix: String) -> NewTemporaryUser {
        let (id, moment) = identifiers.nextDated(Organization.self)
        let user = User(
            id: identifiers.next(), organizationID: id, email: "\(id)@temporary.invalid", fullName: "Temporary user",
            role: .engineer, createdAt: moment)
        let project = Project(
            id: identifiers.next(), organizationID: id, name: "Default", description: "", isDefault: true,
            ownerID: user.id, createdAt: moment)
        let expiry = moment.addingTimeInterval(TimeInterval(terms.lifetime.components.seconds))
        return NewTemporaryUser(
            organization: Organization(id: id, name: "Temporary user", createdAt: moment), user: user,
            project: project,
            key: APIKey(
                id: identifiers.next(), organizationID: id, projectID: nil, ownerID: user.id, name: "Temporary",
                prefix: prefix, scopes: .temporaryUser, createdAt: moment, expiresAt: expiry, lastUsedAt: nil,
                revokedAt: nil),
            budget: Budget(
                id: identifiers.next(), organizationID: id, scope: .organization, period: .total, limit: terms.budget,
                createdAt: moment))
    }

    // MARK: What becomes of their judges

    /// With what somebody can take over a judge that the caller has made; `nil` for callers who have an account.
    package func claimToken(for judge: JudgeID, of principal: Principal) async throws -> UUID? {
        guard terms != nil else { return nil }
        let token = UUID(random: randomBytes(16))
        let isIssued = try await claims.issue(
            Self.hash(of: token), for: judge, of: principal.organizationID, at: identifiers.nextDated(Judge.self).date)
        return isIssued ? token : nil
    }

    /// Gives the judge of a token to the caller, with the evaluators that were made for it. Its identifier stays, so that
    /// whatever executes it goes on with another key.
    /// - Throws: `NotFound` for a token that opens nothing, or does not any more; ``TemporaryUsersRefused`` for a caller who
    ///   is a temporary user; `InvalidDefinition` for an unknown project; `PermissionDenied`.
    package func claim(_ token: UUID, to project: ProjectID?, for principal: Principal) async throws -> Judge {
        guard try await !store.isTemporary(principal.organizationID) else {
            throw TemporaryUsersRefused(.claimsWithoutAccount)
        }
        let target = try await projects.target(project, for: principal)
        for permission in [Permission.judgeCreate, .evaluatorCreate, .objectiveCreate] {
            try principal.require(permission, in: target)
        }
        let judge = try await productAudit.perform("judge.claim", on: "judge", by: principal) { database in
            let claimed = try await JudgeClaimStore(database: database).claim(
                Self.hash(of: token), for: principal.user.id, of: principal.organizationID, in: target)
            guard let claimed,
                let judge = try await JudgeStore(database: database).find(
                    claimed, version: nil, readableBy: principal.organizationID)
            else { throw NotFound("Claim token") }
            return Audit.Change(judge, on: "judge:\(claimed)", after: KeptState(JudgeFigures(judge)).whole)
        }
        await changes.announce(.evaluators)
        await changes.announce(
            CatalogueChange(
                .judge, judge.id.uuid, named: judge.name, .created, version: judge.version.number,
                in: judge.projectID),
            by: principal)
        return judge
    }

    private static func hash(of token: UUID) -> [UInt8] { SHA256.hash(token.uuidString.lowercased()) }
}

/// On which terms people may try the product.
package struct TemporaryUserTerms: Sendable, Hashable {
    /// How long a key opens anything.
    package let lifetime: Duration
    /// What each of them may spend on models in all.
    package let budget: Money
    /// How many of them there may be, and how many of these may be made in an hour.
    package let most: Int
    package let hourly: Int

    package init(lifetime: Duration, budget: Money, most: Int, hourly: Int) {
        self.lifetime = lifetime
        self.budget = budget
        self.most = most
        self.hourly = hourly
    }
}

/// Somebody without an account is not let in, or may not do what only others can.
package struct TemporaryUsersRefused: Error, Hashable, CustomStringConvertible {
    /// Why.
    package enum Kind: Sendable, Hashable {
        case switchedOff
        case tooMany
        case claimsWithoutAccount
    }

    package let kind: Kind

    init(_ kind: Kind) { self.kind = kind }

    package var description: String {
        switch kind {
        case .switchedOff:
            "This server makes no temporary users. Ask its administrator for an API key."
        case .tooMany: "There are as many temporary users as this server allows. Try again later."
        case .claimsWithoutAccount: "A temporary user cannot claim a judge. Use the API key of an account."
        }
    }
}

extension UUID {
    /// A version 4 identifier of 16 random bytes.
    fileprivate init(random bytes: [UInt8]) {
        var bytes = bytes
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        self.init(
            uuid: (
                bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7], bytes[8], bytes[9],
                bytes[10], bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]
            ))
    }
}
