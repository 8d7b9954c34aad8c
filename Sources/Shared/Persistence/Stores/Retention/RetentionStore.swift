package import FoundationEssentials
package import Postgres
package import Records
package import Tenancy

extension RetentionClass: PostgresBindable, PostgresDecodable {}

/// For how long what is recorded is kept, and what is held whatever that says.
package struct RetentionStore: Sendable {
    let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    // MARK: Rules

    /// The rules of one organisation, or of all.
    package func rules(of organization: OrganizationID? = nil) async throws -> [RetentionRule] {
        let scope: SQL = organization.map { " WHERE organization_id = \($0)" } ?? ""
        let rows = try await database.query(
            "SELECT organization_id, project_id, class, days FROM retention_rules\(fragment: scope)")
        return try rows.map { row in
            RetentionRule(
                RetentionScope(try row.decode("organization_id"), try row.decode("project_id")),
                try row.decode("class"), days: try row.decode("days"))
        }
    }

    /// Puts a rule in the place of what held before.
    package func set(
        _ rule: RetentionRule, at moment: Date, by author: String, on connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            INSERT INTO retention_rules (organization_id, project_id, class, days, updated_at, updated_by)
            VALUES (\(rule.scope.organizationID), \(rule.scope.projectID), \(rule.kind), \(rule.days), \(moment), \
            \(author))
            ON CONFLICT (organization_id, project_id, class) DO UPDATE
            SET days = excluded.days, updated_at = excluded.updated_at, updated_by = excluded.updated_by
            """)
    }

    /// Takes a rule away, so that what is said of all projects, or of the installation, holds; `false` where there was none.
    package func remove(
        _ kind: RetentionClass, of scope: RetentionScope, on connection: PostgresConnection
    ) async throws -> Bool {
        try await connection.execute(
            """
            DELETE FROM retention_rules WHERE organization_id = \(scope.organizationID)
            AND project_id IS NOT DISTINCT FROM \(scope.projectID) AND class = \(kind)
            """) == 1
    }

    // MARK: Holds

    /// The holds in force of one organisation, or of all, the oldest first.
    package func holds(of organization: OrganizationID? = nil) async throws -> [RetentionHold] {
        let scope: SQL = organization.map { " AND organization_id = \($0)" } ?? ""
        let rows = try await database.query(
            """
            SELECT id, organization_id, project_id, begins_at, ends_at, reason, created_at, created_by
            FROM retention_holds WHERE released_at IS NULL\(fragment: scope) ORDER BY created_at, id
            """)
        return try rows.map { row in
            RetentionHold(
                id: try row.decode("id"),
                scope: RetentionScope(try row.decode("organization_id"), try row.decode("project_id")),
                beginsAt: try row.decode("begins_at"), endsAt: try row.decode("ends_at"),
                reason: try row.decode("reason"), createdAt: try row.decode("created_at"),
                createdBy: try row.decode("created_by"))
        }
    }

    package func add(_ hold: RetentionHold, on connection: PostgresConnection) async throws {
        try await connection.execute(
            """
            INSERT INTO retention_holds (id, organization_id, project_id, begins_at, ends_at, reason, created_at, created_by)
            VALUES (\(hold.id), \(hold.scope.organizationID), \(hold.scope.projectID), \(hold.beginsAt), \
            \(hold.endsAt), \(hold.reason), \(hold.createdAt), \(hold.createdBy))
            """)
    }

    /// Ends a hold; `false` when none of this identifier is in force.
    package func release(
        _ id: RetentionHoldID, of organization: OrganizationID, at moment: Date, on connection: PostgresConnection
    ) async throws -> Bool {
        try await connection.execute(
            """
            UPDATE retention_holds SET released_at = \(moment)
            WHERE id = \(id) AND organization_id = \(organization) AND released_at IS NULL
            """) == 1
    }

    // MARK: Whose turn it is

    /// Takes the turn for so long, or keeps it; `false` while another has it.
    package func takeTurn(_ holder: UUID, for time: Duration) async throws -> Bool {
        try await database.execute(
            """
            UPDATE retention_turn SET held_by = \(holder), held_until = now() + \(time)
            WHERE held_by = \(holder) OR held_until < now()
            """) == 1
    }

    /// Gives the turn back; with a moment when a run has come to its end.
    package func giveTurnBack(_ holder: UUID, endedAt moment: Date?) async throws {
        try await database.execute(
            """
            UPDATE retention_turn SET held_until = 'epoch', ended_at = coalesce(\(moment), ended_at)
            WHERE held_by = \(holder)
            """)
    }

    /// When a run last came to its end.
    package func lastRun() async throws -> Date? {
        try await database.query("SELECT ended_at FROM retention_turn").first?.decode("ended_at", as: Date?.self)
    }
}
