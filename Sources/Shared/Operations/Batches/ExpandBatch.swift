internal import EventLoop
internal import FoundationEssentials
internal import JSON
package import Jobs
package import Postgres
package import Queueing
internal import Records
internal import Scoring
internal import Stores
package import Tenancy

/// Makes the jobs of a batch over a dataset, a piece at a time: each piece is a short transaction of its own, and goes on
/// where the last one ended, in whatever process that was.
package struct ExpandBatch: JobWork {
    /// Of the jobs that make the jobs of a batch.
    package static let kind = JobKind("batch_expansion")
    /// How many jobs are made in one transaction.
    private static let piece = 1000

    private let database: PostgresClient
    private let ledger: BatchLedger
    private let items: BatchItemStore
    private let datasets: DatasetStore
    private let identifiers: IdentifierSource

    /// What the job says: how the jobs that it makes are to be.
    private struct Order: Codable {
        let batchID: UUID
        let queue: String
        let maxAttempts: Int
        let timeoutSeconds: Int
    }

    package init(database: PostgresClient, identifiers: IdentifierSource) {
        self.database = database
        ledger = BatchLedger(database: database)
        items = BatchItemStore(database: database)
        datasets = DatasetStore(database: database)
        self.identifiers = identifiers
    }

    package var kind: JobKind { Self.kind }

    /// The job that makes the jobs of a batch like `template`.
    static func job(_ id: JobID, for batch: NewBatch, _ template: NewJob) -> NewJob {
        let order = Order(
            batchID: batch.id.uuid, queue: template.queue.rawValue, maxAttempts: template.maxAttempts,
            timeoutSeconds: Int(template.timeout.components.seconds))
        return NewJob(
            id: id, kind: kind, queue: .background, organizationID: batch.organizationID,
            projectID: batch.projectID, payload: JSONCodec.encode(order), maxAttempts: 20, timeout: .seconds(3600),
            traceParent: template.traceParent)
    }

    package func perform(_ job: LeasedJob) async throws -> JobEffect {
        let order = try job.order(Order.self)
        let id = BatchID(uuid: order.batchID)
        while let batch = try await ledger.find(id), batch.state == .expanding {
            try Task.checkCancellation()
            try await extend(batch, like: order, job.job)
        }
        return .none
    }

    /// Makes the next piece of a batch's jobs.
    private func extend(_ batch: Batch, like order: Order, _ job: Job) async throws {
        let definition = try JSONCodec.decode(BatchDefinition.self, from: batch.definition)
        guard let source = definition.dataset else { throw JobFailure(.invalid, "the batch has no dataset") }
        let limit = min(Self.piece, batch.counts.total - batch.expanded)
        let inputs = try await datasets.inputs(
            of: DatasetID(uuid: source.id), in: batch.organizationID,
            behind: try await items.lastPosition(of: batch.id),
            skipping: batch.expanded == 0 ? source.range?.lowerBound ?? 0 : 0, limit: limit)
        let jobs = inputs.indices.map { offset in
            NewJob(
                id: identifiers.next(), kind: EvaluateBatchItem.kind, queue: QueueName(order.queue),
                organizationID: batch.organizationID, projectID: batch.projectID, maxAttempts: order.maxAttempts,
                timeout: .seconds(order.timeoutSeconds),
                traceParent: job.traceParent,
                batch: BatchPlace(batchID: batch.id, index: batch.expanded + offset))
        }
        try await database.transaction { connection in
            // Items that have left the dataset since the batch was accepted are missing at its end.
            let expansion = try await BatchLedger.expand(
                batch.id, from: batch.expanded, with: jobs, isLast: inputs.count < limit, on: connection)
            guard case .extended = expansion else { return }
            try await items.add(
                inputs.map(\.input), at: inputs.map(\.position), to: batch.id, from: batch.expanded,
                of: batch.organizationID, on: connection)
        }
    }
}
