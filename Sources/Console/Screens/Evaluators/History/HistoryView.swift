import Terminal
import WireAPI

/// How the body is divided while the history is shown.
struct HistoryLayout: Sendable, Hashable {
    /// Rows of the table with its titles.
    let tableRows: Int
    /// Whether the distribution stands beside the scores over time, not below them.
    let isWide: Bool
    /// Columns, and rows, of the scores over time.
    let chartWidth: Int
    let chartRows: Int

    init(size: Size, versions: Int) {
        tableRows = min(versions + 1, max(3, size.rows / 3), size.rows)
        isWide = size.columns >= 100
        chartWidth = isWide ? size.columns * 3 / 5 : size.columns
        let rest = size.rows - tableRows
        chartRows = isWide || rest < 10 ? rest : rest - max(4, rest / 2 - 1)
    }
}

/// Draws how an item scored over time.
struct HistoryView {
    let tab: HistoryTab
    let scope: Scope

    func draw(into frame: inout Frame, _ area: Area) {
        guard tab.shown != nil, !tab.list.rows.isEmpty else {
            EmptyList(
                subject: "history", isRead: tab.shown != nil, failure: tab.history.failure,
                failingSince: tab.history.failingSince, nothing: "Nothing was executed in the \(tab.window.words).",
                hint: "t looks further back."
            ).draw(into: &frame, area, scope)
            return
        }
        let layout = HistoryLayout(size: area.size, versions: tab.list.rows.count)
        tab.list.draw(into: &frame, area.top(layout.tableRows), scope)
        let rest = area.below(layout.tableRows)
        if layout.isWide {
            drawLines(into: &frame, rest.left(layout.chartWidth))
            drawDistributions(into: &frame, rest.right(of: layout.chartWidth + 3))
        } else {
            drawLines(into: &frame, rest.top(layout.chartRows))
            drawDistributions(into: &frame, rest.below(layout.chartRows))
        }
    }

    private func drawLines(into frame: inout Frame, _ area: Area) {
        guard area.rows.count >= 4, let history = tab.shown else { return }
        ScoreLines(history, tab.list.rows).chart.draw(into: &frame, area.right(of: 1).left(area.columns.count - 2))
    }

    /// How the scores of the version under the cursor are spread, and those of others as far as there is room.
    private func drawDistributions(into frame: inout Frame, _ area: Area) {
        guard let selected = tab.selected else { return }
        let versions = [selected] + tab.list.shown.filter { $0.id != selected.id && $0.total.meanScore != nil }
        let count = max(1, min(versions.count, area.rows.count / 11))
        let height = area.rows.count / count
        for (index, version) in versions.prefix(count).enumerated() {
            drawDistribution(of: version, into: &frame, area.below(index * height).top(height))
        }
    }

    private func drawDistribution(of version: HistoryRow, into frame: inout Frame, _ area: Area) {
        guard area.rows.count >= 4, let row = area.rows.first else { return }
        let scored = version.version.distribution.reduce(0, +)
        let column = title("Scores of \(version.name)", row, area, into: &frame)
        let end = frame.put(
            "n \(Formats.count(scored))", row, column, Style(.quiet), width: area.columns.upperBound - column)
        frame.rule(scope.marks.rule, row, Style(.faint), from: end + 1, width: area.columns.upperBound - end - 2)
        ScoreHistogram(bins: version.version.distribution, ink: version.series.map(HistoryColumns.ink) ?? .quiet)
            .draw(into: &frame, area.below(1).right(of: 1).left(area.columns.count - 2))
    }

    private func title(_ text: String, _ row: Int, _ area: Area, into frame: inout Frame) -> Int {
        frame.put(text, row, area.columns.lowerBound + 1, Style(.accent), width: area.columns.count - 1) + 2
    }
}
