package import EventLoop
internal import FoundationEssentials
package import Jobs
package import Queueing
internal import Records
package import Stores
internal import Tenancy

/// Compares the scores of a run with what people found, once all its examples have ended.
package struct ConcludeCalibration: JobWork {
    /// Of the jobs that conclude a run.
    package static let kind = JobKind("calibration_conclusion")

    private let batches: BatchLedger
    private let items: CalibrationItemStore
    private let threads: WorkerThreads
    private let runs: CalibrationStore

    /// `threads` are for the arithmetic, which takes up to a second for a large run.
    package init(
        batches: BatchLedger, runs: CalibrationStore, items: CalibrationItemStore, threads: WorkerThreads
    ) {
        self.batches = batches
        self.runs = runs
        self.items = items
        self.threads = threads
    }

    package var kind: JobKind { Self.kind }

    /// The job that concludes a run; there is at most one at a time.
    static func job(_ id: JobID, for run: BatchID, like other: Job) -> NewJob {
        NewJob(
            id: id, kind: kind, queue: .background, organizationID: other.organizationID, projectID: other.projectID,
            payload: CalibrationOrder(run).payload, maxAttempts: 20, timeout: .seconds(300),
            uniqueKey: "\(kind.rawValue):\(run)", traceParent: other.traceParent)
    }

    package func perform(_ job: LeasedJob) async throws -> JobEffect {
        let id = try CalibrationOrder.run(of: job)
        guard let batch = try await batches.find(id),
            let run = try await runs.find(id, in: batch.organizationID)
        else { throw JobFailure(.missing, "the run is not there any more") }
        guard batch.state == .ended else {
            throw JobFailure(
                .rateLimited, "not all examples of the run have ended", retryAfter: Self.patience(with: batch))
        }
        let pairs = try await items.pairs(of: id)
        let metrics = try await threads.run { CalibrationMetrics(pairs, threshold: run.threshold).json }
        let moment = Date()
        return JobEffect(apply: { connection in
            try await CalibrationStore.conclude(id, with: metrics, at: moment, on: connection)
        })
    }

    /// A fraction of how long the run has taken so far: a short one is concluded at once, a long one not asked for often.
    private static func patience(with batch: Batch) -> Duration {
        .seconds(min(15, max(0.2, Date().timeIntervalSince(batch.createdAt) / 8)))
    }
}
