import Terminal
import WireAPI

/// What is told of the provider under the cursor, below the list: why it does as it does, and its last hour.
struct ProviderPreview {
    private let provider: OperatorProvider
    private let scope: Scope

    init(_ provider: OperatorProvider, _ scope: Scope) {
        self.provider = provider
        self.scope = scope
    }

    func draw(into frame: inout Frame, _ area: Area) {
        guard let first = area.rows.first else { return }
        let left = area.columns.lowerBound
        var column = frame.put(provider.name, first, left + 1, Style(.accent), width: area.columns.count / 2) + 1
        column = frame.put(provider.health.words, first, column, Style(provider.health.ink)) + 1
        frame.rule(scope.marks.rule, first, Style(.faint), from: column, width: area.columns.upperBound - column)
        let inside = area.below(1).right(of: 1).left(area.columns.count - 2)
        let lines = TextLines(
            provider.health?.sentence ?? "No proxy has told how it does.", width: inside.columns.count,
            charset: frame.charset, limit: 2
        ).lines
        for (row, line) in zip(inside.rows, lines) { frame.put(line, row, inside.columns.lowerBound) }
        let rest = inside.below(lines.count + (inside.rows.count > 12 ? 1 : 0))
        guard let figures = provider.figures else {
            let text = provider.whyNoFigures
            if let row = rest.rows.first {
                frame.put(text, row, rest.columns.lowerBound, Style(.quiet), width: rest.columns.count)
            }
            return
        }
        let hasFailures = !figures.recent.failures.isEmpty && rest.rows.count >= 10
        let bars = hasFailures ? min(figures.recent.failures.count, 4) + 2 : 0
        let charts = rest.top(rest.rows.count - bars)
        if charts.rows.count >= 3 { CallCharts(figures).draw(into: &frame, charts) }
        guard hasFailures else { return }
        let below = rest.below(rest.rows.count - bars)
        let minutes = figures.recent.minutes
        frame.put(
            "Failures by reason, last \(minutes) minute\(minutes == 1 ? "" : "s")", below.rows.lowerBound + 1,
            below.columns.lowerBound, Style(.quiet), width: below.columns.count)
        CallCharts(figures).failures.draw(into: &frame, below.below(2).left(min(90, below.columns.count)))
    }
}
