package import FoundationEssentials

/// A calibration run, `GET /internal/calibrations/ID`, and as a row of `GET /internal/calibrations`.
package struct OperatorCalibration: Codable, Sendable, Hashable {
    /// Where runs are; one is at `path/ID`.
    package static let path = "/internal/calibrations"

    /// How far it is.
    package enum Status: String, Codable, Sendable, Hashable, CaseIterable {
        case pending, running, completed, failed
    }

    /// One figure of how evaluator and people agree.
    package struct Figure: Codable, Sendable, Hashable {
        /// Such as `mae`.
        package let name: String
        /// `nil` when these values have none; then `reason` says why.
        package let value: Double?
        package let reason: String?
        /// The 95 % range, where one was made.
        package let lower: Double?
        package let upper: Double?

        package init(name: String, value: Double?, reason: String?, lower: Double?, upper: Double?) {
            self.name = name
            self.value = value
            self.reason = reason
            self.lower = lower
            self.upper = upper
        }
    }

    /// Yes and no at the threshold: what people said, what the evaluator said.
    package struct Confusion: Codable, Sendable, Hashable {
        package let truePositives: Int
        package let falsePositives: Int
        package let falseNegatives: Int
        package let trueNegatives: Int

        package init(truePositives: Int, falsePositives: Int, falseNegatives: Int, trueNegatives: Int) {
            self.truePositives = truePositives
            self.falsePositives = falsePositives
            self.falseNegatives = falseNegatives
            self.trueNegatives = trueNegatives
        }
    }

    package let id: UUID
    /// The evaluator's name, or what a definition is called.
    package let subject: String
    package let evaluatorID: UUID?
    /// Whether what was calibrated is not saved.
    package let isDraft: Bool
    package let datasetID: UUID?
    /// The dataset's name; `logs` for executions.
    package let source: String
    package let comparisonGroup: String?
    package let status: Status
    package let examples: Int
    package let skipped: Int
    package let completed: Int
    package let failed: Int
    package let threshold: Double
    package let annotators: Int?
    /// In the order in which they are read; empty before the run has ended.
    package let figures: [Figure]
    package let confusion: Confusion?
    package let error: String
    package let createdAt: Date

    package init(
        id: UUID, subject: String, evaluatorID: UUID?, isDraft: Bool, datasetID: UUID?, source: String,
        comparisonGroup: String?, status: Status, examples: Int, skipped: Int, completed: Int, failed: Int,
        threshold: Double, annotators: Int?, figures: [Figure], confusion: Confusion?, error: String, createdAt: Date
    ) {
        self.id = id
        self.subject = subject
        self.evaluatorID = evaluatorID
        self.isDraft = isDraft
        self.datasetID = datasetID
        self.source = source
        self.comparisonGroup = comparisonGroup
        self.status = status
        self.examples = examples
        self.skipped = skipped
        self.completed = completed
        self.failed = failed
        self.threshold = threshold
        self.annotators = annotators
        self.figures = figures
        self.confusion = confusion
        self.error = error
        self.createdAt = createdAt
    }
}

/// A page of runs, the newest first.
package struct OperatorCalibrationPage: Codable, Sendable, Hashable {
    package let results: [OperatorCalibration]
    package let next: String?

    package init(results: [OperatorCalibration], next: String?) {
        self.results = results
        self.next = next
    }
}

/// One example of a run.
package struct OperatorCalibrationItem: Codable, Sendable, Hashable {
    package let id: UUID
    package let executionID: UUID?
    package let humanValue: Double
    package let score: Double?
    package let disagreement: Double?
    /// `pending`, `completed` or `failed`.
    package let status: String
    package let justification: String
    package let request: String
    package let response: String

    package init(
        id: UUID, executionID: UUID?, humanValue: Double, score: Double?, disagreement: Double?, status: String,
        justification: String, request: String, response: String
    ) {
        self.id = id
        self.executionID = executionID
        self.humanValue = humanValue
        self.score = score
        self.disagreement = disagreement
        self.status = status
        self.justification = justification
        self.request = request
        self.response = response
    }
}

/// A page of the examples of a run, beginning with the greatest disagreement.
package struct OperatorCalibrationItemPage: Codable, Sendable, Hashable {
    package let results: [OperatorCalibrationItem]
    package let next: String?

    package init(results: [OperatorCalibrationItem], next: String?) {
        self.results = results
        self.next = next
    }
}

/// Points of a scatter plot: what people found, what the evaluator said.
package struct OperatorCalibrationPoints: Codable, Sendable, Hashable {
    package let people: [Double]
    package let scores: [Double]

    package init(people: [Double], scores: [Double]) {
        self.people = people
        self.scores = scores
    }
}

/// A run that is to be started, `POST /internal/calibrations`.
package struct OperatorCalibrationDraft: Codable, Sendable, Hashable {
    /// An identifier, or a name.
    package let evaluator: String
    package let datasetID: UUID
    package let scaleID: UUID?
    package let comparisonGroup: String?
    package let threshold: Double?

    package init(
        evaluator: String, datasetID: UUID, scaleID: UUID? = nil, comparisonGroup: String? = nil,
        threshold: Double? = nil
    ) {
        self.evaluator = evaluator
        self.datasetID = datasetID
        self.scaleID = scaleID
        self.comparisonGroup = comparisonGroup
        self.threshold = threshold
    }
}

extension OperatorRequest where Reply == OperatorCalibrationPage {
    /// A page of runs of at most `limit` rows, up to 100: those of a group, or all.
    package static func calibrations(group: String? = nil, cursor: String? = nil, limit: Int) -> Self {
        var parameters = [Parameter("page_size", "\(limit)")]
        if let group { parameters.append(Parameter("group", group)) }
        if let cursor { parameters.append(Parameter("cursor", cursor)) }
        return Self(.get, OperatorCalibration.path, parameters)
    }
}

extension OperatorRequest where Reply == OperatorCalibration {
    /// One run.
    package static func calibration(_ id: UUID) -> Self { Self(.get, calibrationPath(id)) }
    /// Starts a run.
    package static func calibrate(_ draft: OperatorCalibrationDraft) -> Self {
        Self(.post, OperatorCalibration.path, body: draft)
    }
    /// Stops a run: what is not evaluated yet will not be.
    package static func cancelCalibration(_ id: UUID) -> Self { Self(.post, calibrationPath(id) + "/cancel") }
}

extension OperatorRequest where Reply == OperatorCalibrationItemPage {
    /// A page of the examples of a run.
    package static func calibrationItems(_ id: UUID, cursor: String? = nil, limit: Int) -> Self {
        var parameters = [Parameter("page_size", "\(limit)")]
        if let cursor { parameters.append(Parameter("cursor", cursor)) }
        return Self(.get, calibrationPath(id) + "/items", parameters)
    }
}

extension OperatorRequest where Reply == OperatorCalibrationPoints {
    /// Points of the run, at most 2,000, spread evenly over it.
    package static func calibrationPoints(_ id: UUID) -> Self { Self(.get, calibrationPath(id) + "/points") }
}

extension OperatorRequest {
    fileprivate static func calibrationPath(_ id: UUID) -> String {
        "\(OperatorCalibration.path)/\(id.uuidString.lowercased())"
    }
}
