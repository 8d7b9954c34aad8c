internal import EventLoop
internal import FoundationEssentials
internal import JSON
package import Jobs
package import Postgres
package import Queueing
internal import Stores
package import Tenancy

/// Makes the jobs of a calibration run, a piece at a time: each piece is a short transaction of its own, and goes on where
/// the last one ended, in whatever process that was. Then comes the job that concludes the run.
package struct ExpandCalibration: JobWork {
    /// Of the jobs that make the jobs of a run.
    package static let kind = JobKind("calibration_expansion")
    /// How many jobs are made in one transaction.
    private static let piece = 1000
    /// How long one example may take, and how often it is tried.
    private static let itemTimeout = Duration.seconds(300)
    private static let itemAttempts = 5

    private let database: PostgresClient
    private let ledger: BatchLedger
    private let identifiers: IdentifierSource

    package init(database: PostgresClient, identifiers: IdentifierSource) {
        self.database = database
        ledger = BatchLedger(database: database)
        self.identifiers = identifiers
    }

    package var kind: JobKind { Self.kind }

    /// The job that makes the jobs of a run.
    static func job(
        _ id: JobID, for run: NewCalibrationRun, in project: ProjectID, traceParent: String?
    ) -> NewJob {
        NewJob(
            id: id, kind: kind, queue: .background, organizationID: run.organizationID, projectID: project,
            payload: CalibrationOrder(run.id).payload, runAt: run.createdAt, maxAttempts: 20, timeout: .seconds(3600),
            traceParent: traceParent)
    }

    package func perform(_ job: LeasedJob) async throws -> JobEffect {
        let id = try CalibrationOrder.run(of: job)
        while let batch = try await ledger.find(id), batch.state == .expanding {
            try Task.checkCancellation()
            let count = min(Self.piece, batch.counts.total - batch.expanded)
            let jobs = (0..<count).map { offset in
                NewJob(
                    id: identifiers.next(), kind: EvaluateCalibrationItem.kind, queue: batch.queue,
                    organizationID: batch.organizationID, projectID: batch.projectID, runAt: Date(),
                    maxAttempts: Self.itemAttempts, timeout: Self.itemTimeout, traceParent: job.traceParent,
                    batch: BatchPlace(batchID: id, index: batch.expanded + offset))
            }
            _ = try await database.transaction { connection in
                try await BatchLedger.expand(id, from: batch.expanded, with: jobs, on: connection)
            }
        }
        return JobEffect(followUps: [ConcludeCalibration.job(identifiers.next(), for: id, like: job.job)])
    }
}

/// What the jobs about a run as a whole say.
struct CalibrationOrder: Codable {
    private let runID: UUID

    init(_ run: BatchID) { runID = run.uuid }

    var payload: [UInt8] { JSONCodec.encode(self) }

    /// The run that a job is about.
    static func run(of job: LeasedJob) throws(JobFailure) -> BatchID {
        BatchID(uuid: try job.order(CalibrationOrder.self).runID)
    }
}
