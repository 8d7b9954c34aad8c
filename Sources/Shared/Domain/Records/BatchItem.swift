package import FoundationEssentials
package import Queueing

/// One item of a batch, with what became of it so far.
package struct BatchItem: Sendable, Hashable {
    /// Counted from 0.
    package let index: Int
    package let input: BatchInput
    package let state: JobState
    /// One an evaluator; empty before it is finished.
    package let results: [BatchItemResult]
    /// Of the judge's execution, or of the only evaluator's.
    package let executionLogID: ExecutionLogID?
    /// Why it failed, for the one who asked; empty when it did not.
    package let errorMessage: String
    package let startedAt: Date?
    package let endedAt: Date?

    package init(
        index: Int, input: BatchInput, state: JobState, results: [BatchItemResult], executionLogID: ExecutionLogID?,
        errorMessage: String, startedAt: Date?, endedAt: Date?
    ) {
        self.index = index
        self.input = input
        self.state = state
        self.results = results
        self.executionLogID = executionLogID
        self.errorMessage = errorMessage
        self.startedAt = startedAt
        self.endedAt = endedAt
    }
}

/// What came of the execution of one item.
package struct BatchItemOutcome: Sendable, Hashable {
    package let results: [BatchItemResult]
    package let executionLogID: ExecutionLogID?
    package let errorMessage: String

    package init(results: [BatchItemResult], executionLogID: ExecutionLogID?, errorMessage: String = "") {
        self.results = results
        self.executionLogID = executionLogID
        self.errorMessage = errorMessage
    }
}
