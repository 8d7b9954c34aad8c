package import FoundationEssentials
internal import JSON
package import Queueing
package import Records
internal import Scoring
internal import Tenancy

/// Which items of a dataset are evaluated: both ends are included, and the first item is 0.
package struct DatasetRangeBody: Codable, Sendable, Hashable {
    package let start: Int
    package let end: Int

    package init(_ range: ClosedRange<Int>) {
        start = range.lowerBound
        end = range.upperBound
    }
}

/// The body of `POST /v1/batch-executions/`, and with `inputs` that of `POST /v1/judges/{id}/batch-execute/`.
package struct BatchExecutionRequest: Decodable, Sendable {
    package let judgeId: UUID?
    package let judgeVersionId: UUID?
    package let evaluatorIds: [UUID]?
    package let inputs: [ExecutionRequest]?
    package let datasetId: UUID?
    package let range: DatasetRangeBody?
    package let tags: [String]?
    package let projectId: UUID?
}

/// The answer to both: where to look how far it is.
package struct BatchExecutionReceipt: Codable, Sendable {
    package let batchExecutionId: UUID
    package let statusUrl: String

    package init(batchExecutionID: UUID) {
        batchExecutionId = batchExecutionID
        statusUrl = "/v1/judges/batch-executions/\(batchExecutionID.uuidString.lowercased())/"
    }
}

/// One batch in a list.
package struct BatchExecutionBody: Codable, Sendable {
    /// The judge of a batch.
    package struct NestedJudge: Codable, Sendable {
        package let id: UUID
        package let name: String
        package let versionId: UUID
    }

    /// An evaluator of a batch.
    package struct NestedBatchEvaluator: Codable, Sendable {
        package let id: UUID
        package let name: String
        package let versionId: UUID
    }

    /// The dataset of a batch.
    package struct NestedDataset: Codable, Sendable {
        package let id: UUID
        package let name: String
    }

    package let batchExecutionId: UUID
    package let status: String
    package let totalCount: Int
    package let completedCount: Int
    /// Those that failed, and those that were cancelled.
    package let failedCount: Int
    package let createdAt: Date
    package let startedAt: Date?
    package let completedAt: Date?
    package let judge: NestedJudge?
    package let evaluators: [NestedBatchEvaluator]
    package let dataset: NestedDataset?
    package let datasetRange: DatasetRangeBody?
    package let tags: [String]
    package let projectId: UUID

    package init(_ batch: Batch, _ definition: BatchDefinition) {
        batchExecutionId = batch.id.uuid
        status = BatchProgress(batch).rawValue
        totalCount = batch.counts.total
        completedCount = batch.counts.finished
        failedCount = batch.counts.dead + batch.counts.cancelled
        createdAt = batch.createdAt
        startedAt = batch.startedAt
        completedAt = batch.endedAt
        judge = definition.judge.map { NestedJudge(id: $0.id, name: $0.name, versionId: $0.versionID) }
        evaluators = definition.evaluators.map {
            NestedBatchEvaluator(id: $0.id, name: $0.name, versionId: $0.versionID)
        }
        dataset = definition.dataset.map { NestedDataset(id: $0.id, name: $0.name) }
        datasetRange = definition.dataset?.range.map(DatasetRangeBody.init)
        tags = batch.tags
        projectId = batch.projectID.uuid
    }
}

/// One batch with its items: `GET /v1/judges/batch-executions/{id}/`.
package struct BatchExecutionDetailBody: Codable, Sendable {
    package let batch: BatchExecutionBody
    package let items: [BatchExecutionItemBody]
    /// Where the rest of the items is; `nil` when these are all, as in every batch of inline inputs.
    package let itemsNext: String?

    package init(_ batch: BatchExecutionBody, items: [BatchExecutionItemBody], itemsNext: String?) {
        self.batch = batch
        self.items = items
        self.itemsNext = itemsNext
    }

    private enum CodingKeys: String, CodingKey { case items, itemsNext }

    package init(from decoder: any Decoder) throws {
        batch = try BatchExecutionBody(from: decoder)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        items = try container.decode([BatchExecutionItemBody].self, forKey: .items)
        itemsNext = try container.decodeIfPresent(String.self, forKey: .itemsNext)
    }

    package func encode(to encoder: any Encoder) throws {
        try batch.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(items, forKey: .items)
        try container.encode(itemsNext, forKey: .itemsNext)
    }
}

/// One item of a batch.
package struct BatchExecutionItemBody: Codable, Sendable {
    /// What was evaluated.
    package struct Input: Codable, Sendable {
        /// One turn of a conversation.
        package struct Turn: Codable, Sendable {
            package let role: String
            package let content: String
        }

        package let request: String
        package let response: String
        package let contexts: [String]?
        package let expectedOutput: String?
        package let turns: [Turn]?
    }

    package let index: Int
    package let status: String
    package let input: Input
    package let evaluatorResults: [JudgeEvaluatorResult]?
    package let errorMessage: String
    package let executionLogId: UUID?
    package let startedAt: Date?
    package let completedAt: Date?

    package init(_ item: BatchItem) {
        index = item.index
        status =
            switch item.state {
            case .waiting: "pending"
            case .running: "processing"
            case .finished: "completed"
            case .dead, .cancelled: "failed"
            }
        input = Input(item.input.input)
        evaluatorResults = item.results.isEmpty ? nil : item.results.map(JudgeEvaluatorResult.init)
        errorMessage = item.errorMessage
        executionLogId = item.executionLogID?.uuid
        startedAt = item.startedAt
        completedAt = item.endedAt
    }
}

extension BatchExecutionItemBody.Input {
    fileprivate init(_ input: EvaluationInput) {
        request = input.request ?? ""
        response = input.response ?? ""
        contexts = input.contexts.isEmpty ? nil : input.contexts
        expectedOutput = input.expectedOutput
        turns = input.turns.isEmpty ? nil : input.turns.map { Turn(role: $0.role.rawValue, content: $0.content ?? "") }
    }
}

extension JudgeEvaluatorResult {
    fileprivate init(_ result: BatchItemResult) {
        self.init(
            evaluatorName: result.evaluatorName, score: result.score, justification: result.justification,
            evaluatorId: result.evaluatorID, evaluatorVersionId: result.evaluatorVersionID,
            confidence: result.confidence, executionLogId: result.executionLogID)
    }
}
