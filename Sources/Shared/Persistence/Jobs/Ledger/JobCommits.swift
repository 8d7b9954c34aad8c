internal import EventLoop
internal import FoundationEssentials
internal import Postgres
internal import Queueing
internal import Tenancy

extension JobLedger {
    /// Ends leases: states, effects and the counters of batches in one transaction, on disk when this returns. What
    /// became of each is answered in their order.
    ///
    /// An effect that cannot be stored harms its own job alone, which then has failed. While the database is away this
    /// waits for it; who gives up cancels the task.
    /// - Throws: `CancellationError`; nothing else.
    package func commit(_ endings: [JobEnding]) async throws -> [JobVerdict] {
        var random = SystemRandomNumberGenerator()
        let settlements = endings.map { Settlement($0, using: &random) }
        var verdicts: [JobVerdict] = []
        for group in settlements.groups(of: Self.group) { verdicts += try await settle(Array(group)) }
        return verdicts
    }

    /// How often a group may run out of time before one of its effects is blamed.
    private static let mostTimeouts = 3

    private func settle(_ group: [Settlement]) async throws -> [JobVerdict] {
        var pause = Duration.milliseconds(20)
        var timeouts = 0
        var mayBeDone = false
        while true {
            do {
                return try await record(group, mayBeDone: mayBeDone)
            } catch {
                try Task.checkCancellation()
                let trouble = Trouble(error)
                mayBeDone = mayBeDone || trouble.mayBeDone
                timeouts += trouble == .slowness ? 1 : 0
                if trouble == .effect || timeouts >= Self.mostTimeouts { return try await divide(group, error) }
            }
            try await Loop.current?.sleep(for: pause * Double.random(in: 0.5...1))
            pause = min(pause * 2, .seconds(1))
        }
    }

    /// Some effect of the group cannot be stored: halves it until that one is alone.
    private func divide(_ group: [Settlement], _ error: any Error) async throws -> [JobVerdict] {
        guard let only = group.first, group.count == 1 else {
            let middle = group.count / 2
            return try await settle(Array(group[..<middle])) + settle(Array(group[middle...]))
        }
        var random = SystemRandomNumberGenerator()
        let failure = JobFailure(.internal, "its result could not be stored: \(error)")
        let ending = JobEnding(of: only.job, .failed(failure, effect: nil), rule: only.rule)
        return try await settle([Settlement(ending, using: &random)])
    }

    /// Why a transaction failed, as far as it decides what is done next.
    private enum Trouble: Equatable {
        /// Another try helps; it may be that the first one was committed.
        case passing(mayBeDone: Bool)
        /// It took too long.
        case slowness
        /// It lies in what was to be stored.
        case effect

        init(_ error: any Error) {
            guard let error = error as? PostgresError else {
                self = .effect
                return
            }
            if error.kind == .timedOut || error.sqlState == .queryCanceled {
                self = .slowness
            } else if error.isRetryable || error.outcomeIsUnknown || error.kind == .connectionLost {
                self = .passing(mayBeDone: error.outcomeIsUnknown)
            } else {
                self = .effect
            }
        }

        var mayBeDone: Bool {
            switch self {
            case .passing(let mayBeDone): mayBeDone
            case .slowness: true
            case .effect: false
            }
        }
    }

    /// One transaction. Rows of jobs first, those of batches last and in their order: others wait for them.
    func record(_ group: [Settlement], mayBeDone: Bool) async throws -> [JobVerdict] {
        let (verdicts, followers) = try await database.transaction { connection in
            let settled = try await settle(group, on: connection)
            let done = mayBeDone ? try await recorded(group, except: settled, on: connection) : [:]
            try await writeAttempts(group.filter { settled[$0.job.id] != nil }, on: connection)
            var counts = BatchTally()
            var followers: [JobTicket] = []
            var verdicts: [JobVerdict] = []
            for one in group {
                guard let state = settled[one.job.id] else {
                    verdicts.append(done[one.job.id].map(one.verdict(in:)) ?? .fenced)
                    continue
                }
                verdicts.append(one.verdict(in: state))
                let effect = state == one.state ? one.effect : nil
                try await effect?.apply?(connection)
                if let followUps = effect?.followUps, !followUps.isEmpty {
                    followers += try await Self.add(followUps, on: connection)
                }
                if let place = one.job.batch {
                    counts.add(state, of: place.batchID, cost: effect?.cost ?? 0, startedAt: one.job.startedAt)
                }
            }
            try await counts.write(on: connection)
            return (verdicts, followers)
        }
        if !followers.isEmpty { await dispatch(followers) }
        return verdicts
    }

    /// Ends those leases that may, and returns the states that their jobs have now.
    ///
    /// A younger lease than the row's may end the job too: the statement that claimed it was lost in a crash.
    private func settle(
        _ group: [Settlement], on connection: PostgresConnection
    ) async throws(PostgresError) -> [JobID: JobState] {
        try states(try await connection.query(Self.settling(group)))
    }

