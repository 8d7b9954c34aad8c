import FoundationEssentials
import Postgres
import Queueing
import Tenancy
import Testing

@testable import Jobs

/// With tens of thousands of jobs nothing that is done all day reads the whole table, and no page sorts it.
@Suite(.serialized) struct JobPlanTests {
    /// A world with 40,000 waiting jobs of one tenant, 8,000 that have ended, and a few of another kind, queue and batch.
    private func run(_ body: @escaping @Sendable (LedgerWorld) async throws -> Void) async throws {
        try await LedgerWorld.run { world in
            try await world.database.execute(
                """
                INSERT INTO jobs (id, organization_id, project_id, kind, queue, priority, run_at, max_attempts, \
                timeout_seconds, created_at, is_dispatched, state, ended_at, error_class, cause)
                SELECT md5(n::text)::uuid, \(world.organization.uuid), \(world.project.uuid), 'work', 'background', 2,
                    now(), 3, 300, now(), n % 2 = 0,
                    CASE WHEN n <= 40000 THEN 'waiting' WHEN n <= 47000 THEN 'finished' ELSE 'dead' END,
                    CASE WHEN n > 40000 THEN now() END, CASE WHEN n > 47000 THEN 'invalid' END,
                    CASE WHEN n > 47000 THEN 'cause ' || n % 3 END
                FROM generate_series(1, 48000) AS n
                """)
            _ = try await world.batch(of: 200)
            try await world.accept((0..<50).map { _ in world.job("export", queue: .interactive) })
            try await world.database.execute("ANALYZE jobs, batches")
            try await body(world)
        }
    }

    private func explain(_ statement: SQL, _ world: LedgerWorld) async throws -> String {
        try await world.database.query("EXPLAIN \(fragment: statement)")
            .map { try $0.decode(0, as: String.self) }.joined(separator: "\n")
    }

    @Test func pagesAreReadAlongAnIndex() async throws {
        try await run { world in
            let batch = try #require(try await world.queue.batches.page(limit: 1).batches.first)
            let edits: [@Sendable (inout JobFilter) -> Void] = [
                { _ in }, { $0.states = [.waiting] },
                {
                    $0.states = [.waiting]; $0.isDue = true
                },
                {
                    $0.states = [.waiting, .running]; $0.queues = [.background, .interactive]
                }, { $0.states = [.dead] }, { $0.queues = [.background] },
                {
                    $0.queues = [.interactive]; $0.states = [.waiting]
                }, { $0.kinds = [JobKind("export")] },
                { $0.organizationID = world.organization }, { $0.batchID = batch.id },
                { $0.text = world.identifiers.uuid().description }, { $0.text = "boom" },
                {
                    $0.organizationID = world.identifiers.next(); $0.states = [.finished]
                },
            ]
            for (number, edit) in edits.enumerated() {
                var filter = JobFilter()
                edit(&filter)
                for newestFirst in [true, false] {
                    let listing = JobListing(conditions: JobConditions(filter), further: [], newestFirst: newestFirst)
                    for statement in [listing.page(50), listing.end(50)] {
                        let plan = try await explain(statement, world)
                        #expect(!plan.contains("Seq Scan on jobs"), "filter \(number): \(plan)")
                    }
                }
            }
        }
    }

    /// However many wait and however many have ended since, a page looks at little more than it shows.
    @Test func aPageLooksAtLittleMoreThanItShows() async throws {
        let edits: [@Sendable (inout JobFilter) -> Void] = [
            {
                $0.states = [.waiting]; $0.isDue = true
            }, { $0.states = [.waiting, .running] }, { $0.queues = [.interactive] },
            {
                $0.queues = [.interactive]; $0.states = [.waiting]
            },
            {
                $0.queues = [.interactive]; $0.states = [.waiting, .dead]
            }, { $0.states = [.dead] },
        ]
        try await run { world in
            for (number, edit) in edits.enumerated() {
                var filter = JobFilter()
                edit(&filter)
                let listing = JobListing(conditions: JobConditions(filter), further: [], newestFirst: true)
                let plan = try await world.database.query(
                    "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, SUMMARY OFF) \(fragment: listing.page(50))"
                ).map { try $0.decode(0, as: String.self) }
                #expect(plan.first?.firstMatch(of: /actual rows=(\d+)/)?.1 == "50", "filter \(number): \(plan)")
                let blocks = plan.first { $0.contains("Buffers") }?.matches(of: /(?:hit|read)=(\d+)/)
                let read = try #require(blocks).compactMap { Int($0.1) }.reduce(0, +)
                #expect(read < 500, "filter \(number): \(plan)")
            }
        }
    }

