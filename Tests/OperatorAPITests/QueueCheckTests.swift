import APIClient
import BackgroundWork
import EventLoop
import FoundationEssentials
import Jobs
import Operations
import Postgres
import Queueing
import Tenancy
import Testing
import WireAPI

/// Counting the jobs of batches again, for `scorable queue check` and every hour. One after the other: each looks at all
/// batches that there are.
@Suite(.serialized) struct QueueCheckTests {
    private struct Undone: Error {}

    /// Runs a test with a batch whose counters say that a job died, which none did.
    private func run(_ body: @escaping @Sendable (Tenant, QueueProduct, BatchID) async throws -> Void) async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let product = QueueProduct(
                database: server.database, queue: tenant.queue, identifiers: server.identifiers,
                logger: OperatorServer.logger)
            let batch = NewBatch(
                id: server.identifiers.next(), organizationID: tenant.organization, projectID: tenant.project.id,
                kind: JobKind("judge"), definition: Array("{}".utf8), total: 3, createdAt: Date())
            let jobs = (0..<3).map { index in
                NewJob(
                    id: server.identifiers.next(), kind: JobKind("test"), queue: tenant.ownQueue(),
                    organizationID: tenant.organization, projectID: tenant.project.id,
                    batch: BatchPlace(batchID: batch.id, index: index))
            }
            try await server.database.transaction { connection in
                _ = try await BatchLedger.create(batch, on: connection)
                _ = try await BatchLedger.fill(batch.id, with: jobs, on: connection)
                try await connection.execute("UPDATE batches SET dead = 1 WHERE id = \(batch.id.uuid)")
            }
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(tenant, product, batch.id))
            } catch {
                result = .failure(error)
            }
            try await server.database.execute("DELETE FROM batches WHERE id = \(batch.id.uuid)")
            try result.get()
        }
    }

    private func actor(_ tenant: Tenant, _ role: Role = .owner) -> AuditActor {
        AuditActor(tenant.principal(role), from: "192.0.2.1", requestID: "r")
    }

    private func recountJob(_ tenant: Tenant, _ work: BatchRecount) async throws -> LeasedJob {
        let id = try await tenant.jobs(in: tenant.ownQueue(), kind: work.kind)[0]
        let claimed = try await tenant.queue.ledger.claim(
            [(id: id, lease: LeaseMark(epoch: 1, attempt: 1))], worker: "test")
        return LeasedJob(job: try #require(claimed.jobs.first), deadline: .never)
    }

    private func notices(_ viewer: Viewer, about batch: BatchID) async throws -> [OperatorNotice] {
        try await viewer.ask(.dashboard(.quarterHour)).notices.filter { $0.summary.contains("\(batch)") }
    }

    @Test func aBatchThatDoesNotAddUpIsNamedWithWhatWasCountedAndWhatIsThere() async throws {
        try await run { tenant, product, batch in
            let check = try await product.check.perform(for: actor(tenant))
            #expect(!check.isRight)
            let named = try #require(check.batches.first { $0.id == batch.uuid })
            #expect(named.counted == OperatorQueueCheck.Counts(finished: 0, dead: 1, cancelled: 0))
            #expect(named.found == OperatorQueueCheck.Counts(finished: 0, dead: 0, cancelled: 0))
            try await tenant.server.database.execute("UPDATE batches SET dead = 0 WHERE id = \(batch.uuid)")
            let mended = try await product.check.perform(for: actor(tenant))
            #expect(!mended.batches.contains { $0.id == batch.uuid })
        }
    }

    @Test func whoDoesNotSeeQueuesDoesNotSeeWhetherTheyAddUp() async throws {
        try await run { tenant, product, _ in
            let blind = try #require(Role.allCases.first { !tenant.principal($0).may(.queueRead) })
            await #expect(throws: PermissionDenied.self) {
                _ = try await product.check.perform(for: actor(tenant, blind))
            }
        }
    }

    @Test func theHourlyRecountTellsOperatorsWhenItsJobHasEndedAndNotBefore() async throws {
        try await run { tenant, product, batch in
            let database = tenant.server.database
            let recount = BatchRecount(check: product.check, notices: tenant.server.product.notices)
            let effect = try await recount.perform(try await recountJob(tenant, recount))
            let apply = try #require(effect.apply)
            let viewer = try await tenant.viewer()
            await #expect(throws: Undone.self) {
                try await database.transaction { connection in
                    try await apply(connection)
                    throw Undone()
                }
            }
            #expect(try await notices(viewer, about: batch).isEmpty)
            try await database.transaction { try await apply($0) }
            let told = try await notices(viewer, about: batch)
            #expect(told.map(\.severity) == [.critical])
            #expect(told.first?.summary.contains("scorable queue check") == true)
            let blind = try #require(
                Role.allCases.first { role in
                    tenant.principal(role).may(.executionLogList) && !tenant.principal(role).may(.queueRead)
                })
            #expect(try await notices(try await tenant.viewer(blind), about: batch).isEmpty)
        }
    }

    @Test func aRecountThatFindsNothingStoresNothing() async throws {
        try await run { tenant, product, batch in
            try await tenant.server.database.execute("UPDATE batches SET dead = 0 WHERE id = \(batch.uuid)")
            let recount = BatchRecount(check: product.check, notices: tenant.server.product.notices)
            let effect = try await recount.perform(try await recountJob(tenant, recount))
            #expect(effect.apply == nil && effect.followUps.isEmpty)
        }
    }
}
