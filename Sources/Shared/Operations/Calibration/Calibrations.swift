internal import EventLoop
internal import FoundationEssentials
internal import Jobs
internal import Postgres
package import Queueing
package import Records
package import Scoring
package import Stores
package import Tenancy

/// What a caller wants calibrated against what people found.
package struct CalibrationDraft: Sendable {
    package var evaluator: EvaluatorID?
    package var version: EvaluatorVersionID?
    /// What is calibrated in place of a stored evaluator.
    package var definition: CalibrationDefinition?
    /// `nil`: every continuous scale.
    package var scoreConfig: ScoreConfigID?
    package var source: CalibrationSource
    package var comparisonGroup: String?
    /// From which score on a verdict is a yes.
    package var threshold: Double?

    package init(source: CalibrationSource) { self.source = source }
}

/// Calibration runs: evaluators beside what people found, done in the background.
package struct Calibrations: Sendable {
    let database: PostgresClient
    let queue: JobQueue
    let store: CalibrationStore
    let items: CalibrationItemStore
    let datasets: DatasetStore
    let executions: Executions
    let configs: ScoreConfigs
    let models: Models
    /// For the arithmetic of comparisons, which takes up to seconds for large runs.
    let threads: WorkerThreads

    /// What the batches of runs are called among all batches.
    package static let kind = JobKind("calibration")
    /// The most examples of a run: their labels are compared in memory.
    package static let mostExamples = 100_000

    init(
        database: PostgresClient, queue: JobQueue, executions: Executions, configs: ScoreConfigs, models: Models
    ) {
        self.database = database
        self.queue = queue
        store = CalibrationStore(database: database)
        items = CalibrationItemStore(database: database)
        datasets = DatasetStore(database: database)
        self.executions = executions
        self.configs = configs
        self.models = models
        threads = WorkerThreads(name: "comparisons", count: 1, queueLimit: 100)
    }

    /// One page of the organisation's runs that the caller sees.
    package func list(
        _ filter: CalibrationStore.Filter, _ page: PageRequest, for principal: Principal
    ) async throws -> Slice<CalibrationRun> {
        try await store.list(
            filter, in: principal.organizationID, within: principal.reach(.calibrationRead), page: page)
    }

    /// The run.
    /// - Throws: `NotFound`.
    package func find(_ id: BatchID, for principal: Principal) async throws -> CalibrationRun {
        guard let found = try await store.find(id, in: principal.organizationID),
            principal.may(.calibrationRead, with: found.organizationID, in: found.projectID)
                || principal.may(.calibrationCreate, with: found.organizationID, in: found.projectID)
        else {
            throw NotFound("Calibration run")
        }
        return found
    }

    /// One page of a run's examples, beginning with the greatest disagreement.
    /// - Throws: `NotFound`.
    package func items(
        of run: BatchID, _ page: PageRequest, for principal: Principal
    ) async throws -> Slice<CalibrationItem> {
        _ = try await find(run, for: principal)
        return try await items.list(of: run, in: principal.organizationID, page: page)
    }

    /// Up to `limit` points of what people found and what the evaluator said.
    package func points(
        of run: CalibrationRun, limit: Int
    ) async throws -> [(human: Double, evaluator: Double)] {
        try await items.points(of: run.id, in: run.organizationID, limit: limit)
    }

    /// Gives the runs of definitions in these groups, of those that are the caller's to make, to the evaluator that was made
    /// of them; how many there were.
    /// - Throws: `InvalidDefinition` when the organisation has no such evaluator.
    package func attach(
        _ groups: [String], to evaluator: EvaluatorID, for principal: Principal
    ) async throws -> Int {
        let found = try await known(
            evaluator, nil, to: .calibrationCreate, field: "evaluator_external_id", principal)
        return try await store.attach(
            groups, to: found.id, in: principal.organizationID, within: principal.reach(.calibrationCreate))
    }

    /// Stops a run: what is not evaluated yet will not be. Its numbers are then of what was.
    /// - Throws: `NotFound`; `PermissionDenied`; `JobNotInState` when it has ended.
    package func cancel(_ id: BatchID, for principal: Principal) async throws -> CalibrationRun {
        let run = try await find(id, for: principal)
        try principal.require(.calibrationCreate, with: run.organizationID, in: run.projectID)
        let batch = try await database.transaction { connection in
            try await BatchLedger.beginCancelling(id, on: connection)
        }
        guard batch != nil else { throw JobNotInState("This run has ended.") }
        await queue.tell(cancelled: id)
        return try await find(id, for: principal)
    }

    /// The evaluator in that version, as a field of a call names it.
    func known(
        _ id: EvaluatorID, _ version: EvaluatorVersionID?, to permission: Permission, field: String,
        _ principal: Principal
    ) async throws -> Evaluator {
        do {
            return try await executions.catalogue.evaluator(.id(id, version), to: permission, for: principal)
        } catch is NotFound {
            throw InvalidDefinition(problems: [.init(field: field, message: "There is no such evaluator.")])
        }
    }
}
