package import FoundationEssentials
package import Postgres
package import Records
package import Tenancy

/// The chains of the audit from end to end, with what proves that they are whole.
package struct AuditChainStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Every chain that there is, or that something says there was.
    package func chains() async throws -> [AuditChain] {
        let rows = try await database.query(
            """
            SELECT chain FROM audit_chains UNION SELECT chain FROM audit_seals UNION SELECT chain FROM audit_entries
            ORDER BY chain
            """)
        return try rows.map { AuditChain(id: try $0.decode("chain")) }
    }

    /// The database's notes of the last entries of all chains that have grown since they were sealed, or all there are.
    package func heads(unsealedOnly: Bool) async throws -> [(chain: AuditChain, head: AuditPlace)] {
        let rows = try await database.query(
            """
            SELECT chain, position, hash FROM audit_chains
            WHERE NOT \(unsealedOnly)
                OR position > coalesce((SELECT max(position) FROM audit_seals WHERE chain = audit_chains.chain), 0)
            ORDER BY chain
            """)
        return try rows.map { (AuditChain(id: try $0.decode("chain")), try AuditPlace(row: $0)) }
    }

    /// The database's note of the last entry.
    package func head(of chain: AuditChain) async throws -> AuditPlace? {
        try await database.query("SELECT position, hash FROM audit_chains WHERE chain = \(chain.id)").first
            .map(AuditPlace.init(row:))
    }

    /// Entries behind a position, in order; at most `limit`.
    package func entries(
        of chain: AuditChain, behind position: Int64, limit: Int, matching filter: AuditFilter = AuditFilter()
    ) async throws -> [ChainedAuditEntry] {
        let conditions: [SQL] = ["chain = \(chain.id)", "position > \(position)"] + filter.conditions(in: chain)
        let rows = try await database.query(
            """
            SELECT * FROM audit_entries\(fragment: .matching(all: conditions)) ORDER BY chain, position LIMIT \(limit)
            """)
        return try rows.map(ChainedAuditEntry.init(row:))
    }

    /// The hash that stands at a position.
    package func place(at position: Int64, of chain: AuditChain) async throws -> AuditPlace? {
        guard position > 0 else { return AuditChain.start }
        return try await database.query(
            "SELECT position, hash FROM audit_entries WHERE chain = \(chain.id) AND position = \(position)"
        ).first.map(AuditPlace.init(row:))
    }

    // MARK: Seals

    /// Seals behind a position, in order; at most `limit`.
    package func seals(of chain: AuditChain, behind position: Int64, limit: Int) async throws -> [AuditSeal] {
        let rows = try await database.query(
            """
            SELECT * FROM audit_seals WHERE chain = \(chain.id) AND position > \(position)
            ORDER BY position LIMIT \(limit)
            """)
        return try rows.map(AuditSeal.init(row:))
    }

    /// The latest seal.
    package func lastSeal(of chain: AuditChain) async throws -> AuditSeal? {
        try await database.query(
            "SELECT * FROM audit_seals WHERE chain = \(chain.id) ORDER BY position DESC LIMIT 1"
        ).first.map(AuditSeal.init(row:))
    }

    /// Keeps a seal; another process may have sealed the same place already.
    package func add(_ seal: AuditSeal) async throws {
        try await database.execute(
            """
            INSERT INTO audit_seals (chain, position, hash, sealed_at, code)
            VALUES (\(seal.chain.id), \(seal.place.position), \(seal.place.hash), \(seal.sealedAt), \(seal.code))
            ON CONFLICT DO NOTHING
            """)
    }

    // MARK: Checks

    /// How far the daemons have gone over a chain.
    package func check(of chain: AuditChain) async throws -> AuditCheck? {
        try await database.query("SELECT * FROM audit_checks WHERE chain = \(chain.id)").first
            .map(AuditCheck.init(row:))
    }

    /// Keeps how far they have gone.
    package func keep(_ check: AuditCheck, of chain: AuditChain) async throws {
        try await database.execute(
            """
            INSERT INTO audit_checks (chain, position, hash, checked_at, checked_whole_at, fault_position, fault_reason, \
            fault_found_at)
            VALUES (\(chain.id), \(check.place.position), \(check.place.hash), \(check.checkedAt), \
            \(check.checkedWholeAt), \(check.fault?.position), \(check.fault?.reason), \(check.fault?.foundAt))
            ON CONFLICT (chain) DO UPDATE SET position = excluded.position, hash = excluded.hash,
                checked_at = excluded.checked_at, checked_whole_at = excluded.checked_whole_at,
                fault_position = excluded.fault_position, fault_reason = excluded.fault_reason,
                fault_found_at = excluded.fault_found_at
            """)
    }
}

/// How far the daemons have gone over a chain in the round under way, and what they have found.
package struct AuditCheck: Sendable, Hashable {
    package var place: AuditPlace
    package var checkedAt: Date
    /// When the last round came to the end.
    package var checkedWholeAt: Date?
    package var fault: Fault?

    package init(place: AuditPlace, checkedAt: Date, checkedWholeAt: Date? = nil, fault: Fault? = nil) {
        self.place = place
        self.checkedAt = checkedAt
        self.checkedWholeAt = checkedWholeAt
        self.fault = fault
    }

    /// The first broken place.
    package struct Fault: Sendable, Hashable {
        package let position: Int64
        package let reason: String
        package let foundAt: Date

        package init(position: Int64, reason: String, foundAt: Date) {
            self.position = position
            self.reason = reason
            self.foundAt = foundAt
        }
    }

    fileprivate init(row: PostgresRow) throws {
        let position: Int64? = try row.decode("fault_position")
        self.init(
            place: try AuditPlace(row: row), checkedAt: try row.decode("checked_at"),
            checkedWholeAt: try row.decode("checked_whole_at"),
            fault: try position.map {
                Fault(
                    position: $0, reason: try row.decode("fault_reason"), foundAt: try row.decode("fault_found_at"))
            })
    }
}

extension AuditPlace {
    fileprivate init(row: PostgresRow) throws {
        self.init(position: try row.decode("position"), hash: try row.decode("hash"))
    }
}

extension AuditSeal {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            chain: AuditChain(id: try row.decode("chain")), place: try AuditPlace(row: row),
            sealedAt: try row.decode("sealed_at"), code: try row.decode("code"))
    }
}
