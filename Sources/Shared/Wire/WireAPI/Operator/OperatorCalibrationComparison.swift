package import FoundationEssentials

/// How the runs of a group differ from one of them, item by item: `GET /internal/calibration-comparisons?group=NAME`.
package struct OperatorCalibrationComparison: Codable, Sendable, Hashable {
    package static let path = "/internal/calibration-comparisons"

    /// A figure of both runs on the items that both have scored.
    package struct Difference: Codable, Sendable, Hashable {
        /// `bias`, `mae`, `rmse`, `pearson` or `accuracy`, in this order.
        package let name: String
        /// The figure of the baseline and that of the run; `nil` when these items have none.
        package let baseline: Double?
        package let value: Double?
        /// The run's less the baseline's; `nil` when it is not defined, then `reason` says why.
        package let difference: Double?
        package let reason: String?
        /// The 95 % range of the difference; `nil` when it is not defined, then `rangeReason` says why.
        package let lower: Double?
        package let upper: Double?
        package let rangeReason: String?
        /// How likely as large a difference is when both are as good (p), and the same raised for the number of runs that are
        /// compared (Holm); `nil` when it is not defined, then `probabilityReason` says why.
        package let probability: Double?
        package let adjustedProbability: Double?
        package let probabilityReason: String?
        /// By which test: `sign_flips`, `student`, `williams` or `mcnemar`.
        package let test: String

        package init(
            name: String, baseline: Double?, value: Double?, difference: Double?, reason: String?, lower: Double?,
            upper: Double?, rangeReason: String?, probability: Double?, adjustedProbability: Double?,
            probabilityReason: String?, test: String
        ) {
            self.name = name
            self.baseline = baseline
            self.value = value
            self.difference = difference
            self.reason = reason
            self.lower = lower
            self.upper = upper
            self.rangeReason = rangeReason
            self.probability = probability
            self.adjustedProbability = adjustedProbability
            self.probabilityReason = probabilityReason
            self.test = test
        }
    }

    /// One run beside the baseline.
    package struct Row: Codable, Sendable, Hashable {
        package let run: UUID
        /// How many items both have scored, and how many one of them only.
        package let common: Int
        package let onlyBaseline: Int
        package let onlyRun: Int
        package let differences: [Difference]

        package init(run: UUID, common: Int, onlyBaseline: Int, onlyRun: Int, differences: [Difference]) {
            self.run = run
            self.common = common
            self.onlyBaseline = onlyBaseline
            self.onlyRun = onlyRun
            self.differences = differences
        }
    }

    package let group: String
    /// With which run the others are compared: the one that was asked for, else the first of the group that is completed;
    /// `nil` when none is.
    package let baseline: UUID?
    /// The other completed runs, the oldest first; the newest of them where the group has very many.
    package let rows: [Row]

    package init(group: String, baseline: UUID?, rows: [Row]) {
        self.group = group
        self.baseline = baseline
        self.rows = rows
    }
}

extension OperatorRequest where Reply == OperatorCalibrationComparison {
    /// How the completed runs of a group differ from `baseline`, else from the first of them.
    package static func calibrationComparison(of group: String, baseline: UUID? = nil) -> Self {
        var parameters = [Parameter("group", group)]
        if let baseline { parameters.append(Parameter("baseline", baseline.uuidString.lowercased())) }
        return Self(.get, OperatorCalibrationComparison.path, parameters)
    }
}
