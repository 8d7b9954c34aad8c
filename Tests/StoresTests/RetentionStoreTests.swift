import FoundationEssentials
import Postgres
import Records
import Scoring
import Tenancy
import Testing

@testable import Stores

extension Tenant {
    /// Stores a log of some days ago, whose month gets its partition.
    fileprivate func oldLog(days: Int, parent: ExecutionLogID? = nil) async throws -> ExecutionLog {
        let moment = Date(timeIntervalSinceNow: -Double(days) * 86_400)
        try await world.database.execute("SELECT ensure_execution_log_partition(\(moment))")
        let (id, date) = IdentifierSource { moment }.nextDated(ExecutionLog.self)
        let log = ExecutionLog(
            id: id, organizationID: organization, projectID: project, type: .evaluator,
            item: ExecutedItem(id: nil, versionID: nil, name: "Old"), ownerID: owner.id, parentID: parent, judgeID: nil,
            input: EvaluationInput(request: "question", response: "answer"), labels: ExecutionLabels(),
            outcome: ExecutionOutcome(), requestID: "req", createdAt: date)
        try await write(log)
        return log
    }

    fileprivate func has(_ log: ExecutionLog) async throws -> Bool {
        try await !world.database.query("SELECT 1 FROM execution_logs WHERE id = \(log.id)").isEmpty
    }

    fileprivate func label(_ log: ExecutionLog) async throws {
        try await world.database.execute(
            """
            INSERT INTO annotations (id, organization_id, execution_log_id, execution_log_at, score_config_id, value, status, \
            author_id, created_at, updated_at)
            SELECT \(world.identifiers.uuid()), \(organization), \(log.id), \(log.createdAt), id, 1, 'published', \(owner.id), \
            now(), now() FROM score_configs WHERE organization_id IS NULL AND is_default
            """)
    }

    fileprivate func hold(from begin: Date?, until end: Date?) async throws -> RetentionHoldID {
        let hold = RetentionHold(
            id: world.identifiers.next(), scope: RetentionScope(organization, project), beginsAt: begin, endsAt: end,
            reason: "Case 17", createdAt: Date(), createdBy: "somebody")
        try await world.database.transaction { try await RetentionStore(database: world.database).add(hold, on: $0) }
        return hold.id
    }

    fileprivate var scope: RetentionScope { RetentionScope(organization, project) }
}

@Suite struct RetentionStoreTests {
    private static func daysAgo(_ days: Int) -> Date { Date(timeIntervalSinceNow: -Double(days) * 86_400) }

