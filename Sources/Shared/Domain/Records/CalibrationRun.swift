package import FoundationEssentials
package import Queueing
package import Scoring
package import Tenancy

/// An evaluator that is not saved, to be calibrated while it is written. Stored with its run.
package struct CalibrationDefinition: Sendable, Hashable, Codable {
    package let scoringCriteria: String
    package let model: String
    package let behavior: String?
    package let demonstrationDatasetID: UUID?

    package init(scoringCriteria: String, model: String, behavior: String?, demonstrationDatasetID: UUID?) {
        self.scoringCriteria = scoringCriteria
        self.model = model
        self.behavior = behavior
        self.demonstrationDatasetID = demonstrationDatasetID
    }

    private enum CodingKeys: String, CodingKey {
        case scoringCriteria = "scoring_criteria"
        case model
        case behavior
        case demonstrationDatasetID = "demonstration_dataset_id"
    }
}

/// Where a run takes labelled examples from.
package enum CalibrationSource: Sendable, Hashable {
    /// The items of a dataset.
    case dataset(DatasetID)
    /// The executions of the evaluator.
    case logs

    /// Its name in the public interface.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case dataset
        case logs
    }

    package var kind: Kind {
        switch self {
        case .dataset: .dataset
        case .logs: .logs
        }
    }

    package var datasetID: DatasetID? {
        switch self {
        case .dataset(let id): id
        case .logs: nil
        }
    }
}

/// An evaluator beside what people found, on many examples. It is carried out as the batch of the same identifier.
package struct CalibrationRun: Sendable, Hashable {
    /// How far it is.
    package enum Status: String, Sendable, Hashable, CaseIterable {
        case pending
        case running
        case completed
        case failed
    }

    package let id: BatchID
    package let organizationID: OrganizationID
    package let projectID: ProjectID
    package let ownerID: UserID
    /// What was calibrated, by the name it had then.
    package let subject: String
    /// The name of the dataset; `nil` for executions.
    package let sourceName: String?
    /// The evaluator, or the one that a definition has become.
    package let evaluatorID: EvaluatorID?
    package let evaluatorVersionID: EvaluatorVersionID?
    /// What was calibrated when it was not saved.
    package let definition: CalibrationDefinition?
    package let comparisonGroup: String?
    /// `nil`: every continuous scale.
    package let scoreConfigID: ScoreConfigID?
    package let source: CalibrationSource
    /// From which score on a verdict is a yes, for the confusion matrix.
    package let threshold: Double
    package let exampleCount: Int
    /// Items without a label that counts.
    package let skippedCount: Int
    /// JSON; `nil` before the run has ended.
    package let metrics: OpaqueJSON?
    /// Why the run came to nothing, where it is not for its examples.
    package let failure: String?
    package let createdAt: Date
    /// What is known of its batch.
    package let progress: CalibrationProgress

    package init(
        id: BatchID, organizationID: OrganizationID, projectID: ProjectID, ownerID: UserID, subject: String,
        sourceName: String?, evaluatorID: EvaluatorID?, evaluatorVersionID: EvaluatorVersionID?,
        definition: CalibrationDefinition?, comparisonGroup: String?, scoreConfigID: ScoreConfigID?,
        source: CalibrationSource, threshold: Double, exampleCount: Int,
        skippedCount: Int, metrics: OpaqueJSON?, failure: String?, createdAt: Date,
        progress: CalibrationProgress
    ) {
        self.id = id
        self.organizationID = organizationID
        self.projectID = projectID
        self.ownerID = ownerID
        self.subject = subject
        self.sourceName = sourceName
        self.evaluatorID = evaluatorID
        self.evaluatorVersionID = evaluatorVersionID
        self.definition = definition
        self.comparisonGroup = comparisonGroup
        self.scoreConfigID = scoreConfigID
        self.source = source
        self.threshold = threshold
        self.exampleCount = exampleCount
        self.skippedCount = skippedCount
        self.metrics = metrics
        self.failure = failure
        self.createdAt = createdAt
        self.progress = progress
    }

    /// Complete with its numbers when at least one example has a score.
    package var status: Status {
        guard failure == nil else { return .failed }
        guard progress.hasEnded else { return progress.hasStarted ? .running : .pending }
        guard progress.counts.finished > 0 else { return .failed }
        return metrics == nil ? .running : .completed
    }

    /// Why there are no numbers, or why not all examples are in them; empty when they are.
    package var error: String {
        if let failure { return "The run was given up: \(failure)" }
        guard progress.hasEnded else { return "" }
        let counts = progress.counts
        if counts.cancelled > 0 {
            return "The run was cancelled: \(counts.cancelled) of \(counts.total) examples were not evaluated."
        }
        return counts.dead == 0 ? "" : "\(counts.dead) of \(counts.total) examples got no score."
    }
}

