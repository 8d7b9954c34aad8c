package import FoundationEssentials
package import Postgres
package import Records
package import Tenancy

/// The receivers of the audit, with how far each has it.
package struct AuditTargetStore: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// For so long who sends to a receiver need not ask again.
    package static let holdSeconds = 20

    /// A receiver with how it does.
    package struct Standing: Sendable {
        package let target: AuditTarget
        /// Entries that it has not acknowledged.
        package let waiting: Int64
        /// How long the oldest of them has waited, in seconds; `nil` when none waits.
        package let waitingSeconds: Int64?
        package let sentAt: Date?
        package let failure: String?
        package let failingSince: Date?
    }

    // MARK: What people say of them

    /// Those of an organisation, and the installation's where that is asked for; all of them without an organisation.
    package func list(of organization: OrganizationID?, andOfInstallation: Bool) async throws -> [Standing] {
        let rows = try await database.query(
            """
            SELECT audit_targets.*, \(fragment: Self.waiting) FROM audit_targets
            WHERE \(organization)::uuid IS NULL OR organization_id = \(organization)
                OR (organization_id IS NULL AND \(andOfInstallation))
            ORDER BY lower(name), id
            """)
        return try rows.map(Standing.init(row:))
    }

    /// One of them.
    package func find(_ id: AuditTargetID) async throws -> Standing? {
        try await database.query(
            "SELECT audit_targets.*, \(fragment: Self.waiting) FROM audit_targets WHERE id = \(id)"
        ).first.map(Standing.init(row:))
    }

    /// Adds one, which gets what comes from now on or what was before as well.
    /// - Throws: `Conflict` when the name is taken.
    package static func add(
        _ target: AuditTarget, fromStart: Bool, on connection: PostgresConnection
    ) async throws {
        do {
            try await connection.execute(
                """
                INSERT INTO audit_targets (id, organization_id, name, host, port, transport, format, \
                certificate_authority, client_certificate, sealed_client_key, enabled, created_at)
                VALUES (\(target.id), \(target.organizationID), \(target.name), \(target.host), \(Int(target.port)), \
                \(target.transport), \(target.format), \(target.certificateAuthority), \(target.clientCertificate), \
                \(target.sealedClientKey), \(target.isEnabled), \(target.createdAt))
                """)
        } catch {
            throw error.asConflict()
        }
        if !fromStart { try await moveToEnd(target.id, on: connection) }
    }

    /// Replaces what is said of one; it goes on where it is, or begins anew.
    /// - Throws: `Conflict` when the name is taken.
    package static func update(
        _ target: AuditTarget, expecting revision: Int?, fromStart: Bool, on connection: PostgresConnection
    ) async throws -> RevisedChange {
        let changed: Int
        do {
            changed = try await connection.execute(
                """
                UPDATE audit_targets SET name = \(target.name), host = \(target.host), port = \(Int(target.port)),
                    transport = \(target.transport), format = \(target.format),
                    certificate_authority = \(target.certificateAuthority),
                    client_certificate = \(target.clientCertificate), sealed_client_key = \(target.sealedClientKey),
                    enabled = \(target.isEnabled), revision = revision + 1, failure = NULL, failing_since = NULL
                WHERE id = \(target.id) AND (\(revision)::bigint IS NULL OR revision = \(revision))
                """)
        } catch {
            throw error.asConflict()
        }
        if changed > 0, fromStart {
            try await connection.execute("DELETE FROM audit_cursors WHERE target_id = \(target.id)")
        }
        return RevisedChange(changed: changed, isThere: true)
    }

    /// Removes one; false when it is not there.
    package static func remove(_ id: AuditTargetID, on connection: PostgresConnection) async throws -> Bool {
        try await connection.execute("DELETE FROM audit_targets WHERE id = \(id)") > 0
    }

    private static func moveToEnd(_ id: AuditTargetID, on connection: PostgresConnection) async throws {
        try await connection.execute(
            """
            INSERT INTO audit_cursors (target_id, chain, position)
            SELECT audit_targets.id, chain, audit_chains.position FROM audit_targets, audit_chains
            WHERE audit_targets.id = \(id) AND (organization_id IS NULL OR chain = organization_id)
            """)
    }

    // MARK: Sending to them

    /// The receivers that `holder` sends to for the moment: those that it has, and those that nobody has.
    package func hold(by holder: UUID) async throws -> [Standing] {
        let rows = try await database.query(
            """
            UPDATE audit_targets
            SET held_by = \(holder), held_until = clock_timestamp() + make_interval(secs => \(Double(Self.holdSeconds)))
            WHERE enabled AND (held_by = \(holder) OR held_until IS NULL OR held_until < clock_timestamp())
            RETURNING audit_targets.*, \(fragment: Self.waiting)
            """)
        return try rows.map(Standing.init(row:))
    }

    /// Leaves them to others.
    package func letGo(by holder: UUID) async throws {
        try await database.execute(
            "UPDATE audit_targets SET held_by = NULL, held_until = NULL WHERE held_by = \(holder)")
    }

    /// The chains in which there is something for a receiver, with the positions through which it has them.
    package func cursors(of target: AuditTarget) async throws -> [AuditChain: Int64] {
        let rows = try await database.query(
            """
            SELECT audit_chains.chain, coalesce(audit_cursors.position, 0) AS position FROM audit_chains
            LEFT JOIN audit_cursors ON audit_cursors.chain = audit_chains.chain AND target_id = \(target.id)
            WHERE audit_chains.position > coalesce(audit_cursors.position, 0)
                AND (\(target.organizationID)::uuid IS NULL OR audit_chains.chain = \(target.organizationID))
            """)
        var cursors: [AuditChain: Int64] = [:]
        for row in rows { cursors[AuditChain(id: try row.decode("chain"))] = try row.decode("position") }
        return cursors
    }

    /// Keeps that a receiver has a chain through a position; false when somebody else sends to it by now, or it was
    /// changed.
    package func advance(
        _ target: AuditTarget, _ chain: AuditChain, through position: Int64, by holder: UUID
    ) async throws -> Bool {
        try await database.transaction { connection in
            let held = try await connection.execute(
                """
                UPDATE audit_targets SET sent_at = clock_timestamp()
                WHERE id = \(target.id) AND held_by = \(holder) AND revision = \(target.revision)
                """)
            guard held > 0 else { return false }
            try await connection.execute(
                """
                INSERT INTO audit_cursors (target_id, chain, position) VALUES (\(target.id), \(chain.id), \(position))
                ON CONFLICT (target_id, chain) DO UPDATE SET position = greatest(audit_cursors.position, excluded.position)
                """)
            return true
        }
    }

    /// Keeps that sending does not go on, or with `nil` that it does again.
    package func note(failure: String?, of target: AuditTarget, by holder: UUID) async throws {
        try await database.execute(
            """
            UPDATE audit_targets SET failure = \(failure),
                failing_since = CASE WHEN \(failure)::text IS NULL THEN NULL
                                     ELSE coalesce(failing_since, clock_timestamp()) END,
                told_of = CASE WHEN \(failure)::text IS NULL THEN NULL ELSE told_of END
            WHERE id = \(target.id) AND held_by = \(holder) AND revision = \(target.revision)
            """)
    }

    /// Those that have failed for a minute and that nobody was told of yet; they count as told.
    package func takeFailing() async throws -> [Standing] {
        let rows = try await database.query(
            """
            UPDATE audit_targets SET told_of = failing_since
            WHERE enabled AND failing_since < clock_timestamp() - interval '1 minute' AND told_of IS NULL
            RETURNING audit_targets.*, \(fragment: Self.waiting)
            """)
        return try rows.map(Standing.init(row:))
    }

    /// How many entries wait for a receiver, and since when the oldest of them.
    private static let waiting: SQL = """
        (SELECT coalesce(sum(audit_chains.position - coalesce(audit_cursors.position, 0)), 0)::bigint FROM audit_chains
         LEFT JOIN audit_cursors ON audit_cursors.chain = audit_chains.chain AND target_id = audit_targets.id
         WHERE audit_targets.organization_id IS NULL OR audit_chains.chain = audit_targets.organization_id) AS waiting,
        (SELECT max(greatest(extract(epoch FROM clock_timestamp() - oldest.created_at), 0))::bigint FROM audit_chains
         LEFT JOIN audit_cursors ON audit_cursors.chain = audit_chains.chain AND target_id = audit_targets.id
         CROSS JOIN LATERAL (
             SELECT created_at FROM audit_entries
             WHERE audit_entries.chain = audit_chains.chain
                 AND audit_entries.position > coalesce(audit_cursors.position, 0)
             ORDER BY audit_entries.chain, audit_entries.position LIMIT 1) AS oldest
         WHERE audit_chains.position > coalesce(audit_cursors.position, 0)
             AND (audit_targets.organization_id IS NULL OR audit_chains.chain = audit_targets.organization_id))
            AS waiting_seconds
        """
}

extension AuditTarget.Transport: PostgresBindable, PostgresDecodable {}
extension AuditTarget.Format: PostgresBindable, PostgresDecodable {}

extension AuditTargetStore.Standing {
    fileprivate init(row: PostgresRow) throws {
        let port: Int = try row.decode("port")
        self.init(
            target: AuditTarget(
                id: try row.decode("id"), organizationID: try row.decode("organization_id"),
                name: try row.decode("name"), host: try row.decode("host"), port: UInt16(clamping: port),
                transport: try row.decode("transport"), format: try row.decode("format"),
                certificateAuthority: try row.decode("certificate_authority"),
                clientCertificate: try row.decode("client_certificate"),
                sealedClientKey: try row.decode("sealed_client_key"), isEnabled: try row.decode("enabled"),
                createdAt: try row.decode("created_at"), revision: try row.decode("revision")),
            waiting: try row.decode("waiting"), waitingSeconds: try row.decode("waiting_seconds"),
            sentAt: try row.decode("sent_at"),
            failure: try row.decode("failure"), failingSince: try row.decode("failing_since"))
    }
}