    @Test func whatIsPastItsTimeGoesAndWhatIsNamedOrHeldStays() async throws {
        try await World.run { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            var old: [ExecutionLog] = []
            for _ in 0..<5 { old.append(try await tenant.oldLog(days: 10)) }
            let labelled = try await tenant.oldLog(days: 10)
            let part = try await tenant.oldLog(days: 10, parent: labelled.id)
            let held = try await tenant.oldLog(days: 20)
            let young = try await tenant.oldLog(days: 1)
            let theirs = try await other.oldLog(days: 10)
            try await tenant.label(labelled)
            let hold = try await tenant.hold(from: Self.daysAgo(21), until: Self.daysAgo(19))

            let rows = RetainedRows(database: world.database)
            let cutoff = Self.daysAgo(5)
            let forecast = try await rows.forecast(.executionLogs, in: tenant.scope, before: cutoff)
            #expect((forecast.rows, forecast.heldRows, forecast.exemptRows) == (5, 1, 2))
            #expect(try await rows.scopes(of: .executionLogs, in: tenant.organization) == [tenant.scope])

            var (deleted, place): (Int, RetainedRows.LogPlace?) = (0, nil)
            repeat {
                let piece = try await rows.deleteLogs(in: tenant.scope, before: cutoff, behind: place, limit: 3)
                deleted += piece.deleted
                place = piece.next
            } while place != nil
            #expect(deleted == forecast.rows, "what was foretold went, and nothing else")
            for log in [labelled, part, held, young] { #expect(try await tenant.has(log)) }
            for log in old { #expect(try await !tenant.has(log)) }
            #expect(try await other.has(theirs))

            let isReleased = try await world.database.transaction {
                try await RetentionStore(database: world.database)
                    .release(hold, of: tenant.organization, at: Date(), on: $0)
            }
            #expect(isReleased)
            _ = try await rows.deleteLogs(in: tenant.scope, before: cutoff, behind: nil, limit: 100)
            #expect(try await !tenant.has(held))
            // Tags of ten days ago have logs, those of longer ago have none any more.
            for days in [30, 25, 3] {
                try await world.database.execute(
                    """
                    INSERT INTO tagged_hours (organization_id, tag_hash, hour)
                    VALUES (\(tenant.organization), 7, date_bin('1 hour', \(Self.daysAgo(days)), 'epoch'))
                    """)
            }
            #expect(try await rows.forgetTaggedHours(of: tenant.organization, limit: 1) == 1)
            #expect(try await rows.forgetTaggedHours(of: tenant.organization, limit: 10) == 1)
            #expect(try await rows.forgetTaggedHours(of: tenant.organization, limit: 10) == 0)
        }
    }

    @Test func aMonthGoesAsAWholeOnceNothingInItIsKept() async throws {
        try await World.runAlone { world in
            let (tenant, other) = (try await world.tenant(), try await world.tenant())
            let log = try await tenant.oldLog(days: 70)
            _ = try await other.oldLog(days: 70)
            let partitions = RetainedPartitions(database: world.database)
            let found = try await partitions.past(.executionLogs, before: Date())
            let month = try #require(found.first { $0.range.contains(log.createdAt) })
            let rules = [tenant, other].map {
                RetentionRule(RetentionScope($0.organization, nil), .executionLogs, days: 30)
            }
            func set(_ rule: RetentionRule) async throws {
                try await world.database.transaction {
                    try await RetentionStore(database: world.database).set(rule, at: Date(), by: "test", on: $0)
                }
            }
            func drop() async throws -> Bool { try await partitions.drop(month, standard: [:], at: Date()) }
            try await set(rules[0])
            #expect(try await !drop(), "the others keep theirs for ever")
            try await set(rules[1])
            let hold = try await tenant.hold(from: nil, until: nil)
            #expect(try await !drop())
            _ = try await world.database.transaction {
                try await RetentionStore(database: world.database)
                    .release(hold, of: tenant.organization, at: Date(), on: $0)
            }
            let counts = try await partitions.logs(in: month)
            #expect(counts.map(\.count) == [1, 1] && counts.contains { $0.scope == tenant.scope })
            #expect(try await partitions.isDroppable(month, under: RetentionPolicy(rules, standard: [:]), at: Date()))
            #expect(try await drop())
            #expect(try await !partitions.past(.executionLogs, before: Date()).contains(month))
            #expect(try await !drop())
        }
    }

    @Test func whatSomebodyIsAboutToHoldIsWaitedFor() async throws {
        try await World.runAlone { world in
            let tenant = try await world.tenant()
            let log = try await tenant.oldLog(days: 10)
            let store = RetentionStore(database: world.database)
            let hold = RetentionHold(
                id: world.identifiers.next(), scope: tenant.scope, beginsAt: nil, endsAt: nil, reason: "Case 18",
                createdAt: Date(), createdBy: "somebody")
            async let holding: Bool = world.database.transaction { connection in
                try await store.add(hold, on: connection)
                return try await Self.sees(in: world, isGranted: false)
            }
            #expect(try await Self.sees(in: world, isGranted: true), "the hold is being made")
            let piece = try await RetainedRows(database: world.database)
                .deleteLogs(in: tenant.scope, before: Self.daysAgo(5), behind: nil, limit: 10)
            let hasWaited = try await holding
            #expect(hasWaited, "who deletes has waited")
            #expect(piece.deleted == 0)
            #expect(try await tenant.has(log))
        }
    }

    /// Whether somebody has the lock of a hold that is being made, or waits for it; looks for twenty seconds.
    private static func sees(in world: World, isGranted: Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            let rows = try await world.database.query(
                """
                SELECT 1 FROM pg_locks WHERE relation = 'retention_holds'::regclass AND granted = \(isGranted)
                AND mode = \(isGranted ? "RowExclusiveLock" : "ShareLock")
                """)
            if !rows.isEmpty { return true }
        }
        return false
    }

    @Test func aTraceGoesWithItsSpans() async throws {
        try await World.runAlone { world in
            let tenant = try await world.tenant()
            #expect(try await tenant.traces.ensurePartitions(monthsAhead: 6) == 0)
            let (old, new) = (tenant.newTrace(), tenant.newTrace())
            let long = Int64(-62 * 86_400_000)
            try await tenant.store(
                [tenant.span(old, 1, from: long, to: long + 5)], receivedAt: Self.daysAgo(62))
            try await tenant.store([tenant.span(new, 1)])
            let rows = RetainedRows(database: world.database)
            #expect(try await rows.forecast(.traces, in: tenant.scope, before: Self.daysAgo(20)).rows == 1)
            #expect(try await rows.deleteTraces(in: tenant.scope, before: Self.daysAgo(20), limit: 10) == 1)
            #expect(try await tenant.traces.find(old, in: tenant.organization) == nil)
            #expect(try await tenant.traces.spans(of: old, in: tenant.organization).isEmpty)
            #expect(try await tenant.traces.find(new, in: tenant.organization)?.spanCount == 1)
            #expect(try await tenant.traces.spans(of: new, in: tenant.organization).count == 1)
            // Then nothing of that month is left.
            let partitions = RetainedPartitions(database: world.database)
            let months = try await partitions.past(.traces, before: Self.daysAgo(31))
            #expect(try await partitions.drop(try #require(months.last), standard: [.traces: 20], at: Date()))
        }
    }

    @Test func aBatchGoesAfterItsJobsUnlessACalibrationNeedsIt() async throws {
        try await World.run { world in
            let tenant = try await world.tenant()
            let (plain, calibrating) = (world.identifiers.uuid(), world.identifiers.uuid())
            for id in [plain, calibrating] {
                try await world.database.execute(
                    """
                    INSERT INTO batches (id, organization_id, project_id, kind, queue, definition, state, total, cancelled, \
                    created_at, ended_at)
                    VALUES (\(id), \(tenant.organization), \(tenant.project), 'judge', 'evaluations', '{}', 'ended', 7, 7, \
                    now() - interval '9 d', now() - interval '9 d')
                    """)
                try await world.database.execute(
                    """
                    INSERT INTO jobs (id, organization_id, kind, queue, priority, batch_id, batch_index, state, run_at, \
                    max_attempts, timeout_seconds, created_at, ended_at)
                    SELECT gen_random_uuid(), \(tenant.organization), 'k', 'q', 0, \(id), i, 'cancelled', now(), 1, 10, now(), \
                    now() FROM generate_series(0, 6) i
                    """)
            }
            try await world.database.execute(
                """
                INSERT INTO calibration_runs (id, organization_id, definition, source_type, threshold, example_count, \
                skipped_count, created_at)
                VALUES (\(calibrating), \(tenant.organization), '{}', 'logs', 0.5, 0, 0, now())
                """)
            let rows = RetainedRows(database: world.database)
            let forecast = try await rows.forecast(.batches, in: tenant.scope, before: Self.daysAgo(8))
            #expect((forecast.rows, forecast.exemptRows) == (1, 1))
            var batches = 0
            while true {
                let gone = try await rows.deleteBatches(in: tenant.scope, before: Self.daysAgo(8), limit: 3)
                guard gone.rows > 0 else { break }
                #expect(gone.rows <= 8)
                batches += gone.batches
            }
            #expect(batches == 1)
            let left = try await world.database.query(
                "SELECT id FROM batches WHERE organization_id = \(tenant.organization)")
            #expect(try left.map { try $0.decode("id", as: UUID.self) } == [calibrating])
        }
    }

    @Test func ofTwoOneHasTheTurn() async throws {
        try await World.runAlone { world in
            let store = RetentionStore(database: world.database)
            let (one, other) = (UUID(), UUID())
            #expect(try await store.takeTurn(one, for: .seconds(60)))
            #expect(try await !store.takeTurn(other, for: .seconds(60)))
            #expect(try await store.takeTurn(one, for: .zero), "whoever has it keeps it")
            #expect(try await store.takeTurn(other, for: .seconds(60)), "the first has gone without a word")
            #expect(try await !store.takeTurn(one, for: .seconds(60)))
            try await store.giveTurnBack(other, endedAt: Date())
            #expect(try await store.lastRun() != nil)
            #expect(try await store.takeTurn(one, for: .seconds(60)))
        }
    }

    @Test func aLogIsStoredAlsoWhereItsMonthHasNoPartition() async throws {
        try await World.runAlone { world in
            let tenant = try await world.tenant()
            try await world.database.execute(
                """
                DO $$ BEGIN EXECUTE 'DROP TABLE execution_logs_' || to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM'); END $$
                """)
            let log = tenant.log()
            try await tenant.write(log)
            #expect(try await tenant.has(log))
        }
    }

    @Test func aReadingTakesThePlaceOfTheDaysFormerOne() async throws {
        try await World.runAlone { world in
            let store = StorageSizeStore(database: world.database)
            let (today, yesterday) = (Date(), Self.daysAgo(1))
            try await store.note([StorageReading(subject: "disk:database", bytes: 5, freeBytes: 9)], at: yesterday)
            for bytes in [7, 8] as [Int64] {
                try await store.note([StorageReading(subject: "disk:database", bytes: bytes, freeBytes: 6)], at: today)
            }
            let days = try await store.days(since: Self.daysAgo(30))
            #expect(days.map(\.reading.bytes) == [5, 8] && days.map(\.reading.freeBytes) == [9, 6])
            #expect(
                abs(days[1].measuredAt.timeIntervalSince(today)) < 0.001,
                "the moment, not the day, is what growth is by")
            #expect(try await store.parts().contains { $0.subject == "execution_logs" && $0.bytes > 0 })
            #expect(try await store.databaseBytes() > 1_000_000)
            #expect(try await RetainedPartitions(database: world.database).daysAhead(at: today) > 28)
        }
    }
}
