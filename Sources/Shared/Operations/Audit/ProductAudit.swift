internal import Access
internal import FoundationEssentials
package import Postgres
internal import Tenancy

/// Keeps in the audit what people change of evaluators, judges, datasets and the like: each change in one transaction with
/// the entry that tells of it. The trail of calls leaves nothing more of such a call.
package struct ProductAudit: Sendable {
    private let database: PostgresClient
    private let audit: Audit

    /// `audit` is of the same database.
    package init(database: PostgresClient, audit: Audit) {
        self.database = database
        self.audit = audit
    }

    /// Does a change by `body`, which does all of it with the database that it is given. `thing` is named by its kind and its
    /// identifier; of something that has none before it is made, the change says it.
    func perform<Result: Sendable>(
        _ action: String, on thing: String, by principal: Principal,
        _ body: @Sendable (PostgresClient) async throws -> Audit.Change<Result>
    ) async throws -> Result {
        try await audit.perform(Audit.Deed(action, on: thing), by: AuditActor(calling: principal), needs: nil) {
            try await body(database.within($0))
        }
    }

    /// The same for what people change of models, which the audit keeps as those who run providers see them.
    func models(at now: @escaping @Sendable () -> Date) -> ProviderAudit {
        ProviderAudit(database: database, audit: audit, now: now)
    }
}

extension AuditActor {
    /// Whoever makes the call that is being answered; without one, such as in the background, only who it is is known.
    init(calling principal: Principal) {
        let call = AccessTrail.call
        self.init(principal, from: call?.address, requestID: call?.requestID)
    }
}
