internal import Access
internal import JSON
package import Logging
package import Postgres
package import Records
internal import Stores
package import Tenancy

/// Keeps what people did, beside what they changed.
package struct Audit: Sendable {
    private let database: PostgresClient
    private let store: AuditStore
    private let trail: AuditTrail?
    private let identifiers: IdentifierSource
    private let logger: Logger
    /// Whether this is a part of something else that is done.
    private let isWithin: Bool

    private static let longestSubject = 500

    /// What the parts of what is being done leave: stored as the last thing of its transaction.
    @TaskLocal private static var parts: AuditParts?

    /// With a `trail`, what is refused or fails again and again is kept once a minute; without it every time.
    package init(
        database: PostgresClient, identifiers: IdentifierSource, logger: Logger, trail: AuditTrail? = nil
    ) {
        self.database = database
        store = AuditStore(database: database)
        self.trail = trail
        self.identifiers = identifiers
        self.logger = logger
        isWithin = false
    }

    private init(_ audit: Audit, within connection: PostgresConnection) {
        database = audit.database.within(connection)
        store = AuditStore(database: database)
        trail = nil
        identifiers = audit.identifiers
        logger = audit.logger
        isWithin = true
    }

    /// The same audit, where everything is kept as a part of a transaction, or not at all: for a call that does several
    /// things, each with an entry of its own, within the deed that tells of its failure. The entries come with that one's,
    /// at the end. To be used for as long as the connection is lent.
    func within(_ connection: PostgresConnection) -> Audit {
        Audit(self, within: connection)
    }

    /// What is done: a name such as `queue.pause`, and what it is done to, such as `queue:evaluations`.
    package struct Deed: Sendable, Hashable {
        package let action: String
        package let subject: String

        package init(_ action: String, on subject: String) {
            self.action = action
            self.subject = subject
        }
    }

    /// What came of a deed: its result, and what is kept of it.
    package struct Change<Result: Sendable>: Sendable {
        package let result: Result
        /// JSON; `nil` where there is nothing to say.
        package let before: String?
        package let after: String?
        /// What it was done to, where that is not known before.
        let subject: String?

        /// Whether something was changed, so that an entry is kept.
        let isKept: Bool

        package init(
            _ result: Result, on subject: String? = nil, before: (any Encodable)? = nil, after: (any Encodable)? = nil
        ) {
            self.result = result
            self.subject = subject
            isKept = true
            self.before = before.map(Audit.json)
            self.after = after.map(Audit.json)
        }

        private init(nothing result: Result) {
            self.result = result
            subject = nil
            isKept = false
            before = nil
            after = nil
        }

        /// The result of something that there was nothing to do for; nothing is kept of it.
        package static func nothing(_ result: Result) -> Change { Change(nothing: result) }
    }

    /// Does something in a transaction, together with the entry that tells of it. What was not allowed or went wrong is
    /// kept too. Without a permission `body` says whether it is allowed.
    ///
    /// The entry comes last: from then until the commit nobody else of the organisation adds one.
    /// - Throws: `PermissionDenied`, and what `body` throws.
    package func perform<Result: Sendable>(
        _ deed: Deed, by actor: AuditActor, needs permission: Permission?,
        _ body: @Sendable (PostgresConnection) async throws -> Change<Result>
    ) async throws -> Result {
        let outer = isWithin ? Self.parts : nil
        let known = outer?.count ?? 0
        do {
            if let permission { try actor.require(permission) }
            let result = try await database.transaction { connection in
                let parts = outer ?? AuditParts()
                let change = try await Self.$parts.withValue(parts) { try await body(connection) }
                if change.isKept {
                    let done = change.subject.map { Deed(deed.action, on: $0) } ?? deed
                    parts.add(entry(done, actor, .done, before: change.before, after: change.after))
                }
                if outer == nil { try await store.add(parts.all, on: connection) }
                return change.result
            }
            AccessTrail.leaveNothing()
            return result
        } catch  where Self.isRefusal(error) {
            outer?.forget(behind: known)
            await note(.refused, deed, by: actor, because: "\(error)")
            throw error
        } catch  where !(error is CancellationError) {
            outer?.forget(behind: known)
            await note(.failed, deed, by: actor, because: Self.reason(of: error))
            throw error
        }
    }

    /// Keeps that something was not done.
    package func note(_ outcome: AuditEntry.Outcome, _ deed: Deed, by actor: AuditActor, because reason: String) async {
        AccessTrail.leaveNothing()
        let after = Self.json(["reason": AuditText.kept(reason, atMost: AuditText.longestReason)])
        let entry = entry(deed, actor, outcome, before: nil, after: after)
        if let trail { return await trail.keepOnceAWhile(entry) }
        await add(entry)
    }

    /// Keeps that something was done that changed nothing in the database, such as a look at what others may not see.
    package func note(done deed: Deed, by actor: AuditActor, after: (any Encodable)? = nil) async {
        AccessTrail.leaveNothing()
        await add(entry(deed, actor, .done, before: nil, after: after.map(Self.json)))
    }

    private func add(_ entry: AuditEntry) async {
        if isWithin, let parts = Self.parts { return parts.add(entry) }
        do {
            try await store.add(entry)
        } catch {
            logger.error(
                "an entry of the audit could not be stored",
                metadata: ["action": "\(entry.action)", "outcome": "\(entry.outcome.rawValue)", "reason": "\(error)"])
        }
    }

    private func entry(
        _ deed: Deed, _ actor: AuditActor, _ outcome: AuditEntry.Outcome, before: String?, after: String?
    ) -> AuditEntry {
        let (id, moment) = identifiers.nextDated(AuditEntry.self)
        return AuditEntry(
            id: id, organizationID: actor.organizationID, createdAt: moment, actor: actor.identity,
            action: deed.action, subject: AuditText.kept(deed.subject, atMost: Self.longestSubject), outcome: outcome,
            before: before, after: after)
    }

    private static func json(_ value: any Encodable) -> String {
        AuditText.kept(json: String(decoding: JSONCodec.encode(value), as: UTF8.self))
    }

    /// Whether an error says that somebody may not do what they wanted to.
    private static func isRefusal(_ error: any Error) -> Bool {
        error is PermissionDenied || error is OutOfReach || error is RoleOutOfReach || error is ConfirmationRequired
            || error is ScopeNotNamed
    }

    /// A database's own words may hold what was to be stored.
    private static func reason(of error: any Error) -> String {
        error is PostgresError ? "The database could not do it." : "\(error)"
    }
}