/// How far the batch of a run is.
package struct CalibrationProgress: Sendable, Hashable {
    package let counts: BatchCounts
    package let state: BatchState
    package let hasStarted: Bool

    package init(counts: BatchCounts, state: BatchState, hasStarted: Bool) {
        self.counts = counts
        self.state = state
        self.hasStarted = hasStarted
    }

    package var hasEnded: Bool { state == .ended }
}

package typealias CalibrationItemID = EntityID<CalibrationItem>

/// One example of a run.
package struct CalibrationItem: Sendable, Hashable {
    /// What became of it.
    package enum Status: String, Sendable, Hashable, CaseIterable {
        case pending
        case completed
        case failed
    }

    package let id: CalibrationItemID
    package let annotationID: AnnotationID
    package let datasetItemID: DatasetItemID?
    /// The execution of the run, once there is one; before, the one that was labelled.
    package let executionLogID: ExecutionLogID?
    package let humanValue: Double
    package let evaluatorScore: Double?
    package let status: Status
    /// The evaluator's, or why there is no score.
    package let justification: String
    package let request: String
    package let response: String
    package let createdAt: Date
    /// Where it stands in the list, which begins with the greatest disagreement.
    package let keyset: Keyset

    package init(
        id: CalibrationItemID, annotationID: AnnotationID, datasetItemID: DatasetItemID?,
        executionLogID: ExecutionLogID?, humanValue: Double, evaluatorScore: Double?, status: Status,
        justification: String, request: String, response: String, createdAt: Date, keyset: Keyset
    ) {
        self.id = id
        self.annotationID = annotationID
        self.datasetItemID = datasetItemID
        self.executionLogID = executionLogID
        self.humanValue = humanValue
        self.evaluatorScore = evaluatorScore
        self.status = status
        self.justification = justification
        self.request = request
        self.response = response
        self.createdAt = createdAt
        self.keyset = keyset
    }

    /// How far the evaluator is from what people found.
    package var disagreement: Double? { evaluatorScore.map { abs($0 - humanValue) } }
}

/// What one job of a run evaluates.
package struct CalibrationExample: Sendable, Hashable {
    package let input: EvaluationInput
    package let humanValue: Double

    package init(input: EvaluationInput, humanValue: Double) {
        self.input = input
        self.humanValue = humanValue
    }
}

/// The numbers of one example, for the metrics of its run.
package struct CalibrationPair: Sendable, Hashable {
    package let humanValue: Double
    package let evaluatorScore: Double
    /// What each annotator found, in the order of their identifiers.
    package let labels: [UserID: Double]

    package init(humanValue: Double, evaluatorScore: Double, labels: [UserID: Double]) {
        self.humanValue = humanValue
        self.evaluatorScore = evaluatorScore
        self.labels = labels
    }
}

/// One example as two runs have scored it.
package struct ExampleOfTwoRuns: Sendable, Hashable {
    /// What people found, as it was known to the later of the two.
    package let humanValue: Double
    /// `nil` where the run has no score of it.
    package let first: Double?
    package let second: Double?

    package init(humanValue: Double, first: Double?, second: Double?) {
        self.humanValue = humanValue
        self.first = first
        self.second = second
    }
}
