import BackgroundWork
import EventLoop
import FoundationEssentials
import Operations
import Postgres
import Records
import Schema
import Scoring
import Stores
import Tenancy
import TestSupport
import Testing

/// What the worker does for the dashboard, in a database of its own.
@Suite struct WorkerTests {
    @Test func workersThatWereAwayCatchUpTogether() async throws {
        try await OperatorServer.run { server in
            let connection = try await PrivatePostgres.shared().freshDatabase()
            let database = PostgresClient(loops: server.loops, settings: PostgresSettings(connection: connection))
            try await SchemaMigrator(client: database, logger: OperatorServer.logger).migrate()
            let organization = OrganizationID(uuid: UUID())
            try await database.execute(
                """
                INSERT INTO organizations VALUES (\(organization), 'Catching up', now())
                """)
            try await database.execute(
                """
                INSERT INTO execution_logs (id, created_at, organization_id, project_id, type, executed_item_name, \
                owner_id, tags, score, call_duration_us, request_id, request_preview, response_preview, contexts)
                SELECT gen_random_uuid(), now() - n * interval '47 seconds', \(organization), \(UUID()), 'evaluator', \
                'I', \(UUID()), '{}', 0.5, 1000 * n, '', '', '', '{}' FROM generate_series(0, 3000) AS n
                """)
            let sums = ExecutionSumStore(database: database)
            let worker = SummingUp(
                store: sums,
                spikes: FailureSpikes(sums: sums, notices: server.product.notices, redis: server.redis),
                logger: OperatorServer.logger)
            let running = (0..<2).map { _ in
                server.loops.next().spawn {
                    do { try await worker.run() } catch is CancellationError {} catch { Issue.record(error) }
                }
            }
            let deadline = Deadline.after(.seconds(30))
            var through = Date.distantPast
            while through < Date().addingTimeInterval(-120), !deadline.hasPassed {
                try await Loop.current?.sleep(for: .milliseconds(20))
                through = try await sums.progress().minutesThrough ?? .distantPast
            }
            running.forEach { $0.cancel() }
            for task in running { await task.value }
            #expect(through > Date().addingTimeInterval(-120))

            let now = Date()
            let day: TimeInterval = 86_400
            let from = Date(timeIntervalSince1970: (now.timeIntervalSince1970 / 3600).rounded(.down) * 3600 - 2 * day)
            let progress = try await sums.progress()
            let spans = try await sums.spans(
                of: .executions(organization, nil), from: from, to: now, every: .seconds(3600), progress)
            let counted = try await database.query(
                "SELECT count(*) AS n FROM execution_logs WHERE created_at >= \(from) AND created_at < \(now)")
            #expect(spans.map(\.sums.ok).reduce(0, +) == (try counted.first?.decode("n", as: Int.self)))
            #expect(progress.hoursThrough.map { now.timeIntervalSince($0) < 2 * 3600 } == true)
            await database.close()
        }
    }
}
