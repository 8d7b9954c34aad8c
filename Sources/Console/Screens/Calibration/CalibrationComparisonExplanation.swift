import Terminal
import WireAPI

/// What the runs of a group tell beside each other, and what their differences mean.
enum CalibrationComparisonExplanation {
    /// `missing` says why there is no comparison.
    static func of(
        _ runs: [OperatorCalibration], baseline: OperatorCalibration?, _ comparison: OperatorCalibrationComparison?,
        missing: String, _ scope: Scope
    ) -> Explanation? {
        guard !runs.isEmpty else { return nil }
        var explanation = Explanation(
            "Runs of a group",
            definition:
                "Calibration runs side by side, and by how much each differs from one of them, the baseline. * is the best "
                + "of a row; runs that saw different examples are hard to compare by it.")
        guard let baseline, let comparison else {
            return explanation.adding("Differences", missing)
        }
        explanation =
            explanation
            .value("baseline \(baseline.label), \(ItemFigures.age(baseline.createdAt, scope)) ago; b takes the next")
            .adding(
                "Differences",
                "The figure of the run less that of the baseline, on the n examples that both have scored. Of the two "
                    + "errors less is better, of Pearson and accuracy more; bias is best at 0."
            )
            .adding(
                "Range",
                "95 %: ranges that are made like this hold the difference that all examples would show 95 times of 100."
            )
            .adding(
                "p",
                "How often chance makes as large a difference when both are as good. Below 0.05 stands out: strong.")
        if comparison.rows.count > 1 {
            explanation = explanation.adding(
                "p for \(comparison.rows.count) runs",
                "The same, raised because who looks at several finds a difference by chance sooner (Holm).")
        }
        return undefined(in: comparison).reduce(explanation) { $0.adding("Undefined", $1, .caution) }
    }

    /// Why something has no number; the same reason of several runs once.
    private static func undefined(in comparison: OperatorCalibrationComparison) -> [String] {
        var found: [String] = []
        for row in comparison.rows {
            for difference in row.differences {
                for reason in difference.undefined {
                    let text = "\(difference.title): \(reason)"
                    if !found.contains(text) { found.append(text) }
                }
            }
        }
        return found
    }
}
