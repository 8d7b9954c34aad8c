package import Access
package import FoundationEssentials
package import Logging
package import Postgres
internal import Stores
package import Tenancy

/// Every operation on sign-ins and sessions, over one database.
package struct SignInProduct: Sendable {
    package let signIn: SignIn
    package let secondFactors: SecondFactors
    package let sessions: Sessions
    package let policies: SignInPolicies

    /// `passwords` checks them; `attempts` slows down guessing. `issuer` is what apps call the installation that make codes
    /// for it. `whenSlowedDown` is told when attempts to sign in as somebody, from an address, have failed so often that
    /// further ones have to wait. `now` is the clock.
    package init(
        database: PostgresClient, hash: CredentialHash, passwords: PasswordChecks, attempts: SignInAttempts,
        issuer: String, identifiers: IdentifierSource, changes: Changes, logger: Logger, trail: AuditTrail? = nil,
        now: @escaping @Sendable () -> Date = Date.init,
        whenSlowedDown: @escaping @Sendable (User, String) async -> Void = { _, _ in }
    ) {
        let surroundings = SignInSurroundings(
            store: SignInStore(database: database), users: UserStore(database: database),
            sessions: SessionStore(database: database), policies: SignInPolicyStore(database: database),
            domains: EnforcedDomainStore(database: database), hash: hash,
            audit: Audit(database: database, identifiers: identifiers, logger: logger, trail: trail),
            identifiers: identifiers,
            changes: changes, now: now)
        let codes = SecondFactorCodes(
            store: SecondFactorStore(database: database), hash: hash,
            sealing: hash.sealing(for: "second factors"), now: now)
        signIn = SignIn(surroundings, codes, passwords, attempts, whenSlowedDown: whenSlowedDown)
        secondFactors = SecondFactors(surroundings, codes, signIn, issuer: issuer)
        sessions = Sessions(surroundings)
        policies = SignInPolicies(surroundings)
    }
}

/// What the operations on sign-ins have in common.
struct SignInSurroundings: Sendable {
    let store: SignInStore
    let users: UserStore
    let sessions: SessionStore
    let policies: SignInPolicyStore
    let domains: EnforcedDomainStore
    let hash: CredentialHash
    let audit: Audit
    let identifiers: IdentifierSource
    let changes: Changes
    let now: @Sendable () -> Date
}
