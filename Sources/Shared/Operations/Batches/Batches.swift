internal import JSON
package import Jobs
package import Postgres
package import Queueing
package import Records
internal import Scoring
internal import Stores
package import Tenancy

/// Batches of executions: evaluators or a judge on many inputs, done in the background.
package struct Batches: Sendable {
    let database: PostgresClient
    let queue: JobQueue
    let store: ExecutionBatchStore
    let items: BatchItemStore
    let datasets: DatasetStore
    let catalogue: Catalogue
    let files: Files
    let projects: Projects
    let identifiers: IdentifierSource

    /// What the batches of executions are called among all batches.
    package static let kind = JobKind("evaluation_batch")

    package init(
        database: PostgresClient, queue: JobQueue, catalogue: Catalogue, files: Files, projects: Projects,
        identifiers: IdentifierSource
    ) {
        self.database = database
        self.queue = queue
        store = ExecutionBatchStore(database: database)
        items = BatchItemStore(database: database)
        datasets = DatasetStore(database: database)
        self.catalogue = catalogue
        self.files = files
        self.projects = projects
        self.identifiers = identifiers
    }

    /// One page of the organisation's batches of executions that the caller sees.
    package func list(
        _ filter: ExecutionBatchFilter, _ page: PageRequest, for principal: Principal
    ) async throws -> Slice<ExecutionBatch> {
        let organization = principal.organizationID
        let places = try await store.list(
            Self.kind, filter, in: organization, within: principal.reach(.executionLogRead), page: page)
        let found = try await queue.batches.find(places.items.map(\.id), of: organization)
        let batches = Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
        return Slice(
            items: try places.items.compactMap { place in try batches[place.id].map(Self.batch) },
            hasPrevious: places.hasPrevious, hasNext: places.hasNext)
    }

    /// The batch.
    /// - Throws: `NotFound`.
    package func find(_ id: BatchID, for principal: Principal) async throws -> ExecutionBatch {
        guard let found = try await queue.batches.find(id, of: principal.organizationID), found.kind == Self.kind,
            principal.may(.executionLogRead, with: found.organizationID, in: found.projectID)
        else {
            throw NotFound("Batch execution")
        }
        return try Self.batch(found)
    }

    /// Items of a batch in their order.
    package func items(of batch: ExecutionBatch, from first: Int, limit: Int) async throws -> [BatchItem] {
        try await items.items(
            of: batch.batch.id, in: batch.batch.organizationID, from: first, limit: limit)
    }

    static func batch(_ batch: Batch) throws -> ExecutionBatch {
        ExecutionBatch(
            batch: batch, definition: try JSONCodec.decode(BatchDefinition.self, from: batch.definition))
    }
}
