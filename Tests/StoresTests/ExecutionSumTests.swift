import FoundationEssentials
import Postgres
import Records
import Scoring
import Tenancy
import Testing

@testable import Stores

/// Sums are those of the logs at any moment, however far the worker has come.
@Suite(.serialized) struct ExecutionSumTests {
    /// Long past, so that the rounds of these tests do not meet the logs of others.
    private static let noon = Date(timeIntervalSince1970: 1_700_000_000 - 800 - 3600 * 2)

    private func store(_ world: World) -> ExecutionSumStore { ExecutionSumStore(database: world.database) }

    /// Puts the rounds back to a moment, as if the worker had come so far.
    private func rewind(to moment: Date?, _ world: World) async throws {
        try await world.database.execute(
            """
            UPDATE execution_sums SET minutes_through = \(moment), checked_through = \(moment), hours_through = \(moment)
            """)
        try await world.database.execute("DELETE FROM execution_minutes")
        try await world.database.execute("DELETE FROM execution_hours")
    }

    private func spans(
        _ tenant: Tenant, from: Date, to: Date, every bucket: Duration = .seconds(60), project: ProjectID? = nil
    ) async throws -> [ExecutionSpan] {
        let store = store(tenant.world)
        return try await store.spans(
            of: .executions(tenant.organization, project), from: from, to: to, every: bucket,
            try await store.progress())
    }

    private func total(_ spans: [ExecutionSpan]) -> ExecutionSums {
        spans.reduce(into: ExecutionSums()) { $0 += $1.sums }
    }

    private func partition(for moment: Date, _ world: World) async throws {
        try await world.database.execute("SELECT ensure_execution_log_partition(\(moment))")
    }

    /// A log of a past moment.
    private func log(
        _ tenant: Tenant, at moment: Date, _ outcome: ExecutionOutcome, item: UUID? = nil, version: UUID? = nil,
        parent: ExecutionLogID? = nil, project: ProjectID? = nil
    ) -> ExecutionLog {
        let made = tenant.log(
            item: ExecutedItem(id: item, versionID: version, name: "Item"), project: project, parent: parent,
            outcome: outcome)
        return ExecutionLog(
            id: made.id, organizationID: made.organizationID, projectID: made.projectID, type: made.type,
            item: made.item, ownerID: made.ownerID, parentID: parent, input: made.input, labels: made.labels,
            outcome: outcome, requestID: "r", createdAt: moment)
    }

    private func scored(
        _ score: Double, milliseconds: Int = 100, cost: Int64 = 5
    ) throws -> ExecutionOutcome {
        ExecutionOutcome(
            score: try Score(score), model: "m", provider: "p",
            usage: TokenUsage(promptTokens: 10, completionTokens: 2), cost: Money(nanoDollars: cost),
            callDuration: .milliseconds(milliseconds))
    }

    private func failed(_ code: EvaluationFailure.Code, provider: String? = "acme") -> ExecutionOutcome {
        ExecutionOutcome(
            failure: EvaluationFailure(code: code, message: "no"), provider: provider, callDuration: .zero)
    }

    /// Rounds until nothing is left to do before `now`.
    @discardableResult
    private func sumUp(_ world: World, now: Date, span: TimeInterval = 86_400) async throws -> Int {
        var rounds = 0
        var isBehind = true
        while isBehind {
            let round = try await store(world).sumUp(now: now, atMost: span)
            #expect(!round.isTaken)
            isBehind = round.isBehind
            rounds += 1
        }
        return rounds
    }

