package import FoundationEssentials
package import Postgres
package import Records
internal import Tenancy

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

    /// Every chain with a note of its last entry, of its last seal, or of how far it was gone over: what a round over all
    /// of them begins with.
    package func knownChains() async throws -> [AuditChain] {
        let rows = try await database.query(
            """
            SELECT chain FROM audit_chains UNION SELECT chain FROM audit_marks UNION SELECT chain FROM audit_checks
            ORDER BY chain
            """)
        return try rows.map { AuditChain(id: try $0.decode("chain")) }
    }

    /// Does `body` unless another process does the same; `nil` then. Of what `body` is handed everything is done on one
    /// connection, which is given up when nothing is heard on it for a minute.
    package func alone<R: Sendable>(_ body: @Sendable (AuditChainStore) async throws -> R) async throws -> R? {
        try await database.withConnection { connection in
            // The lock is the session's, and so is its time-out: neither must be handed on.
            defer { connection.discard() }
            let rows = try await connection.query(
                """
                SELECT pg_try_advisory_lock(hashtext('audit seals')), set_config('idle_session_timeout', '60s', false)
                """)
            guard try rows.first?.decode(0) == true else { return nil }
            return try await body(AuditChainStore(database: database.within(connection)))
        }
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

    /// The first entry behind a position: where it stands, and when it was made.
    package func first(of chain: AuditChain, behind position: Int64) async throws -> (position: Int64, createdAt: Date)?
    {
        try await database.query(
            """
            SELECT position, created_at FROM audit_entries WHERE chain = \(chain.id) AND position > \(position)
            ORDER BY chain, position LIMIT 1
            """
        ).first.map { (try $0.decode("position"), try $0.decode("created_at")) }
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

    /// The copy of the last seal that stands beside the seals.
    package func mark(of chain: AuditChain) async throws -> AuditSeal? {
        try await database.query("SELECT * FROM audit_marks WHERE chain = \(chain.id)").first.map(AuditSeal.init(row:))
    }

    /// Keeps a copy of the last seal.
    package func mark(_ seal: AuditSeal) async throws {
        try await database.execute(
            """
            INSERT INTO audit_marks (chain, position, hash, sealed_at, code)
            VALUES (\(seal.chain.id), \(seal.place.position), \(seal.place.hash), \(seal.sealedAt), \(seal.code))
            ON CONFLICT (chain) DO UPDATE SET position = excluded.position, hash = excluded.hash,
                sealed_at = excluded.sealed_at, code = excluded.code
            """)
    }

    // MARK: Checks

    /// How far the daemons have gone over a chain.
    package func check(of chain: AuditChain) async throws -> AuditCheck? {
        try await database.query("SELECT * FROM audit_checks WHERE chain = \(chain.id)").first
            .map(AuditCheck.init(row:))
    }

    /// Keeps how far they have gone. A fault that is stored stays, whoever has gone over the chain meanwhile.
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
            WHERE audit_checks.fault_position IS NULL
            """)
    }
}

extension AuditPlace {
    init(row: PostgresRow) throws {
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
