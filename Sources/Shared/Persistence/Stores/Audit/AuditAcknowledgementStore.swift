internal import FoundationEssentials
package import Postgres
package import Records
internal import Tenancy

/// What was said of faults of chains by who has looked into them.
package struct AuditAcknowledgementStore: Sendable {
    private let database: PostgresClient

    private static let most = 100

    package init(database: PostgresClient) { self.database = database }

    /// Those of a chain, the latest first; whoever may write to the database may have made some up.
    package func all(of chain: AuditChain) async throws -> [AuditAcknowledgement] {
        let rows = try await database.query(
            """
            SELECT * FROM audit_acknowledgements WHERE chain = \(chain.id)
            ORDER BY position DESC, acknowledged_at DESC LIMIT \(Self.most)
            """)
        return try rows.map(AuditAcknowledgement.init(row:))
    }

    /// Begins a chain anew behind everything that there is of it or was sealed of it, at least behind `position`: what is
    /// added from now on is chained to the place that `sign` is handed. What was found wrong is not known any more.
    package static func add(
        to chain: AuditChain, behind position: Int64, on connection: PostgresConnection,
        sign: (AuditPlace) -> AuditAcknowledgement
    ) async throws -> AuditAcknowledgement {
        let made = sign(try await moveHead(of: chain, behind: position, on: connection))
        try await connection.execute(
            """
            INSERT INTO audit_acknowledgements (chain, position, hash, acknowledged_at, reason, code)
            VALUES (\(chain.id), \(made.place.position), \(made.place.hash), \(made.acknowledgedAt), \(made.reason), \
            \(made.code))
            """)
        try await connection.execute(
            """
            UPDATE audit_checks SET position = \(made.place.position), hash = \(made.place.hash), \
            checked_whole_at = NULL, fault_position = NULL, fault_reason = NULL, fault_found_at = NULL WHERE chain = \(chain.id)
            """)
        return made
    }

    /// Nobody adds to the chain from here until the transaction ends.
    private static func moveHead(
        of chain: AuditChain, behind position: Int64, on connection: PostgresConnection
    ) async throws -> AuditPlace {
        try await connection.execute(
            """
            INSERT INTO audit_chains (chain, position, hash) VALUES (\(chain.id), 0, \(AuditChain.start.hash))
            ON CONFLICT DO NOTHING
            """)
        let heads = try await connection.query(
            "SELECT position, hash FROM audit_chains WHERE chain = \(chain.id) FOR UPDATE")
        let head = try heads.first.map(AuditPlace.init(row:)) ?? AuditChain.start
        let entries = try await connection.query(
            """
            SELECT position, hash FROM audit_entries WHERE chain = \(chain.id) ORDER BY chain DESC, position DESC LIMIT 1
            """)
        let last = try entries.first.map(AuditPlace.init(row:)) ?? AuditChain.start
        let sealed = try await connection.query(
            """
            SELECT max(position) AS position FROM (
                SELECT position FROM audit_seals WHERE chain = \(chain.id)
                UNION ALL SELECT position FROM audit_marks WHERE chain = \(chain.id)
                UNION ALL SELECT position FROM audit_checks WHERE chain = \(chain.id)
                UNION ALL SELECT position FROM audit_acknowledgements WHERE chain = \(chain.id)) AS sealed
            """)
        let known: Int64? = try sealed.first?.decode("position")
        let place = AuditPlace(
            position: max(head.position, last.position, known ?? 0, position),
            hash: head.position >= last.position ? head.hash : last.hash)
        try await connection.execute(
            "UPDATE audit_chains SET position = \(place.position), hash = \(place.hash) WHERE chain = \(chain.id)")
        return place
    }
}

extension AuditAcknowledgement {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            chain: AuditChain(id: try row.decode("chain")), place: try AuditPlace(row: row),
            acknowledgedAt: try row.decode("acknowledged_at"), reason: try row.decode("reason"),
            code: try row.decode("code"))
    }
}
