import Terminal
import WireAPI

/// A calibration run as text: how far it is, its figures with their ranges, and the confusion matrix.
struct CalibrationDocument {
    private(set) var document: Document
    private let marks: Marks

    private static let titleWidth = 30
    private static let numberWidth = 8

    init(_ run: OperatorCalibration, width: Int, charset: Charset) {
        document = Document(width: width, charset: charset)
        marks = Marks(charset)
        addProgress(run)
        addFigures(run)
        if let confusion = run.confusion { add(confusion, run) }
    }

    private mutating func addProgress(_ run: OperatorCalibration) {
        guard !run.isOver else { return }
        document.title("Progress", note: run.word)
        let width = max(10, min(40, document.width - 10))
        let filled = ScoreBar.filled(run.share, width: width, marks)
        document.line([
            Document.Span(filled, run.ink),
            Document.Span(String(repeating: marks.barRest, count: max(0, width - filled.columns)), .faint),
            Document.Span(" \(Formats.percent(run.share))", .strong),
        ])
    }

    private mutating func addFigures(_ run: OperatorCalibration) {
        document.title("Agreement", note: "95 % ranges")
        guard !run.figures.isEmpty else {
            document.body(
                run.isOver
                    ? "There are no figures: nothing was scored." : "The figures come when all examples have ended.",
                .quiet)
            return
        }
        for figure in run.figures {
            document.line([
                Document.Span(Self.padded(figure.title, Self.titleWidth), .quiet),
                Document.Span(Self.blanks(Self.numberWidth - figure.number.columns) + figure.number, .strong),
                Document.Span("  \(figure.beside)", figure.value == nil ? .caution : .plain),
            ])
        }
        if let annotators = run.annotators {
            document.body(annotators == 1 ? "One person labelled." : "\(annotators) people labelled.", .quiet)
        }
    }

    private mutating func add(_ confusion: OperatorCalibration.Confusion, _ run: OperatorCalibration) {
        document.title("Yes and no", note: "yes from \(Formats.score(run.threshold))")
        let total =
            confusion.truePositives + confusion.falsePositives + confusion.falseNegatives + confusion.trueNegatives
        document.line([
            Document.Span(Self.padded("", 16), .quiet), Document.Span(Self.padded("evaluator yes", 18), .quiet),
            Document.Span("evaluator no", .quiet),
        ])
        addRow("people yes", (confusion.truePositives, .good), (confusion.falseNegatives, .bad), total)
        addRow("people no", (confusion.falsePositives, .bad), (confusion.trueNegatives, .good), total)
    }

    private mutating func addRow(_ title: String, _ yes: (Int, Ink), _ no: (Int, Ink), _ total: Int) {
        func cell(_ count: Int) -> String {
            let share = total > 0 ? " (\(Formats.percent(Double(count) / Double(total))))" : ""
            return "\(Formats.count(count))\(share)"
        }
        document.line([
            Document.Span(Self.padded(title, 16), .quiet),
            Document.Span(Self.padded(cell(yes.0), 18), yes.0 > 0 ? yes.1 : .quiet),
            Document.Span(cell(no.0), no.0 > 0 ? no.1 : .quiet),
        ])
    }

    private static func padded(_ text: String, _ width: Int) -> String { text + blanks(width - text.columns) }
    private static func blanks(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
}
