package import FoundationEssentials
package import Queueing
package import Scoring
package import Tenancy

/// How far a batch of executions is, as its clients see it.
package enum BatchProgress: String, Sendable, Hashable, CaseIterable {
    /// Nothing of it has begun.
    case pending
    case processing
    /// Every item has results.
    case completed
    /// No item has.
    case failed
    /// Some have.
    case partial

    package init(_ batch: Batch) {
        let counts = batch.counts
        guard batch.state == .ended else {
            self = batch.startedAt == nil && counts.ended == 0 ? .pending : .processing
            return
        }
        switch (counts.finished, counts.ended - counts.finished) {
        case (_, 0): self = .completed
        case (0, _): self = .failed
        default: self = .partial
        }
    }
}

/// Which batches of executions a list shows; everything given must hold.
package struct ExecutionBatchFilter: Sendable, Hashable {
    package var judgeID: JudgeID?
    package var projectID: ProjectID?
    package var progress: BatchProgress?
    /// Bounds are inclusive.
    package var from: Date?
    package var to: Date?

    package init() {}
}
