package import FoundationEssentials
package import JSON
package import Records
internal import Queueing
package import Scoring
internal import Tenancy

/// The body of `POST` on calibration runs.
package struct CalibrationRunRequest: Decodable, Sendable {
    /// Where the labelled examples come from.
    package struct Source: Decodable, Sendable {
        package let type: String
        package let datasetId: UUID?
    }

    /// An evaluator that is not saved.
    package struct Definition: Decodable, Sendable {
        package let scoringCriteria: String
        package let model: String
        package let behavior: String?
        package let demonstrationDatasetId: UUID?
    }

    package let evaluatorExternalId: UUID?
    package let evaluatorVersionId: UUID?
    package let scoreConfigId: UUID?
    package let source: Source
    package let definition: Definition?
    package let comparisonGroup: String?
    /// Ours: from which score on a verdict is a yes.
    package let threshold: Double?
}

/// The body of `POST …/attach/`.
package struct CalibrationAttachRequest: Decodable, Sendable {
    package let evaluatorExternalId: UUID
    package let comparisonGroups: [String]
}

/// How many runs an evaluator was given.
package struct CalibrationAttachReceipt: Codable, Sendable {
    package let attached: Int

    package init(attached: Int) { self.attached = attached }
}

/// One run.
package struct CalibrationRunBody: Codable, Sendable {
    package let id: UUID
    package let evaluatorExternalId: UUID?
    package let evaluatorVersionId: UUID?
    package let definition: JSONValue?
    package let comparisonGroup: String?
    package let scoreConfig: UUID?
    package let sourceType: String
    package let dataset: UUID?
    package let status: String
    package let metrics: JSONValue?
    package let nExamples: Int
    package let nSkipped: Int
    /// Ours: how many examples have ended, with a score and without.
    package let nCompleted: Int
    package let nFailed: Int
    package let threshold: Double
    package let error: String
    package let createdAt: Date

    /// - Throws: `JSONParsingError` for stored metrics that are no JSON.
    package init(_ run: CalibrationRun) throws {
        id = run.id.uuid
        evaluatorExternalId = run.evaluatorID?.uuid
        evaluatorVersionId = run.evaluatorVersionID?.uuid
        definition = try run.definition.map { try JSONParser.parse(JSONCodec.encode($0)) }
        comparisonGroup = run.comparisonGroup
        scoreConfig = run.scoreConfigID?.uuid
        sourceType = run.source.kind.rawValue
        dataset = run.source.datasetID?.uuid
        status = run.status.rawValue
        metrics = try run.metrics.map { try JSONParser.parse($0.text) }
        nExamples = run.exampleCount
        nSkipped = run.skippedCount
        nCompleted = run.progress.counts.finished
        nFailed = run.progress.counts.dead + run.progress.counts.cancelled
        threshold = run.threshold
        error = run.error
        createdAt = run.createdAt
    }
}

/// One example of a run.
package struct CalibrationRunItemBody: Codable, Sendable {
    package let id: UUID
    package let annotation: UUID
    package let datasetItem: UUID?
    package let executionLog: UUID?
    package let evaluatorScore: Double?
    package let humanValue: Double
    package let disagreement: Double?
    package let status: String
    package let justification: String
    package let request: String
    package let response: String
    package let createdAt: Date

    package init(_ item: CalibrationItem) {
        id = item.id.uuid
        annotation = item.annotationID.uuid
        datasetItem = item.datasetItemID?.uuid
        executionLog = item.executionLogID?.uuid
        evaluatorScore = item.evaluatorScore
        humanValue = item.humanValue
        disagreement = item.disagreement
        status = item.status.rawValue
        justification = item.justification
        request = item.request
        response = item.response
        createdAt = item.createdAt
    }
}

/// The body of the older call that calibrates a definition while its caller waits.
package struct ImmediateCalibrationRequest: Decodable, Sendable {
    /// A variable that is declared.
    package struct Variable: Decodable, Sendable { package let name: String }
    /// What is measured.
    package struct Objective: Decodable, Sendable { package let intent: String? }

    package let testDatasetId: UUID
    package let projectId: UUID?
    package let datasetRange: DatasetRangeBody?
    package let prompt: String
    package let inputVariables: [Variable]?
    package let models: [String]?
    package let name: String?
    package let objective: Objective?
    package let behavior: String?
}

/// The body of the still older call that does so with an evaluator that is stored.
package struct EvaluatorCalibrationRequest: Decodable, Sendable {
    /// Rows of an expected score, a response and, where there is one, a request; the score as a number or as its text.
    package let testData: [[JSONValue]]?
    package let testDatasetId: UUID?
    package let projectId: UUID?
    package let datasetRange: DatasetRangeBody?
}

/// What these calls answer for one example.
package struct ImmediateCalibrationBody: Codable, Sendable {
    /// What came of the execution.
    package struct Result: Codable, Sendable {
        package let llmOutput: String
        package let model: String
        package let executionLogId: UUID
        package let renderedPrompt: String
        package let cost: Double?
        package let modelCallDuration: Double?
        package let expectedScore: Double
        package let score: Double?
        package let justification: String?
    }

    package let variables: [String: String]
    package let modelCallDuration: Double?
    package let rowNumber: Int
    package let result: Result

    package init(row: Int, input: EvaluationInput, expectedScore: Double, execution: ExecutionLog) {
        let outcome = execution.outcome
        var variables = input.variables
        variables["request"] = input.request
        variables["response"] = input.response
        variables["expected_output"] = input.expectedOutput
        self.variables = variables
        rowNumber = row
        modelCallDuration = outcome.callDuration.map { $0 / .seconds(1) }
        result = Result(
            llmOutput: outcome.llmOutput ?? "", model: outcome.model ?? "", executionLogId: execution.id.uuid,
            renderedPrompt: outcome.renderedPrompt ?? "", cost: outcome.cost?.dollars,
            modelCallDuration: modelCallDuration, expectedScore: expectedScore, score: outcome.score?.value,
            justification: outcome.justification ?? outcome.failure?.summary)
    }
}
