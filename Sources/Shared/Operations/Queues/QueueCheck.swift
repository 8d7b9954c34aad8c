internal import EventLoop
internal import FoundationEssentials
package import Jobs
internal import Queueing
internal import Records
internal import Tenancy
package import WireAPI

/// Whether the counters of batches are what their jobs say: they change in one transaction, so that a difference is a
/// fault of ours that somebody must look into.
package struct QueueCheck: Sendable {
    private let readings: JobReadings

    /// How long it may take.
    private static let patience = Duration.seconds(300)
    /// How many batches are named.
    private static let named = 3

    package init(queue: JobQueue) { readings = queue.readings }

    /// Counts everything again; for whoever may see all of it.
    /// - Throws: `PermissionDenied`; `PostgresError` also when it takes too long.
    package func perform(for actor: AuditActor) async throws -> OperatorQueueCheck {
        try actor.require(.queueRead)
        return try await perform()
    }

    /// Counts everything again, and returns the notice that is to be posted when something does not add up.
    package func perform(telling notices: Notices) async throws -> JobEffect {
        let check = try await perform()
        guard !check.isRight else { return .none }
        let first = check.batches.prefix(Self.named).map { $0.id.uuidString.lowercased() }.joined(separator: ", ")
        let whose = check.batches.count == 1 ? "one batch" : "\(check.batches.count) batches"
        return notices.effect(
            .critical,
            "The counters of \(whose) are not what the jobs say (\(first)). `scorable queue check` tells the differences.",
            about: nil, to: nil, needs: .queueRead)
    }

    private func perform() async throws -> OperatorQueueCheck {
        let found = try await readings.discrepancies(until: .after(Self.patience))
        return OperatorQueueCheck(
            batches: found.map { batch in
                OperatorQueueCheck.Batch(
                    id: batch.batchID.uuid, counted: OperatorQueueCheck.Counts(batch.counters),
                    found: OperatorQueueCheck.Counts(batch.jobs))
            })
    }
}

extension OperatorQueueCheck.Counts {
    /// Finished, dead, cancelled.
    fileprivate init(_ counts: [Int]) { self.init(finished: counts[0], dead: counts[1], cancelled: counts[2]) }
}
