internal import Cryptography
package import FoundationEssentials
package import Postgres
package import Scoring
internal import Stores
package import Tenancy

/// Shows judges to people from outside. There is no mail in the system: whoever invites gets links to pass on, each of which
/// shows one judge to whoever opens it, for 30 days, and lets them do nothing else.
package struct JudgeInvitations: Sendable {
    private let store: JudgeInvitationStore
    private let judges: Judges
    private let identifiers: IdentifierSource
    private let now: @Sendable () -> Date

    package init(
        database: PostgresClient, judges: Judges, identifiers: IdentifierSource,
        now: @escaping @Sendable () -> Date = Date.init
    ) {
        store = JudgeInvitationStore(database: database)
        self.judges = judges
        self.identifiers = identifiers
        self.now = now
    }

    /// Invites people to a judge of the caller's organisation, each address once; with the token of each link, which is
    /// known here and never again.
    /// - Throws: `NotFound`, `ReadOnly`, `InvalidDefinition`.
    package func invite(
        _ emails: [String], to id: JudgeID, for principal: Principal
    ) async throws -> [(invitation: JudgeInvitation, token: String)] {
        try JudgeInvitation.validate(emails)
        let judge = try await judges.find(id, for: principal)
        guard judge.organizationID == principal.organizationID else { throw ReadOnly("Judge") }
        var seen: Set<String> = []
        let made = emails.filter { seen.insert($0.lowercased()).inserted }.map { email in
            let (id, moment) = identifiers.nextDated(JudgeInvitation.self)
            let invitation = JudgeInvitation(
                id: id, email: email, createdAt: moment,
                expiresAt: moment.addingTimeInterval(JudgeInvitation.lifetime))
            return (invitation: invitation, token: Base64URL.encode(randomBytes(32)))
        }
        try await store.add(
            made.map(\.invitation), tokenHashes: made.map { SHA256.hash($0.token) }, to: judge.id,
            of: principal.organizationID, by: principal.user.id)
        return made
    }

    /// The judge that a link shows, as it is now.
    /// - Throws: `NotFound`.
    package func judge(shownBy token: String) async throws -> Judge {
        guard let shown = try await store.judge(shownBy: SHA256.hash(token), at: now()),
            let judge = try await judges.store.find(shown.judge, readableBy: shown.organization)
        else { throw NotFound("Invitation") }
        return judge
    }
}
