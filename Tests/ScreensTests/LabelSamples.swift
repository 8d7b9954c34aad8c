import FoundationEssentials
import Screens
import Terminal
import WireAPI

// Datasets, labels and calibration runs of tests.
extension Samples {
    static let labeller = OperatorPerson(id: uuid(0xA001), email: "anna@example.com", fullName: "Anna Annotator")

    static func dataset(_ index: Int = 0, items: Int = 240, labelled: Int = 90) -> OperatorDataset {
        OperatorDataset(
            id: uuid(0xA100 + index), name: ["Questions of customers", "Refunds in Finnish", "Red team"][index % 3],
            tags: index == 0 ? ["support", "golden"] : [], owner: labeller,
            createdAt: now.addingTimeInterval(-86_400 * Double(index + 1)), itemCount: items, labelledCount: labelled)
    }

    static let datasets = OperatorDatasetPage(
        results: [dataset(), dataset(1, items: 20_000, labelled: 20_000), dataset(2, items: 0, labelled: 0)], next: nil)

    static func label(_ value: Double, category: String? = nil, why: String = "") -> OperatorLabel {
        OperatorLabel(
            id: uuid(0xA900), scaleID: uuid(0xA800), value: value, category: category, rationale: why,
            status: "published", author: labeller, createdAt: now.addingTimeInterval(-3600))
    }

    static func datasetItem(_ number: Int, version: Int = 0, labels: [OperatorLabel] = []) -> OperatorDatasetItem {
        OperatorDatasetItem(
            id: uuid(0xA200 + number * 16 + version), externalID: uuid(0xA200 + number * 16 + 15),
            datasetID: uuid(0xA100), number: number, isLatest: version == 0, isArchived: false,
            request: "How long can I return item \(number)?\nI bought it in May.",
            response: version == 0 ? "Within 30 days of delivery, with the receipt." : "Within 60 days.",
            conversation: "", contexts: ["Return policy: 30 days after delivery."], expectedOutput: "30 days",
            variables: ["tone": "polite"], changeNote: version == 0 ? "Corrected the period" : "",
            createdAt: now.addingTimeInterval(-Double(version + 1) * 7200), labels: labels)
    }

    static let datasetItems = OperatorDatasetItemPage(
        results: (1...60).map { number in
            datasetItem(number, labels: number % 3 == 0 ? [label(0.75, why: "It says the period.")] : [])
        }, next: nil)

    static let datasetItemVersions = OperatorDatasetItemPage(
        results: [datasetItem(3, labels: [label(0.75, why: "It says the period.")]), datasetItem(3, version: 1)],
        next: nil)

    static let score = OperatorScale(
        id: uuid(0xA800), name: "Score", kind: .continuous, minimum: 0, maximum: 1, categories: [], isGlobal: true)
    static let thumbs = OperatorScale(
        id: uuid(0xA801), name: "Thumbs", kind: .binary, minimum: 0, maximum: 1,
        categories: [.init(label: "up", value: 1), .init(label: "down", value: 0)], isGlobal: true)
    static let grades = OperatorScale(
        id: uuid(0xA802), name: "Grades", kind: .categorical, minimum: 1, maximum: 4,
        categories: [
            .init(label: "wrong", value: 1), .init(label: "weak", value: 2), .init(label: "fair", value: 3),
            .init(label: "good", value: 4),
        ], isGlobal: false)
    static let scales = OperatorScales(results: [grades, score, thumbs])

    static func labelling(from number: Int = 1, count: Int = 10, done: Int = 90) -> OperatorLabelling {
        OperatorLabelling(items: (number..<number + count).map { datasetItem($0) }, total: 240, done: done)
    }

