internal import FoundationEssentials
internal import Postgres
internal import Queueing
internal import Tenancy

/// How a job is read from its row: by position, because workers read hundreds at once.
enum JobRow {
    /// The columns, in the order in which ``Job/init(row:)`` reads them.
    static let columns: SQL = """
        jobs.id, jobs.kind, jobs.queue, jobs.priority::int8, jobs.organization_id, jobs.project_id, jobs.batch_id, \
        jobs.batch_index, jobs.limits, jobs.payload, jobs.state, jobs.run_at, jobs.epoch, jobs.attempt::int8, \
        jobs.failures::int8, jobs.crashes::int8, jobs.max_attempts::int8, jobs.timeout_seconds::int8, jobs.worker, \
        jobs.unique_key, jobs.schedule_id, jobs.trace_parent, jobs.error_class, jobs.error, \
        jobs.cancel_requested_at IS NOT NULL, jobs.created_at, jobs.started_at, jobs.ended_at
        """
    /// The columns of a ticket, in the order in which ``JobTicket/init(row:)`` reads them.
    static let ticketColumns: SQL = """
        jobs.id, jobs.kind, jobs.queue, jobs.priority::int8, jobs.organization_id, jobs.project_id, jobs.batch_id, \
        jobs.limits, CASE WHEN jobs.run_at > now() THEN jobs.run_at END, jobs.attempt::int8
        """
}

extension Job {
    /// Reads `JobRow.columns`.
    init(row: PostgresRow) throws(PostgresError) {
        var place: BatchPlace?
        if let batchID: BatchID = try row.identifier(6) {
            place = BatchPlace(batchID: batchID, index: try row.decode(7))
        }
        self.init(
            id: EntityID(uuid: try row.decode(0)), kind: JobKind(try row.decode(1)),
            queue: QueueName(try row.decode(2)),
            priority: try row.priority(3), organizationID: try row.identifier(4), projectID: try row.identifier(5),
            batch: place, limits: try row.limits(8), payload: try row.decode(9, as: JSONText.self).bytes,
            state: try row.choice(10), runAt: try row.decode(11),
            lease: LeaseMark(epoch: try row.decode(12), attempt: try row.decode(13)), failures: try row.decode(14),
            crashes: try row.decode(15), maxAttempts: try row.decode(16),
            timeout: .seconds(try row.decode(17, as: Int.self)),
            worker: try row.decode(18), uniqueKey: try row.decode(19), scheduleID: try row.identifier(20),
            traceParent: try row.decode(21), errorClass: try row.decode(22, as: String?.self).flatMap(ErrorClass.init),
            error: try row.decode(23), isCancelRequested: try row.decode(24), createdAt: try row.decode(25),
            startedAt: try row.decode(26), endedAt: try row.decode(27))
    }
}

extension JobTicket {
    /// Reads `JobRow.ticketColumns`.
    init(row: PostgresRow) throws(PostgresError) {
        self.init(
            id: EntityID(uuid: try row.decode(0)), kind: JobKind(try row.decode(1)),
            queue: QueueName(try row.decode(2)),
            priority: try row.priority(3), organizationID: try row.identifier(4), projectID: try row.identifier(5),
            batchID: try row.identifier(6), limits: try row.limits(7),
            runAt: try row.decode(8, as: Date?.self) ?? .distantPast, attempt: try row.decode(9))
    }
}

extension PostgresRow {
    /// An identifier; `nil` for `NULL`.
    func identifier<Entity>(_ position: Int) throws(PostgresError) -> EntityID<Entity>? {
        try decode(position, as: UUID?.self).map(EntityID.init(uuid:))
    }

    /// One of the values of an enumeration of ours, which the schema bounds.
    func choice<Choice: RawRepresentable<String>>(_ position: Int) throws(PostgresError) -> Choice {
        let text = try decode(position, as: String.self)
        guard let choice = Choice(rawValue: text) else {
            throw PostgresError(.decoding, "\(text) is no \(Choice.self)")
        }
        return choice
    }

    fileprivate func priority(_ position: Int) throws(PostgresError) -> JobPriority {
        JobPriority(rawValue: try decode(position)) ?? .low
    }

    fileprivate func limits(_ position: Int) throws(PostgresError) -> [JobLimit] {
        try decode(position, as: [String].self).compactMap { JobLimit($0) }
    }
}

extension Collection {
    /// The elements in groups of at most `size`, for statements of bounded length.
    func groups(of size: Int) -> [SubSequence] {
        var groups: [SubSequence] = []
        var rest = self[...]
        while !rest.isEmpty {
            groups.append(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        return groups
    }
}
