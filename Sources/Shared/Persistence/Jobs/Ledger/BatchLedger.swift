internal import FoundationEssentials
package import Postgres
package import Queueing
package import Tenancy

/// Batches: how they are accepted, made into jobs, and stopped. Their counters are kept by whoever ends jobs.
package struct BatchLedger: Sendable {
    private let database: PostgresClient

    package init(database: PostgresClient) { self.database = database }

    /// Accepts a batch in the caller's transaction. When the organisation has one with its idempotency key, that one is
    /// returned and nothing is new.
    package static func create(
        _ batch: NewBatch, on connection: PostgresConnection
    ) async throws(PostgresError) -> (batch: Batch, isNew: Bool) {
        let inserted = try await connection.query(
            """
            INSERT INTO batches (id, organization_id, project_id, owner_id, api_key_id, kind, queue, name, definition, tags,
                state, total, estimated_cost_nano_dollars, idempotency_key, created_at, ended_at)
            VALUES (\(batch.id.uuid), \(batch.organizationID.uuid), \(batch.projectID.uuid), \(batch.ownerID?.uuid),
                \(batch.apiKeyID?.uuid), \(batch.kind.rawValue), \(batch.queue.rawValue), \(batch.name),
                \(JSONText(batch.definition)), \(batch.tags),
                \(batch.total == 0 ? BatchState.ended.rawValue : BatchState.expanding.rawValue), \(batch.total),
                \(batch.estimatedCost), \(batch.idempotencyKey), \(batch.createdAt),
                \(batch.total == 0 ? batch.createdAt : nil))
            ON CONFLICT (organization_id, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
            RETURNING \(fragment: Batch.columns)
            """)
        if let row = inserted.first { return (try Batch(row: row), true) }
        let known = try await connection.query(known(by: batch.idempotencyKey, in: batch.organizationID))
        guard let row = known.first else {
            throw PostgresError(.server(.serializationFailure), "the batch with this key went away meanwhile")
        }
        return (try Batch(row: row), false)
    }

    /// The batch of an organisation that was created with an idempotency key.
    package func find(
        createdWith key: String, in organization: OrganizationID
    ) async throws(PostgresError) -> Batch? {
        try await database.query(Self.known(by: key, in: organization)).first.map { row throws(PostgresError) in
            try Batch(row: row)
        }
    }

    private static func known(by key: String?, in organization: OrganizationID) -> SQL {
        """
        SELECT \(fragment: Batch.columns) FROM batches
        WHERE organization_id = \(organization.uuid) AND idempotency_key = \(key)
        """
    }

    /// Makes the next jobs of a batch, in the caller's transaction. They are not made when the batch has got further
    /// than `cursor` meanwhile, or makes no more: whoever asked goes on as the answer says. When these are the last ones
    /// although more were expected, the batch has so many jobs and no more.
    package static func expand(
        _ id: BatchID, from cursor: Int, with jobs: [NewJob], isLast: Bool = false, on connection: PostgresConnection
    ) async throws(PostgresError) -> BatchExpansion {
        try await make(jobs, of: id, from: cursor, isLast: isLast, on: connection).expansion
    }

    /// Makes the first jobs of a batch that was created in the same transaction; their tickets are for
    /// ``JobQueue/dispatch(_:)`` after its commit.
    package static func fill(
        _ id: BatchID, with jobs: [NewJob], on connection: PostgresConnection
    ) async throws(PostgresError) -> [JobTicket] {
        try await make(jobs, of: id, from: 0, isLast: false, on: connection).tickets
    }

    private static func make(
        _ jobs: [NewJob], of id: BatchID, from cursor: Int, isLast: Bool, on connection: PostgresConnection
    ) async throws(PostgresError) -> (expansion: BatchExpansion, tickets: [JobTicket]) {
        let rows = try await connection.query(
            "SELECT state, expanded, total FROM batches WHERE id = \(id.uuid) FOR NO KEY UPDATE")
        guard let row = rows.first, try row.choice(0) as BatchState == .expanding else { return (.stopped, []) }
        let (expanded, expected) = (try row.decode(1, as: Int.self), try row.decode(2, as: Int.self))
        guard expanded == cursor else { return (.moved(to: expanded), []) }
        let tickets = try await JobLedger.add(Array(jobs.prefix(expected - expanded)), on: connection)
        let end = min(expanded + jobs.count, expected)
        let total = isLast ? end : expected
        try await connection.execute(
            """
            UPDATE batches SET expanded = \(end), total = \(total),
                state = CASE WHEN finished + dead + cancelled = \(total) THEN 'ended' WHEN \(end) = \(total) THEN 'open'
                    ELSE state END,
                ended_at = CASE WHEN finished + dead + cancelled = \(total) THEN now() END
            WHERE id = \(id.uuid)
            """)
        return (.extended(to: end, isComplete: end == total), tickets)
    }

    /// A batch; of an organisation, when one is named.
    package func find(_ id: BatchID, of organization: OrganizationID? = nil) async throws(PostgresError) -> Batch? {
        let rows = try await database.query(
            """
            SELECT \(fragment: Batch.columns) FROM batches WHERE id = \(id.uuid)
            AND (\(organization?.uuid)::uuid IS NULL OR organization_id = \(organization?.uuid))
            """)
        return try rows.first.map { row throws(PostgresError) in try Batch(row: row) }
    }

    /// Those of the batches that an organisation has, in no particular order.
    package func find(_ ids: [BatchID], of organization: OrganizationID) async throws(PostgresError) -> [Batch] {
        let rows = try await database.query(
            """
            SELECT \(fragment: Batch.columns) FROM batches
            WHERE id = ANY(\(ids.map(\.uuid))) AND organization_id = \(organization.uuid)
            """)
        return try rows.map { row throws(PostgresError) in try Batch(row: row) }
    }

    /// Batches in the order of creation, the newest first: those behind `behind`. Whether there are more is said too.
    package func page(
        of organization: OrganizationID? = nil, project: ProjectID? = nil, states: Set<BatchState> = [],
        behind: BatchID? = nil, limit: Int
    ) async throws(PostgresError) -> (batches: [Batch], hasMore: Bool) {
        var conditions: [SQL] = []
        if let organization { conditions.append("organization_id = \(organization.uuid)") }
        if let project { conditions.append("project_id = \(project.uuid)") }
        if !states.isEmpty { conditions.append("state = ANY(\(states.map(\.rawValue)))") }
        if !states.isEmpty, !states.contains(.ended) { conditions.append("state <> 'ended'") }
        if let behind { conditions.append("id < \(behind.uuid)") }
        let rows = try await database.query(
            """
            SELECT \(fragment: Batch.columns) FROM batches WHERE \(fragment: conditions.conjunction)
            ORDER BY id DESC LIMIT \(limit + 1)
            """)
        return (
            try rows.prefix(limit).map { row throws(PostgresError) in try Batch(row: row) }, rows.count > limit
        )
    }

    /// Stops a batch, in the caller's transaction: nothing more of it is made or begun, and what was not made counts as
    /// cancelled. Its jobs are cancelled piece by piece from then on. `nil` when it has ended, or there is none.
    package static func beginCancelling(
        _ id: BatchID, on connection: PostgresConnection
    ) async throws(PostgresError) -> Batch? {
        let rows = try await connection.query(
            """
            UPDATE batches SET
                cancelled = cancelled + CASE WHEN state = 'expanding' THEN total - expanded ELSE 0 END,
                state = CASE WHEN state = 'expanding' AND finished + dead + cancelled = expanded THEN 'ended'
                    ELSE 'cancelling' END,
                ended_at = CASE WHEN state = 'expanding' AND finished + dead + cancelled = expanded THEN now() END
            WHERE id = \(id.uuid) AND state <> 'ended' RETURNING \(fragment: Batch.columns)
            """)
        return try rows.first.map { row throws(PostgresError) in try Batch(row: row) }
    }

    /// The batches that are being stopped.
    package func cancelling() async throws(PostgresError) -> [BatchID] {
        let rows = try await database.query("SELECT id FROM batches WHERE state = 'cancelling' ORDER BY id LIMIT 1000")
        return try rows.map { row throws(PostgresError) in BatchID(uuid: try row.decode(0)) }
    }

    /// Cancels some more jobs of a batch that is being stopped, those that Redis has first.
    package func cancelSome(of id: BatchID, limit: Int = 1000) async throws -> SteeredJobs {
        try await database.transaction { connection in
            try await JobLedger.change(
                .cancel,
                picking: """
                    jobs.batch_id = \(id.uuid) AND jobs.ending IS NULL AND jobs.cancel_requested_at IS NULL
                    ORDER BY jobs.is_dispatched DESC, jobs.batch_index DESC
                    """,
                limit: limit, on: connection)
        }
    }
}

