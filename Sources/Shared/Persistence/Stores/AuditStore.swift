package import Postgres
package import Records
package import Tenancy

/// What people did that others must be able to find again. Entries are only ever added.
package struct AuditStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Stores an entry in the transaction of what it tells of.
    package func add(_ entry: AuditEntry, on connection: PostgresConnection) async throws {
        try await connection.execute(Self.insertion(of: entry))
    }

    /// Stores an entry of what changed nothing.
    package func add(_ entry: AuditEntry) async throws { try await database.execute(Self.insertion(of: entry)) }

    /// A page of the entries of an organisation, and of the installation's own where that is asked for.
    package func page(
        of organization: OrganizationID, andOfInstallation: Bool, matching filter: AuditFilter = AuditFilter(),
        _ request: PageRequest
    ) async throws -> Slice<AuditEntry> {
        let keyset = KeysetQuery(request, createdAt: "created_at", id: "id")
        var scopes: [SQL] = ["organization_id = \(organization)"]
        if andOfInstallation { scopes.append("organization_id IS NULL") }
        // One index walk each, of at most a page: together they would have to be sorted.
        let parts = scopes.map { scope -> SQL in
            let conditions = [scope] + filter.conditions + [keyset.condition].compactMap(\.self)
            return
                "(SELECT * FROM audit_entries\(fragment: .matching(all: conditions))\(fragment: keyset.orderAndLimit))"
        }
        let rows = try await database.query(
            """
            SELECT * FROM (\(fragment: parts.joined(separator: " UNION ALL "))) AS entries\
            \(fragment: keyset.orderAndLimit)
            """)
        return try keyset.slice(rows, AuditEntry.init(row:))
    }

    /// What was done to one thing, the oldest first; of more than `limit` entries the latest.
    package func entries(about subject: String, limit: Int) async throws -> [AuditEntry] {
        let rows = try await database.query(
            """
            SELECT * FROM audit_entries WHERE subject = \(subject) ORDER BY created_at DESC LIMIT \(limit)
            """)
        return try rows.map(AuditEntry.init(row:)).reversed()
    }

    private static func insertion(of entry: AuditEntry) -> SQL {
        """
        INSERT INTO audit_entries (id, organization_id, created_at, actor_kind, actor_id, actor_name, actor_role, \
        address, request_id, action, subject, outcome, before, after)
        VALUES (\(entry.id), \(entry.organizationID), \(entry.createdAt), \(entry.actor.kind), \(entry.actor.id), \
        \(entry.actor.name), \(entry.actor.role), \(entry.actor.address), \(entry.actor.requestID), \
        \(entry.action), \(entry.subject), \(entry.outcome), \(entry.before)::jsonb, \(entry.after)::jsonb)
        """
    }
}

/// Which entries are meant; what is `nil` does not matter.
package struct AuditFilter: Sendable, Hashable {
    /// Exactly, or where it ends in a dot, with this beginning.
    package var action: String?
    package var subject: String?
    package var outcome: AuditEntry.Outcome?

    package init(action: String? = nil, subject: String? = nil, outcome: AuditEntry.Outcome? = nil) {
        self.action = action
        self.subject = subject
        self.outcome = outcome
    }

    fileprivate var conditions: [SQL] {
        var conditions: [SQL] = []
        if let action {
            conditions.append(action.hasSuffix(".") ? "starts_with(action, \(action))" : "action = \(action)")
        }
        if let subject { conditions.append("subject = \(subject)") }
        if let outcome { conditions.append("outcome = \(outcome)") }
        return conditions
    }
}

extension AuditEntry.Actor.Kind: PostgresBindable, PostgresDecodable {}
extension AuditEntry.Outcome: PostgresBindable, PostgresDecodable {}

extension AuditEntry {
    fileprivate init(row: PostgresRow) throws {
        let actor = Actor(
            kind: try row.decode("actor_kind"), id: try row.decode("actor_id"), name: try row.decode("actor_name"),
            role: try row.decode("actor_role"), address: try row.decode("address"),
            requestID: try row.decode("request_id"))
        self.init(
            id: try row.decode("id"), organizationID: try row.decode("organization_id"),
            createdAt: try row.decode("created_at"), actor: actor, action: try row.decode("action"),
            subject: try row.decode("subject"), outcome: try row.decode("outcome"), before: try row.decode("before"),
            after: try row.decode("after"))
    }
}
