package import FoundationEssentials

/// How the completed runs of a comparison group differ from one of them. Ours: the published interface has none.
package struct CalibrationComparisonBody: Codable, Sendable {
    /// Why a part of a difference is `null`.
    package struct Reason: Codable, Sendable {
        /// `baseline`, `value`, `difference`, `interval` or `p_value`.
        package let part: String
        package let code: String
        package let message: String

        package init(part: String, code: String, message: String) {
            self.part = part
            self.code = code
            self.message = message
        }
    }

    /// The ends of a 95 % range.
    package struct Range: Codable, Sendable {
        package let lower: Double
        package let upper: Double

        package init(lower: Double, upper: Double) {
            self.lower = lower
            self.upper = upper
        }
    }

    /// One figure of both runs.
    package struct Difference: Codable, Sendable {
        package let metric: String
        package let baseline: Double?
        package let value: Double?
        package let difference: Double?
        package let interval: Range?
        package let pValue: Double?
        package let adjustedPValue: Double?
        package let test: String
        package let undefined: [Reason]

        package init(
            metric: String, baseline: Double?, value: Double?, difference: Double?, interval: Range?, pValue: Double?,
            adjustedPValue: Double?, test: String, undefined: [Reason]
        ) {
            self.metric = metric
            self.baseline = baseline
            self.value = value
            self.difference = difference
            self.interval = interval
            self.pValue = pValue
            self.adjustedPValue = adjustedPValue
            self.test = test
            self.undefined = undefined
        }
    }

    /// One run beside the baseline.
    package struct Row: Codable, Sendable {
        package let id: UUID
        package let nCommon: Int
        package let nOnlyBaseline: Int
        package let nOnlyRun: Int
        package let differences: [Difference]

        package init(id: UUID, nCommon: Int, nOnlyBaseline: Int, nOnlyRun: Int, differences: [Difference]) {
            self.id = id
            self.nCommon = nCommon
            self.nOnlyBaseline = nOnlyBaseline
            self.nOnlyRun = nOnlyRun
            self.differences = differences
        }
    }

    package let comparisonGroup: String
    package let baseline: UUID?
    package let runs: [Row]

    package init(comparisonGroup: String, baseline: UUID?, runs: [Row]) {
        self.comparisonGroup = comparisonGroup
        self.baseline = baseline
        self.runs = runs
    }
}