    @Test func whatIsReadIsTheSameBeforeAndAfterSummingUp() async throws {
        try await World.run { world in
            try await partition(for: Self.noon, world)
            let tenant = try await world.tenant()
            let other = try await world.tenant()
            let moments = (0..<150).map { Self.noon.addingTimeInterval(Double($0) * 43) }
            for (number, moment) in moments.enumerated() {
                let outcome =
                    number % 5 == 4
                    ? failed(number % 2 == 0 ? .timeout : .rateLimited)
                    : try scored(Double(number % 9) / 8, milliseconds: 1 + number * 37)
                try await tenant.write(log(tenant, at: moment, outcome))
            }
            try await other.write(log(other, at: moments[3], try scored(1)))
            let end = Self.noon.addingTimeInterval(7000)
            try await rewind(to: Self.noon, world)
            let counted = try await spans(tenant, from: Self.noon, to: end, every: .seconds(300))

            // Half summed up, then all.
            try await sumUp(world, now: Self.noon.addingTimeInterval(5400), span: 600)
            #expect(try await spans(tenant, from: Self.noon, to: end, every: .seconds(300)) == counted)
            try await sumUp(world, now: end.addingTimeInterval(3600))
            #expect(try await spans(tenant, from: Self.noon, to: end, every: .seconds(300)) == counted)
            let hourly = try await spans(tenant, from: Self.noon, to: end, every: .seconds(3600))
            #expect(total(hourly) == total(counted))
            #expect(hourly.map(\.start) == [Self.noon, Self.noon + 3600])

            let all = total(counted)
            #expect(all.ok == 120 && all.failed == 30 && all.scores == 120)
            #expect(all.cost == Money(nanoDollars: 600) && all.promptTokens == 1200 && all.completionTokens == 240)
            // What made no call has no latency.
            #expect(all.latencies.total == 120)
            let reasons = try await store(world).failures(
                of: .executions(tenant.organization, nil), from: Self.noon, to: end, every: .seconds(3600),
                try await store(world).progress())
            #expect(
                reasons.map(\.code) == [.timeout, .rateLimited] || reasons.map(\.code) == [.rateLimited, .timeout])
            #expect(reasons.map(\.count).reduce(0, +) == 30 && reasons.allSatisfy { $0.provider == "acme" })
            #expect(reasons.map(\.lastSeen).max() == moments[149])
        }
    }

    @Test func percentilesAreWithinTenPercent() async throws {
        try await World.run { world in
            try await partition(for: Self.noon, world)
            let tenant = try await world.tenant()
            var random = SystemRandomNumberGenerator()
            let latencies = (0..<2000).map { _ -> Int in
                // From one millisecond to a minute, as many in each octave.
                let octave = 1000 << Int.random(in: 0...15, using: &random)
                return octave + Int.random(in: 0..<octave, using: &random)
            }
            let logs = try latencies.enumerated().map { number, microseconds in
                var outcome = try scored(0.5)
                outcome.callDuration = .microseconds(microseconds)
                return log(tenant, at: Self.noon.addingTimeInterval(Double(number) / 10), outcome)
            }
            try await ExecutionLogWriter(database: world.database, loops: world.loops).write(logs)
            try await rewind(to: Self.noon, world)
            let histogram = total(try await spans(tenant, from: Self.noon, to: Self.noon + 600)).latencies
            let sorted = latencies.sorted()
            for part in [0.5, 0.95, 0.99] {
                let exact = Double(sorted[Int(part * 2000) - 1]) / 1000
                let estimate = try #require(histogram.percentile(part))
                #expect(abs(estimate - exact) <= exact * 0.1, "p\(part): \(estimate) for \(exact)")
            }
        }
    }

    @Test func judgesCountOnceAndTheirPartsOnlyForTheirEvaluators() async throws {
        try await World.run { world in
            try await partition(for: Self.noon, world)
            let tenant = try await world.tenant()
            let (item, version) = (UUID(), UUID())
            let judge = log(tenant, at: Self.noon, try scored(0.8, cost: 10))
            try await tenant.write(
                judge,
                log(tenant, at: Self.noon, try scored(0.8, cost: 10), item: item, version: version, parent: judge.id),
                log(tenant, at: Self.noon, failed(.refused), item: item, version: version, parent: judge.id),
                log(tenant, at: Self.noon, try scored(0.2, cost: 1), item: item, version: version))
            for isSummedUp in [false, true] {
                try await rewind(to: Self.noon, world)
                if isSummedUp { try await sumUp(world, now: Self.noon + 7200) }
                let whole = total(try await spans(tenant, from: Self.noon, to: Self.noon + 60))
                #expect(whole.ok == 2 && whole.failed == 0 && whole.cost == Money(nanoDollars: 11))
                let progress = try await store(world).progress()
                let reasons = try await store(world).failures(
                    of: .executions(tenant.organization, nil), from: Self.noon, to: Self.noon + 60,
                    every: .seconds(60), progress)
                #expect(reasons.count == 1 && reasons[0].count == 0 && reasons[0].withinJudges == 1)
                let spans = try await store(world).spans(
                    of: .item(item, tenant.organization), from: Self.noon, to: Self.noon + 60, every: .seconds(60),
                    progress)
                #expect(spans.map(\.versionID) == [version] && spans[0].sums.ok == 2 && spans[0].sums.failed == 1)
                #expect(spans[0].sums.scoreBins == [0, 0, 1, 0, 0, 0, 0, 0, 1, 0])
            }
        }
    }

    @Test func projectsAreKeptApart() async throws {
        try await World.run { world in
            try await partition(for: Self.noon, world)
            let tenant = try await world.tenant()
            let project = ProjectID(uuid: UUID())
            try await tenant.write(
                log(tenant, at: Self.noon, try scored(1)), log(tenant, at: Self.noon, try scored(0), project: project))
            for isSummedUp in [false, true] {
                try await rewind(to: Self.noon, world)
                if isSummedUp { try await sumUp(world, now: Self.noon + 7200) }
                let one = total(try await spans(tenant, from: Self.noon, to: Self.noon + 60, project: project))
                let all = total(try await spans(tenant, from: Self.noon, to: Self.noon + 60))
                #expect(one.ok == 1 && one.scoreSum == 0 && all.ok == 2)
            }
        }
    }

    @Test func aLogThatIsCommittedLateIsFoundAtTheSecondLook() async throws {
        try await World.run { world in
            try await partition(for: Self.noon, world)
            let tenant = try await world.tenant()
            try await tenant.write(log(tenant, at: Self.noon + 3500, try scored(1)))
            try await rewind(to: Self.noon, world)
            try await sumUp(world, now: Self.noon + 3700)
            #expect(try await store(world).progress().hoursThrough == Self.noon + 3600)
            try await tenant.write(log(tenant, at: Self.noon + 3510, try scored(0)))
            try await sumUp(world, now: Self.noon + 3600 + 1200)
            let total = total(try await spans(tenant, from: Self.noon, to: Self.noon + 3600, every: .seconds(3600)))
            #expect(total.ok == 2 && total.scoreSum == 1)
        }
    }

    @Test func aMinuteIsLeftAloneUntilItHasSettled() async throws {
        try await World.run { world in
            try await rewind(to: Self.noon, world)
            let early = try await store(world).sumUp(now: Self.noon + 79, atMost: 3600)
            #expect(early.through == Self.noon && !early.isBehind)
            let settled = try await store(world).sumUp(now: Self.noon + 80, atMost: 3600)
            #expect(settled.through == Self.noon + 60)
        }
    }

    @Test func afterAnAbsenceEachRoundIsBounded() async throws {
        try await World.run { world in
            try await rewind(to: Self.noon, world)
            let now = Self.noon + 86_400
            let first = try await store(world).sumUp(now: now, atMost: 3600)
            #expect(first.through == Self.noon + 3600 && first.isBehind)
            #expect(try await sumUp(world, now: now, span: 3600) >= 22)
            #expect(try await store(world).progress().minutesThrough == Self.noon + 86_400 - 60)
        }
    }

    @Test func twoWorkersDoNotSumUpAtTheSameTime() async throws {
        try await World.run { world in
            try await rewind(to: Self.noon, world)
            try await world.database.transaction { connection in
                try await connection.execute("SELECT pg_advisory_xact_lock(hashtext('execution sums'))")
                let round = try await store(world).sumUp(now: Self.noon + 7200, atMost: 3600)
                #expect(round.isTaken)
            }
            #expect(try await store(world).progress().minutesThrough == Self.noon)
        }
    }

    @Test func theFirstRoundBeginsWithTheOldestLog() async throws {
        try await World.run { world in
            try await partition(for: Self.noon, world)
            let tenant = try await world.tenant()
            try await tenant.write(log(tenant, at: Self.noon + 1234, try scored(1)))
            try await rewind(to: nil, world)
            let round = try await store(world).sumUp(now: Self.noon + 7200, atMost: 3600)
            // Others of these tests may have older ones.
            #expect(round.through.map { $0 <= Self.noon + 3600 } == true)
            try await sumUp(world, now: Self.noon + 7200)
            let total = total(try await spans(tenant, from: Self.noon, to: Self.noon + 3600, every: .seconds(3600)))
            #expect(total.ok == 1)
        }
    }

    @Test func whatIsTooMuchToCountIsSaidToBeMissing() async throws {
        let progress = SumProgress(minutesThrough: Self.noon, hoursThrough: Self.noon)
        #expect(progress.missing(from: Self.noon - 600, to: Self.noon + 7200) == nil)
        let missing = progress.missing(from: Self.noon - 600, to: Self.noon + 7300)
        #expect(missing == Self.noon..<(Self.noon + 100))
    }

    @Test func oldSumsAreDeletedInPieces() async throws {
        try await World.run { world in
            try await partition(for: Self.noon, world)
            let tenant = try await world.tenant()
            for minute in 0..<10 {
                try await tenant.write(log(tenant, at: Self.noon + Double(minute) * 60, try scored(1)))
            }
            try await rewind(to: Self.noon, world)
            try await sumUp(world, now: Self.noon + 7200)
            let store = store(world)
            #expect(try await store.deleteMinutes(before: Self.noon + 420, limit: 5) >= 5)
            while try await store.deleteMinutes(before: Self.noon + 420, limit: 5) > 0 {}
            let rows = try await world.database.query(
                """
                SELECT count(*) AS n FROM execution_minutes
                WHERE organization_id = \(tenant.organization) AND start < \(Self.noon + 3600)
                """)
            #expect(try rows.first?.decode("n") == 3)
            #expect(try await store.deleteHours(before: Self.noon + 3600, limit: 1000) > 0)
        }
    }
}
