package import FoundationEssentials
package import Queueing
package import Records
package import Scoring
package import Tenancy

/// What a caller wants executed on many inputs.
package struct BatchDraft: Sendable {
    /// With what.
    package enum Target: Sendable, Hashable {
        /// That version of a judge, the latest without one.
        case judge(JudgeID, JudgeVersionID?)
        /// These evaluators, without a judge.
        case evaluators([EvaluatorID])
    }

    /// On what.
    package enum Source: Sendable, Hashable {
        case inputs([BatchInput])
        /// The items of a dataset at these places, counted from 0; all of them without.
        case dataset(DatasetID, ClosedRange<Int>?)
    }

    package let target: Target
    package let source: Source
    package let tags: [String]
    /// Where the logs belong; `nil` for the project of what is executed.
    package let projectID: ProjectID?
    /// The call that starts the batch; when it is made again it starts no other. `nil` for one that nobody repeats.
    package var callID: UUID?

    package init(target: Target, source: Source, tags: [String] = [], projectID: ProjectID? = nil) {
        self.target = target
        self.source = source
        self.tags = tags
        self.projectID = projectID
    }
}

/// A batch of executions with its definition.
package struct ExecutionBatch: Sendable {
    package let batch: Batch
    package let definition: BatchDefinition
}
