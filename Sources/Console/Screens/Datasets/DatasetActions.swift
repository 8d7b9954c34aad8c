import FoundationEssentials
import Terminal
import WireAPI

/// The forms of datasets.
enum DatasetForms {
    /// Makes an empty dataset.
    static func making(_ open: @escaping @Sendable (OperatorDataset) -> DatasetScreen) -> FormScreen<OperatorDataset> {
        FormScreen(
            "New dataset", note: "It is empty at first: items come from files and from executions.",
            Form([.text("name", "Name", hint: "such as Questions of customers", isRequired: true)])
        ) { values throws(FormProblem) in
            .makeDataset(OperatorDatasetDraft(name: values["name"]))
        } done: { dataset, context in
            context.say("\(dataset.label) is there", .good)
            context.push(open(dataset))
        }
    }

    /// Gives a dataset another name.
    static func renaming(_ dataset: OperatorDataset) -> FormScreen<OperatorDataset> {
        FormScreen(
            "Rename \(dataset.label)", Form([.text("name", "Name", value: dataset.name ?? "", isRequired: true)])
        ) { values throws(FormProblem) in
            .renameDataset(dataset.id, to: values["name"])
        } done: { dataset, context in
            context.say("It is called \(dataset.label) now", .good)
        }
    }

    /// Starts a calibration run over a dataset.
    static func calibrating(_ dataset: OperatorDataset, _ scales: [OperatorScale]) -> FormScreen<OperatorCalibration> {
        let scaleChoices =
            [FormField.Choice("", "every continuous scale")]
            + scales.map { FormField.Choice($0.id.lowercase, $0.name) }
        return FormScreen(
            "Calibrate on \(dataset.label)",
            note:
                "The evaluator judges every labelled item in the background; its scores are compared with what people "
                + "found. \(Formats.count(dataset.labelledCount)) of \(Formats.count(dataset.itemCount)) items have a label.",
            Form([
                .name(
                    "evaluator", "Evaluator", of: .evaluators, hint: "its name, or its identifier", isRequired: true),
                .choice("scale", "Labels on", scaleChoices),
                .text("threshold", "Yes from", hint: "the score from which on a verdict is a yes", value: "0.5"),
                .name(
                    "comparison_group", "Group", of: .comparisonGroups,
                    hint: "runs of a group are shown side by side; may stay empty"),
            ]), verb: "start"
        ) { values throws(FormProblem) in
            guard let threshold = Double(values["threshold"]), (0...1).contains(threshold) else {
                throw FormProblem("threshold", "a number from 0 to 1")
            }
            return .calibrate(
                OperatorCalibrationDraft(
                    evaluator: values["evaluator"], datasetID: dataset.id,
                    scaleID: values.text("scale").flatMap { UUID(uuidString: $0) },
                    comparisonGroup: values.text("comparison_group"), threshold: threshold))
        } done: { run, context in
            context.say("\(run.subject) is being calibrated on \(Formats.count(run.examples)) examples", .good)
            context.push(CalibrationScreen(run))
        }
    }
}

extension OperatorDataset: Identifiable {}
extension OperatorDatasetItem: Identifiable {}

extension OperatorDataset {
    var label: String { name.map { $0.isEmpty ? "(without a name)" : $0 } ?? "(without a name)" }

    /// The share of its items that somebody has labelled.
    var labelledShare: Double { itemCount > 0 ? Double(labelledCount) / Double(itemCount) : 0 }
}

extension OperatorDatasetItem {
    /// What stands for it in a row: the request, or else the conversation.
    var asked: String { request.isEmpty ? conversation : request }

    /// The labels in a few characters: the mean, and of how many people.
    var labelWords: String {
        guard !labels.isEmpty else { return "-" }
        let mean = labels.map(\.value).reduce(0, +) / Double(labels.count)
        return labels.count == 1
            ? labels[0].category ?? Formats.score(labels[0].value) : "\(Formats.score(mean)) (\(labels.count))"
    }
}
