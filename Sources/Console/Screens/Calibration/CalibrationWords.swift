import Terminal
import WireAPI

extension OperatorCalibration: Identifiable {}
extension OperatorCalibrationItem: Identifiable {}

extension OperatorCalibration {
    var label: String { isDraft ? "Draft" : subject.isEmpty ? "(without a name)" : subject }

    var word: String {
        switch status {
        case .pending: "waits"
        case .running: "runs"
        case .completed: failed > 0 ? "partly" : "done"
        case .failed: "failed"
        }
    }

    var ink: Ink {
        switch status {
        case .pending: .quiet
        case .running: .accent
        case .completed: failed > 0 ? .caution : .good
        case .failed: .bad
        }
    }

    var isOver: Bool { status == .completed || status == .failed }

    /// The share of its examples that have ended.
    var share: Double { examples > 0 ? Double(completed + failed) / Double(examples) : 0 }

    /// Its counters as a sum that can be checked.
    var sum: String {
        let open = max(0, examples - completed - failed)
        return "\(Formats.count(examples)) = \(Formats.count(completed)) scored + \(Formats.count(failed)) without a "
            + "score + \(Formats.count(open)) to come; \(Formats.count(skipped)) items have no label"
    }

    func figure(_ name: String) -> Figure? { figures.first { $0.name == name } }
}

extension OperatorCalibration.Figure {
    /// What people call it.
    var title: String {
        switch name {
        case "bias": "Bias"
        case "mae": "Mean absolute error"
        case "rmse": "Root mean square error"
        case "pearson": "Pearson"
        case "spearman": "Spearman"
        case "kendall": "Kendall tau-b"
        case "concordance": "Concordance (Lin)"
        case "kappa": "Kappa at the threshold"
        case "linear_kappa": "Kappa, linear weights"
        case "quadratic_kappa": "Kappa, quadratic weights"
        case "krippendorff_alpha": "Alpha, evaluator and people"
        case "krippendorff_alpha_ordinal": "Alpha, ordinal"
        case "krippendorff_alpha_nominal": "Alpha, nominal"
        case "annotator_alpha": "Alpha, people among themselves"
        case "accuracy": "Accuracy"
        case "precision": "Precision"
        case "recall": "Recall"
        case "specificity": "Specificity"
        case "f1": "F1"
        case "balanced_accuracy": "Balanced accuracy"
        case "matthews_correlation": "Matthews correlation"
        default: name
        }
    }

    /// Whether a smaller number is the better one.
    var isError: Bool { ["bias", "mae", "rmse"].contains(name) }

    /// The number, signed where it may be negative.
    var number: String { value.map { Formats.decimal($0, places: 3) } ?? "-" }

    /// The range, or why there is no number.
    var beside: String {
        if let lower, let upper {
            return "\(Formats.decimal(lower, places: 3)) to \(Formats.decimal(upper, places: 3))"
        }
        return value == nil ? reason ?? "" : ""
    }
}
