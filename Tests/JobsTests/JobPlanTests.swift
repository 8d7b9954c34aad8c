import FoundationEssentials
import Postgres
import Queueing
import Tenancy
import Testing

@testable import Jobs

/// With tens of thousands of jobs nothing that is done all day reads the whole table, and no page sorts it.
@Suite struct JobPlanTests {
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
                { _ in }, { $0.states = [.waiting] }, { $0.states = [.dead] }, { $0.queues = [.background] },
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
                let conditions = JobConditions(filter)
                let order: SQL = "ORDER BY jobs.id DESC"
                let list: SQL = "FROM jobs WHERE \(fragment: conditions.quick.conjunction) \(fragment: order)"
                let plan = try await explain(JobReadings.listing(list, conditions.slow, order, 50), world)
                #expect(!plan.contains("Seq Scan on jobs"), "filter \(number): \(plan)")
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
            let jobs = try await world.ledger.claim(leases, worker: "w")
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