/// What became of the attempt to make more jobs of a batch.
package enum BatchExpansion: Sendable, Hashable {
    /// They are made.
    case extended(to: Int, isComplete: Bool)
    /// Somebody else has made jobs meanwhile: it goes on there.
    case moved(to: Int)
    /// It is cancelled, ended, complete or gone.
    case stopped
}

extension Batch {
    static let columns: SQL = """
        id, organization_id, project_id, owner_id, api_key_id, kind, queue, name, definition, tags, state, expanded, total, \
        finished, dead, cancelled, cost_nano_dollars, estimated_cost_nano_dollars, created_at, started_at, ended_at
        """

    fileprivate init(row: PostgresRow) throws(PostgresError) {
        self.init(
            id: BatchID(uuid: try row.decode(0)), organizationID: OrganizationID(uuid: try row.decode(1)),
            projectID: ProjectID(uuid: try row.decode(2)), ownerID: try row.identifier(3),
            apiKeyID: try row.identifier(4), kind: JobKind(try row.decode(5)), queue: QueueName(try row.decode(6)),
            name: try row.decode(7), definition: try row.decode(8, as: JSONText.self).bytes, tags: try row.decode(9),
            state: try row.choice(10), expanded: try row.decode(11),
            counts: BatchCounts(
                total: try row.decode(12), finished: try row.decode(13), dead: try row.decode(14),
                cancelled: try row.decode(15)),
            cost: try row.decode(16), estimatedCost: try row.decode(17),
            createdAt: try row.decode(18), startedAt: try row.decode(19), endedAt: try row.decode(20))
    }
}
