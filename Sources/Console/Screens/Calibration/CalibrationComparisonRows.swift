import FoundationEssentials
import Terminal
import WireAPI

/// What the runs of a group are told beside each other: a row a figure, then by how much each differs from the baseline.
struct CalibrationComparisonRows {
    /// One row: what it tells, and of which run what.
    struct Row: Sendable {
        let title: String
        var ink = Ink.quiet
        let cells: [UUID: Cell]
    }

    /// What a row tells of one run.
    struct Cell: Sendable, Hashable {
        let text: String
        var ink = Ink.plain
    }

    private(set) var all: [Row] = []
    private let runs: [OperatorCalibration]

    /// The runs in the order in which they stand; without `comparison` only their figures.
    init(_ runs: [OperatorCalibration], _ comparison: OperatorCalibrationComparison?) {
        self.runs = runs
        all = figures
        if let comparison, let baseline = comparison.baseline { all += differences(comparison, baseline) }
    }

    // MARK: Figures

    private var figures: [Row] {
        let names = runs.first { !$0.figures.isEmpty }?.figures.map(\.name) ?? []
        return names.map { name in
            let figures = runs.map { $0.figure(name) }
            let best = Self.best(of: figures)
            var cells: [UUID: Cell] = [:]
            for (index, figure) in figures.enumerated() {
                let isBest = index == best
                cells[runs[index].id] = Cell(
                    text: (isBest ? "* " : "") + (figure?.number ?? "-"), ink: isBest ? .good : .plain)
            }
            return Row(title: figures.compactMap { $0?.title }.first ?? name, cells: cells)
        }
    }

    /// The run that is best by a figure; none where fewer than two have it.
    private static func best(of figures: [OperatorCalibration.Figure?]) -> Int? {
        let known = figures.enumerated().compactMap { index, figure in
            figure.flatMap { figure in figure.value.map { (index, figure.isError ? -abs($0) : $0) } }
        }
        guard known.count > 1 else { return nil }
        return known.max { $0.1 < $1.1 }?.0
    }

    // MARK: Differences

    private func differences(_ comparison: OperatorCalibrationComparison, _ baseline: UUID) -> [Row] {
        func row(
            _ title: String, ink: Ink = .quiet, baseline text: String = "",
            _ cell: (OperatorCalibrationComparison.Row) -> Cell
        ) -> Row {
            var cells = Dictionary(comparison.rows.map { ($0.run, cell($0)) }) { first, _ in first }
            cells[baseline] = Cell(text: text, ink: .quiet)
            return Row(title: title, ink: ink, cells: cells)
        }
        var rows = [
            Row(title: "", cells: [:]),
            row("Less the baseline", ink: .accent, baseline: "baseline") {
                Cell(text: "n=\(Formats.count($0.common))")
            },
            row("  scored by one of both only") {
                Cell(text: Formats.count($0.onlyBaseline + $0.onlyRun), ink: .quiet)
            },
        ]
        for difference in comparison.rows.first?.differences ?? [] {
            func find(
                _ cell: @escaping (OperatorCalibrationComparison.Difference) -> Cell
            ) -> (OperatorCalibrationComparison.Row) -> Cell {
                { row in row.differences.first { $0.name == difference.name }.map(cell) ?? Cell(text: "-") }
            }
            rows.append(row(difference.title, ink: .plain, find(\.sign)))
            rows.append(row("  95 % range", find(\.range)))
            rows.append(row("  p, \(difference.testWords)", find { $0.chance(of: $0.probability) }))
            if comparison.rows.count > 1 {
                rows.append(
                    row("  p for \(comparison.rows.count) runs", find { $0.chance(of: $0.adjustedProbability) }))
            }
        }
        return rows
    }
}

extension OperatorCalibrationComparison.Difference {
    /// Differences that chance makes less often than this stand out.
    private static let level = 0.05
    private typealias Cell = CalibrationComparisonRows.Cell

    var title: String {
        OperatorCalibration.Figure(name: name, value: nil, reason: nil, lower: nil, upper: nil).title
    }

    /// The test in a few words.
    var testWords: String {
        switch test {
        case "sign_flips": "by flipping signs"
        case "student": "paired t test"
        case "williams": "Williams' test"
        case "mcnemar": "McNemar's test"
        default: test
        }
    }

    /// What has no number, with why.
    var undefined: [String] {
        [
            difference == nil ? reason : nil, lower == nil ? rangeReason : nil,
            probability == nil ? probabilityReason : nil,
        ].compactMap { $0 }
    }

    fileprivate var sign: CalibrationComparisonRows.Cell {
        guard let difference else { return Self.nothing }
        let isClear = (adjustedProbability ?? probability).map { $0 < Self.level } ?? false
        let text = Formats.decimal(difference, places: 3)
        return Cell(text: difference > 0 ? "+\(text)" : text, ink: isClear ? .strong : .plain)
    }

    fileprivate var range: CalibrationComparisonRows.Cell {
        guard let lower, let upper else { return Self.nothing }
        return Cell(text: "[\(Formats.decimal(lower, places: 3)) \(Formats.decimal(upper, places: 3))]")
    }

    fileprivate func chance(of probability: Double?) -> CalibrationComparisonRows.Cell {
        guard let probability else { return Self.nothing }
        let text = probability < 0.0005 ? "<0.001" : Formats.decimal(probability, places: 3)
        return Cell(text: text, ink: probability < Self.level ? .strong : .quiet)
    }

    private static var nothing: Cell { Cell(text: "undefined", ink: .caution) }
}
