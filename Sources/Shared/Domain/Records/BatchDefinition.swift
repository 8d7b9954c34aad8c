package import FoundationEssentials
package import Scoring

/// What a batch of executions executes, and on what. It is stored with the batch: the versions are those that were current
/// when it was accepted.
package struct BatchDefinition: Sendable, Hashable, Codable {
    /// An evaluator or a judge in one version, with the name it had then.
    package struct Item: Sendable, Hashable, Codable {
        package let id: UUID
        package let versionID: UUID
        package let name: String

        package init(id: UUID, versionID: UUID, name: String) {
            self.id = id
            self.versionID = versionID
            self.name = name
        }
    }

    /// Items of a dataset, by their places in it.
    package struct Source: Sendable, Hashable, Codable {
        package let id: UUID
        package let name: String
        /// Both inclusive, counted from 0; `nil` for all of them.
        package let range: ClosedRange<Int>?

        package init(id: UUID, name: String, range: ClosedRange<Int>?) {
            self.id = id
            self.name = name
            self.range = range
        }
    }

    /// The judge; `nil` where evaluators were chosen for this batch alone.
    package let judge: Item?
    /// Those that were chosen for this batch, or those of the judge.
    package let evaluators: [Item]
    /// `nil` where the inputs came with the call.
    package let dataset: Source?

    package init(judge: Item?, evaluators: [Item], dataset: Source? = nil) {
        self.judge = judge
        self.evaluators = evaluators
        self.dataset = dataset
    }
}

/// What one job of a batch evaluates.
package struct BatchInput: Sendable, Hashable {
    package let input: EvaluationInput
    package let sessionID: String?
    package let userID: String?

    package init(input: EvaluationInput, sessionID: String? = nil, userID: String? = nil) {
        self.input = input
        self.sessionID = sessionID
        self.userID = userID
    }
}

/// What one evaluator found about an item of a batch, as it is stored.
package struct BatchItemResult: Sendable, Hashable, Codable {
    package let evaluatorID: UUID
    package let evaluatorVersionID: UUID
    package let evaluatorName: String
    package let score: Double?
    package let justification: String?
    package let confidence: Double?
    package let executionLogID: UUID?

    package init(
        evaluatorID: UUID, evaluatorVersionID: UUID, evaluatorName: String, score: Double?, justification: String?,
        confidence: Double?, executionLogID: UUID?
    ) {
        self.evaluatorID = evaluatorID
        self.evaluatorVersionID = evaluatorVersionID
        self.evaluatorName = evaluatorName
        self.score = score
        self.justification = justification
        self.confidence = confidence
        self.executionLogID = executionLogID
    }
}
