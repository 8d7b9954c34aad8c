internal import Jobs
package import Postgres
internal import Queueing
internal import Stores
internal import Tenancy

/// Ends calibration runs whose own jobs were given up: those that make the jobs of the examples, or that compare the scores.
///
/// A job may be given up without a word of its own, when it takes its workers with it; so the runs are looked for.
package struct SweepCalibrations: Sendable {
    private let database: PostgresClient

    /// How many runs are ended at once.
    private static let most = 100

    package init(database: PostgresClient) { self.database = database }

    /// Ends them, with the reason; says how many those were. What was not evaluated will not be.
    package func end() async throws -> Int {
        let kinds = [ExpandCalibration.kind, ConcludeCalibration.kind].map(\.rawValue)
        return try await database.transaction { connection in
            let lost = try await CalibrationStore.givenUp(kinds: kinds, limit: Self.most, on: connection)
            for (run, reason) in lost {
                _ = try await BatchLedger.beginCancelling(run, on: connection)
                try await CalibrationStore.fail(run, because: reason, on: connection)
            }
            return lost.count
        }
    }
}