    static func calibration(
        _ index: Int = 0, status: OperatorCalibration.Status = .completed, error: Double = 0.124
    ) -> OperatorCalibration {
        typealias Figure = OperatorCalibration.Figure
        func figure(_ name: String, _ value: Double, _ spread: Double? = nil) -> Figure {
            Figure(
                name: name, value: value, reason: nil, lower: spread.map { value - $0 },
                upper: spread.map { value + $0 })
        }
        let isOver = status == .completed
        return OperatorCalibration(
            id: uuid(0xA300 + index), subject: index == 1 ? "Draft" : "Return policy kept",
            evaluatorID: uuid(0xA400), isDraft: index == 1, datasetID: uuid(0xA100), source: "Questions of customers",
            comparisonGroup: "wordings", status: status, examples: 90, skipped: 150, completed: isOver ? 88 : 34,
            failed: isOver ? 2 : 1, threshold: 0.5, annotators: 2,
            figures: isOver
                ? [
                    figure("bias", -0.031, 0.02), figure("mae", error, 0.015), figure("rmse", error + 0.05, 0.02),
                    figure("pearson", 0.812, 0.05), figure("spearman", 0.79, 0.06), figure("kendall", 0.641),
                    figure("kappa", 0.702, 0.1), figure("quadratic_kappa", 0.744, 0.08),
                    figure("krippendorff_alpha", 0.731), figure("krippendorff_alpha_ordinal", 0.722),
                    figure("krippendorff_alpha_nominal", 0.655),
                    Figure(
                        name: "annotator_alpha", value: nil, reason: "All values are equal.", lower: nil, upper: nil),
                    figure("accuracy", 0.875), figure("f1", 0.861),
                ] : [],
            confusion: isOver
                ? .init(truePositives: 41, falsePositives: 6, falseNegatives: 5, trueNegatives: 36) : nil,
            error: isOver ? "2 of 90 examples got no score." : "",
            createdAt: now.addingTimeInterval(-3600 * Double(index + 1)))
    }

    static let calibrations = OperatorCalibrationPage(
        results: [calibration(), calibration(1, error: 0.188), calibration(2, status: .running)], next: nil)

    /// Three completed runs and one that runs.
    static let calibrationGroup = OperatorCalibrationPage(
        results: [
            calibration(), calibration(1, error: 0.188), calibration(2, status: .running),
            calibration(3, error: 0.188),
        ], next: nil)

    /// Of that group, beside the oldest run.
    static let comparison: OperatorCalibrationComparison = {
        typealias Difference = OperatorCalibrationComparison.Difference
        func difference(_ name: String, _ test: String, _ values: [Double]) -> Difference {
            Difference(
                name: name, baseline: 0.188, value: 0.188 + values[0], difference: values[0], reason: nil,
                lower: values[1], upper: values[2], rangeReason: nil, probability: values[3],
                adjustedProbability: min(1, values[3] * 2), probabilityReason: nil, test: test)
        }
        func undefined(_ name: String, _ test: String) -> Difference {
            let reason = "All values are equal."
            return Difference(
                name: name, baseline: nil, value: nil, difference: nil, reason: reason, lower: nil, upper: nil,
                rangeReason: reason, probability: nil, adjustedProbability: nil, probabilityReason: reason, test: test)
        }
        func row(_ run: Int, common: Int, _ differences: [Difference]) -> OperatorCalibrationComparison.Row {
            .init(run: uuid(0xA300 + run), common: common, onlyBaseline: 2, onlyRun: 1, differences: differences)
        }
        let better = [
            difference("bias", "student", [0.004, -0.012, 0.02, 0.621]),
            difference("mae", "student", [-0.064, -0.093, -0.035, 0.0001]),
            difference("rmse", "student", [-0.071, -0.11, -0.031, 0.0008]),
            difference("pearson", "williams", [0.041, 0.002, 0.081, 0.021]),
            difference("accuracy", "mcnemar", [0.034, -0.011, 0.08, 0.25]),
        ]
        let same = [
            difference("bias", "student", [0, -0.01, 0.01, 1]),
            difference("mae", "student", [0.001, -0.01, 0.012, 0.8]),
            difference("rmse", "student", [0.002, -0.01, 0.014, 0.71]), undefined("pearson", "williams"),
            difference("accuracy", "mcnemar", [0, 0, 0, 1]),
        ]
        return OperatorCalibrationComparison(
            group: "wordings", baseline: uuid(0xA303),
            rows: [row(1, common: 88, same), row(0, common: 86, better)])
    }()

