package import EventLoop
internal import FoundationEssentials
package import Postgres
package import Records
package import Tenancy

/// What people did that others must be able to find again. Entries are only ever added.
package struct AuditStore: Sendable {
    private let database: PostgresClient

    /// A statement has so many values at most.
    private static let mostAtOnce = 1000

    package init(database: PostgresClient) { self.database = database }

    /// Stores an entry in the transaction of what it tells of; as the last thing that is done there, because until the
    /// transaction ends nobody else adds to the chain.
    package func add(_ entry: AuditEntry, on connection: PostgresConnection) async throws {
        try await connection.execute(Self.insertion(of: [entry]))
    }

    /// Stores several, in the same way.
    package func add(_ entries: [AuditEntry], on connection: PostgresConnection) async throws {
        for start in stride(from: 0, to: entries.count, by: Self.mostAtOnce) {
            let some = Array(entries[start..<min(start + Self.mostAtOnce, entries.count)])
            try await connection.execute(Self.insertion(of: some))
        }
    }

    /// Stores an entry of what changed nothing.
    package func add(_ entry: AuditEntry) async throws { try await add([entry]) }

    /// Stores several at once.
    package func add(_ entries: [AuditEntry]) async throws {
        guard !entries.isEmpty else { return }
        try await database.execute(Self.insertion(of: entries))
    }

    /// Stores entries of calls in group commits.
    package static func writer(_ database: PostgresClient, loops: LoopGroup) -> WriteBehind<AuditEntry> {
        var settings = WriteBehindSettings()
        settings.maximumBatch = 250
        settings.concurrency = 1
        settings.timeout = .seconds(5)
        return WriteBehind(client: database, loops: loops, settings: settings) { insertion(of: $0) }
    }

    /// A page of the entries of an organisation, and of the installation's own where that is asked for.
    package func page(
        of organization: OrganizationID, andOfInstallation: Bool, matching filter: AuditFilter = AuditFilter(),
        _ request: PageRequest
    ) async throws -> Slice<ChainedAuditEntry> {
        let keyset = KeysetQuery(request, createdAt: "created_at", id: "id")
        var chains = [AuditChain(of: organization)]
        if andOfInstallation { chains.append(.installation) }
        // One index walk each, of at most a page: together they would have to be sorted.
        let parts = chains.map { chain -> SQL in
            let scope: SQL =
                if let owner = chain.organizationID { "organization_id = \(owner)" } else { "organization_id IS NULL" }
            let conditions = [scope] + filter.conditions(in: chain) + [keyset.condition].compactMap(\.self)
            return
                "(SELECT * FROM audit_entries\(fragment: .matching(all: conditions))\(fragment: keyset.orderAndLimit))"
        }
        let rows = try await database.query(
            """
            SELECT * FROM (\(fragment: parts.joined(separator: " UNION ALL "))) AS entries\
            \(fragment: keyset.orderAndLimit)
            """)
        return try keyset.slice(rows, ChainedAuditEntry.init(row:))
    }

    /// The latest entries of a chain, the newest first.
    package func newest(
        of chain: AuditChain, matching filter: AuditFilter, limit: Int
    ) async throws -> [ChainedAuditEntry] {
        let conditions: [SQL] = ["chain = \(chain.id)"] + filter.conditions(in: chain)
        let rows = try await database.query(
            """
            SELECT * FROM audit_entries\(fragment: .matching(all: conditions))
            ORDER BY chain DESC, position DESC LIMIT \(limit)
            """)
        return try rows.map(ChainedAuditEntry.init(row:))
    }

    /// One entry, whoever's it is.
    package func find(_ id: AuditEntryID) async throws -> ChainedAuditEntry? {
        try await database.query("SELECT * FROM audit_entries WHERE id = \(id)").first
            .map(ChainedAuditEntry.init(row:))
    }

    /// One entry of an organisation, or of the installation's own where that is asked for.
    package func find(
        _ id: AuditEntryID, of organization: OrganizationID, orOfInstallation: Bool
    ) async throws -> ChainedAuditEntry? {
        let rows = try await database.query(
            """
            SELECT * FROM audit_entries WHERE id = \(id)
            AND (organization_id = \(organization) OR (organization_id IS NULL AND \(orOfInstallation)))
            """)
        return try rows.first.map(ChainedAuditEntry.init(row:))
    }

    /// What was done to one thing, the oldest first; of more than `limit` entries the latest.
    package func entries(about subject: String, limit: Int) async throws -> [AuditEntry] {
        let rows = try await database.query(
            """
            SELECT * FROM audit_entries WHERE subject = \(subject) ORDER BY created_at DESC LIMIT \(limit)
            """)
        return try rows.map { try ChainedAuditEntry(row: $0).entry }.reversed()
    }

    /// Entries of several chains are added in the order of the chains: two statements never wait for each other.
    static func insertion(of entries: [AuditEntry]) -> SQL {
        let inOrder = entries.enumerated().sorted { left, right in
            let (one, other) = (left.element.organizationID?.description, right.element.organizationID?.description)
            return (one ?? "", left.offset) < (other ?? "", right.offset)
        }
        let rows = inOrder.map { _, entry -> SQL in
            """
            (\(entry.id), \(entry.organizationID), \(entry.createdAt), \(entry.actor.kind), \(entry.actor.id), \
            \(entry.actor.keyID), \(entry.actor.name), \(entry.actor.role), \(entry.actor.address), \
            \(entry.actor.requestID), \(entry.action), \(entry.subject), \(entry.outcome), \(entry.times), \
            \(entry.before)::jsonb, \(entry.after)::jsonb)
            """
        }
        return """
            INSERT INTO audit_entries (id, organization_id, created_at, actor_kind, actor_id, actor_key_id, actor_name, \
            actor_role, address, request_id, action, subject, outcome, times, before, after)
            VALUES \(fragment: rows.joined(separator: ", "))
            """
    }
}

extension AuditEntry.Actor.Kind: PostgresBindable, PostgresDecodable {}
extension AuditEntry.Outcome: PostgresBindable, PostgresDecodable {}

extension ChainedAuditEntry {
    init(row: PostgresRow) throws {
        let actor = AuditEntry.Actor(
            kind: try row.decode("actor_kind"), id: try row.decode("actor_id"), keyID: try row.decode("actor_key_id"),
            name: try row.decode("actor_name"), role: try row.decode("actor_role"),
            address: try row.decode("address"), requestID: try row.decode("request_id"))
        let entry = AuditEntry(
            id: try row.decode("id"), organizationID: try row.decode("organization_id"),
            createdAt: try row.decode("created_at"), actor: actor, action: try row.decode("action"),
            subject: try row.decode("subject"), outcome: try row.decode("outcome"), before: try row.decode("before"),
            after: try row.decode("after"), times: try row.decode("times"))
        self.init(entry, at: AuditPlace(position: try row.decode("position"), hash: try row.decode("hash")))
    }
}