    static func settling(_ group: [Settlement]) -> SQL {
        """
        UPDATE jobs SET
            state = CASE WHEN new.state = 'waiting' AND jobs.cancel_requested_at IS NOT NULL THEN 'cancelled'
                ELSE new.state END,
            ended_at = CASE WHEN new.state <> 'waiting' OR jobs.cancel_requested_at IS NOT NULL THEN now() END,
            run_at = CASE WHEN new.delay > interval '0' THEN now() + new.delay ELSE jobs.run_at END,
            epoch = new.epoch, attempt = new.attempt, failures = jobs.failures + new.failed::int,
            error_class = coalesce(new.error_class, jobs.error_class), error = coalesce(new.error, jobs.error),
            cause = coalesce(new.cause, jobs.cause)
        FROM unnest(\(group.map(\.job.id.uuid)), \(group.map(\.job.lease.epoch)), \(group.map(\.job.lease.attempt)), \
        \(group.map(\.state.rawValue)), \(group.map(\.delay)), \(group.map(\.isCounted)), \
        \(group.map { $0.failure?.errorClass.rawValue }), \(group.map { $0.failure?.message }), \
        \(group.map { $0.failure?.cause }))
            AS new (id, epoch, attempt, state, delay, failed, error_class, error, cause)
        WHERE jobs.id = new.id AND jobs.ending IS NULL AND (
            (jobs.epoch = new.epoch AND jobs.attempt = new.attempt AND jobs.state = 'running')
            OR (jobs.epoch, jobs.attempt) < (new.epoch, new.attempt))
        RETURNING jobs.id, jobs.state
        """
    }

    /// Those of the others that an earlier try has written: its answer did not arrive.
    private func recorded(
        _ group: [Settlement], except settled: [JobID: JobState], on connection: PostgresConnection
    ) async throws(PostgresError) -> [JobID: JobState] {
        let others = group.filter { settled[$0.job.id] == nil }
        guard !others.isEmpty else { return [:] }
        let rows = try await connection.query(
            """
            SELECT jobs.id, jobs.state FROM jobs
            JOIN unnest(\(others.map(\.job.id.uuid)), \(others.map(\.job.lease.epoch)), \
            \(others.map(\.job.lease.attempt)), \(others.map(\.state.rawValue))) AS mine (id, epoch, attempt, state)
                ON jobs.id = mine.id AND jobs.epoch = mine.epoch AND jobs.attempt = mine.attempt
            WHERE jobs.state = mine.state OR jobs.state = 'cancelled'
            """)
        return try states(rows)
    }

    private func states(_ rows: PostgresRows) throws(PostgresError) -> [JobID: JobState] {
        var states: [JobID: JobState] = [:]
        for row in rows { states[JobID(uuid: try row.decode(0))] = try row.choice(1) }
        return states
    }

    /// How many deferrals of a job its history keeps.
    private static let deferralsKept = 50

    private func writeAttempts(
        _ settled: [Settlement], on connection: PostgresConnection
    ) async throws(PostgresError) {
        let told = settled.filter { $0.attempt != nil }
        guard !told.isEmpty else { return }
        try await connection.execute(
            """
            INSERT INTO job_attempts (job_id, epoch, attempt, organization_id, worker, started_at, ended_at, outcome,
                error_class, error, next_run_at)
            SELECT id, epoch, attempt, organization_id, worker, started_at, now(), outcome, error_class, error,
                CASE WHEN delay > interval '0' THEN now() + delay END
            FROM unnest(\(told.map(\.job.id.uuid)), \(told.map(\.job.lease.epoch)), \(told.map(\.job.lease.attempt)), \
            \(told.map { $0.job.organizationID?.uuid }), \(told.map(\.job.worker)), \(told.map(\.job.startedAt)), \
            \(told.map(\.attempt)), \(told.map { $0.failure?.errorClass.rawValue }), \
            \(told.map { $0.failure?.message }), \(told.map(\.delay)))
                AS told (id, epoch, attempt, organization_id, worker, started_at, outcome, error_class, error, delay)
            ON CONFLICT DO NOTHING
            """)
        // A job that waits for a limit all day would otherwise have a history without end.
        let patient = told.filter { $0.attempt == "deferred" && $0.job.lease.attempt > Self.deferralsKept }
        guard !patient.isEmpty else { return }
        try await connection.execute(
            """
            DELETE FROM job_attempts USING unnest(\(patient.map(\.job.id.uuid)), \
            \(patient.map { $0.job.lease.attempt - Self.deferralsKept })) AS old (id, attempt)
            WHERE job_attempts.job_id = old.id AND job_attempts.attempt <= old.attempt AND outcome = 'deferred'
            """)
    }
}

extension Settlement {
    /// The verdict, given the state that the job has now: it may have been cancelled meanwhile.
    fileprivate func verdict(in state: JobState) -> JobVerdict {
        state == .cancelled ? .cancelled : verdict
    }
}
