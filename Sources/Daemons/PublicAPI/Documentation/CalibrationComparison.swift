internal import Operations
package import OpenAPI
internal import Statistics
package import WireAPI

extension PublicDescription {
    static let comparisonText =
        "The completed runs of the group, the newest \(Calibrations.mostCompared), each beside the baseline on the examples "
        + "that both have scored; an item that was edited between two runs is not the same example. Where people have "
        + "changed their minds, what the later run knew counts. Runs by labels on another scale than the baseline's are not "
        + "compared: all their figures are undefined, as `scales_differ`. A difference is the run's figure less the baseline's. "
        + "`bias`, `mae` and `rmse` are tested by the items' differences, squared differences for `rmse`: by all choices "
        + "of their signs up to 20 examples, else by Student's paired test. `pearson` is tested by Williams' test, "
        + "`accuracy` (at the threshold of each run) by McNemar's exact test. Ranges are 95 %: Student's for means, "
        + "bootstrap BCa for `rmse` and `pearson`, which have none beyond 20,000 examples. What is not defined for these "
        + "numbers is null and never 0, and `undefined` says why."
}

extension CalibrationComparisonBody: DocumentedResponse {
    package static let notes = TypeNotes(
        "CalibrationRunComparison", "How the runs of a group differ from one of them.",
        [
            "baseline": "With which run the others are compared; null when no run of the group is completed.",
            "runs": "The other completed runs, the oldest first.",
        ])
}

extension CalibrationComparisonBody.Row: DocumentedResponse {
    package static let notes = TypeNotes(
        "CalibrationRunComparisonRow", "One run beside the baseline.",
        [
            "id": "The run.", "n_common": "How many examples both have scored.",
            "n_only_baseline": "How many only the baseline has scored.",
            "n_only_run": "How many only this run has scored.",
        ])
}

extension CalibrationComparisonBody.Difference: DocumentedResponse {
    package static let notes = TypeNotes(
        "CalibrationRunDifference", "One figure of both runs on the common examples.",
        [
            "metric": Note("Which figure.", choices: words(of: AgreementDifference.Subject.self)),
            "baseline": "The baseline's figure.", "value": "This run's figure.",
            "difference": "This run's less the baseline's.", "interval": "The 95 % range of the difference.",
            "p_value": "How likely as large a difference is when both are as good.",
            "adjusted_p_value": "The same, raised for the number of runs that are compared (Holm).",
            "test": Note("By which test.", choices: words(of: AgreementDifference.Test.self)),
            "undefined": "Why parts are null.",
        ])
}

extension CalibrationComparisonBody.Reason: DocumentedResponse {
    package static let notes = TypeNotes(
        "CalibrationRunUndefined", "Why a part of a difference is null.",
        [
            "part": Note("Which part.", choices: ["baseline", "value", "difference", "interval", "p_value"]),
            "code": "The reason as a word.", "message": "The reason as a sentence.",
        ])
}

extension CalibrationComparisonBody.Range: DocumentedResponse {
    package static let notes = TypeNotes("CalibrationRunDifferenceRange", "The ends of a 95 % range.")
}
