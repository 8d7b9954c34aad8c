package import FoundationEssentials
internal import Postgres
package import Records
package import Tenancy

// Deleting, so that no statement takes long: whoever is stopped in between goes on with what is left. Each asks anew what is
// held and named by then, and no hold is made while it goes on: what somebody was told to be held has not gone after that.
extension RetainedRows {
    private func whileHoldsStand<Result: Sendable>(
        _ body: @Sendable (PostgresConnection) async throws -> Result
    ) async throws -> Result {
        try await database.transaction { connection in
            try await connection.execute("LOCK TABLE retention_holds IN SHARE MODE")
            return try await body(connection)
        }
    }

    /// Where a walk over execution logs goes on.
    package struct LogPlace: Sendable, Hashable {
        let createdAt: Date
        let id: UUID
    }

    /// Deletes of the next `limit` logs behind a place those that may go; how many, and the place to go on from, which is
    /// `nil` at the end. The sums by minute and hour stay: figures of former times do not change.
    package func deleteLogs(
        in scope: RetentionScope, before cutoff: Date, behind place: LogPlace?, limit: Int
    ) async throws -> (deleted: Int, next: LogPlace?) {
        let kind = RetentionClass.executionLogs
        // Two statements: bounds that are known when the second one is planned lead it to the rows, within their month.
        let onward: SQL =
            place.map { " AND r.created_at >= \($0.createdAt) AND (r.created_at, r.id) > (\($0.createdAt), \($0.id))" }
            ?? ""
        let past: SQL = "\(fragment: kind.isPast(cutoff, in: scope))\(fragment: onward)"
        let last = try await database.query(
            """
            SELECT r.created_at, r.id FROM execution_logs r WHERE \(fragment: past)
            ORDER BY r.created_at, r.id OFFSET \(limit - 1) LIMIT 1
            """)
        let next = try last.first.map { row in
            LogPlace(createdAt: try row.decode("created_at"), id: try row.decode("id"))
        }
        let until: SQL =
            next.map { " AND r.created_at <= \($0.createdAt) AND (r.created_at, r.id) <= (\($0.createdAt), \($0.id))" }
            ?? ""
        let deleted = try await whileHoldsStand { connection in
            try await connection.execute(
                """
                DELETE FROM execution_logs r WHERE \(fragment: past)\(fragment: until)
                AND NOT \(fragment: kind.isHeld) AND NOT \(fragment: kind.isExempt)
                """)
        }
        return (deleted, next)
    }

    /// Forgets in which hours an organisation's logs had a tag that are before all of its logs; how many of these notes: fewer
    /// than `limit` at the end.
    package func forgetTaggedHours(of organization: OrganizationID, limit: Int) async throws -> Int {
        try await database.execute(
            """
            DELETE FROM tagged_hours WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM tagged_hours WHERE organization_id = \(organization) AND hour < (
                    SELECT date_bin('1 hour', coalesce(min(created_at), now() - interval '1 day'), 'epoch')
                    FROM execution_logs WHERE organization_id = \(organization))
                LIMIT \(limit)))
            """)
    }

    /// Deletes some traces with their spans and what became of them; how many they were: fewer than `limit` at the end.
    package func deleteTraces(in scope: RetentionScope, before cutoff: Date, limit: Int) async throws -> Int {
        let kind = RetentionClass.traces
        return try await whileHoldsStand { connection in
            try await connection.execute(
                """
                WITH doomed AS MATERIALIZED (
                    SELECT r.organization_id, r.trace_id FROM traces r
                    WHERE \(fragment: kind.isPast(cutoff, in: scope)) AND NOT \(fragment: kind.isHeld)
                    ORDER BY r.created_at LIMIT \(limit) FOR UPDATE SKIP LOCKED
                ), spans AS (
                    DELETE FROM trace_spans s USING doomed d
                    WHERE s.organization_id = d.organization_id AND s.trace_id = d.trace_id
                ), candidates AS (
                    DELETE FROM trace_candidates c USING doomed d
                    WHERE c.organization_id = d.organization_id AND c.trace_id = d.trace_id
                )
                DELETE FROM traces t USING doomed d
                WHERE t.organization_id = d.organization_id AND t.trace_id = d.trace_id
                """)
        }
    }

    /// Forgets some files; which they were. What is in them is the caller's to delete. One that is used meanwhile is kept: the
    /// first condition is asked again of a row that was waited for.
    package func forgetFiles(in scope: RetentionScope, before cutoff: Date, limit: Int) async throws -> [UUID] {
        let kind = RetentionClass.files
        let rows = try await whileHoldsStand { connection in
            try await connection.query(
                """
                DELETE FROM files WHERE used_at < \(cutoff) AND id IN (
                    SELECT r.id FROM files r WHERE \(fragment: kind.isPast(cutoff, in: scope))
                    AND NOT \(fragment: kind.isHeld) AND NOT \(fragment: kind.isExempt) ORDER BY r.used_at LIMIT \(limit))
                RETURNING id
                """)
        }
        return try rows.map { try $0.decode("id") }
    }

    /// Forgets some exports; how many, and the keys of the files that they had, which are the caller's to delete.
    package func forgetExports(
        in scope: RetentionScope, before cutoff: Date, limit: Int
    ) async throws -> (deleted: Int, keys: [String]) {
        let kind = RetentionClass.exports
        let rows = try await whileHoldsStand { connection in
            try await connection.query(
                """
                DELETE FROM exports WHERE id IN (
                    SELECT r.id FROM exports r WHERE \(fragment: kind.isPast(cutoff, in: scope))
                    AND NOT \(fragment: kind.isHeld) ORDER BY r.ended_at LIMIT \(limit))
                RETURNING blob_key
                """)
        }
        return (rows.count, try rows.compactMap { try $0.decode("blob_key", as: String?.self) })
    }

    /// Deletes some batches; how many rows went with them: 0 when none is left. The jobs of a batch go before it, so that no
    /// statement deletes a hundred thousand of them.
    package func deleteBatches(
        in scope: RetentionScope, before cutoff: Date, limit: Int
    ) async throws -> (rows: Int, batches: Int) {
        let kind = RetentionClass.batches
        return try await whileHoldsStand { connection in
            let found = try await connection.query(
                """
                SELECT r.id FROM batches r WHERE \(fragment: kind.isPast(cutoff, in: scope))
                AND NOT \(fragment: kind.isHeld) AND NOT \(fragment: kind.isExempt) ORDER BY r.id LIMIT 10
                """)
            var (count, batches) = (0, 0)
            for batch in found {
                let id = try batch.decode(0, as: UUID.self)
                for table in ["jobs", "batch_items"] {
                    let rows = try await connection.execute(
                        """
                        DELETE FROM \(identifier: table) WHERE ctid = ANY (ARRAY(
                            SELECT ctid FROM \(identifier: table) WHERE batch_id = \(id) LIMIT \(limit)))
                        """)
                    count += rows
                    if rows == limit { return (count, batches) }
                }
                let gone = try await connection.execute(
                    "DELETE FROM batches r WHERE r.id = \(id) AND r.state = 'ended'")
                batches += gone
                count += gone
                // What one transaction deletes stays small.
                if count >= limit { break }
            }
            return (count, batches)
        }
    }
}