    static let calibrationPoints: OperatorCalibrationPoints = {
        let people: [Double] = (0..<88).map { index in Double(index * 37 % 89) / 88 }
        var scores: [Double] = []
        for (index, value) in people.enumerated() {
            let drift = Double(index * 53 % 41 - 20) / 100
            scores.append(min(1, max(0, value + drift)))
        }
        return OperatorCalibrationPoints(people: people, scores: scores)
    }()

    static func calibrationItem(_ index: Int) -> OperatorCalibrationItem {
        let isFailed = index == 39
        let step: Double = 0.02 * Double(index)
        let score: Double? = isFailed ? nil : 0.95 - step
        let apart: Double? = isFailed ? nil : 0.85 - step
        return OperatorCalibrationItem(
            id: uuid(0xA500 + index), executionID: uuid(0xA600 + index), humanValue: 0.1, score: score,
            disagreement: apart, status: isFailed ? "failed" : "completed",
            justification: isFailed ? "the provider timed out" : "The answer names the period of the policy.",
            request: "How long can I return item \(index)?", response: "Within 60 days of delivery.")
    }

    static let calibrationItems = OperatorCalibrationItemPage(
        results: (0..<40).map { calibrationItem($0) }, next: nil)
}

extension Story {
    static func datasets(_ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode) -> Story {
        var story = Story.entering(.datasets, size, charset: charset)
        story.answer(OperatorDataset.path, Samples.datasets)
        return story
    }

    static func dataset(_ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode) -> Story {
        var story = Story.datasets(size, charset: charset)
        story.press(Key(.enter))
        let path = "\(OperatorDataset.path)/\(Samples.dataset().id.uuidString.lowercased())"
        story.answer("\(path)/items", Samples.datasetItems)
        story.answer(OperatorScale.path, Samples.scales)
        story.answer(path, Samples.dataset())
        return story
    }

    static func datasetItem(_ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode) -> Story {
        var story = Story.dataset(size, charset: charset)
        story.press(.character("j"), .character("j"), Key(.enter))
        story.answer("\(OperatorDataset.path)/", Samples.datasetItemVersions)
        return story
    }

    /// Labels on the scale that a letter of the menu chooses.
    static func labelling(
        _ letter: Unicode.Scalar, _ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode
    ) -> Story {
        var story = Story.dataset(size, charset: charset)
        story.press(.character("L"), .character(letter))
        story.answer("\(OperatorDataset.path)/", Samples.labelling())
        return story
    }

    static func calibrations(_ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode) -> Story {
        var story = Story.entering(.calibration, size, charset: charset)
        story.answer(OperatorCalibration.path, Samples.calibrations)
        return story
    }

    /// The runs of a group beside each other.
    static func comparison(_ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode) -> Story {
        var story = Story.calibrations(size, charset: charset)
        story.press(.character("c"))
        story.answer(OperatorCalibration.path, Samples.calibrationGroup)
        story.answer(OperatorCalibrationComparison.path, Samples.comparison)
        return story
    }

    static func calibration(
        _ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode,
        _ run: OperatorCalibration = Samples.calibration()
    ) -> Story {
        var story = Story.calibrations(size, charset: charset)
        story.press(Key(.enter))
        let path = "\(OperatorCalibration.path)/\(Samples.calibration().id.uuidString.lowercased())"
        story.answer("\(path)/points", Samples.calibrationPoints)
        story.answer(path, run)
        return story
    }
}