    /// However many wait or were given up, how the queues stand is told from some thousands of them.
    @Test func howTheQueuesStandIsToldFromABoundedNumberOfJobs() async throws {
        try await run { world in
            try await world.database.execute(
                "UPDATE jobs SET run_at = now() + interval '1 day' WHERE state = 'waiting' AND id::text < '08'")
            try await world.database.execute(
                "UPDATE jobs SET state = 'dead', ended_at = now(), error_class = 'invalid' WHERE state = 'finished'")
            try await world.database.execute("VACUUM ANALYZE jobs")
            let plan = try await world.database.query(
                "EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF) \(fragment: JobReadings.standing(500))"
            ).map { try $0.decode(0, as: String.self) }
            let counts = plan.filter { $0.contains("on jobs") }
                .compactMap { $0.firstMatch(of: /actual rows=(\d+)/).flatMap { Int($0.1) } }
            #expect(!counts.isEmpty && counts.allSatisfy { $0 <= 10_000 }, "\(plan.joined(separator: "\n"))")
            #expect(!plan.contains { $0.contains("Seq Scan on jobs") }, "\(plan.joined(separator: "\n"))")
        }
    }

    /// What one queue was looked through for is told together with what others have before that place, and no more.
    @Test func whatIsRareIsFoundPieceByPiece() async throws {
        try await run { world in
            let rare = (0..<5).map { _ in world.job(queue: .interactive, runAt: Date(timeIntervalSinceNow: 3600)) }
            let far = (0..<5).map { _ in world.job(runAt: Date(timeIntervalSinceNow: 3600)) }
            try await world.accept(rare + far)
            var filter = JobFilter()
            filter.states = [.waiting]
            filter.isDue = false
            for newestFirst in [true, false] {
                var (found, pieces, place): ([JobID], Int, JobID?) = ([], 0, nil)
                repeat {
                    let page = try await world.readings.page(
                        filter, newestFirst: newestFirst, behind: place, limit: 3)
                    found += page.jobs.map(\.id)
                    pieces += page.lookedThrough == nil ? 0 : 1
                    place = page.next ?? page.lookedThrough
                } while place != nil
                let all = (rare + far).map(\.id).sorted()
                #expect(found == (newestFirst ? all.reversed() : all))
                #expect(pieces > 0)
            }
        }
    }

    @Test func claimingAndEndingJobsTouchesOnlyThem() async throws {
        try await run { world in
            let ids = try await world.database.query("SELECT id FROM jobs WHERE ending IS NULL LIMIT 100")
                .map { JobID(uuid: try $0.decode(0)) }
            let leases = ids.map { (id: $0, lease: LeaseMark(epoch: 1, attempt: 1)) }
            let claim = try await explain(JobLedger.claiming(leases, worker: "w"), world)
            #expect(!claim.contains("Seq Scan on jobs"), "\(claim)")
            let jobs = try await world.ledger.claim(leases, worker: "w").jobs
            #expect(jobs.count == 100)
            var random = SystemRandomNumberGenerator()
            let group = jobs.map { Settlement(JobEnding(of: $0, .finished(.none)), using: &random) }
            let end = try await explain(JobLedger.settling(group), world)
            #expect(!end.contains("Seq Scan on jobs"), "\(end)")
        }
    }

    @Test func aJobThatBeginsChangesNoIndex() async throws {
        try await LedgerWorld.run { world in
            // Few enough that all their versions find room on one page.
            let jobs = (0..<5).map { _ in world.job() }
            try await world.accept(jobs)
            _ = try await world.dispatching().sweep()
            try await world.database.withConnection { connection in
                _ = try await connection.query("SELECT pg_stat_force_next_flush()")
                let leases = jobs.map { (id: $0.id, lease: LeaseMark(epoch: 1, attempt: 1)) }
                _ = try await connection.query(JobLedger.claiming(leases, worker: "w"))
                _ = try await connection.query("SELECT pg_stat_force_next_flush()")
                let rows = try await connection.query(
                    "SELECT n_tup_hot_upd::int8 FROM pg_stat_user_tables WHERE relname = 'jobs'")
                #expect(try rows.first?.decode(0) == 5)
            }
        }
    }
}
